"""The recipe of an IndPenSim batch: seven flows and set-points as steps in time.

A step is given with the hour that it lasts *until*: a value holds up to and including its hour.
Reading it the other way around (the value from its hour on), as the example that comes with
PenSimPy does, starves the batch of phenylacetic acid.  The figures are those of the simulator's
sequential batch control for 230 h.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twin.indpensim.quantities import INPUTS

MINUTES_PER_H = 60
SAMPLE_MIN = 12
SAMPLE_H = 0.2
LIMITS: Mapping[str, tuple[float, float]] = {
    "sugar_feed": (0.0, 200.0),
    "oil_feed": (0.0, 60.0),
    "aeration": (10.0, 100.0),
    "head_pressure": (0.0, 2.5),
    "discharge": (0.0, 6000.0),
    "water": (0.0, 1000.0),
    "paa_feed": (0.0, 50.0),
}
"""What each variable may be, in the input's own unit; the least and the most (assumption)."""

UNITS: Mapping[str, str] = {entry.name: entry.unit for entry in INPUTS}


class RecipeRefused(ValueError):
    """A recipe or a set-point can't be run; says which variable and what would be right."""


def checked(name: str, value: float, where: str = "") -> float:
    """The value, if the variable exists and may have it.

    Raises:
        RecipeRefused: there is no such variable, or the value lies outside ``LIMITS``.
    """
    if name not in LIMITS:
        raise RecipeRefused(f"there is no variable {name!r}; known: {', '.join(LIMITS)}")
    low, high = LIMITS[name]
    if not low <= value <= high:
        raise RecipeRefused(
            f"{name}{where} is {value!r} {UNITS[name]}; must be {low:g} .. {high:g}"
        )
    return float(value)


@dataclass(frozen=True, slots=True)
class Steps:
    """One variable: pairs of (hour that the value lasts until, value); the last one goes on."""

    pairs: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.pairs:
            raise RecipeRefused("a variable needs at least one step (until hour, value)")
        if not all(math.isfinite(number) for pair in self.pairs for number in pair):
            raise RecipeRefused(f"every step must be two finite numbers, got {self.pairs!r}")
        until = self.until_min()
        if until[0] <= 0 or any(b <= a for a, b in pairwise(until)):
            raise RecipeRefused(
                f"the hours must ascend from above 0, a minute apart or more, got {self.pairs!r}"
            )

    def until_min(self) -> list[int]:
        """The minutes that the values last until."""
        return [round(hour * MINUTES_PER_H) for hour, _ in self.pairs]

    def at(self, minutes: Iterable[int]) -> NDArray[np.float64]:
        """The values at these minutes of the batch, shape (n_minutes,)."""
        position = np.searchsorted(self.until_min(), np.asarray(list(minutes)))
        values = np.array([value for _, value in self.pairs])
        return values[np.minimum(position, len(values) - 1)]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The seven variables, named and in the units of the model's inputs.

    Raises:
        RecipeRefused: a value lies outside ``LIMITS``.
    """

    sugar_feed: Steps
    oil_feed: Steps
    aeration: Steps
    head_pressure: Steps
    discharge: Steps
    water: Steps
    paa_feed: Steps

    def __post_init__(self) -> None:
        for name in LIMITS:
            for hour, value in self.steps(name).pairs:
                checked(name, value, f" until {hour:g} h")

    def steps(self, name: str) -> Steps:
        """The steps of one variable."""
        steps: Steps = getattr(self, name)
        return steps

    def table(self, n_samples: int) -> NDArray[np.float64]:
        """Values at the end of each sample, shape (n_samples, 7), columns as in ``LIMITS``."""
        minutes = range(SAMPLE_MIN, SAMPLE_MIN * n_samples + 1, SAMPLE_MIN)
        return np.column_stack([self.steps(name).at(minutes) for name in LIMITS])


def _discharges(*ends_h: float) -> tuple[tuple[float, float], ...]:
    """4000 L/h for the two hours before each of these."""
    pairs = [pair for end in ends_h for pair in ((end - 2.0, 0.0), (end, 4000.0))]
    return (*pairs, (230.0, 0.0))


# fmt: off
DEFAULT_RECIPE = Recipe(
    sugar_feed=Steps((
        (3, 8), (12, 15), (16, 30), (20, 75), (24, 150), (28, 30), (32, 37), (36, 43), (40, 47),
        (44, 51), (48, 57), (52, 61), (56, 65), (60, 72), (64, 76), (68, 80), (72, 84), (76, 90),
        (80, 116), (160, 90), (230, 80),
    )),
    oil_feed=Steps((
        (4, 22), (16, 30), (56, 35), (60, 34), (64, 33), (68, 32), (72, 31), (76, 30), (80, 29),
        (230, 23),
    )),
    aeration=Steps(((8, 30), (20, 42), (40, 55), (90, 60), (200, 75), (230, 65))),
    head_pressure=Steps((
        (12.4, 0.6), (25, 0.7), (30, 0.8), (40, 0.9), (100, 1.1), (150, 1.0), (200, 0.9),
        (230, 0.9),
    )),
    discharge=Steps(_discharges(102, 132, 152, 172, 192, 212)),
    water=Steps((
        (50, 0), (75, 500), (150, 100), (160, 0), (170, 400), (200, 150), (230, 250),
    )),
    paa_feed=Steps(((5, 5), (40, 0), (200, 10), (230, 4))),
)
# fmt: on
"""The published recipe for 230 h."""
