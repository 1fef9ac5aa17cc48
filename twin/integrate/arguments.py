"""Checks what callers pass to the integrator and brings it into the form compiled code takes.

That form is contiguous, writeable arrays of float64.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.integrate.compile import CompiledModel

Array = NDArray[np.float64]


class WrongVector(ValueError):
    """States, inputs, parameters, tolerances or times don't fit the model or aren't finite."""


def positive(name: str, value: float) -> float:
    """A number above zero."""
    if not value > 0.0:
        raise WrongVector(f"{name} must be positive, got {value!r}")
    return float(value)


def vector(kind: str, values: ArrayLike, n: int) -> Array:
    """One contiguous finite vector of ``n`` numbers."""
    if isinstance(values, np.ndarray) and values.dtype == np.float64 and values.flags.carray:
        array = values
    else:
        array = np.require(values, np.float64, ["C", "W"])
    if array.shape != (n,):
        raise WrongVector(f"{kind}: shape {array.shape}, but the model has {n} {kind}")
    if not np.isfinite(array).all():
        raise WrongVector(f"{kind}: number {int(np.argmin(np.isfinite(array)))} is not finite")
    return array


def rows(kind: str, values: ArrayLike, n_rows: int, n: int) -> Array:
    """One contiguous row per run, a single vector repeated for all."""
    array = np.asarray(values, np.float64)
    if array.shape not in ((n,), (n_rows, n)):
        raise WrongVector(f"{kind}: shape {array.shape}, must be ({n},) or ({n_rows}, {n})")
    if not np.isfinite(array).all():
        raise WrongVector(f"{kind}: not all numbers are finite")
    return np.array(np.broadcast_to(array, (n_rows, n)), order="C")


def inputs_and_parameters(
    compiled: CompiledModel, u: ArrayLike, p: ArrayLike
) -> tuple[Array, Array]:
    """Both vectors, checked against the model."""
    model = compiled.model
    return (
        vector("inputs", u, len(model.inputs)),
        vector("parameters", p, len(model.parameters)),
    )


def tolerances(compiled: CompiledModel, atol: float | Sequence[float] | Array) -> Array:
    """Absolute tolerance per state: given so, or as a share of each state's scale."""
    if isinstance(atol, (int, float)):
        return positive("atol", atol) * compiled.scale
    array = vector("absolute tolerances", atol, compiled.model.n_states)
    if not (array > 0.0).all():
        raise WrongVector("absolute tolerances must be positive")
    return array


def times(t0_h: float, t1_h: float, out_times: ArrayLike | None) -> Array:
    """The output times, checked to lie in order within the interval."""
    if not (math.isfinite(t0_h) and math.isfinite(t1_h) and t0_h <= t1_h):
        raise WrongVector(f"the interval {t0_h!r} .. {t1_h!r} h doesn't go forward")
    if out_times is None:
        return np.empty(0)
    grid = np.require(out_times, np.float64, ["C", "W"])
    if grid.size and not (
        grid.ndim == 1 and grid[0] >= t0_h and grid[-1] <= t1_h and (grid[1:] >= grid[:-1]).all()
    ):
        raise WrongVector(f"out_times must ascend within {t0_h!r} .. {t1_h!r} h")
    return grid
