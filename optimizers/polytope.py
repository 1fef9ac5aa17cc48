"""Bounded polytopes in the unit cube: their centre, points inside, and the way back into them.

Centre: Chebyshev centre by linear programming (Boyd and Vandenberghe, Convex Optimization, 8.5.1).
Projection: coordinate ascent on the dual (the same book, 5.5.5). Points: hit-and-run (Smith 1984).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Polytope:
    """`{u in [0, 1]^d : a_ub u <= b_ub, a_eq u = b_eq}`; rows of unit length.

    Shapes: `a_ub` (m, d), `b_ub` (m,), `a_eq` (k, d), `b_eq` (k,). With limits of shape (n, m) and
    (n, k) it stands for n polytopes that differ in their limits, one per row of `project`.
    """

    a_ub: Array
    b_ub: Array
    a_eq: Array
    b_eq: Array

    @property
    def n_dims(self) -> int:
        """The number of coordinates, d."""
        return int(self.a_ub.shape[1])

    def given(self, fixed: NDArray[np.intp], values: Array) -> Polytope:
        """Give the polytope of the other coordinates when those at `fixed` have these values.

        Values of shape (n, len(fixed)) give n polytopes. Rows that no other coordinate enters are
        dropped.
        """
        free = np.setdiff1d(np.arange(self.n_dims), fixed)
        return Polytope(
            *_unit_rows(self.a_ub[:, free], self.b_ub - values @ self.a_ub[:, fixed].T),
            *_unit_rows(self.a_eq[:, free], self.b_eq - values @ self.a_eq[:, fixed].T),
        )


def make_polytope(a_ub: Array, b_ub: Array, a_eq: Array, b_eq: Array) -> Polytope:
    """Give the polytope with its rows scaled to unit length."""
    return Polytope(*_unit_rows(a_ub, b_ub), *_unit_rows(a_eq, b_eq))


def _unit_rows(a: Array, b: Array) -> tuple[Array, Array]:
    length = np.linalg.norm(a, axis=1)
    kept = length > 0
    return a[kept] / length[kept, None], b[..., kept] / length[kept]


def chebyshev_center(polytope: Polytope) -> tuple[Array, float] | None:
    """Give the centre of the largest ball inside the polytope and its radius, or None if empty.

    With equalities the ball is the one inside their common plane.
    """
    from scipy.linalg import null_space
    from scipy.optimize import linprog

    d = polytope.n_dims
    plane = null_space(polytope.a_eq) if len(polytope.a_eq) else np.eye(d)
    rows = np.vstack([polytope.a_ub, np.eye(d), -np.eye(d)])
    limits = np.concatenate([polytope.b_ub, np.ones(d), np.zeros(d)])
    reach = np.linalg.norm(rows @ plane, axis=1) if plane.size else np.zeros(len(rows))
    solution = linprog(
        np.append(np.zeros(d), -1.0),
        A_ub=np.column_stack([rows, reach]),
        b_ub=limits,
        A_eq=np.column_stack([polytope.a_eq, np.zeros(len(polytope.a_eq))]),
        b_eq=polytope.b_eq,
        bounds=[(0.0, 1.0)] * d + [(0.0, 1.0)],
        method="highs",
    )
    if not solution.success:
        return None
    return np.asarray(solution.x[:d], dtype=np.float64), float(solution.x[d])


def project(points: Array, polytope: Polytope, *, n_cycles: int = 2000) -> Array:
    """Give the nearest points of the polytope, shape (n, d).

    The nearest point is `clip(p - a^T m, 0, 1)` with one multiplier m per plane. One plane after
    the other gets the multiplier that meets its limit exactly, the others held (coordinate ascent
    on the dual, which is concave and smooth), until none changes: one cycle for a single plane.
    """
    rows = np.vstack([polytope.a_ub, polytope.a_eq])
    limits = np.concatenate([polytope.b_ub, polytope.b_eq], axis=-1)
    multipliers = np.zeros((len(points), len(rows)))
    for _ in range(n_cycles if len(rows) > 1 else len(rows)):
        largest_change = 0.0
        for i, row in enumerate(rows):
            others = points - multipliers @ rows + multipliers[:, i, None] * row
            limit = np.broadcast_to(limits[..., i], len(points))
            multiplier = _multiplier(others, row, limit)
            if i < len(polytope.a_ub):
                is_met = np.clip(others, 0.0, 1.0) @ row <= limit
                multiplier = np.where(is_met, 0.0, multiplier)
            change = np.abs(multiplier - multipliers[:, i]).max(initial=0.0)
            largest_change = max(largest_change, float(change))
            multipliers[:, i] = multiplier
        if largest_change < 1e-11:
            break
    return np.clip(points - multipliers @ rows, 0.0, 1.0)


def _multiplier(points: Array, row: Array, limit: Array) -> Array:
    """The m, shape (n,), at which `clip(points - m row, 0, 1) @ row` equals the limit.

    The sum falls with m, linearly between the values at which a coordinate reaches a bound. Where
    the limit is out of reach, the m at which the sum is nearest to it.
    """
    used = row != 0
    bounds = np.hstack([points[:, used] / row[used], (points[:, used] - 1.0) / row[used]])
    knots = np.sort(bounds, axis=1)
    sums = np.clip(points[:, None, :] - knots[:, :, None] * row, 0.0, 1.0) @ row
    above = np.clip((sums > limit[:, None]).sum(axis=1), 1, knots.shape[1] - 1)
    at = np.arange(len(points))
    left, right = sums[at, above - 1], sums[at, above]
    share = np.zeros(len(points))
    np.divide(left - limit, left - right, out=share, where=left > right)
    low, high = knots[at, above - 1], knots[at, above]
    nearest: Array = low + np.clip(share, 0.0, 1.0) * (high - low)
    return nearest


def hit_and_run(
    polytope: Polytope,
    start: Array,
    n: int,
    rng: np.random.Generator,
    *,
    n_steps: int | None = None,
) -> Array:
    """Give n points, shape (n, d), the ends of n chains that become uniform over the polytope.

    `start`, shape (d,), must lie inside; each chain takes `n_steps` (default 50 + 10 d).
    """
    from scipy.linalg import null_space

    d = polytope.n_dims
    plane = null_space(polytope.a_eq) if len(polytope.a_eq) else np.eye(d)
    x = np.repeat(np.asarray(start, dtype=np.float64)[None], n, axis=0)
    if plane.shape[1] == 0:  # the equalities leave a single point
        return x
    rows = np.vstack([polytope.a_ub, np.eye(d), -np.eye(d)])
    limits = np.concatenate([polytope.b_ub, np.ones(d), np.zeros(d)])
    for _ in range(50 + 10 * d if n_steps is None else n_steps):
        direction = rng.standard_normal((n, plane.shape[1])) @ plane.T
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        speed, room = direction @ rows.T, np.maximum(limits - x @ rows.T, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = room / speed
        forward = np.where(speed > 1e-12, steps, np.inf).min(axis=1)
        backward = np.where(speed < -1e-12, steps, -np.inf).max(axis=1)
        x = x + rng.uniform(backward, forward)[:, None] * direction
    return x
