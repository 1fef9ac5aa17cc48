"""What an agent sets: set-points with bounds in physical units, seen by the agent as -1 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1.0e-6
"""How far beyond -1 and 1 an action may lie: float32 arithmetic of agents."""

Action = NDArray[np.float32]


class ActionRefused(ValueError):
    """An action can't be carried out; says which component and what would be right."""


@dataclass(frozen=True, slots=True)
class Setpoint:
    """One component of an action: -1 stands for ``low``, 1 for ``high``, linear in between."""

    name: str
    unit: str
    low: float
    high: float
    doc: str


class Setpoints:
    """The components of an action, in their order."""

    def __init__(self, setpoints: Sequence[Setpoint]) -> None:
        self.all = tuple(setpoints)
        self._low = np.array([one.low for one in self.all])
        self._span = np.array([one.high - one.low for one in self.all])

    def physical(self, action: ArrayLike) -> dict[str, float]:
        """The set-points that an action of shape (n,) stands for, by name, in their units.

        Raises:
            ActionRefused: another shape, not numbers, not finite, or beyond -1 to 1.
        """
        try:
            given = np.asarray(action, np.float64)
        except (TypeError, ValueError):
            raise ActionRefused(
                f"the action must be {len(self.all)} numbers ({self._names()}), got {action!r}"
            ) from None
        if given.shape != self._low.shape:
            raise ActionRefused(
                f"the action has the shape {given.shape}; must be ({len(self.all)},): "
                f"{self._names()}"
            )
        for one, value in zip(self.all, given.tolist(), strict=True):
            if not -1.0 - ROUNDING <= value <= 1.0 + ROUNDING:
                raise ActionRefused(
                    f"the action's {one.name!r} is {value!r}; must be -1 ({one.low:g} {one.unit}) "
                    f".. 1 ({one.high:g} {one.unit})"
                )
        values = self._low + 0.5 * (np.clip(given, -1.0, 1.0) + 1.0) * self._span
        return dict(zip((one.name for one in self.all), values.tolist(), strict=True))

    def normalised(self, values: Mapping[str, float]) -> Action:
        """The action, shape (n,), that stands for set-points by name, in their units.

        Raises:
            ActionRefused: a set-point is missing, unknown, or out of its bounds.
        """
        names = [one.name for one in self.all]
        wrong = sorted(set(values) ^ set(names))
        if wrong:
            what = "unknown" if wrong[0] in values else "missing"
            raise ActionRefused(f"the set-point {wrong[0]!r} is {what}; give {self._names()}")
        for one in self.all:
            value = values[one.name]
            if not one.low <= value <= one.high:
                raise ActionRefused(
                    f"{one.name!r} is {value!r} {one.unit}; must be {one.low:g} .. {one.high:g}"
                )
        given = np.array([values[name] for name in names])
        action: Action = (2.0 * (given - self._low) / self._span - 1.0).astype(np.float32)
        return action

    def _names(self) -> str:
        return ", ".join(one.name for one in self.all)
