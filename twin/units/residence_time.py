"""Residence-time distributions: tanks in series, and the dispersed plug flow that they stand for.

Volumes rather than times are distributed: at constant holdup, what enters comes out after so many
litres whatever the flow.  A packed or coiled flow path of Peclet number 200 and more is narrow; the
published model's incubation loop is a trap: as printed, its dispersion of 290 times the velocity
over 600 cm makes a Peclet number of 2.07, which is nearly a stirred tank and guarantees no least
residence time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.units.unit import UnitRefused

PRINTED_LOOP_PECLET = 600.0 / 290.0
NARROW_PECLET = 200.0


@dataclass(frozen=True, slots=True)
class ResidenceTime:
    """``n_tanks`` equal stirred tanks in series with ``volume_l`` in all.

    Raises:
        UnitRefused: no tanks, or no volume.
    """

    n_tanks: int
    volume_l: float

    def __post_init__(self) -> None:
        if self.n_tanks < 1 or not 0.0 < self.volume_l < math.inf:
            raise UnitRefused("residence time", f"needs a tank and a volume, got {self}")

    def left(self, litres: float) -> float:
        """Share of what entered at once that has left after so many litres (the F curve)."""
        from scipy.special import gammainc

        scaled = self.n_tanks * max(litres, 0.0) / self.volume_l
        return float(gammainc(self.n_tanks, scaled))

    def density(self, litres: float) -> float:
        """Density of the distribution (1/L)."""
        if litres <= 0.0:
            return self.n_tanks / self.volume_l if self.n_tanks == 1 and litres == 0.0 else 0.0
        scaled = self.n_tanks * litres / self.volume_l
        log_density = (self.n_tanks - 1) * math.log(scaled) - scaled - math.lgamma(self.n_tanks)
        return math.exp(log_density) * self.n_tanks / self.volume_l

    def litres_until(self, share: float) -> float:
        """Litres after which that share has left; raises UnitRefused outside 0 .. 1."""
        from scipy.special import gammaincinv

        if not 0.0 <= share < 1.0:
            raise UnitRefused("residence time", f"a share is within 0 .. 1, got {share!r}")
        return float(gammaincinv(self.n_tanks, share)) * self.volume_l / self.n_tanks

    @property
    def narrowness(self) -> float:
        """Volume at which 0.5 % has left over that of 50 % (1 for plug flow)."""
        return self.litres_until(0.005) / self.litres_until(0.5)


def from_peclet(peclet: float, volume_l: float) -> ResidenceTime:
    """Tanks with the variance of dispersed plug flow in a closed vessel.

    ``1 / n = 2 / Pe - 2 / Pe^2 (1 - exp(-Pe))`` (standard, recalled), rounded to whole tanks.

    Raises:
        UnitRefused: the Peclet number is not positive.
    """
    if not 0.0 < peclet < math.inf:
        raise UnitRefused("residence time", f"the Peclet number must be positive, got {peclet!r}")
    # for a stirred tank the difference cancels, so take its series there
    if peclet < 1e-3:
        variance = 1.0 - peclet / 3.0
    else:
        variance = 2.0 / peclet - 2.0 / peclet**2 * (1.0 - math.exp(-peclet))
    return ResidenceTime(max(1, round(1.0 / variance)), volume_l)


def in_series(*parts: ResidenceTime) -> ResidenceTime:
    """One distribution for several in series, with their mean and (to whole tanks) variance.

    Raises:
        UnitRefused: there are none.
    """
    if not parts:
        raise UnitRefused("residence time", "needs at least one part")
    volume = math.fsum(part.volume_l for part in parts)
    variance = math.fsum(part.volume_l**2 / part.n_tanks for part in parts)
    return ResidenceTime(max(1, round(volume**2 / variance)), volume)
