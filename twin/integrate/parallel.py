"""Rodas4 for many runs at once, one run per thread at a time.

A module of its own because it is slow to compile: only those who ask for an ensemble pay for it.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from twin.integrate.jit import addresses, compiled_once, matrix, vector
from twin.integrate.rodas4 import N_WORK, rodas4

f8 = types.float64
cube = types.float64[:, :, ::1]


@compiled_once(
    types.void(
        *(addresses, matrix, matrix, matrix, f8, f8, f8, f8, types.int64, f8),
        *(vector, vector, vector, cube, matrix),
    ),
    parallel=True,
)
def rodas4_ensemble(
    equations: Any,
    x: Any,
    u: Any,
    p: Any,
    t0: Any,
    t1: Any,
    first_step: Any,
    longest_step: Any,
    max_steps: Any,
    rtol: Any,
    atol: Any,
    low: Any,
    out_times: Any,
    out: Any,
    status: Any,
) -> None:
    """Integrate each row of ``x``; ``status`` rows get status code, time reached, worst state."""
    n = x.shape[1]
    for run in numba.prange(x.shape[0]):
        code, t, _step, culprit = rodas4(
            equations,
            x[run],
            u[run],
            p[run],
            t0,
            t1,
            first_step,
            longest_step,
            max_steps,
            rtol,
            atol,
            low,
            out_times,
            out[run],
            np.empty((n + 1, n)),
            np.empty((n + 1, n)),
            np.empty((n, n + 2), np.int64),
            np.empty((N_WORK, n)),
        )
        status[run, 0] = code
        status[run, 1] = t
        status[run, 2] = culprit
