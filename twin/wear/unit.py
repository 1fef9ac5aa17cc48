"""One part that wears: advanced by use, maintained, and honest about its remaining life.

Cleaning takes back part of the age gained since the last cleaning and nothing of what was left
then (the virtual age of Kijima's first model); the part keeps the life it was drawn with. Units
are drawn from the streams of (seed, device, kind, generation), so that replacing one part changes
no other number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from twin.randomness import stream
from twin.wear.mechanism import Action, ActionRefused, Mechanism
from twin.wear.use import Use


@dataclass(frozen=True, slots=True)
class Effect:
    """What wear does to a physical quantity now: multiply it by a value, or add the value."""

    quantity: str
    operation: Literal["multiply", "add"]
    value: float
    unit: str


class Wear:
    """A part of a device under one wear mechanism.

    `generation` counts the parts that were fitted before this one; `life` and `age` are in the
    mechanism's `age_unit`.
    """

    def __init__(self, mechanism: Mechanism, device: str, seed: int) -> None:
        self.mechanism = mechanism
        self.device = device
        self._seed = seed
        self.generation = 0
        self.life = self._drawn_life()
        self.age = 0.0
        self.calibrated_age = 0.0
        self._cleaned_age = 0.0
        self.advance(mechanism.used_before)

    def advance(self, use: Use) -> None:
        """Let the part be used; any number of steps of the same total give the same state."""
        self.age += self.mechanism.age_of(use)

    @property
    def health(self) -> float:
        """1 for a new part, 0 for a failed one."""
        return float(self.mechanism.health(self.age, self.life))

    @property
    def is_failed(self) -> bool:
        """Whether the part has reached its life."""
        return self.age >= self.life

    def rul_h(self, use_per_h: Use) -> float:
        """Return the true remaining life in hours at a constant rate of use; inf if unused."""
        left = max(0.0, self.life - self.age)
        rate = self.mechanism.age_of(use_per_h)
        if rate > 0.0:
            return left / rate
        return math.inf if left > 0.0 else 0.0

    def effects(self) -> tuple[Effect, ...]:
        """Return what the part's wear does to each quantity of its mechanism."""
        values = self.mechanism.effects(self.age, self.life, self.calibrated_age)
        return tuple(
            Effect(q.name, q.operation, float(values[q.name]), q.unit)
            for q in self.mechanism.quantities
        )

    def maintain(self, action: Action) -> None:
        """Replace, clean or recalibrate the part.

        Replacing fits a new unit, as good as new, with a life of its own; cleaning is imperfect;
        recalibrating takes away errors of a reading or a delivery and leaves the damage.

        Raises:
            ActionRefused: this mechanism has no such action.
        """
        mechanism = self.mechanism
        if action not in mechanism.actions:
            raise ActionRefused(mechanism.kind, action, mechanism.actions)
        if action == "replace":
            self.generation += 1
            self.life = self._drawn_life()
            self.age = self.calibrated_age = self._cleaned_age = 0.0
        elif action == "clean":
            gained = self.age - self._cleaned_age
            self.age = self._cleaned_age + (1.0 - mechanism.recovery) * gained
            self._cleaned_age = self.age
        else:
            self.calibrated_age = self.age

    def _drawn_life(self) -> float:
        names = ("wear", self.device, self.mechanism.kind, str(self.generation))
        return float(self.mechanism.lifetime.draw(stream(self._seed, *names), 1)[0])
