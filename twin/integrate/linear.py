"""Linear systems of a few dozen unknowns, compiled: LU with row pivoting that leaves zeros out.

Matrices are stored by columns (``a[j, i]`` is row i, column j).  A process model's Jacobian has
more zeros than not: which elements of the factors differ from zero is listed once and used by every
solution with them.  Row k of the listing, of shape (n, n + 2), holds the row that was swapped with
k, where the rows of the elements of column k below and above the diagonal end, and these rows.
A factorized matrix holds each pivot's inverse in the pivot's place: products beat divisions.
"""

from __future__ import annotations

from typing import Any

from numba import types

from twin.integrate.jit import compiled_once, index_rows, matrix, vector

LISTED = 3  # where the rows begin


@compiled_once(types.boolean(matrix, index_rows))
def factorize(a: Any, listing: Any) -> bool:
    """LU-factorize in place with row pivoting; False if singular or not a number."""
    n = a.shape[1]
    for k in range(n):
        best, largest = k, abs(a[k, k])
        for i in range(k + 1, n):
            if abs(a[k, i]) > largest:
                best, largest = i, abs(a[k, i])
        if best != k:
            for j in range(k, n):
                swapped = a[j, k]
                a[j, k] = a[j, best]
                a[j, best] = swapped
        if not abs(a[k, k]) > 0.0:
            return False
        inverse = 1.0 / a[k, k]
        a[k, k] = inverse
        end = LISTED
        for i in range(k + 1, n):
            if a[k, i] != 0.0:
                a[k, i] *= inverse
                listing[k, end] = i
                end += 1
        below = end
        listing[k, 0] = best
        listing[k, 1] = below
        for i in range(k):
            if a[k, i] != 0.0:
                listing[k, end] = i
                end += 1
        listing[k, 2] = end
        for j in range(k + 1, n):
            factor = a[j, k]
            if factor != 0.0:
                for listed in range(LISTED, below):
                    i = listing[k, listed]
                    a[j, i] -= factor * a[k, i]
    return True


@compiled_once(types.void(matrix, index_rows, vector))
def solve(a: Any, listing: Any, b: Any) -> None:
    """Solve with a factorized matrix for the right-hand side ``b``, in place."""
    n = a.shape[1]
    for k in range(n):
        best = listing[k, 0]
        known = b[best]
        if best != k:
            b[best] = b[k]
            b[k] = known
        for listed in range(LISTED, listing[k, 1]):
            i = listing[k, listed]
            b[i] -= a[k, i] * known
    for step in range(n):
        k = n - 1 - step
        known = b[k] * a[k, k]
        b[k] = known
        for listed in range(listing[k, 1], listing[k, 2]):
            i = listing[k, listed]
            b[i] -= a[k, i] * known
