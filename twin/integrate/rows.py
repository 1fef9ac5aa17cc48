"""Evaluates a model's outputs along rows of states, compiled once for all models."""

from __future__ import annotations

from typing import Any

from numba import types

from twin.integrate.jit import address, call, compiled_once, matrix, vector


@compiled_once(types.void(address, vector, matrix, matrix, vector, matrix))
def outputs_of_rows(outputs: Any, times: Any, x: Any, u: Any, p: Any, results: Any) -> None:
    """Fill each row of ``results`` with the outputs at that row's time, states and inputs."""
    for row in range(x.shape[0]):
        call(outputs, times[row], x[row], u[row], p, results[row])
