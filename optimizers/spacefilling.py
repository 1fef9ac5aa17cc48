"""Points that fill a search space evenly: scrambled Sobol sequences (Owen 1998) or plain random.

Linear constraints are met by keeping the feasible part of the sequence; where that part is too thin
(or the region is flat, under an equality), by hit-and-run inside the region. Categories are dealt
out evenly. The same seed gives the same points.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from optimizers.errors import NoFeasiblePoint, SpaceExhausted
from optimizers.polytope import Array, chebyshev_center, hit_and_run, project
from optimizers.quiet import quiet_import
from optimizers.rounding import settle
from optimizers.searchspace import SearchSpace

Method = Literal["sobol", "random"]

N_DRAWN = 2**14
"""Points of the sequence that are tried before hit-and-run takes over."""

MIN_RADIUS = 1e-6
"""A region whose largest ball is smaller than this (in units of the bounds) counts as empty."""

MAX_REFUSED = 4096
"""Points refused in a row, as repetitions, after which the space counts as used up."""

MAX_COMBINATIONS = 20_000
"""Spaces of levels alone are listed in full up to this many recipes."""


def fill(
    space: SearchSpace,
    n: int,
    seed: int,
    *,
    method: Method = "sobol",
    avoid: Array | None = None,
    is_replicating: bool = False,
) -> Array:
    """Give n different feasible points, shape (n, d), none of them one of `avoid` (m, d).

    With `is_replicating`, points may repeat each other and those to avoid.

    Raises:
        NoFeasiblePoint: the constraints leave (next to) no room.
        SpaceExhausted: fewer than n different recipes are left, or were found.
    """
    rng = np.random.default_rng(seed)
    taken = np.empty((0, len(space.columns))) if avoid is None or is_replicating else avoid
    combinations = space.combinations(MAX_COMBINATIONS)
    if not space.is_linear:
        return _from_bofire(space, n, rng, taken, is_replicating)
    if combinations is not None:
        return _from_list(space, combinations, n, rng, taken, is_replicating)
    room = _check_room(space)
    found: list[Array] = []
    labels = _labels(space, n, rng, is_even=method == "sobol")
    n_refused = 0
    for candidates in _candidates(space, room, n, rng, method):
        if n_refused > MAX_REFUSED:
            break
        for candidate in candidates:
            n_refused += 1
            point = np.array(candidate)
            point[space.where("categorical")] = labels[len(found)]
            settled = settle(space, point)
            if settled is None:
                continue
            others = np.vstack([taken, *found]) if found else taken
            if not is_replicating and space.is_same(settled[None], others)[0]:
                continue
            found.append(settled[None])
            n_refused = 0
            if len(found) == n:
                return np.vstack(found)
    if found or len(taken):
        raise SpaceExhausted(n, len(found))
    raise NoFeasiblePoint(f"no feasible recipe was found; {_limits_in_words(space)}")


def raw_points(space: SearchSpace, n: int, rng: np.random.Generator) -> Array:
    """Give up to n feasible points, shape (<= n, d), neither rounded nor made different.

    Raises:
        NoFeasiblePoint: the constraints leave (next to) no room.
    """
    room = _check_room(space)
    kept: list[Array] = []
    for candidates in _candidates(space, room, n, rng, "sobol"):
        kept.append(candidates)
        if sum(map(len, kept)) >= n:
            break
    points = np.vstack(kept)[:n]
    labels = _labels(space, len(points), rng, is_even=True)
    points[:, space.where("categorical")] = labels
    return points


def _candidates(
    space: SearchSpace, room: tuple[Array, float], n: int, rng: np.random.Generator, method: Method
) -> Any:
    """Yield blocks (., d) of feasible points; the categorical columns are not meant yet."""
    from scipy.stats import qmc

    n_dims, block = len(space.columns), 256
    sequence = qmc.Sobol(n_dims, scramble=True, rng=rng) if method == "sobol" else None
    if len(space.a_eq) == 0:
        n_kept = 0
        for i in range(N_DRAWN // block):
            unit = rng.random((block, n_dims)) if sequence is None else sequence.random(block)
            points = _to_levels(space, unit)
            points = points[space.is_feasible(points)]
            n_kept += len(points)
            yield points
            if i >= 15 and n_kept < 1:
                break
    numeric = space.where("continuous", "discrete")
    others = space.where("categorical")
    inside = space.polytope().given(others, np.zeros(len(others)))
    for _ in range(16):
        unit = np.zeros((max(64, 8 * n), n_dims))
        unit[:, numeric] = hit_and_run(inside, room[0], len(unit), rng)
        points = nearest_levels(space, space.from_unit(unit))
        points = project_continuous(space, points, points)
        yield points[space.excess(points) < 1e-6]


def _check_room(space: SearchSpace) -> tuple[Array, float]:
    """The centre of the region over the numeric columns, in unit coordinates, and its radius."""
    others = space.where("categorical")
    room = chebyshev_center(space.polytope().given(others, np.zeros(len(others))))
    if room is None:
        raise NoFeasiblePoint(f"no recipe meets all constraints; {_limits_in_words(space)}")
    if room[1] < MIN_RADIUS and len(space.where("discrete")) == 0:
        raise NoFeasiblePoint(
            f"the constraints leave next to no room (radius {room[1]:.1e} of the bounds); "
            f"{_limits_in_words(space)}"
        )
    return room


def _limits_in_words(space: SearchSpace) -> str:
    names = [c.context or c.to_description() for c in space.domain.constraints.constraints]
    return "the constraints are: " + (", ".join(names) or "none")


def _to_levels(space: SearchSpace, unit: Array) -> Array:
    """Points of the unit cube as points of the space, every discrete level equally often."""
    points = space.from_unit(unit)
    for i in space.where("discrete"):
        levels = np.array(space.columns[i].levels)
        points[:, i] = levels[np.minimum((unit[:, i] * len(levels)).astype(int), len(levels) - 1)]
    return points


def project_continuous(space: SearchSpace, rows: Array, points: Array) -> Array:
    """Give `points` (n, d) brought back into the region by moving continuous factors alone.

    The other factors are those of `rows` (n, d).
    """
    continuous, others = space.where("continuous"), space.where("discrete", "categorical")
    inside = space.polytope().given(others, space.to_unit(rows)[:, others])
    unit = project(space.to_unit(points)[:, continuous], inside)
    moved = rows.copy()
    moved[:, continuous] = space.low[continuous] + unit * space.span[continuous]
    return moved


def nearest_levels(space: SearchSpace, points: Array) -> Array:
    """Give the points with discrete and categorical factors moved to the nearest allowed level."""
    moved = points.copy()
    for i in space.where("discrete", "categorical"):
        levels = np.array(space.columns[i].levels)
        moved[:, i] = levels[np.abs(moved[:, i, None] - levels).argmin(axis=1)]
    return moved


def _labels(space: SearchSpace, n: int, rng: np.random.Generator, *, is_even: bool) -> Array:
    """Category indices for n points, shape (n, number of categorical factors)."""
    columns = [space.columns[i] for i in space.where("categorical")]
    labels = np.empty((n, len(columns)))
    for j, column in enumerate(columns):
        if is_even:
            order = rng.permutation(np.array(column.levels))
            labels[:, j] = rng.permutation(np.resize(order, n))
        else:
            labels[:, j] = rng.choice(np.array(column.levels), n)
    return labels


def _from_list(
    space: SearchSpace,
    combinations: Array,
    n: int,
    rng: np.random.Generator,
    taken: Array,
    is_replicating: bool,
) -> Array:
    """Choose among all recipes of a space without continuous factors."""
    feasible = combinations[space.is_feasible(combinations)]
    if len(feasible) == 0:
        raise NoFeasiblePoint(f"no combination of levels is feasible; {_limits_in_words(space)}")
    left = feasible if is_replicating else feasible[~space.is_same(feasible, taken)]
    if is_replicating:
        return left[rng.choice(len(left), n, replace=len(left) < n)]
    if len(left) < n:
        raise SpaceExhausted(n, len(left))
    return left[rng.permutation(len(left))[:n]]


def _from_bofire(
    space: SearchSpace, n: int, rng: np.random.Generator, taken: Array, is_replicating: bool
) -> Array:
    """Let BoFire sample a domain with constraints that are not linear."""
    with quiet_import():
        import bofire.strategies.api as strategies
        from bofire.data_models.strategies.api import RandomStrategy
    sampler = strategies.map(RandomStrategy(domain=space.domain, seed=int(rng.integers(2**31))))
    found = np.empty((0, len(space.columns)))
    for _ in range(20):
        for recipe in sampler.ask(n).to_dict("records"):
            point = space.encode("sample", {c.key: recipe[c.key] for c in space.columns})[None]
            if is_replicating or not space.is_same(point, np.vstack([taken, found]))[0]:
                found = np.vstack([found, point])
            if len(found) == n:
                return found
    raise SpaceExhausted(n, len(found))
