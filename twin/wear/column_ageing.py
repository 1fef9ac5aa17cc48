"""Column ageing: a chromatography resin binds less with every cycle.

DBC_n = DBC_0 exp(-k n), replaced at 80 % of the first dynamic binding capacity; resins are
validated for 100 to 300 cycles (vendor guidance on bioprocess tool pages), hence k = 0.223/n_life.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Loss, Positive, Share, Variation
from twin.lifetime import Floats, Lifetime, Lognormal
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use


class ColumnAgeing(Mechanism):
    """Capacity loss of a packed column."""

    kind: Literal["column_ageing"] = "column_ageing"
    capacity_limit: Loss = Field(
        default=0.8, description="Share of the first capacity at which it is spent (rule of thumb)"
    )
    life_cycles: Positive = Field(
        default=200.0, description="Median cycles until spent (validated lives are 100 to 300)"
    )
    life_cv: Variation = Field(default=0.2, description="Variation between columns (assumption)")
    cleaning_recovery: Share = Field(
        default=0.2,
        description="Share of the loss since the last strip cleaning that it brings back "
        "(assumption)",
    )

    age_unit: ClassVar[str] = "cycles"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "clean")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("column_capacity", "multiply", "1", "dynamic and static binding capacity"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the cycles until spent."""
        return Lognormal(self.life_cycles, self.life_cv)

    @property
    def recovery(self) -> float:
        """Share of the loss that a strip cleaning brings back."""
        return self.cleaning_recovery

    def age_of(self, use: Use) -> float:
        """Return the cycles."""
        return use.cycles

    def rate_per_cycle(self, life: float | Floats) -> Floats:
        """Return k of a column with this life."""
        return -math.log(self.capacity_limit) / np.asarray(life)

    def capacity(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return DBC_n/DBC_0."""
        return np.asarray(np.exp(-self.rate_per_cycle(life) * life_share(age, life) * life))

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the capacity lost as a share of the loss at the end of life."""
        return (1.0 - self.capacity(age, life)) / (1.0 - self.capacity_limit)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the factor on the capacity."""
        return {"column_capacity": self.capacity(age, life)}
