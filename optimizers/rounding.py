"""Round points to values that a person would set, without leaving the feasible region.

Continuous factors go to their grid (`Column.step`). Where the nearest grid point breaks a linear
limit, the corners of the grid cell around it are tried, then the same a little further inside.
Factors that an equality ties together stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from optimizers.polytope import Array, chebyshev_center
from optimizers.searchspace import SearchSpace

MAX_CORNER_FACTORS = 12
"""Cells with more factors than this under limits are left to the points further inside."""

RETREATS = (0.0, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3)
"""Shares of the way to the middle of the region at which a grid point is looked for."""


def settle(space: SearchSpace, point: Array) -> Array | None:
    """Give the feasible grid point near a (nearly) feasible point, both of shape (d,).

    None if there is none, which a declared resolution that is coarse against the room between two
    limits can bring about.
    """
    continuous = space.where("continuous")
    tied = (space.a_eq[:, continuous] != 0).any(axis=0)
    columns = continuous[~tied]
    nearest = _on_grid(space, point, columns, round)
    if space.is_feasible(nearest[None])[0]:
        return nearest
    middle: Array | None = None
    for share in RETREATS:
        if share > 0 and middle is None:
            middle = _middle(space, point)
            if middle is None:
                return None
        start = point if middle is None else point + share * (middle - point)
        corner = _feasible_corner(space, start, columns)
        if corner is not None:
            return corner
    return None


def _middle(space: SearchSpace, point: Array) -> Array | None:
    """The centre of what is feasible for the continuous factors, the others as in `point`."""
    others = space.where("discrete", "categorical")
    unit = space.to_unit(point)
    center = chebyshev_center(space.polytope().given(others, unit[others]))
    if center is None:
        return None
    unit[space.where("continuous")] = center[0]
    return space.from_unit(unit)


def _feasible_corner(space: SearchSpace, point: Array, columns: NDArray[np.intp]) -> Array | None:
    """The feasible corner nearest to the point of the grid cell around it, or None."""
    is_limited = (space.a_ub[:, columns] != 0).any(axis=0)
    limited = columns[is_limited]
    if len(limited) > MAX_CORNER_FACTORS:
        limited = limited[:0]
    base = _on_grid(space, point, columns, round)
    floor = _on_grid(space, point, limited, math.floor)
    ceil = _on_grid(space, point, limited, math.ceil)
    corners = np.repeat(base[None], 2 ** len(limited), axis=0)
    sides = [(floor[i], ceil[i]) for i in limited]
    if sides:
        corners[:, limited] = np.array(list(product(*sides)))
    corners = corners[space.is_feasible(corners)]
    if len(corners) == 0:
        return None
    distance = np.linalg.norm((corners - point) / space.span, axis=1)
    nearest: Array = corners[distance.argmin()]
    return nearest


def _on_grid(
    space: SearchSpace,
    point: Array,
    columns: NDArray[np.intp],
    to_integer: Callable[[float], float],
) -> Array:
    rounded = np.array(point)
    for i in columns:
        column = space.columns[i]
        n_steps = to_integer((point[i] - column.low) / column.step)
        value = round(float(column.low + n_steps * column.step), column.decimals)
        rounded[i] = min(max(value, column.low), column.high)
    return rounded
