"""How a column ages with the injections it has seen: fewer plates, more tailing, earlier peaks.

Assumptions: half of the plates are lost after 1500 injections, the tail doubles, retention falls
by 2 %; a column is due for replacement at 80 % of its plates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.workcell.chromatogram import Peak

HALF_LIFE = 1500.0  # injections
RETENTION_LOSS = 0.02
WORN_SHARE = 0.8
RUN_TO_RUN = 0.001  # relative standard deviation of retention


@dataclass(slots=True)
class Column:
    """A column and its injections so far."""

    n_injections: int = 0

    @property
    def plates_share(self) -> float:
        """Plates left, relative to new."""
        return float(0.5 ** (self.n_injections / HALF_LIFE))

    @property
    def is_worn(self) -> bool:
        """Whether it should be replaced."""
        return self.plates_share < WORN_SHARE

    def aged(self, peak: Peak, shift: float) -> Peak:
        """Return a peak as this column gives it; `shift` is the run's relative retention error."""
        wear = self.n_injections / HALF_LIFE
        return replace(
            peak,
            retention_min=peak.retention_min * (1.0 - RETENTION_LOSS * wear) * (1.0 + shift),
            sigma_min=peak.sigma_min / self.plates_share**0.5,
            tail_min=peak.tail_min * 2.0**wear,
        )
