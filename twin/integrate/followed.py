"""Follows schedules in compiled code: Rodas4 from event to event, one run or many at once.

A module of its own because it is slow to compile: only those who ask for it pay for it.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from twin.integrate.jit import addresses, compiled_once, index_rows, matrix, vector
from twin.integrate.rodas4 import DONE, N_WORK, rodas4

f8 = types.float64
i8 = types.int64
cube = types.float64[:, :, ::1]


@compiled_once(types.void(vector, f8, vector, vector, i8))
def mix_in(x: Any, bolus_l: Any, holds: Any, diluted: Any, i_volume: Any) -> None:
    """Mix a liquid into ``x``: states marked in ``diluted`` and the volume change."""
    before = x[i_volume]
    after = before + bolus_l
    for i in range(x.shape[0]):
        if diluted[i] != 0.0:
            x[i] = (x[i] * before + holds[i] * bolus_l) / after
    x[i_volume] = after


@compiled_once(
    types.UniTuple(f8, 3)(
        *(addresses, vector, vector, vector, matrix, vector, matrix, vector, i8),
        *(f8, f8, i8, f8, vector, vector, vector, matrix),
        *(matrix, matrix, index_rows, matrix),
    )
)
def follow(
    equations: Any,
    x: Any,
    p: Any,
    times: Any,
    inputs: Any,
    bolus_l: Any,
    holds: Any,
    diluted: Any,
    i_volume: Any,
    first_step: Any,
    longest_step: Any,
    max_steps: Any,
    rtol: Any,
    atol: Any,
    low: Any,
    out_times: Any,
    out: Any,
    jacobian: Any,
    lu: Any,
    listing: Any,
    work: Any,
) -> Any:
    """Carry ``x`` through a schedule; arguments as in ``Schedule`` and ``rodas4``.

    An output at an event's time is the state before it.

    Returns:
        status code, time reached, index of the worst state or -1.
    """
    step = first_step
    begin = 0
    for k in range(inputs.shape[0]):
        if bolus_l[k] > 0.0:
            mix_in(x, bolus_l[k], holds[k], diluted, i_volume)
        end = begin
        while end < out_times.shape[0] and out_times[end] <= times[k + 1]:
            end += 1
        status, t, step, culprit = rodas4(
            equations,
            x,
            inputs[k],
            p,
            times[k],
            times[k + 1],
            step,
            longest_step,
            max_steps,
            rtol,
            atol,
            low,
            out_times[begin:end],
            out[begin:end],
            jacobian,
            lu,
            listing,
            work,
        )
        if status != DONE:
            return status, t, culprit
        begin = end
    return float(DONE), times[-1], -1.0


@compiled_once(
    types.void(
        *(addresses, matrix, matrix, matrix, cube, matrix, cube, vector, i8),
        *(f8, f8, i8, f8, vector, vector, vector, cube, matrix),
    ),
    parallel=True,
)
def follow_all(
    equations: Any,
    x: Any,
    p: Any,
    times: Any,
    inputs: Any,
    bolus_l: Any,
    holds: Any,
    diluted: Any,
    i_volume: Any,
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
    """Carry each row of ``x`` through its schedule (one for all if there is only one)."""
    n = x.shape[1]
    for run in numba.prange(x.shape[0]):
        own = min(np.int64(run), times.shape[0] - 1)
        code, t, culprit = follow(
            equations,
            x[run],
            p[run],
            times[own],
            inputs[own],
            bolus_l[own],
            holds[own],
            diluted,
            i_volume,
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
