"""Rodas4: a Rosenbrock method of order 4(3) for stiff equations, compiled.

L-stable, adaptive, with dense output of order 3; coefficients of Hairer & Wanner, "Solving Ordinary
Differential Equations II", section IV.7 and their code RODAS.  The equations and their derivatives
come in by their addresses: this module is compiled once for all models.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from twin.integrate.jit import (
    address,
    addresses,
    call,
    compiled_once,
    index_rows,
    matrix,
    vector,
)
from twin.integrate.linear import factorize, solve

f8 = types.float64
i8 = types.int64

DONE, TOO_MANY_STEPS, STEP_UNDERFLOW, NOT_A_NUMBER, BELOW_LIMIT = range(5)
"""Status codes of ``rodas4``."""

SMALLEST_STEP = 1.0e-14
TOO_LOW = 2.0  # the error of a step that leaves a state below its limit

GAMMA = 0.25
N_STAGES = 6
A = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1.0],
    ]
)
C5 = [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136]
C = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616, 0.0],
        [*C5, -6.058818238834054],
    ]
)
N_WORK = 3 + N_STAGES
STAGE_TIME = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
TIME_DERIVATIVE = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
# dense output
D2_4 = [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823]
D3_4 = [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386]
D2 = np.array([*D2_4, 1.025137723295662])
D3 = np.array([*D3_4, -6.594389125716872])


@compiled_once(
    types.void(
        *(address, address, f8, vector, vector, vector),
        *(vector, matrix),
    )
)
def differentiate(
    rates: Any, derivatives: Any, t: Any, x: Any, u: Any, p: Any, f: Any, jacobian: Any
) -> None:
    """The rates ``f`` at ``x``, and their derivatives: a row per state, a last one for the time."""
    call(rates, t, x, u, p, f)
    jacobian[:, :] = 0.0
    call(derivatives, t, x, u, p, jacobian.reshape(jacobian.size))


@compiled_once(types.void(address, vector, matrix, index_rows, vector, vector, vector))
def solve_stage(back: Any, flat: Any, lu: Any, listing: Any, u: Any, p: Any, g: Any) -> None:
    """Solve for ``g`` in place: by the model's own function, or in general if that is 0."""
    if back == 0:
        solve(lu, listing, g)
    else:
        call(back, 0.0, flat, u, p, g)


@compiled_once(
    types.boolean(
        *(addresses, f8, f8, vector, vector, vector, vector),
        *(matrix, matrix, index_rows, vector, vector, matrix),
    )
)
def attempt(
    equations: Any,
    t: Any,
    h: Any,
    x: Any,
    u: Any,
    p: Any,
    f: Any,
    jacobian: Any,
    lu: Any,
    listing: Any,
    g: Any,
    y: Any,
    k: Any,
) -> Any:
    """One step: ``y`` becomes the states at t + h, ``k[5]`` its error; False if not solvable."""
    n = x.shape[0]
    rates, back = equations[0], equations[3]
    flat = lu.reshape(lu.size)
    if back != 0:
        call(equations[2], 1.0 / (h * GAMMA), jacobian.reshape(jacobian.size), u, p, flat)
        if lu[n, 0] != 0.0:
            back = 0  # a pivot is too small: exchange rows
    if back == 0:
        for j in range(n):
            for i in range(n):
                lu[j, i] = -jacobian[j, i]
            lu[j, j] += 1.0 / (h * GAMMA)
        if not factorize(lu, listing):
            return False
    # Written out stage by stage, with the coefficients in variables: a loop that writes to an array
    # would read them again at every turn.
    inverse = 1.0 / h
    d = h * TIME_DERIVATIVE[0]
    for i in range(n):
        g[i] = f[i] + d * jacobian[n, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    a0 = A[1, 0]
    for i in range(n):
        k[0, i] = g[i]
        y[i] = x[i] + a0 * g[i]
    call(rates, t + STAGE_TIME[1] * h, y, u, p, g)
    d = h * TIME_DERIVATIVE[1]
    c0 = C[1, 0] * inverse
    for i in range(n):
        g[i] = g[i] + d * jacobian[n, i] + c0 * k[0, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    a0, a1 = A[2, 0], A[2, 1]
    for i in range(n):
        k[1, i] = g[i]
        y[i] = x[i] + a0 * k[0, i] + a1 * g[i]
    call(rates, t + STAGE_TIME[2] * h, y, u, p, g)
    d = h * TIME_DERIVATIVE[2]
    c0, c1 = C[2, 0] * inverse, C[2, 1] * inverse
    for i in range(n):
        g[i] = g[i] + d * jacobian[n, i] + c0 * k[0, i] + c1 * k[1, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    a0, a1, a2 = A[3, 0], A[3, 1], A[3, 2]
    for i in range(n):
        k[2, i] = g[i]
        y[i] = x[i] + a0 * k[0, i] + a1 * k[1, i] + a2 * g[i]
    call(rates, t + STAGE_TIME[3] * h, y, u, p, g)
    d = h * TIME_DERIVATIVE[3]
    c0, c1, c2 = C[3, 0] * inverse, C[3, 1] * inverse, C[3, 2] * inverse
    for i in range(n):
        g[i] = g[i] + d * jacobian[n, i] + c0 * k[0, i] + c1 * k[1, i] + c2 * k[2, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    a0, a1, a2, a3 = A[4, 0], A[4, 1], A[4, 2], A[4, 3]
    for i in range(n):
        k[3, i] = g[i]
        y[i] = x[i] + a0 * k[0, i] + a1 * k[1, i] + a2 * k[2, i] + a3 * g[i]
    call(rates, t + h, y, u, p, g)
    c0, c1, c2, c3 = C[4, 0] * inverse, C[4, 1] * inverse, C[4, 2] * inverse, C[4, 3] * inverse
    for i in range(n):
        g[i] = g[i] + c0 * k[0, i] + c1 * k[1, i] + c2 * k[2, i] + c3 * k[3, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    for i in range(n):
        k[4, i] = g[i]
        y[i] += g[i]
    call(rates, t + h, y, u, p, g)
    c0, c1, c2 = C[5, 0] * inverse, C[5, 1] * inverse, C[5, 2] * inverse
    c3, c4 = C[5, 3] * inverse, C[5, 4] * inverse
    for i in range(n):
        g[i] = g[i] + c0 * k[0, i] + c1 * k[1, i] + c2 * k[2, i] + c3 * k[3, i] + c4 * k[4, i]
    solve_stage(back, flat, lu, listing, u, p, g)
    for i in range(n):
        k[5, i] = g[i]
        y[i] += g[i]
    return True


@compiled_once(types.UniTuple(f8, 2)(vector, vector, matrix, f8, vector, vector))
def judge(x: Any, y: Any, k: Any, rtol: Any, atol: Any, low: Any) -> Any:
    """Size of the error against the tolerances (1 is just good), and the state that is worst.

    A state below its limit by more than its absolute tolerance counts as an error of TOO_LOW.
    """
    n = x.shape[0]
    total = 0.0
    worst = -1.0
    culprit = 0
    for i in range(n):
        ratio = abs(k[N_STAGES - 1, i]) / (atol[i] + rtol * max(abs(x[i]), abs(y[i])))
        total += ratio * ratio
        if not ratio <= worst:
            worst = ratio
            culprit = i
        if not abs(y[i]) < np.inf:
            total = np.nan
            worst = np.inf
            culprit = i
    error = (total / n) ** 0.5
    if error <= 1.0:
        for i in range(n):
            if y[i] < low[i] - atol[i]:
                error = TOO_LOW
                culprit = i
    return error, float(culprit)


@compiled_once(types.void(f8, vector, vector, matrix, vector, matrix, i8))
def interpolate(s: Any, x: Any, y: Any, k: Any, low: Any, out: Any, row: Any) -> None:
    """States at the fraction ``s`` of a step, of order 3."""
    for i in range(x.shape[0]):
        c2 = 0.0
        c3 = 0.0
        for j in range(N_STAGES - 1):
            c2 += D2[j] * k[j, i]
            c3 += D3[j] * k[j, i]
        value = x[i] * (1.0 - s) + s * (y[i] + (1.0 - s) * (c2 + s * c3))
        out[row, i] = max(value, low[i])


@compiled_once(
    types.UniTuple(f8, 4)(
        *(addresses, vector, vector, vector, f8, f8, f8, f8, i8, f8),
        *(vector, vector, vector, matrix, matrix, matrix, index_rows, matrix),
    )
)
def rodas4(
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
    jacobian: Any,
    lu: Any,
    listing: Any,
    work: Any,
) -> Any:
    """Integrate from t0 to t1; ``equations`` are a compiled model's ``addresses``.

    ``x`` ends as the final states, ``out[k]`` as those at ``out_times[k]``.  A result less
    than ``atol`` below ``low`` is set to ``low``; one further below is rejected.  ``jacobian``
    and ``lu`` (n + 1 x n each), ``listing`` (n x n + 2) and ``work`` (N_WORK x n) are scratch
    space.

    Returns:
        status code, time reached, step size to go on with, index of the worst state or -1.
    """
    n = x.shape[0]
    f, g, y, k = work[0], work[1], work[2], work[3:]
    t = t0
    h = min(first_step, longest_step)
    row = 0
    while row < out_times.shape[0] and out_times[row] <= t0:
        for i in range(n):
            out[row, i] = x[i]
        row += 1
    is_rejected = False
    is_fresh = False
    reason = STEP_UNDERFLOW
    culprit = -1.0
    n_tried = 0
    while t < t1:
        if n_tried == max_steps:
            return float(TOO_MANY_STEPS), t, h, culprit
        n_tried += 1
        wanted = h
        is_last = t + 1.0001 * h >= t1
        if is_last:
            h = t1 - t
        if h < SMALLEST_STEP * max(abs(t), t1 - t0) and not is_last:
            return float(reason), t, h, culprit
        if not is_fresh:
            differentiate(equations[0], equations[1], t, x, u, p, f, jacobian)
            is_fresh = True
        is_solved = attempt(equations, t, h, x, u, p, f, jacobian, lu, listing, g, y, k)
        error, culprit = judge(x, y, k, rtol, atol, low)
        if not (is_solved and error < np.inf):
            reason = NOT_A_NUMBER
            h *= 0.1
            is_rejected = True
            continue
        factor = min(6.0, max(0.2, 0.9 * (error + 1e-12) ** -0.25))
        if error > 1.0:
            reason = STEP_UNDERFLOW
            if error == TOO_LOW:
                worst = int(culprit)
                reason = BELOW_LIMIT
                if x[worst] <= low[worst] and f[worst] * h < -atol[worst]:
                    return float(reason), t, h, culprit  # smaller steps would only creep along
            h *= min(factor, 0.5)
            is_rejected = True
            continue
        t_end = t1 if is_last else t + h
        while row < out_times.shape[0] and out_times[row] <= t_end:
            interpolate((out_times[row] - t) / h, x, y, k, low, out, row)
            row += 1
        for i in range(n):
            x[i] = max(y[i], low[i])
        t = t_end
        h *= min(factor, 1.0) if is_rejected else factor
        if is_last:
            h = max(h, wanted)  # a step cut short by the end says nothing against the one wanted
        h = min(h, longest_step)
        is_fresh = False
        is_rejected = False
    return float(DONE), t, h, -1.0
