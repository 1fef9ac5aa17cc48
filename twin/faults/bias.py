"""Bias: a constant is added to what is read, as by a wrong calibration."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.declared import Number
from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.systematic import SystematicFault


class Bias(SystematicFault):
    """A constant added to the reading."""

    kind: Literal["bias"] = "bias"
    size: Number = Field(description="What is added, in the signal's unit")
    magnitude_unit: ClassVar[str] = "signal"

    @property
    def magnitude(self) -> float:
        """What is added."""
        return self.size

    def shown(self, window: Window, times_us: Ints, values: Floats) -> Floats:
        """Return the values with the addition."""
        return values + self.size
