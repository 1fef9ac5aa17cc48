"""Bias: a constant is added to what is read, as by a wrong calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from twin.declared import Number
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, Ints, SignalFault
from twin.lifetime import Floats

if TYPE_CHECKING:
    from numpy.random import Generator


class Bias(SignalFault):
    """A constant added to the reading."""

    kind: Literal["bias"] = "bias"
    size: Number = Field(description="What is added, in the signal's unit")
    magnitude_unit: ClassVar[str] = "signal"

    @property
    def magnitude(self) -> float:
        """What is added."""
        return self.size

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the addition."""
        return lambda times_us, values: values + self.size
