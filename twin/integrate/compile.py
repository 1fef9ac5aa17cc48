"""Compiles a model's equations to machine code, once per machine.

The model's functions are written out as one file in the user's cache directory and compiled from
there with numba; later processes load the compiled code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.integrate.assignments import written
from twin.integrate.cache import load, write_once
from twin.integrate.elimination import (
    MOST_OPERATIONS,
    factorize_text,
    filled,
    n_operations,
    solve_text,
)
from twin.integrate.jacobian import derivatives, jacobian_text
from twin.integrate.jit import VERSION
from twin.integrate.recorded import recorded
from twin.integrate.source import plain_source
from twin.kinetics.model import KineticsModel, RateFunction


@dataclass(frozen=True, slots=True, eq=False)
class CompiledModel:
    """A model with its compiled functions.

    ``rates``, ``jacobian`` and ``outputs`` are C functions ``f(t, x, u, p, result)``, known to
    compiled code by their ``address``; ``outputs`` is None if the model declares none.
    ``addresses`` are what ``rodas4`` takes: those of rates, Jacobian, factorization and solution,
    the last two 0 for a model whose elimination is too long to be written out.
    """

    model: KineticsModel
    rates: Any
    jacobian: Any
    outputs: Any | None
    addresses: NDArray[np.intp]
    path: Path
    scale: NDArray[np.float64]
    low: NDArray[np.float64]


@cache
def compiled(model: KineticsModel) -> CompiledModel:
    """Compile a model, or load what an earlier process compiled.

    Raises:
        NotPlainArithmetic: a function of the model is more than arithmetic.
        UnpackedInWrongOrder: a function unpacks the parameters in another order than declared.
    """
    plain_source(model)  # refuses what is more than arithmetic, with a sentence that says where
    path = write_once(_module_text(model), model.name, VERSION)
    module = load(path)
    names = ("sdl_twin_rates", "sdl_twin_jacobian", "sdl_twin_factorize", "sdl_twin_solve")
    functions = [getattr(module, name, None) for name in names]
    return CompiledModel(
        model=model,
        rates=module.sdl_twin_rates,
        jacobian=module.sdl_twin_jacobian,
        outputs=module.sdl_twin_outputs if model.algebraic else None,
        addresses=np.array([0 if f is None else f.address for f in functions], np.intp),
        path=path,
        scale=np.array([state.scale for state in model.states]),
        low=np.array([state.low for state in model.states]),
    )


def _module_text(model: KineticsModel) -> str:
    """All functions of a model, each as one run of assignments that shares equal expressions."""
    functions = [
        _written("sdl_twin_rates", model, model.rates),
        jacobian_text(model, "sdl_twin_jacobian"),
    ]
    n = len(model.states)
    pattern = {(i, j) for i, j in derivatives(model) if j < n}
    full = filled(pattern, n)
    if n_operations(full, n) <= MOST_OPERATIONS:
        functions += [
            factorize_text("sdl_twin_factorize", pattern, full, n),
            solve_text("sdl_twin_solve", full, n),
        ]
    if model.algebraic is not None:
        functions.append(_written("sdl_twin_outputs", model, model.algebraic))
    head = (
        f'"""Generated from the model {model.name}; safe to delete."""\n\n'
        "from math import exp, log, sqrt\n\n"
        "from twin.integrate.jit import equations_once as sdl_twin_entry\n"
    )
    return head + "".join(f"\n\n@sdl_twin_entry\n{function}" for function in functions)


def _written(name: str, model: KineticsModel, function: RateFunction) -> str:
    return written(name, dict(enumerate(recorded(model, function).results)))
