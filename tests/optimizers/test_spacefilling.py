from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizer_problems import FACTORS, MIXED, TITER, TOTAL_FEED, is_within, meets
from scipy.stats import qmc

from optimizers import (
    CategoricalSpec,
    ContinuousSpec,
    DiscreteSpec,
    IntegerSpec,
    LinearSpec,
    NoFeasiblePoint,
    SpaceExhausted,
    derive_domain,
)
from optimizers.polytope import Array
from optimizers.searchspace import SearchSpace, make_space
from optimizers.spacefilling import Method, fill

BOX = [ContinuousSpec(name, 0.0, 1.0) for name in "abcd"]


def space_of(factors: Any, *constraints: LinearSpec) -> SearchSpace:
    return make_space(derive_domain(factors, list(constraints), [TITER]))


def recipes(space: SearchSpace, points: Array) -> list[dict[str, float | str]]:
    return [space.decode(point) for point in points]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**53 - 1),
    st.integers(1, 20),
    st.floats(0.0, 5.0),
    st.floats(0.6, 3.0),
    st.sampled_from(["sobol", "random"]),
)
def test_points_meet_bounds_levels_and_limits(
    seed: int, n: int, lower: float, width: float, method: Method
) -> None:
    limit = LinearSpec("sum", {"x": 1.0, "k": 1.0, "v": 0.5}, lower, lower + width)
    space = space_of(MIXED, limit)
    found = recipes(space, fill(space, n, seed, method=method))
    assert len(found) == n
    assert all(is_within(recipe, MIXED) and meets(recipe, limit) for recipe in found)
    assert len({tuple(recipe.values()) for recipe in found}) == n


@pytest.mark.parametrize("method", ["sobol", "random"])
def test_same_seed_same_points(method: Method) -> None:
    space = space_of(FACTORS, TOTAL_FEED)
    first, again = (fill(space, 9, 42, method=method) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, fill(space, 9, 43, method=method))


def test_sobol_deals_out_categories_evenly() -> None:
    space = space_of(FACTORS, TOTAL_FEED)
    for seed in range(5):
        found = recipes(space, fill(space, 8, seed))
        assert sorted(Counter(r["medium"] for r in found).values()) == [2, 3, 3]


def test_sobol_is_more_even_than_random() -> None:
    space = space_of(BOX)
    even = [qmc.discrepancy(fill(space, 32, seed)) for seed in range(5)]
    loose = [qmc.discrepancy(fill(space, 32, seed, method="random")) for seed in range(5)]
    assert np.mean(even) < 0.5 * np.mean(loose)


def test_mixtures_are_sampled_inside_their_plane() -> None:
    total = LinearSpec("total", dict.fromkeys("abcd", 1.0), 1.0, 1.0)
    cap = LinearSpec("cap", {"a": 1.0, "b": 1.0}, upper=0.5)
    space = space_of(BOX, total, cap)
    points = fill(space, 30, 1)
    np.testing.assert_allclose(points.sum(axis=1), 1.0, atol=1e-8)
    assert (points[:, :2].sum(axis=1) <= 0.5).all()
    assert (points.std(axis=0) > 0.05).all()


def test_thin_regions_are_found() -> None:
    limits = [
        LinearSpec("thin", {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}, 3.990, 3.992),
    ]
    space = space_of(BOX, *limits)
    found = recipes(space, fill(space, 4, 0, is_replicating=True))
    assert all(meets(recipe, limits[0]) for recipe in found)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ([LinearSpec("much", {"a": 1.0, "b": 1.0}, lower=2.5)], "no recipe meets"),
        ([LinearSpec("corner", {"a": 1.0, "b": 1.0}, lower=2.0)], "next to no room"),
        (
            [
                LinearSpec("over", {"a": 1.0, "b": 1.0}, lower=1.5),
                LinearSpec("under", {"a": 2.0, "b": 2.0}, upper=2.9),
            ],
            "over, under",
        ),
    ],
)
def test_an_empty_region_is_named(limits: list[LinearSpec], message: str) -> None:
    with pytest.raises(NoFeasiblePoint, match=message):
        fill(space_of(BOX, *limits), 4, 0)


def test_a_space_of_levels_is_used_up_then_refused() -> None:
    factors = [
        IntegerSpec("k", 0, 2),
        DiscreteSpec("v", (0.1, 0.2)),
        CategoricalSpec("c", ("p", "q")),
    ]
    limit = LinearSpec("sum", {"k": 1.0, "v": 10.0}, upper=3.0)
    space = space_of(factors, limit)
    every = {(k, v, c) for k in (0, 1, 2) for v in (0.1, 0.2) for c in "pq" if k + 10 * v <= 3.0}
    found = recipes(space, fill(space, len(every), 0))
    assert {tuple(recipe.values()) for recipe in found} == every
    first = fill(space, 6, 1)
    rest = fill(space, len(every) - 6, 2, avoid=first)
    assert not space.is_same(rest, first).any()
    with pytest.raises(SpaceExhausted) as caught:
        fill(space, len(every) - 5, 2, avoid=first)
    assert (caught.value.asked, caught.value.left) == (len(every) - 5, len(every) - 6)
    assert len(fill(space, 25, 2, avoid=first, is_replicating=True)) == 25


def test_points_to_avoid_are_avoided() -> None:
    space = space_of([IntegerSpec("k", 0, 3), ContinuousSpec("x", 0.0, 1.0, resolution=0.25)])
    first = fill(space, 12, 5)
    rest = fill(space, 8, 5, avoid=first)
    assert not space.is_same(rest, first).any()
    with pytest.raises(SpaceExhausted, match="9 different recipes asked for, 8 left"):
        fill(space, 9, 5, avoid=first)
