"""Probe drift: an electrode that loses slope, faster and faster, shifts and grows sluggish.

Made for the glass electrode: slope = 1 - l x^p with x = age/life and l the loss at which it is
thrown away, p above 1 for an accelerating loss; its zero shifts and its response slows in the
same way. Sterilising ages the glass. The figures are assumptions; only drift with age is common
knowledge. A calibration takes the loss up to then into the transmitter: what is read wrong is
what came after it. The reading is x0 + slope (x - x0) + zero, x0 being pH 7 for a pH probe.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, Strict

from twin.declared import Loss, NotNegative, Number, Positive, Variation
from twin.lifetime import Floats, Lifetime, Lognormal
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use


class ProbeDrift(Mechanism):
    """Ageing of an electrode."""

    kind: Literal["probe_drift"] = "probe_drift"
    slope_loss_limit: Loss = Field(
        default=0.1, description="Share of the slope lost at which it is spent (recalled)"
    )
    zero_shift: Number = Field(
        default=0.15, description="Shift of the zero by then, in the signal's unit (assumption)"
    )
    slowing: Annotated[float, Strict(), Field(ge=1, le=100)] = Field(
        default=3.0, description="Factor on the response time by then (assumption)"
    )
    power: Annotated[float, Strict(), Field(ge=1, le=10)] = Field(
        default=2.0, description="Power p of the acceleration, 1 for a steady drift (assumption)"
    )
    life_h: Positive = Field(default=6000.0, description="Median hours until spent (assumption)")
    life_cv: Variation = Field(default=0.3, description="Variation between probes (assumption)")
    sterilisation_h: NotNegative = Field(
        default=200.0, description="Hours that a sterilisation is worth (assumption)"
    )

    age_unit: ClassVar[str] = "h"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "recalibrate")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("probe_slope", "multiply", "1", "sensitivity, relative to the last calibration"),
        Quantity("probe_zero", "add", "signal", "shift since the last calibration"),
        Quantity("probe_response_time", "multiply", "1", "time to follow a step"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the hours until spent."""
        return Lognormal(self.life_h, self.life_cv)

    def age_of(self, use: Use) -> float:
        """Return the hours in use, sterilisations converted."""
        return use.hours + self.sterilisation_h * use.sterilisations

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the slope lost as a share of the loss allowed."""
        return np.asarray(life_share(age, life) ** self.power)

    def slope(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the slope relative to a new probe's, never negative."""
        return np.maximum(1.0 - self.slope_loss_limit * self.damage(age, life), 0.0)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return what the calibration does not know of, and the slowing."""
        now, then = self.damage(age, life), self.damage(calibrated_age, life)
        # a probe without slope can't be calibrated: the transmitter keeps at least a hundredth
        calibrated = np.maximum(self.slope(calibrated_age, life), 0.01)
        return {
            "probe_slope": self.slope(age, life) / calibrated,
            "probe_zero": self.zero_shift * (now - then),
            "probe_response_time": 1.0 + (self.slowing - 1.0) * now,
        }


def reading(
    truth: float | Floats, slope: float | Floats, zero: float | Floats, pivot: float = 7.0
) -> Floats:
    """Return what a probe shows: pivot + slope (truth - pivot) + zero; the pivot is pH 7."""
    return np.asarray(pivot + np.asarray(slope) * (np.asarray(truth) - pivot) + zero)
