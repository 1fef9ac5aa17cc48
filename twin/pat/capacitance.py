"""A capacitance probe: a scan over frequencies, what air does to it, and cells estimated from it.

The permittivity of `cole_cole` with a gain for each batch and noise, less what air in the broth and
a bubble on the electrodes take away (Bruggeman: eps (1 - air)^1.5). Noise of 5 % and a bias of
15-30 % in the production phase are what a practitioner expects; a single-frequency model that is
carried over was up to more than 100 % off in the decline phase, and a universal one 9-38 %
(Konakovsky 2015). Bubble rate, duration and depth, and the electrode polarisation are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.device import Floats
from twin.pat.cell_size import CellSize
from twin.pat.cole_cole import PF_PER_CM, dispersion, permittivity

if TYPE_CHECKING:
    from numpy.random import Generator

Flags = np.ndarray[Any, np.dtype[np.bool_]]
DAY_S = 86400.0
SCAN_HZ = np.geomspace(1e5, 2e7, 17)
MEASURE_HZ, REFERENCE_HZ = 1.0e6, 1.0e7
POLARISATION_EXPONENT = 1.3


class BadCulture(ValueError):
    """Cells, air or a probe in a culture can't be: the message says which."""


@dataclass(frozen=True, slots=True)
class CapacitanceSettings:
    """What a probe is like.

    Attributes:
        noise_rel: common to all frequencies of a scan, of the cells' part.
        noise_pf_per_cm: of each frequency; gain_rel: between batches.
        polarisation: relative permittivity of the electrodes at 100 kHz.
        bubbles_per_day: how often one settles on the electrodes; bubble_s: mean time it stays;
            bubble_loss: share of the signal it takes.
    """

    noise_rel: float = 0.05
    noise_pf_per_cm: float = 0.02
    gain_rel: float = 0.03
    polarisation: float = 2.0
    bubbles_per_day: float = 0.1
    bubble_s: float = 1800.0
    bubble_loss: float = 0.3

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0.0 <= getattr(self, name) < float("inf"):
                raise BadCulture(
                    f"capacitance {name} is {getattr(self, name)!r}; must be 0 or more and finite"
                )
        if self.bubble_s == 0.0 or self.bubble_loss > 1.0:
            raise BadCulture("a bubble must stay longer than 0 s and take no more than all (1)")


@dataclass(frozen=True, slots=True)
class Scan:
    """Capacitance over frequency, pF/cm, (n, number of frequencies).

    `has_bubble` (n,) labels readings with a bubble on the electrodes.
    """

    frequencies_hz: Floats
    pf_per_cm: Floats
    has_bubble: Flags

    def difference(self, at_hz: float = MEASURE_HZ, less_hz: float = REFERENCE_HZ) -> Floats:
        """Return capacitance at one frequency less that at another, pF/cm, (n,)."""
        grid = np.log(self.frequencies_hz)
        k = [int(np.argmin(np.abs(grid - np.log(f)))) for f in (at_hz, less_hz)]
        return np.asarray(self.pf_per_cm[:, k[0]] - self.pf_per_cm[:, k[1]])


class CapacitanceProbe:
    """One probe during one culture; reading in one piece or in many gives the same numbers.

    Args:
        rng: where the errors come from; interval_s: time between readings.
        size: how large the cells are; start_s: when the culture began.
    """

    def __init__(
        self,
        rng: Generator,
        interval_s: float,
        settings: CapacitanceSettings | None = None,
        size: CellSize | None = None,
        frequencies_hz: Floats = SCAN_HZ,
        start_s: float = 0.0,
    ) -> None:
        self.settings = settings or CapacitanceSettings()
        self.size = size or CellSize()
        self.frequencies_hz = frequencies_hz
        self._interval_s, self._start_s = interval_s, start_s
        self._common_rng, self._own_rng, self._bubble_rng = rng.spawn(3)
        self._gain = 1.0 + self.settings.gain_rel * float(rng.standard_normal())
        self._has_bubble = False

    def scan(self, viable_cells: Floats, times_s: Floats, air: Floats | float = 0.0) -> Scan:
        """Return scans of viable cells (1e9/L) at times on the clock of `start_s`, both (n,).

        `air` is the share of gas in the broth.

        Raises:
            BadCulture: negative cells, or air outside 0..0.5.
        """
        if not np.all(viable_cells >= 0.0):
            raise BadCulture(f"viable cells are {np.min(viable_cells)} 1e9/L; must be 0 or more")
        if not np.all((np.asarray(air) >= 0.0) & (np.asarray(air) <= 0.5)):
            raise BadCulture(f"the share of air is up to {np.max(air)}; must be between 0 and 0.5")
        s, n = self.settings, len(viable_cells)
        radius = self.size.radius_um((times_s - self._start_s) / DAY_S)
        cells = dispersion(viable_cells, radius)
        common = self._gain * (1.0 + s.noise_rel * self._common_rng.standard_normal(n))
        alive = permittivity(self.frequencies_hz, cells) - cells.eps_inf[:, None]
        electrodes = s.polarisation * (self.frequencies_hz / 1e5) ** -POLARISATION_EXPONENT
        eps = alive * common[:, None] + cells.eps_inf[:, None] + electrodes
        has_bubble = self._bubbles(n)
        held = (1.0 - np.asarray(air)) ** 1.5 * np.where(has_bubble, 1.0 - s.bubble_loss, 1.0)
        noise = self._own_rng.standard_normal(eps.shape) * s.noise_pf_per_cm
        return Scan(self.frequencies_hz, eps * held[:, None] * PF_PER_CM + noise, has_bubble)

    def _bubbles(self, n: int) -> Flags:
        """Return when a bubble sits on the electrodes, (n,): it comes and goes at random."""
        u = self._bubble_rng.random(n)
        comes = -np.expm1(-self.settings.bubbles_per_day * self._interval_s / DAY_S)
        goes = -np.expm1(-self._interval_s / self.settings.bubble_s)
        found = np.empty(n, dtype=bool)
        for i in range(n):
            self._has_bubble = bool(u[i] >= goes if self._has_bubble else u[i] < comes)
            found[i] = self._has_bubble
        return found
