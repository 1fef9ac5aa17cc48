"""Gain: readings are multiplied, at once or ever more, as by a fouled window or a failed dryer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import NotNegative, Number
from twin.faults.occurrence import US_PER_H, Window
from twin.faults.signal_fault import Distortion, Ints, SignalFault
from twin.lifetime import Floats

if TYPE_CHECKING:
    from numpy.random import Generator


class Gain(SignalFault):
    """A factor on the reading."""

    kind: Literal["gain"] = "gain"
    factor: Number = Field(description="Factor on the reading, 1 for none")
    over_h: NotNegative = Field(
        default=0.0, description="Hours over which the factor goes from 1 to its value, 0 at once"
    )
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """The full factor."""
        return self.factor

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the multiplication."""
        span_us = max(self.over_h * US_PER_H, 1e-9)

        def multiply(times_us: Ints, values: Floats) -> Floats:
            share = np.minimum((times_us - window.start_us) / span_us, 1.0)
            if self.over_h == 0.0:
                share = np.ones(len(times_us))
            return values * (1.0 + (self.factor - 1.0) * share)

        return multiply
