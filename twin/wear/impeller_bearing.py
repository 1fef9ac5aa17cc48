"""Impeller bearing: fatigue of a race, which shows as vibration long before it seizes.

The fault index is h = 1 - exp(-a t^b), 0 when new (a standard form), with a such that the unit
fails at a set index at the end of its Weibull life. `twin.wear.vibration` turns the index into
vibration signals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Loss, Positive
from twin.lifetime import Floats, Lifetime, Weibull
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use


class ImpellerBearing(Mechanism):
    """Rolling bearing of a stirrer shaft."""

    kind: Literal["impeller_bearing"] = "impeller_bearing"
    life_shape: Positive = Field(default=2.0, description="Weibull shape of the life (assumption)")
    life_scale_h: Positive = Field(
        default=20000.0, description="Weibull scale of the life, running hours (assumption)"
    )
    index_power: Positive = Field(
        default=4.0, description="Power b of time in the fault index (assumption)"
    )
    index_at_failure: Loss = Field(
        default=0.9, description="Fault index at which it fails (assumption)"
    )

    age_unit: ClassVar[str] = "h"
    actions: ClassVar[tuple[Action, ...]] = ("replace",)
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("bearing_fault_index", "add", "1", "fault index h for the vibration synthesiser"),
        Quantity("impeller_speed", "multiply", "1", "turns over intended turns; 0 once seized"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the running hours until failure."""
        return Weibull(self.life_shape, self.life_scale_h)

    def age_of(self, use: Use) -> float:
        """Return the running hours."""
        return use.hours

    def fault_index(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return h, in [0, 1)."""
        x = life_share(age, life)
        return np.asarray(-np.expm1(math.log1p(-self.index_at_failure) * x**self.index_power))

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the fault index over that at failure."""
        return self.fault_index(age, life) / self.index_at_failure

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the fault index, and whether the shaft still turns."""
        is_turning = np.asarray(age) < np.asarray(life)
        return {
            "bearing_fault_index": self.fault_index(age, life),
            "impeller_speed": np.where(is_turning, 1.0, 0.0),
        }
