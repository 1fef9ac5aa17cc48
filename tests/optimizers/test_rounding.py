from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizer_problems import TITER, meets

from optimizers import ContinuousSpec, LinearSpec, derive_domain
from optimizers.polytope import project
from optimizers.rounding import settle
from optimizers.searchspace import SearchSpace, make_space

FACTORS = [
    ContinuousSpec("a", 0.0, 1.0),
    ContinuousSpec("b", -3.0, 4.0),
    ContinuousSpec("c", 100.0, 120.0, resolution=0.5),
    ContinuousSpec("d", 0.001, 0.003),
]


def space_of(*constraints: LinearSpec) -> SearchSpace:
    return make_space(derive_domain(FACTORS, list(constraints), [TITER]))


def is_on_grid(space: SearchSpace, point: Any) -> bool:
    steps = [(p - c.low) / c.step for p, c in zip(point, space.columns, strict=True)]
    at_end = [p == c.high for p, c in zip(point, space.columns, strict=True)]
    return all(abs(s - round(s)) < 1e-6 or end for s, end in zip(steps, at_end, strict=True))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
    st.lists(st.floats(-3, 3), min_size=8, max_size=8),
    st.lists(st.floats(0.02, 0.5), min_size=2, max_size=2),
)
def test_points_on_the_edge_of_what_is_feasible_stay_inside_it(
    unit: list[float], weights: list[float], room: list[float]
) -> None:
    """Two limits with arbitrary coefficients, both with some room at the middle of the bounds."""
    middle = {"a": 0.5, "b": 0.5, "c": 110.0, "d": 0.002}
    span = {"a": 1.0, "b": 7.0, "c": 20.0, "d": 0.002}
    limits = []
    for i in range(2):
        terms = {key: w / span[key] for key, w in zip(middle, weights[4 * i :][:4], strict=True)}
        terms = {key: w if abs(w) > 1e-3 else 1.0 for key, w in terms.items()}
        size = float(np.linalg.norm([w * span[key] for key, w in terms.items()]))
        at_middle = sum(w * middle[key] for key, w in terms.items())
        limits.append(LinearSpec(f"limit{i}", terms, upper=at_middle + room[i] * size))
    space = space_of(*limits)
    edge = space.from_unit(project(3.0 * np.array([unit]) - 1.0, space.polytope()))[0]
    settled = settle(space, edge)
    assert settled is not None
    assert is_on_grid(space, settled)
    recipe = space.decode(settled)
    for spec in FACTORS:
        assert spec.low <= float(recipe[spec.name]) <= spec.high
    for limit in limits:
        assert meets(recipe, limit)
        exact = sum(Fraction(c) * Fraction(float(recipe[k])) for k, c in limit.terms.items())
        assert limit.upper is not None
        assert exact <= Fraction(limit.upper)


def test_values_are_free_of_binary_noise() -> None:
    space = space_of()
    settled = settle(space, np.array([0.30000000000000004, 1.2345678, 110.26, 0.00212345]))
    assert settled is not None
    assert space.decode(settled) == {"a": 0.3, "b": 1.235, "c": 110.5, "d": 0.002123}


def test_an_active_limit_is_rounded_away_from() -> None:
    limit = LinearSpec("sum", {"a": 1.0, "b": 1.0}, upper=1.00005)
    space = space_of(limit)
    settled = settle(space, np.array([0.50000, 0.50005, 110.0, 0.002]))
    assert settled is not None
    recipe = space.decode(settled)
    assert meets(recipe, limit)
    assert float(recipe["a"]) + float(recipe["b"]) == pytest.approx(1.0)


def test_factors_tied_by_an_equality_are_not_rounded() -> None:
    space = space_of(LinearSpec("sum", {"a": 1.0, "b": 1.0}, 1.0, 1.0))
    a = 1 / 3
    settled = settle(space, np.array([a, 1.0 - a, 110.26, 0.002]))
    assert settled is not None
    assert settled.tolist() == [a, 1.0 - a, 110.5, 0.002]


def test_no_grid_point_between_two_close_limits() -> None:
    space = make_space(
        derive_domain(
            [ContinuousSpec("a", 0, 1, resolution=0.5), ContinuousSpec("b", 0, 1, resolution=0.5)],
            [LinearSpec("narrow", {"a": 1.0, "b": 1.0}, 0.6, 0.9)],
            [TITER],
        )
    )
    assert settle(space, np.array([0.4, 0.4])) is None
