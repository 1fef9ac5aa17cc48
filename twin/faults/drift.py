"""Drift: an error that grows steadily to its size and stays there.

IndPenSim's faults 7 and 8 are drifts of the temperature probe to +0.4 K and of the pH probe to
+0.1, over 120 h.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Number, Positive
from twin.device import Floats, Ints
from twin.faults.occurrence import US_PER_H, Window
from twin.faults.systematic import SystematicFault


class Drift(SystematicFault):
    """A ramp added to the reading."""

    kind: Literal["drift"] = "drift"
    size: Number = Field(description="What is added at the end of the ramp, in the signal's unit")
    over_h: Positive = Field(description="Hours until the drift has its full size")
    magnitude_unit: ClassVar[str] = "signal"

    @property
    def magnitude(self) -> float:
        """The full error."""
        return self.size

    def shown(self, window: Window, times_us: Ints, values: Floats) -> Floats:
        """Return the values with the ramp added."""
        passed_h = (times_us - window.start_us) / US_PER_H
        return values + self.size * np.minimum(passed_h / self.over_h, 1.0)
