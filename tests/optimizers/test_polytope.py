from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from optimizers.polytope import (
    Array,
    Polytope,
    chebyshev_center,
    hit_and_run,
    make_polytope,
    project,
)


def random_polytope(seed: int, n_planes: int = 0) -> Polytope:
    """Two half-spaces and maybe a plane, all around or through the point (0.4, ...)."""
    rng = np.random.default_rng(seed)
    inside = np.full(4, 0.4)
    a = rng.standard_normal((2, 4))
    e = rng.standard_normal((n_planes, 4))
    return make_polytope(a, a @ inside + rng.uniform(0.01, 0.2, 2), e, e @ inside)


def violation(polytope: Polytope, points: Array) -> float:
    parts = [
        np.maximum(points @ polytope.a_ub.T - polytope.b_ub, 0.0).ravel(),
        np.abs(points @ polytope.a_eq.T - polytope.b_eq).ravel(),
        np.maximum(-points, 0.0).ravel(),
        np.maximum(points - 1.0, 0.0).ravel(),
    ]
    return float(np.concatenate(parts).max(initial=0.0))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1))
def test_projection_is_the_nearest_point(seed: int, n_planes: int) -> None:
    polytope = random_polytope(seed, n_planes)
    points = np.random.default_rng(seed + 1).uniform(-0.5, 1.5, (5, 4))
    found = project(points, polytope)
    assert violation(polytope, found) < 1e-6
    constraints = [
        {"type": "ineq", "fun": lambda x: polytope.b_ub - polytope.a_ub @ x},
        {"type": "eq", "fun": lambda x: polytope.a_eq @ x - polytope.b_eq},
    ]
    for point, nearest in zip(points, found, strict=True):
        reference = minimize(
            lambda x, p=point: np.sum((x - p) ** 2),
            np.full(4, 0.4),
            bounds=[(0, 1)] * 4,
            constraints=constraints[: 1 + n_planes],
            method="SLSQP",
            options={"ftol": 1e-12},
        )
        assert np.sum((nearest - point) ** 2) <= reference.fun + 1e-6


def test_limits_of_their_own_per_row() -> None:
    whole = make_polytope(
        np.array([[1.0, 1.0, 1.0]]), np.array([1.5]), np.empty((0, 3)), np.empty(0)
    )
    slices = whole.given(np.array([2]), np.array([[0.0], [1.0]]))
    found = project(np.ones((2, 2)), slices)
    np.testing.assert_allclose(found.sum(axis=1), [1.5, 0.5], atol=1e-9)


def test_center_of_a_triangle_and_of_nothing() -> None:
    none = np.empty((0, 2))
    triangle = make_polytope(np.array([[1.0, 1.0]]), np.array([1.0]), none, np.empty(0))
    center = chebyshev_center(triangle)
    assert center is not None
    np.testing.assert_allclose(center[0], 1 / (2 + np.sqrt(2)))
    assert center[1] == center[0][0]
    empty = make_polytope(np.array([[1.0, 1.0]]), np.array([-0.1]), none, np.empty(0))
    assert chebyshev_center(empty) is None


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1))
def test_hit_and_run_stays_inside_and_moves(seed: int, n_planes: int) -> None:
    polytope = random_polytope(seed, n_planes)
    points = hit_and_run(polytope, np.full(4, 0.4), 200, np.random.default_rng(seed))
    assert violation(polytope, points) < 1e-9
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    assert spread[3 - n_planes] > 0.05


def test_hit_and_run_is_uniform_over_a_triangle() -> None:
    none = np.empty((0, 2))
    triangle = make_polytope(np.array([[1.0, 1.0]]), np.array([1.0]), none, np.empty(0))
    points = hit_and_run(triangle, np.full(2, 0.3), 4000, np.random.default_rng(0))
    np.testing.assert_allclose(points.mean(axis=0), 1 / 3, atol=0.02)
    np.testing.assert_allclose((points[:, 0] < 1 - np.sqrt(0.5)).mean(), 0.5, atol=0.03)
