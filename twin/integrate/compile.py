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

from twin.integrate.cache import load, write_once
from twin.integrate.jacobian import jacobian_text
from twin.integrate.jit import VERSION
from twin.integrate.source import PlainSource, plain_source
from twin.kinetics.model import KineticsModel


@dataclass(frozen=True, slots=True, eq=False)
class CompiledModel:
    """A model with its compiled functions.

    ``rates``, ``jacobian`` and ``outputs`` are C functions ``f(t, x, u, p, result)``, known to
    compiled code by their ``address``; ``outputs`` is None if the model declares none.
    """

    model: KineticsModel
    rates: Any
    jacobian: Any
    outputs: Any | None
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
    source = plain_source(model)
    path = write_once(_module_text(model, source), model.name, VERSION)
    module = load(path)
    return CompiledModel(
        model=model,
        rates=module.sdl_twin_rates,
        jacobian=module.sdl_twin_jacobian,
        outputs=module.sdl_twin_outputs if source.algebraic else None,
        path=path,
        scale=np.array([state.scale for state in model.states]),
        low=np.array([state.low for state in model.states]),
    )


def _module_text(model: KineticsModel, source: PlainSource) -> str:
    parts = [
        f'"""Generated from the model {model.name}; safe to delete."""\n',
        "from math import exp, log, sqrt\n",
        "from twin.integrate.jit import equations_once as sdl_twin_entry\n",
        "from twin.integrate.jit import inlined as sdl_twin_inner\n",
        *source.constants,
        *(f"\n@sdl_twin_inner\n{function}\n" for function in source.functions),
        _entry(model, "sdl_twin_rates", source.rates, len(model.states)),
        f"\n@sdl_twin_entry\n{jacobian_text(model, 'sdl_twin_jacobian')}",
    ]
    if source.algebraic:
        parts.append(_entry(model, "sdl_twin_outputs", source.algebraic, len(model.outputs)))
    return "\n".join(parts)


def _entry(model: KineticsModel, entry: str, function: str, n_results: int) -> str:
    def elements(name: str, n: int) -> str:
        return "(" + "".join(f"{name}[{i}], " for i in range(n)) + ")"

    x = elements("x", len(model.states))
    u = elements("u", len(model.inputs))
    p = elements("p", len(model.parameters))
    lines = [
        "\n@sdl_twin_entry",
        f"def {entry}(t, x, u, p, result):",
        f"    values = {function}(t, {x}, {u}, {p})",
        *(f"    result[{i}] = values[{i}]" for i in range(n_results)),
    ]
    return "\n".join(lines) + "\n"
