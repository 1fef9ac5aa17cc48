"""Dense linear systems of a few dozen unknowns, compiled: LU with row pivoting.

Matrices are stored by columns (``a[j, i]`` is row i, column j), so that every inner loop runs along
memory; factors that are zero are left out, as a process model's Jacobian has more of them than not.
"""

from __future__ import annotations

from typing import Any

from numba import types

from twin.integrate.jit import compiled_once, indices, matrix


@compiled_once(types.boolean(matrix, indices))
def factorize(a: Any, pivots: Any) -> bool:
    """LU-factorize in place with row pivoting; False if singular or not a number."""
    n = a.shape[0]
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(a[k, i]) > abs(a[k, best]):
                best = i
        pivots[k] = best
        if best != k:
            for j in range(n):
                swapped = a[j, k]
                a[j, k] = a[j, best]
                a[j, best] = swapped
        pivot = a[k, k]
        if not abs(pivot) > 0.0:
            return False
        n_below = 0  # their rows are listed in the part of ``pivots`` that is not in use yet
        for i in range(k + 1, n):
            if a[k, i] != 0.0:
                a[k, i] /= pivot
                n_below += 1
                pivots[k + n_below] = i
        for j in range(k + 1, n):
            factor = a[j, k]
            if factor != 0.0:
                for listed in range(n_below):
                    i = pivots[k + 1 + listed]
                    a[j, i] -= factor * a[k, i]
    return True


@compiled_once(types.void(matrix, indices, matrix, types.int64))
def solve(a: Any, pivots: Any, b: Any, row: Any) -> None:
    """Solve with a factorized matrix for the right-hand side in one row of ``b``, in place."""
    n = a.shape[0]
    for k in range(n):
        best = pivots[k]
        swapped = b[row, k]
        b[row, k] = b[row, best]
        b[row, best] = swapped
    for j in range(n):
        known = b[row, j]
        if known != 0.0:
            for i in range(j + 1, n):
                b[row, i] -= a[j, i] * known
    for k in range(n):
        j = n - 1 - k
        known = b[row, j] / a[j, j]
        b[row, j] = known
        if known != 0.0:
            for i in range(j):
                b[row, i] -= a[j, i] * known
