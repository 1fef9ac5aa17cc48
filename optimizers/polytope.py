"""Bounded polytopes in the unit cube: their centre, points inside, and the way back into them.

Centre: Chebyshev centre by linear programming (Boyd and Vandenberghe, Convex Optimization, 8.5.1).
Projection: Dykstra's algorithm (Boyle and Dykstra 1986). Points: hit-and-run (Smith 1984).
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


def project(points: Array, polytope: Polytope, *, n_cycles: int = 200) -> Array:
    """Give the nearest points of the polytope, shape (n, d), to about 1e-10.

    Dykstra's cycle over the half-spaces, the planes and the cube, all points at once.
    """
    rows = np.vstack([polytope.a_ub, polytope.a_eq])
    limits = np.concatenate([polytope.b_ub, polytope.b_eq], axis=-1)
    n_planes = len(rows)
    if n_planes == 0:
        return np.clip(points, 0.0, 1.0)
    x = np.array(points, dtype=np.float64)
    corrections = np.zeros((n_planes + 1, *x.shape))
    for _ in range(n_cycles):
        before = x
        for i in range(n_planes):
            y = x + corrections[i]
            excess = y @ rows[i] - limits[..., i]
            if i < len(polytope.a_ub):
                excess = np.maximum(excess, 0.0)
            x = y - excess[:, None] * rows[i]
            corrections[i] = y - x
        y = x + corrections[n_planes]
        x = np.clip(y, 0.0, 1.0)
        corrections[n_planes] = y - x
        if np.abs(x - before).max(initial=0.0) < 1e-11:
            break
    return x


def hit_and_run(
    polytope: Polytope,
    start: Array,
    n: int,
    rng: np.random.Generator,
    *,
    n_skipped: int | None = None,
) -> Array:
    """Give n points, shape (n, d), of a chain that is uniform over the polytope in the long run.

    `start` must lie inside; `n_skipped` steps (default 8 per dimension) lie between two points.
    """
    from scipy.linalg import null_space

    d = polytope.n_dims
    plane = null_space(polytope.a_eq) if len(polytope.a_eq) else np.eye(d)
    skipped = 8 * d if n_skipped is None else n_skipped
    rows = np.vstack([polytope.a_ub, np.eye(d), -np.eye(d)])
    limits = np.concatenate([polytope.b_ub, np.ones(d), np.zeros(d)])
    x, points = np.array(start, dtype=np.float64), np.empty((n, d))
    if plane.shape[1] == 0:  # the equalities leave a single point
        return np.repeat(x[None], n, axis=0)
    for i in range(n):
        for _ in range(skipped + 1):
            direction = plane @ rng.standard_normal(plane.shape[1])
            direction /= np.linalg.norm(direction)
            speed, room = rows @ direction, np.maximum(limits - rows @ x, 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = room / speed
            forward = steps[speed > 1e-12].min(initial=np.inf)
            backward = steps[speed < -1e-12].max(initial=-np.inf)
            x = x + rng.uniform(backward, forward) * direction
        points[i] = x
    return points
