"""Writes out Gaussian elimination for one model's pattern of zeros, as straight-line assignments.

Which derivatives of a model are always zero is known before anything is computed, and so is every
operation of the elimination.  Rows are not exchanged: a matrix for which they should be is
reported, and the integrator then takes the general way of ``twin.integrate.linear``.
"""

from __future__ import annotations

Pattern = set[tuple[int, int]]

MOST_OPERATIONS = 1000  # beyond that the general way costs less than compiling
SMALLEST_SHARE = 1.0e-3  # of a column's largest element that its pivot must have


def filled(pattern: Pattern, n: int) -> Pattern:
    """The elements (row, column) of the factors that aren't zero, diagonal included."""
    full = pattern | {(k, k) for k in range(n)}
    for k in range(n):
        below = [i for i in range(k + 1, n) if (i, k) in full]
        right = [j for j in range(k + 1, n) if (k, j) in full]
        full |= {(i, j) for i in below for j in right}
    return full


def n_operations(full: Pattern, n: int) -> int:
    """Multiplications of one elimination."""
    return sum(
        sum((i, k) in full for i in range(k + 1, n))
        * (1 + sum((k, j) in full for j in range(k, n)))
        for k in range(n)
    )


def factorize_text(name: str, pattern: Pattern, full: Pattern, n: int) -> str:
    """Definition of ``name(t, x, u, p, result)``: factors of ``t`` times identity less ``x``.

    Matrices are flat and stored by columns, with each pivot's inverse in the pivot's place; element
    ``n * n`` of ``result`` becomes 1 if rows should have been exchanged, else 0.
    """
    lines = [f"def {name}(t, x, u, p, result):", "    is_weak = False"]
    for i, j in sorted(full, key=lambda place: (place[1], place[0])):
        taken = f" - x[{j * n + i}]" if (i, j) in pattern else ""
        lines.append(f"    a{i}_{j} = {'t' if i == j else '0.0'}{taken}")
    for k in range(n):
        below = [i for i in range(k + 1, n) if (i, k) in full]
        right = [j for j in range(k + 1, n) if (k, j) in full]
        if below:
            least = " and ".join(f"size >= {SMALLEST_SHARE} * abs(a{i}_{k})" for i in below)
            lines += [
                f"    size = abs(a{k}_{k})",
                f"    if not ({least}):",
                "        is_weak = True",
            ]
        lines.append(f"    a{k}_{k} = 1.0 / a{k}_{k}")
        lines += [f"    a{i}_{k} = a{i}_{k} * a{k}_{k}" for i in below]
        lines += [f"    a{i}_{j} = a{i}_{j} - a{i}_{k} * a{k}_{j}" for j in right for i in below]
    lines += [f"    result[{j * n + i}] = a{i}_{j}" for i, j in sorted(full)]
    lines.append(f"    result[{n * n}] = 1.0 if is_weak else 0.0")
    return "\n".join(lines) + "\n"


def solve_text(name: str, full: Pattern, n: int) -> str:
    """Definition of ``name(t, x, u, p, result)``: solves in place, with factors ``x``."""
    lines = [f"def {name}(t, x, u, p, result):"]
    for i in range(n):
        known = "".join(f" - x[{j * n + i}] * b{j}" for j in range(i) if (i, j) in full)
        lines.append(f"    b{i} = result[{i}]{known}")
    for i in reversed(range(n)):
        known = "".join(f" - x[{j * n + i}] * b{j}" for j in range(i + 1, n) if (i, j) in full)
        lines.append(f"    b{i} = (b{i}{known}) * x[{i * n + i}]")
    lines += [f"    result[{i}] = b{i}" for i in range(n)]
    return "\n".join(lines) + "\n"
