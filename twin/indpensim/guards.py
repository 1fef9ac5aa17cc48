"""Two guards of the published program that are part of its results, and one of ours.

After every sample a state that is not positive becomes 0.001 (in the published unit) and dissolved
oxygen below 2 mg/L becomes 1; and growth that falls for 13 h is lost for good.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from twin.indpensim.equations import INDPENSIM
from twin.indpensim.recipe import SAMPLE_H

N_SUMS = 2
"""The last two states are integrals over one sample: they start at 0 and are not guarded."""

FLOOR = 1.0e-3
PER_PUBLISHED_UNIT = {"umol/L": 1.0e6, "1e12/cm/L": 1.0e-12}
ROUNDING_G_PER_L = 1.0e-9
LEAST_OXYGEN, OXYGEN_INSTEAD = 2.0, 1.0
REMEMBERED, FALLS = 64, 63
LEAST_VOLUME_L = 10_000.0
OVERHEATS_BELOW_L = 20_000.0
"""Heating overshoots in a sample by as much as there is little broth: 16 K at 12 m3. Past 312 K the
published growth turns negative and drives exhausted substrate to where its uptake is infinite."""
OXYGEN = INDPENSIM.state_index("oxygen")
VOLUME = INDPENSIM.state_index("volume")
FLOORS = np.array(
    [FLOOR * PER_PUBLISHED_UNIT.get(state.unit, 1.0) for state in INDPENSIM.states[:-N_SUMS]]
)
NOTHING = np.zeros(len(FLOORS))
NOTHING[INDPENSIM.state_index("penicillin")] = ROUNDING_G_PER_L
"""What counts as not positive: penicillin stays exactly 0 for hours, give or take rounding."""


class VesselDrained(ArithmeticError):
    """The discharges have left too little broth."""

    def __init__(self, time_h: float, volume_l: float) -> None:
        super().__init__(
            f"at {time_h:.1f} h the vessel holds {volume_l:.0f} L; the equations need at least "
            f"{LEAST_VOLUME_L:.0f} L and can fail below {OVERHEATS_BELOW_L:.0f} L "
            "(discharge less or feed more)"
        )


def guard(x: NDArray[np.float64], time_h: float) -> None:
    """Lift the states at the end of a sample, in place.

    Raises:
        VesselDrained: less than 10,000 L are left (assumption).
    """
    kept = x[:-N_SUMS]
    is_nothing = kept <= NOTHING
    if is_nothing.any():
        kept[is_nothing] = FLOORS[is_nothing]
    if x[OXYGEN] < LEAST_OXYGEN:
        x[OXYGEN] = OXYGEN_INSTEAD
    if x[VOLUME] < LEAST_VOLUME_L:
        raise VesselDrained(time_h, float(x[VOLUME]))


class Growth:
    """Remembers how growth went, sample by sample."""

    def __init__(self) -> None:
        self._grown: float | None = None
        self._is_falling: deque[bool] = deque(maxlen=REMEMBERED)

    def observe(self, grown: float) -> None:
        """Take the integral of the growth rate over one more sample."""
        if self._grown is not None:
            self._is_falling.append(grown < self._grown)
        self._grown = grown

    def limit_per_h(self) -> float | None:
        """What growth is limited to from now on, if it fell in 63 of the last 64 samples."""
        if self._grown is None or len(self._is_falling) < REMEMBERED:
            return None
        return self._grown / SAMPLE_H if sum(self._is_falling) >= FALLS else None
