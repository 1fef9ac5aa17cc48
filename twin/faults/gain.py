"""Gain: readings are multiplied, at once or ever more, as by a fouled window or a failed dryer."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import NotNegative, Number
from twin.device import Floats, Ints
from twin.faults.occurrence import US_PER_H, Window
from twin.faults.systematic import SystematicFault


class Gain(SystematicFault):
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

    def shown(self, window: Window, times_us: Ints, values: Floats) -> Floats:
        """Return the values times the factor as far as it has come."""
        if self.over_h == 0.0:
            return values * self.factor
        passed_h = (times_us - window.start_us) / US_PER_H
        return values * (1.0 + (self.factor - 1.0) * np.minimum(passed_h / self.over_h, 1.0))
