"""The general rate model of a column, in time: compiled Rodas4 steps that solve the grid exactly.

Per axial cell the unknowns are the liquid ``c``, and per shell of the beads the pore liquid ``cp``
and what is bound on two kinds of sites::

    dc/dt  = Dax c_zz - (v / void) c_z - bead / void * 3 / rp * open * N      N = film flux
    dcp/dt = Deff (1/r^2) (r^2 cp_r)_r - (1 / pore) (dq1/dt + dq2/dt)         Deff cp_r(rp) = N
    dqi/dt = ki ((qmax_i - qi) cp - qi / K)

with Danckwerts' condition at the inlet and no gradient at the outlet (Gomis-Fons et al. 2020, as
printed in the QuarticGym documentation, with the sign of its film term).  Not a ``KineticsModel``:
the unknowns are a grid, and what makes this fast is the grid's structure.  The linear systems of
the Rosenbrock method have arrow shape: sites are eliminated per shell, shells from the bead's
centre outwards, and what is left is one tridiagonal system along the column, so a step costs a few
dozen operations per unknown.  The Jacobian is exact and Rosenbrock methods keep linear invariants,
so mass balances close to rounding whatever the step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types

from twin.integrate.jit import compiled_once, matrix, vector
from twin.integrate.rodas4 import D2, D3, GAMMA, N_STAGES, A, C

f8 = types.float64
i8 = types.int64

DONE, TOO_MANY_STEPS, STEP_UNDERFLOW = range(3)
"""Status codes of ``advance``."""

VOID_VELOCITY, DISPERSION, BULK_FILM, SHELL_FILM, INVERSE_PORE = range(5)
RATE_1, RATE_2, CAPACITY_1, CAPACITY_2, INVERSE_AFFINITY = range(5, 10)
INLET, UPWIND, VELOCITY = range(10, 13)
N_CONSTANTS = 13
"""Places in the vector of constants: velocities over and per cell length (1/min), ..."""

N_WORK = N_STAGES + 3


@compiled_once(types.void(vector, vector, vector, vector, i8, i8, vector))
def rates(
    y: Any, k: Any, inward: Any, outward: Any, n_cells: Any, n_shells: Any, result: Any
) -> None:
    """Derivatives of all states; the last one is what has left per cross-section."""
    width = 1 + 3 * n_shells
    up = 0.5 * (1.0 + k[UPWIND])
    down = 1.0 - up
    entering = k[VOID_VELOCITY] * k[INLET]
    for j in range(n_cells):
        at = j * width
        c = y[at]
        if j < n_cells - 1:
            ahead = y[at + width]
            leaving = k[VOID_VELOCITY] * (up * c + down * ahead) - k[DISPERSION] * (ahead - c)
        else:
            leaving = k[VOID_VELOCITY] * c
        pores = at + 1
        fast = pores + n_shells
        slow = fast + n_shells
        result[at] = entering - leaving - k[BULK_FILM] * (c - y[fast - 1])
        entering = leaving
        for m in range(n_shells):
            cp = y[pores + m]
            bound_1 = k[RATE_1] * (
                (k[CAPACITY_1] - y[fast + m]) * cp - y[fast + m] * k[INVERSE_AFFINITY]
            )
            bound_2 = k[RATE_2] * (
                (k[CAPACITY_2] - y[slow + m]) * cp - y[slow + m] * k[INVERSE_AFFINITY]
            )
            change = -(bound_1 + bound_2) * k[INVERSE_PORE]
            if m > 0:
                change += inward[m] * (y[pores + m - 1] - cp)
            if m < n_shells - 1:
                change += outward[m] * (y[pores + m + 1] - cp)
            else:
                change += k[SHELL_FILM] * (c - cp)
            result[pores + m] = change
            result[fast + m] = bound_1
            result[slow + m] = bound_2
    result[n_cells * width] = k[VELOCITY] * y[(n_cells - 1) * width]


@compiled_once(types.void(vector, vector, vector, vector, i8, i8, f8, vector))
def factorize(
    y: Any, k: Any, inward: Any, outward: Any, n_cells: Any, n_shells: Any, g: Any, lu: Any
) -> None:
    """Factors of ``g I - J`` in place of the states: pivots and what elimination needs."""
    width = 1 + 3 * n_shells
    up = 0.5 * (1.0 + k[UPWIND])
    down = 1.0 - up
    before = 0.0  # pivot of the cell upstream
    from_behind = k[VOID_VELOCITY] * up + k[DISPERSION]
    from_ahead = k[DISPERSION] - k[VOID_VELOCITY] * down
    for j in range(n_cells):
        at = j * width
        pores = at + 1
        fast = pores + n_shells
        slow = fast + n_shells
        pivot = 1.0
        for m in range(n_shells):
            cp = y[pores + m]
            one = g + k[RATE_1] * (cp + k[INVERSE_AFFINITY])
            two = g + k[RATE_2] * (cp + k[INVERSE_AFFINITY])
            lu[fast + m] = one
            lu[slow + m] = two
            sites = k[RATE_1] * (k[CAPACITY_1] - y[fast + m]) / one
            sites += k[RATE_2] * (k[CAPACITY_2] - y[slow + m]) / two
            diagonal = g + g * sites * k[INVERSE_PORE]
            if m < n_shells - 1:
                diagonal += outward[m]
            else:
                diagonal += k[SHELL_FILM]
            if m > 0:
                diagonal += inward[m] * (1.0 - outward[m - 1] / pivot)
            pivot = diagonal
            lu[pores + m] = pivot
        diagonal = g + k[BULK_FILM] * (1.0 - k[SHELL_FILM] / pivot)
        if j < n_cells - 1:
            diagonal += k[VOID_VELOCITY] * up + k[DISPERSION]
        else:
            diagonal += k[VOID_VELOCITY]
        if j > 0:
            diagonal += k[DISPERSION] - k[VOID_VELOCITY] * down
            diagonal -= from_behind * from_ahead / before
        before = diagonal
        lu[at] = diagonal


@compiled_once(types.void(vector, vector, vector, vector, vector, i8, i8, f8, vector))
def solve(
    lu: Any,
    y: Any,
    k: Any,
    inward: Any,
    outward: Any,
    n_cells: Any,
    n_shells: Any,
    g: Any,
    b: Any,
) -> None:
    """Solve ``(g I - J) b = b`` in place with the factors of ``factorize`` at the states ``y``."""
    width = 1 + 3 * n_shells
    up = 0.5 * (1.0 + k[UPWIND])
    from_behind = k[VOID_VELOCITY] * up + k[DISPERSION]
    from_ahead = k[DISPERSION] - k[VOID_VELOCITY] * (1.0 - up)
    for j in range(n_cells):
        at = j * width
        pores = at + 1
        fast = pores + n_shells
        slow = fast + n_shells
        for m in range(n_shells):
            one, two = lu[fast + m], lu[slow + m]
            total = (one - g) / one * b[fast + m] + (two - g) / two * b[slow + m]
            b[pores + m] += total * k[INVERSE_PORE]
            if m > 0:
                b[pores + m] += inward[m] / lu[pores + m - 1] * b[pores + m - 1]
        b[at] += k[BULK_FILM] / lu[fast - 1] * b[fast - 1]
        if j > 0:
            b[at] += from_behind / lu[at - width] * b[at - width]
    for j in range(n_cells - 1, -1, -1):
        at = j * width
        pores = at + 1
        fast = pores + n_shells
        slow = fast + n_shells
        if j < n_cells - 1:
            b[at] += from_ahead * b[at + width]
        b[at] /= lu[at]
        outer = k[SHELL_FILM] * b[at]
        for m in range(n_shells - 1, -1, -1):
            b[pores + m] = (b[pores + m] + outer) / lu[pores + m]
            if m > 0:
                outer = outward[m - 1] * b[pores + m]
            free_1 = k[RATE_1] * (k[CAPACITY_1] - y[fast + m])
            free_2 = k[RATE_2] * (k[CAPACITY_2] - y[slow + m])
            b[fast + m] = (b[fast + m] + free_1 * b[pores + m]) / lu[fast + m]
            b[slow + m] = (b[slow + m] + free_2 * b[pores + m]) / lu[slow + m]
    left = n_cells * width
    b[left] = (b[left] + k[VELOCITY] * b[(n_cells - 1) * width]) / g


@compiled_once(
    types.UniTuple(f8, 2)(
        *(vector, vector, vector, vector, i8, i8),
        *(f8, f8, f8, f8, i8, vector, matrix, matrix),
    )
)
def advance(
    x: Any,
    k: Any,
    inward: Any,
    outward: Any,
    n_cells: Any,
    n_shells: Any,
    until: Any,
    h: Any,
    rtol: Any,
    atol: Any,
    max_steps: Any,
    out_times: Any,
    out: Any,
    work: Any,
) -> Any:
    """Integrate from 0 to ``until`` (min) at a constant inlet.

    ``x`` ends as the final states; ``out[i]`` is the outlet concentration and what has left at
    ``out_times[i]``.  ``work`` (N_WORK x n) is scratch space.

    Returns:
        status code and the step size to go on with.
    """
    n = x.shape[0]
    outlet = (n_cells - 1) * (1 + 3 * n_shells)
    f, y, lu, stages = work[0], work[1], work[2], work[3:]
    t = 0.0
    row = 0
    is_rejected = False
    n_tried = 0
    rates(x, k, inward, outward, n_cells, n_shells, f)
    while t < until:
        if n_tried == max_steps:
            return float(TOO_MANY_STEPS), h
        n_tried += 1
        wanted = h
        is_last = t + 1.0001 * h >= until
        if is_last:
            h = until - t
        if h < 1e-13 * until and not is_last:
            return float(STEP_UNDERFLOW), h
        g = 1.0 / (h * GAMMA)
        factorize(x, k, inward, outward, n_cells, n_shells, g, lu)
        for stage in range(N_STAGES):
            b = stages[stage]
            if stage == 0:
                for i in range(n):
                    b[i] = f[i]
            else:
                for i in range(n):
                    y[i] = x[i]
                for before in range(stage):
                    weight = A[stage, before]
                    if weight != 0.0:
                        for i in range(n):
                            y[i] += weight * stages[before, i]
                rates(y, k, inward, outward, n_cells, n_shells, b)
                for before in range(stage):
                    weight = C[stage, before] / h
                    for i in range(n):
                        b[i] += weight * stages[before, i]
            solve(lu, x, k, inward, outward, n_cells, n_shells, g, b)
        total = 0.0
        for i in range(n):
            y[i] += stages[N_STAGES - 1, i]
            if i < n - 1:
                ratio = stages[N_STAGES - 1, i] / (atol + rtol * max(abs(x[i]), abs(y[i])))
                total += ratio * ratio
        error = (total / (n - 1)) ** 0.5
        if not error < np.inf:
            h *= 0.1
            is_rejected = True
            continue
        factor = min(5.0, max(0.2, 0.9 * (error + 1e-12) ** -0.25))
        if error > 1.0:
            h *= min(factor, 0.5)
            is_rejected = True
            continue
        t_end = until if is_last else t + h
        while row < out_times.shape[0] and out_times[row] <= t_end:
            s = (out_times[row] - t) / h
            for column in range(2):
                i = outlet if column == 0 else n - 1
                c2 = 0.0
                c3 = 0.0
                for stage in range(N_STAGES - 1):
                    c2 += D2[stage] * stages[stage, i]
                    c3 += D3[stage] * stages[stage, i]
                out[row, column] = x[i] * (1.0 - s) + s * (y[i] + (1.0 - s) * (c2 + s * c3))
            row += 1
        for i in range(n):
            x[i] = y[i]
        rates(x, k, inward, outward, n_cells, n_shells, f)
        t = t_end
        h *= min(factor, 1.0) if is_rejected else factor
        if is_last:
            h = max(h, wanted)
        is_rejected = False
    return float(DONE), h
