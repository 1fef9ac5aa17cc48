"""Climb from many points at once inside a convex region: spectral projected gradient.

Birgin, Martinez and Raydan, "Nonmonotone spectral projected gradient methods on convex sets",
SIAM J. Optim. 10 (2000), with the step length of Barzilai and Borwein. All rows move in step, one
evaluation of the whole batch per iteration: an acquisition function costs nearly the same for one
point as for twenty, and SLSQP, which SciPy offers for linear constraints, takes them one by one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizers.polytope import Array

N_REMEMBERED = 5
"""A step is accepted if it gains on the worst of this many latest values."""

SUFFICIENT = 1e-4
"""Share of the gain promised by the gradient that makes a step acceptable."""


def climb(
    evaluate: Callable[[Array], tuple[Array, Array]],
    project: Callable[[Array], Array],
    start: Array,
    *,
    n_iterations: int,
    tolerance: float = 1e-4,
) -> tuple[Array, Array]:
    """Maximise from each row of `start` (n, d); give the best points (n, d) and values (n,).

    `evaluate` gives values (n,) and gradients (n, d); rows with a value that is not finite stay
    where they were. Ends after `n_iterations` evaluations, or when no row would move further than
    `tolerance` in any coordinate (these are meant to be scaled to about 1).
    """
    x = project(start)
    value, gradient = evaluate(x)
    best_x, best_value = x.copy(), value.copy()
    history = np.repeat(value[None], N_REMEMBERED, axis=0)
    largest = np.abs(gradient).max(axis=1, keepdims=True, initial=1e-12)
    step = 0.1 / largest
    share = np.ones((len(x), 1))
    direction = project(x + step * gradient) - x
    for iteration in range(1, n_iterations):
        if np.abs(direction).max(initial=0.0) < tolerance:
            break
        trial = x + share * direction
        trial_value, trial_gradient = evaluate(trial)
        promised = SUFFICIENT * share[:, 0] * np.einsum("nd,nd->n", gradient, direction)
        is_accepted = np.isfinite(trial_value) & (trial_value >= history.min(axis=0) + promised)
        rows = is_accepted[:, None]
        moved = trial - x
        bent = np.einsum("nd,nd->n", moved, gradient - trial_gradient)[:, None]
        length = np.einsum("nd,nd->n", moved, moved)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            spectral = np.where(bent > 0, length / bent, 10.0 * step)
        step = np.where(rows, np.clip(spectral, 1e-8, 1e4), step)
        share = np.where(rows, 1.0, share / 3.0)
        x = np.where(rows, trial, x)
        gradient = np.where(rows, trial_gradient, gradient)
        value = np.where(is_accepted, trial_value, value)
        history[iteration % N_REMEMBERED] = value
        is_better = value > best_value
        best_x[is_better], best_value[is_better] = x[is_better], value[is_better]
        direction = np.where(rows, project(x + step * gradient) - x, direction)
    return best_x, best_value
