"""Spike: single samples far off, as by electrical disturbance or a cosmic ray on a detector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, Strict

from twin.declared import Number
from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class Spike(SignalFault):
    """Peaks on a share of the samples, chosen at random one by one."""

    kind: Literal["spike"] = "spike"
    size: Number = Field(description="Height of a spike, in the signal's unit")
    share: Annotated[float, Strict(), Field(gt=0, le=1)] = Field(
        default=0.02, description="Share of the samples that are hit"
    )
    is_two_sided: bool = Field(
        default=False, strict=True, description="Whether half of the spikes point the other way"
    )
    magnitude_unit: ClassVar[str] = "signal"

    @property
    def magnitude(self) -> float:
        """The height."""
        return self.size

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the spikes."""

        def hit(times_us: Ints, values: Floats) -> Floats:
            chance, side = rng.random((len(values), 2)).T
            sign = np.where(self.is_two_sided & (side < 0.5), -1.0, 1.0)
            return np.where(chance < self.share, values + sign * self.size, values)

        return hit
