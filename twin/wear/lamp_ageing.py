"""Lamp ageing: a plate reader's or UV detector's lamp fades, and its noise grows.

The intensity falls exponentially, I = I0 exp(-k t), and the lamp is spent at half of it after
some 2000 h (recalled for deuterium lamps, depending on the vendor); each start is worth hours of
burning (assumption). Photon noise makes the noise of an absorbance grow as I^-1/2. In a
single-beam instrument a lamp that fades after the blank was taken adds log10(I_blank/I) to each
absorbance; blanking again, a recalibration, takes that away and leaves the noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import Loss, NotNegative, Positive, Variation
from twin.lifetime import Floats, Lifetime, Lognormal
from twin.wear.mechanism import Action, Mechanism, Quantity, life_share
from twin.wear.use import Use


class LampAgeing(Mechanism):
    """Fading of a lamp."""

    kind: Literal["lamp_ageing"] = "lamp_ageing"
    intensity_limit: Loss = Field(
        default=0.5, description="Share of the first intensity at which it is spent (recalled)"
    )
    life_h: Positive = Field(
        default=2000.0, description="Median hours of burning until spent (recalled)"
    )
    life_cv: Variation = Field(default=0.2, description="Variation between lamps (assumption)")
    start_h: NotNegative = Field(
        default=1.0, description="Hours of burning that a start is worth (assumption)"
    )

    age_unit: ClassVar[str] = "h"
    actions: ClassVar[tuple[Action, ...]] = ("replace", "recalibrate")
    quantities: ClassVar[tuple[Quantity, ...]] = (
        Quantity("lamp_intensity", "multiply", "1", "light at the detector"),
        Quantity("absorbance_noise", "multiply", "1", "standard deviation of an absorbance"),
        Quantity("absorbance", "add", "AU", "shift since the last blank, single beam"),
    )

    @property
    def lifetime(self) -> Lifetime:
        """Distribution of the hours of burning until spent."""
        return Lognormal(self.life_h, self.life_cv)

    def age_of(self, use: Use) -> float:
        """Return the hours of burning, starts (cycles) converted."""
        return use.hours + self.start_h * use.cycles

    def intensity(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return I/I0."""
        return np.asarray(np.exp(math.log(self.intensity_limit) * life_share(age, life)))

    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the intensity lost as a share of the loss at the end of life."""
        return (1.0 - self.intensity(age, life)) / (1.0 - self.intensity_limit)

    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the factors on light and noise, and the shift since the blank."""
        now = self.intensity(age, life)
        return {
            "lamp_intensity": now,
            "absorbance_noise": now**-0.5,
            "absorbance": np.log10(self.intensity(calibrated_age, life) / now),
        }
