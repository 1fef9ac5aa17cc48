"""Choose a batch: one point after the other, each where the acquisition function is highest.

Sequential greedy choice (Wilson, Hutter and Deisenroth 2018): the points chosen so far count as
pending for the next. Each is found from many feasible points of which the best few climb together
(`optimizers.ascent`), discrete and categorical factors held; BoTorch's enumeration of levels with
one constrained SLSQP per level and restart finds the same values in twenty times the time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from optimizers.ascent import climb
from optimizers.errors import SpaceExhausted
from optimizers.polytope import Array, project
from optimizers.rounding import settle
from optimizers.searchspace import SAME, SearchSpace
from optimizers.spacefilling import (
    MAX_COMBINATIONS,
    nearest_levels,
    project_continuous,
    raw_points,
)

ASIDE = 2.0 * SAME
"""How far beside a recipe that may not be repeated to look, as a share of a factor's range."""

CHUNK = 1024
"""Points that are evaluated at once, without gradient."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search for each point of a batch.

    `n_raw` points are evaluated, the best `n_starts` climb for at most `n_first` (first point of
    the batch) or `n_next` evaluations; later points start from earlier ends as well.
    """

    n_raw: int = 512
    n_near: int = 64
    n_starts: int = 12
    n_first: int = 25
    n_next: int = 10


def choose_batch(
    acquisition: Any,
    space: SearchSpace,
    n: int,
    *,
    best: Array,
    pending: Array,
    avoid: Array,
    rng: np.random.Generator,
    effort: Effort,
    is_replicating: bool,
) -> tuple[Array, Array]:
    """Give n feasible rounded points (n, d) and the acquisition value of each when it was chosen.

    `best` (k, d) are points around which it pays to look closely; `pending` (m, d) points that will
    be measured anyway, `avoid` (j, d) points that won't; no choice repeats one of either unless
    `is_replicating`.

    Raises:
        NoFeasiblePoint, SpaceExhausted: as for space-filling.
    """
    combinations = space.combinations(MAX_COMBINATIONS)
    pool = _pool(space, best, rng, effort) if combinations is None else combinations
    pool = pool[space.is_feasible(pool)] if combinations is not None else pool
    chosen = np.empty((0, len(space.columns)))
    values: list[float] = []
    ends = np.empty((0, len(space.columns)))
    for i in range(n):
        taken = np.vstack([pending, chosen])
        acquisition.set_X_pending(torch.from_numpy(taken) if len(taken) else None)
        not_again = taken[:0] if is_replicating else np.vstack([avoid, taken])
        pool_values = _values(acquisition, pool)
        if combinations is None:
            starts = _starts(space, pool, pool_values, effort.n_starts, ends)
            n_iterations = effort.n_next if i else effort.n_first
            ends, _ = _climb_inside(acquisition, space, starts, n_iterations)
            ends = _try_other_levels(acquisition, space, ends, effort)
        found = _best_different(acquisition, space, ends, pool, pool_values, not_again)
        if found is None:
            raise SpaceExhausted(n, i)
        point, value = found
        chosen = np.vstack([chosen, point])
        values.append(value)
    return chosen, np.array(values)


def _values(acquisition: Any, points: Array) -> Array:
    with torch.no_grad():
        parts = [
            acquisition(torch.from_numpy(points[i : i + CHUNK]).unsqueeze(1)).numpy()
            for i in range(0, len(points), CHUNK)
        ]
    return np.concatenate(parts) if parts else np.empty(0)


def _pool(space: SearchSpace, best: Array, rng: np.random.Generator, effort: Effort) -> Array:
    """Points all over the space, and some about a tenth of the range away from the best ones."""
    spread = raw_points(space, effort.n_raw, rng)
    near = nearest_levels(space, best)
    near = near[rng.integers(len(near), size=effort.n_near)] if len(near) else near
    jitter = 0.1 * space.span * rng.standard_normal(near.shape)
    near = project_continuous(space, near, near + jitter)
    return np.vstack([spread, near[space.excess(near) < 1e-6]])


def _starts(space: SearchSpace, pool: Array, values: Array, n_starts: int, earlier: Array) -> Array:
    """The best points of the pool, kept apart and spread over categories, and earlier ends."""
    order = pool[np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")]
    categorical = space.where("categorical")
    _, first = np.unique(order[:, categorical], axis=0, return_index=True)
    kept = list(order[np.sort(first)[: n_starts // 2]])
    for point in order:
        if len(kept) >= n_starts:
            break
        gaps = np.abs(space.to_unit(np.array(kept)) - space.to_unit(point)).max(axis=1)
        if gaps.min() > 0.1:
            kept.append(point)
    return np.vstack([np.array(kept), earlier[: n_starts // 2]])


def _projection(space: SearchSpace, rows: Array) -> Callable[[Array], Array]:
    """The way back into the region for the continuous factors, the others as in `rows`."""
    others = space.where("discrete", "categorical")
    inside = space.polytope().given(others, space.to_unit(rows)[:, others])
    return lambda unit: project(unit, inside)


def _climb_inside(
    acquisition: Any, space: SearchSpace, rows: Array, n_iterations: int
) -> tuple[Array, Array]:
    """Climb from each row (n, d), the factors that are not continuous held; best first."""
    continuous = space.where("continuous")
    low, span = space.low[continuous], space.span[continuous]

    def evaluate(unit: Array) -> tuple[Array, Array]:
        points = rows.copy()
        points[:, continuous] = low + unit * span
        x = torch.from_numpy(points).requires_grad_(True)
        value = acquisition(x.unsqueeze(1))
        (gradient,) = torch.autograd.grad(value.sum(), x)
        return value.detach().numpy(), gradient.numpy()[:, continuous] * span

    start = (rows[:, continuous] - low) / span
    unit, values = climb(evaluate, _projection(space, rows), start, n_iterations=n_iterations)
    ends = rows.copy()
    ends[:, continuous] = low + unit * span
    order = np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")
    return ends[order], values[order]


def _try_other_levels(acquisition: Any, space: SearchSpace, ends: Array, effort: Effort) -> Array:
    """Change one discrete or categorical factor of the best end, as long as that helps."""
    discrete = space.where("discrete")
    if len(discrete) == 0 and len(_neighbours(space, ends[0])) <= effort.n_starts // 2:
        return ends  # the starts covered every category
    best = ends[:1]
    for _ in range(4):
        around = _neighbours(space, best[0])
        around = around[space.excess(around) < 1e-6]
        values = _values(acquisition, np.vstack([best, around]))
        if len(around) == 0 or not values[1:].max() > values[0]:
            break
        best = around[[values[1:].argmax()]]
        best, _ = _climb_inside(acquisition, space, best, effort.n_next)
    return np.vstack([best, ends])


def _neighbours(space: SearchSpace, point: Array) -> Array:
    """Every point that differs in one categorical factor, or in a discrete one by one level."""
    around = []
    for i in space.where("discrete", "categorical"):
        levels = np.array(space.columns[i].levels)
        at = int(np.abs(levels - point[i]).argmin())
        is_near = space.columns[i].kind == "discrete"
        reach = [at - 1, at + 1] if is_near else [j for j in range(len(levels)) if j != at]
        for j in reach:
            if 0 <= j < len(levels):
                other = point.copy()
                other[i] = levels[j]
                around.append(other)
    return np.array(around).reshape(-1, len(point))


def _settled(space: SearchSpace, rows: Array) -> Array:
    found = [point for row in rows if (point := settle(space, row)) is not None]
    return np.array(found).reshape(-1, len(space.columns))


def _beside(space: SearchSpace, rows: Array) -> Array:
    """Recipes just different enough from each row, in one continuous factor, up and down."""
    steps = np.zeros((0, len(space.columns)))
    for i in space.where("continuous"):
        one = np.zeros((2, len(space.columns)))
        one[:, i] = np.array([-1.0, 1.0]) * ASIDE * space.span[i]
        steps = np.vstack([steps, one])
    around: Array = (rows[:, None, :] + steps[None, :, :]).reshape(-1, len(space.columns))
    return project_continuous(space, around, around)


def _best_different(
    acquisition: Any, space: SearchSpace, ends: Array, pool: Array, pool_values: Array, avoid: Array
) -> tuple[Array, float] | None:
    """The best end, rounded, that repeats nothing, or one beside; else the best of the pool."""
    points = _settled(space, ends)
    if len(points):
        is_taken = space.is_same(points, avoid)
        beside = _settled(space, _beside(space, points[is_taken]))
        points = np.vstack([points[~is_taken], beside[~space.is_same(beside, avoid)]])
        if len(points):
            values = np.nan_to_num(_values(acquisition, points), nan=-np.inf)
            return points[values.argmax()], float(values.max())
    for i in np.argsort(-np.nan_to_num(pool_values, nan=-np.inf), kind="stable"):
        point = settle(space, pool[i])
        if point is not None and not space.is_same(point[None], avoid)[0]:
            return point, float(_values(acquisition, point[None])[0])
    return None
