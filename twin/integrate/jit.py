"""The one way this package compiles: explicit signatures, compiled code kept on disk.

A model's equations become C functions of pointers, handed around by their address, so that the
integrator is compiled once for all models and a call costs next to nothing.  Division by zero gives
an infinity, as in NumPy, and the integrator rejects it; no fast-math, so that the same numbers come
out of a single run and of an ensemble.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from twin.integrate.cache import CacheNotWritable

VERSION: str = numba.__version__

_pointer = types.CPointer(types.float64)
EQUATIONS = types.void(types.float64, _pointer, _pointer, _pointer, _pointer)
"""``f(t, x, u, p, result)``: what a model's rates and outputs look like once compiled."""

vector = types.float64[::1]
matrix = types.float64[:, ::1]
indices = types.int64[::1]
address = types.intp


def compiled_once(signature: Any, *, parallel: bool = False) -> Callable[[Any], Any]:
    """Compile a function for one signature, its compiled code kept beside its source."""
    return _kept(
        lambda f, **kept: numba.njit(signature, error_model="numpy", parallel=parallel, **kept)(f)
    )


def equations_once(function: Any) -> Any:
    """Compile ``f(t, x, u, p, result)`` to a C function; its address is ``.address``."""
    return _kept(lambda f, **kept: numba.cfunc(EQUATIONS, **kept)(f))(function)


def inlined(function: Any) -> Any:
    """Compile a function as part of those that call it."""
    return numba.njit(error_model="numpy")(function)


def _kept(compile_: Callable[..., Any]) -> Callable[[Any], Any]:
    """Keep the compiled code; where no folder can be written to, say so and compile anyway."""

    def decorate(function: Any) -> Any:
        try:
            return compile_(function, cache=True)
        except RuntimeError as error:
            if "cannot cache function" not in str(error):
                raise
            warnings.warn(CacheNotWritable(str(error)), stacklevel=2)
            return compile_(function)

    return decorate


@intrinsic  # type: ignore[untyped-decorator]
def call(typing: Any, function: Any, t: Any, x: Any, u: Any, p: Any, result: Any) -> Any:
    """Call equations by their address: ``call(address, t, x, u, p, result)``."""
    signature = types.void(address, types.float64, vector, vector, vector, vector)

    def generate(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        pointer, time, *arrays = arguments
        double = ir.DoubleType()
        kind = ir.FunctionType(ir.VoidType(), [double, *([double.as_pointer()] * 4)])
        data = [
            context.make_array(array_type)(context, builder, array).data
            for array_type, array in zip(sig.args[2:], arrays, strict=True)
        ]
        builder.call(builder.inttoptr(pointer, kind.as_pointer()), [time, *data])
        return context.get_dummy_value()

    return signature, generate
