"""Holds the product loaded per cycle by changing the feed per cycle.

The load moves towards ``V * (target / measured)`` within limits (form inferred from the published
run; ``gain`` 1 goes there in one cycle).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.chromatography.pcc import PccRefused

if TYPE_CHECKING:
    from twin.chromatography.pcc import Cycle


@dataclass(frozen=True, slots=True)
class LoadingController:
    """Loads ``target_g`` per cycle.

    Args:
        target_g: product to load in a cycle.
        least_l, most_l: limits of the feed per cycle.
        gain: share of the difference that is made up in one cycle, above 0 and at most 1.
        meter_gain: what the concentration meter shows over what is true.

    Raises:
        PccRefused: a number is out of range.
    """

    target_g: float
    least_l: float
    most_l: float
    gain: float = 1.0
    meter_gain: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.target_g) and self.target_g > 0.0):
            raise PccRefused(f"target_g must be positive, got {self.target_g!r}")
        if not 0.0 < self.least_l <= self.most_l:
            raise PccRefused(f"loads of {self.least_l!r} to {self.most_l!r} L are no range")
        if not 0.0 < self.gain <= 1.0:
            raise PccRefused(f"gain must be above 0 and at most 1, got {self.gain!r}")
        if not self.meter_gain > 0.0:
            raise PccRefused(f"meter_gain must be positive, got {self.meter_gain!r}")

    def next_load_l(self, cycle: Cycle) -> float:
        """Feed for the next cycle, after what this one was fed."""
        measured_g = cycle.loaded_g * self.meter_gain
        if measured_g * self.most_l <= self.target_g * cycle.loaded_l:
            wanted = self.most_l
        else:
            wanted = cycle.loaded_l * self.target_g / measured_g
        wanted = cycle.loaded_l + self.gain * (wanted - cycle.loaded_l)
        return min(max(wanted, self.least_l), self.most_l)
