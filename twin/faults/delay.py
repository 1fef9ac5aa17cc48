"""Delay: what is read was so a while ago, as by a clogged sample line or a slow gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Positive
from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class Delay(SignalFault):
    """Each sample shows the latest value that is at least so old, or else the oldest known."""

    kind: Literal["delay"] = "delay"
    delay_s: Positive = Field(description="Age of what is read, seconds")
    magnitude_unit: ClassVar[str] = "s"

    @property
    def magnitude(self) -> float:
        """The delay."""
        return self.delay_s

    @property
    def memory_us(self) -> int:
        """The delay."""
        return round(self.delay_s * 1e6)

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the look back."""
        times, known = before

        def look_back(times_us: Ints, values: Floats) -> Floats:
            nonlocal times, known
            times, known = np.concatenate([times, times_us]), np.concatenate([known, values])
            at = np.searchsorted(times, times_us - self.memory_us, side="right") - 1
            seen = known[np.maximum(at, 0)]
            oldest = max(int(at[-1]), 0)  # nothing before it will be asked for again
            times, known = times[oldest:], known[oldest:]
            return seen

        return look_back
