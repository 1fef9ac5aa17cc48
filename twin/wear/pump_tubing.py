"""Peristaltic pump tubing: it delivers less and less per turn, then it bursts.

The flow at a given speed falls by creep from the start and faster by spallation near the end:
loss = L (w x + (1-w) x^4) with x = age/life and L the loss just before bursting, an assumption;
with the defaults 0.5 to 5 % a week (recalled as typical). The life is Weibull with shape 2 to 4
(recalled). Weighing the fed bottle finds the decline, recalibrating hides it until it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Loss, Positive, Share
from twin.lifetime import Floats, Lifetime, Weibull
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use

SPALLATION_POWER = 4.0  # assumption


class PumpTubing(Mechanism):
    """Tubing in a peristaltic pump head."""

    kind: Literal["pump_tubing"] = "pump_tubing"
    life_shape: Positive = Field(default=3.0, description="Weibull shape of the life (recalled)")
    life_scale_h: Positive = Field(
        default=1000.0, description="Weibull scale of the life, hours of pumping (assumption)"
    )
    loss_at_failure: Loss = Field(
        default=0.12, description="Share of the flow lost just before it bursts (assumption)"
    )
    steady_share: Share = Field(
        default=0.5, description="Share of that loss that is steady creep, w above (assumption)"
    )

    age_unit: ClassVar[str] = "h"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "recalibrate")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("pump_flow", "multiply", "1", "flow delivered over flow commanded; 0 once burst"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the hours of pumping until it bursts."""
        return Weibull(self.life_shape, self.life_scale_h)

    def age_of(self, use: Use) -> float:
        """Return the hours of pumping."""
        return use.hours

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the flow lost as a share of that just before bursting."""
        x = life_share(age, life)
        late = (1.0 - self.steady_share) * x**SPALLATION_POWER
        return np.asarray(self.steady_share * x + late)

    def gain(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the flow per turn relative to a new tube's; 0 once it has burst."""
        whole = 1.0 - self.loss_at_failure * self.damage(age, life)
        return np.where(np.asarray(age) < np.asarray(life), whole, 0.0)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the factor on the flow since the pump's last calibration.

        A burst tube can't be calibrated: its calibration is taken from the last of its whole life.
        """
        last = np.minimum(calibrated_age, life)
        calibrated = 1.0 - self.loss_at_failure * self.damage(last, life)
        return {"pump_flow": self.gain(age, life) / calibrated}
