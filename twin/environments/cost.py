"""What is taken off the reward for what is used up; prices are the environment's or the user's."""

from __future__ import annotations

import math
from collections.abc import Mapping


class CostRefused(ValueError):
    """A price has an unknown name or isn't a number of 0 or more."""


def prices(defaults: Mapping[str, float], given: Mapping[str, float] | None) -> dict[str, float]:
    """The default prices, those given replaced.

    Raises:
        CostRefused: nothing of that name is counted, or the price is negative or not finite.
    """
    for name, value in (given or {}).items():
        if name not in defaults:
            raise CostRefused(f"there is no cost {name!r}; known: {', '.join(defaults)}")
        if not (math.isfinite(value) and value >= 0.0):
            raise CostRefused(f"the cost of {name!r} is {value!r}; must be 0 or more and finite")
    return {**defaults, **(given or {})}
