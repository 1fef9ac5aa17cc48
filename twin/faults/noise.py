"""Noise: Gaussian noise on top of what the probe has, as by a loose contact or a worn cable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from twin.declared import Positive
from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class Noise(SignalFault):
    """Additional independent noise on each sample."""

    kind: Literal["noise"] = "noise"
    sd: Positive = Field(description="Standard deviation, in the signal's unit")
    magnitude_unit: ClassVar[str] = "signal"

    @property
    def magnitude(self) -> float:
        """The standard deviation."""
        return self.sd

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the noise."""
        return lambda times_us, values: values + self.sd * rng.standard_normal(len(values))
