"""What every wear mechanism has in common.

A part has one age, an amount of use in the unit that matters for it (hours, litres per area,
cycles), into which other use is converted at a fixed rate. It fails at an age of its own, its
life, drawn from a distribution. Between new and failed its state depends on the age and the life
alone, so a mechanism is a set of pure functions of (age, life) that broadcast over both: one unit
over time, or a fleet. This is the random-coefficient view of degradation: units differ, the path
of a unit is smooth, and what blurs it is measurement.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from twin.declared import ANY, Declared, NotNegative, Selector
from twin.lifetime import Floats, Lifetime
from twin.wear.use import Use

Action = Literal["replace", "clean", "recalibrate"]
LAWS_END = 10.0  # lives; what is left after so many is no longer a part, and stays as it is


class ActionRefused(ValueError):
    """A maintenance action that does nothing for this mechanism."""

    def __init__(self, kind: str, action: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{kind} can't be maintained by {action!r}; give one of {list(known)}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A physical quantity that wear changes: `multiply` it by the effect's value, or `add` it."""

    name: str
    operation: Literal["multiply", "add"]
    unit: str
    doc: str


def life_share(age: float | Floats, life: float | Floats) -> Floats:
    """Return age over life, at most `LAWS_END`."""
    return np.asarray(np.minimum(np.asarray(age) / np.asarray(life), LAWS_END))


class Mechanism(Declared, ABC):
    """A wear mechanism with its parameters, and the devices that have it."""

    kind: str
    device: Selector = Field(
        default=ANY, description="Name of the device that wears, or * for every device that can"
    )
    at_day: NotNegative = Field(
        default=0.0, description="Days after the start of the plant from which it wears"
    )
    used_before: Use = Field(
        default_factory=Use, description="Use of the part before that day, 0 for a new one"
    )

    age_unit: ClassVar[str]
    quantities: ClassVar[tuple[Quantity, ...]]
    actions: ClassVar[tuple[Action, ...]] = ("replace",)

    @property
    @abstractmethod
    def lifetime(self) -> Lifetime:
        """Distribution of the age at failure, in the unit of the age."""

    @abstractmethod
    def age_of(self, use: Use) -> float:
        """Return the age that a use amounts to; linear in the use."""

    @abstractmethod
    def damage(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return the damage as a share of that at failure: 0 when new, 1 at age = life."""

    @abstractmethod
    def effects(
        self, age: float | Floats, life: float | Floats, calibrated_age: float | Floats
    ) -> Mapping[str, Floats]:
        """Return the value of each of `quantities`, for a part last calibrated at an age."""

    def health(self, age: float | Floats, life: float | Floats) -> Floats:
        """Return 1 for a new part, falling to 0 at failure and staying there."""
        return np.clip(1.0 - self.damage(age, life), 0.0, 1.0)

    @property
    def recovery(self) -> float:
        """Share of the damage since the last cleaning that cleaning takes away."""
        return 0.0
