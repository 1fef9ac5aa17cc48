from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from optimizers.ascent import climb
from optimizers.polytope import Array, make_polytope, project

WEIGHTS = np.array([1.0, 20.0, 5.0])
TOP = np.array([0.9, 0.8, 0.3])


def hill(u: Array) -> tuple[Array, Array]:
    """A curved ridge: log of a stretched Gaussian hill with a bend."""
    bent = u - TOP
    bent[:, 1] += 0.5 * (u[:, 0] - 0.5) ** 2
    gradient = -2.0 * WEIGHTS * bent
    gradient[:, 0] += gradient[:, 1] * (u[:, 0] - 0.5)
    return -(WEIGHTS * bent**2).sum(axis=1), gradient


def test_reaches_what_slsqp_reaches_from_every_start() -> None:
    none = np.empty((0, 3))
    limit = make_polytope(np.array([[1.0, 1.0, 0.0]]), np.array([1.2]), none, np.empty(0))
    starts = np.random.default_rng(0).uniform(0, 1, (8, 3))
    ends, values = climb(hill, lambda u: project(u, limit), starts, n_iterations=60)
    reference = minimize(
        lambda u: -hill(u[None].copy())[0][0],
        np.full(3, 0.4),
        bounds=[(0, 1)] * 3,
        constraints=[{"type": "ineq", "fun": lambda u: 1.2 - u[0] - u[1]}],
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    assert values == pytest.approx(-reference.fun, abs=1e-4)
    assert (ends[:, :2].sum(axis=1) <= 1.2 + 1e-9).all()


def test_never_ends_below_its_start_and_counts_evaluations() -> None:
    n_calls = 0

    def cliff(u: Array) -> tuple[Array, Array]:
        nonlocal n_calls
        n_calls += 1
        value, gradient = hill(u.copy())
        value[u[:, 0] > 0.7] = np.nan
        return value, gradient

    starts = np.random.default_rng(1).uniform(0, 0.7, (6, 3))
    first = hill(starts.copy())[0]
    ends, values = climb(cliff, lambda u: np.clip(u, 0, 1), starts, n_iterations=25)
    assert n_calls <= 25
    assert (values >= first).all()
    assert values.mean() > first.mean() + 1.0
    assert (ends[:, 0] <= 0.7).all()
