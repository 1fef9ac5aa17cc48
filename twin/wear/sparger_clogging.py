"""Sparger clogging: fewer open pores, larger bubbles, less oxygen transfer.

kLa = kLa0 (1 - c) with a clogged share c that grows at a constant rate. It shows as more gas or
stirrer power for the same oxygen transfer. The form is a standard one; rates are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Loss, NotNegative, Positive, Share, Variation
from twin.lifetime import Floats, Lifetime, Lognormal
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use


class SpargerClogging(Mechanism):
    """Clogging of a sintered or drilled sparger."""

    kind: Literal["sparger_clogging"] = "sparger_clogging"
    loss_limit: Loss = Field(
        default=0.4, description="Share of kLa lost at which it is spent (assumption)"
    )
    life_h: Positive = Field(
        default=4000.0, description="Median hours of gassing until spent (assumption)"
    )
    life_cv: Variation = Field(default=0.35, description="Variation between spargers (assumption)")
    sterilisation_h: NotNegative = Field(
        default=24.0,
        description="Hours of gassing that a sterilisation is worth, by protein baked on "
        "(assumption)",
    )
    cleaning_recovery: Share = Field(
        default=0.8,
        description="Share of the clogging since the last cleaning that comes off (assumption)",
    )

    age_unit: ClassVar[str] = "h"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "clean")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("kla", "multiply", "1", "oxygen transfer coefficient at given gas flow and power"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the hours of gassing until spent."""
        return Lognormal(self.life_h, self.life_cv)

    @property
    def recovery(self) -> float:
        """Share of the clogging that cleaning takes away."""
        return self.cleaning_recovery

    def age_of(self, use: Use) -> float:
        """Return the hours of gassing, sterilisations converted."""
        return use.hours + self.sterilisation_h * use.sterilisations

    def clogged(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the clogged share c, at most 1."""
        return np.asarray(np.minimum(self.loss_limit * life_share(age, life), 1.0))

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the clogged share over its limit."""
        return np.asarray(self.clogged(age, life) / self.loss_limit)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the factor on kLa."""
        return {"kla": 1.0 - self.clogged(age, life)}
