"""The one way this package compiles: explicit signatures, and machine code kept on disk.

A model's equations become C functions of pointers, handed around by their address, so that the
integrator is compiled once for all models and a call costs next to nothing.  Division by zero gives
an infinity, as in NumPy, and the integrator rejects it; no fast-math, so that the same numbers come
out of a single run and of an ensemble.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from twin.integrate.cache import cache_directory

VERSION: str = numba.__version__

_pointer = types.CPointer(types.float64)
EQUATIONS = types.void(types.float64, _pointer, _pointer, _pointer, _pointer)
"""``f(t, x, u, p, result)``: what a model's rates and outputs look like once compiled."""

vector = types.float64[::1]
matrix = types.float64[:, ::1]
index_rows = types.int64[:, ::1]
addresses = types.intp[::1]
address = types.intp

_configuration = threading.RLock()  # numba's configuration is one for the process


def compiled_once(signature: Any, *, parallel: bool = False) -> Callable[[Any], Any]:
    """Compile a function for one signature and keep the code."""

    def compile_(function: Any) -> Any:
        with _kept_in_own_cache():
            return numba.njit(signature, error_model="numpy", parallel=parallel, cache=True)(
                function
            )

    return compile_


def equations_once(function: Any) -> Any:
    """Compile ``f(t, x, u, p, result)`` to a C function; its address is ``.address``."""
    with _kept_in_own_cache():
        return numba.cfunc(EQUATIONS, error_model="numpy", cache=True)(function)


@contextmanager
def _kept_in_own_cache() -> Iterator[None]:
    """Compiled code goes to this package's cache directory, apart for every state of its sources.

    numba by itself looks at the one file that a function stands in, and would go on using code that
    has an older version of another file's function compiled into it.
    """
    with _configuration:
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(cache_directory() / f"code_{_sources_digest()}")
        try:
            yield
        finally:
            numba.config.CACHE_DIR = before


@cache
def _sources_digest() -> str:
    digest = hashlib.sha256(VERSION.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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
