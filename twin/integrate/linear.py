"""Dense linear systems of a few dozen unknowns, compiled: LU with row pivoting."""

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
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        pivots[k] = best
        if best != k:
            for j in range(n):
                swapped = a[k, j]
                a[k, j] = a[best, j]
                a[best, j] = swapped
        pivot = a[k, k]
        if not abs(pivot) > 0.0:
            return False
        for i in range(k + 1, n):
            factor = a[i, k] / pivot
            a[i, k] = factor
            if factor != 0.0:
                for j in range(k + 1, n):
                    a[i, j] -= factor * a[k, j]
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
    for i in range(n):
        total = b[row, i]
        for j in range(i):
            total -= a[i, j] * b[row, j]
        b[row, i] = total
    for k in range(n):
        i = n - 1 - k
        total = b[row, i]
        for j in range(i + 1, n):
            total -= a[i, j] * b[row, j]
        b[row, i] = total / a[i, i]
