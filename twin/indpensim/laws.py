"""Limits, logarithms and switches that IndPenSim uses, as arithmetic."""

from __future__ import annotations

from typing import Any

from twin.kinetics.laws import E

SHORT = 1.0e-4
SATURATED = 30.0


def larger(a: Any, b: Any) -> Any:
    """The larger of two numbers, exactly."""
    return 0.5 * (a + b + ((a - b) * (a - b)) ** 0.5)


def logarithm(c: Any) -> Any:
    """Natural logarithm by powers; off by less than 2e-10 for 1e-12 < c < 1e12."""
    power = c**SHORT
    sine = (power - 1.0 / power) / (2.0 * SHORT)
    return sine * (1.0 - (SHORT * sine) ** 2 / 6.0)


def above(c: Any, limit: Any) -> Any:
    """Switch ``(1 + tanh(c - limit)) / 2``, its argument kept within +-30 (1e-26 from the end)."""
    off = larger(c - limit, -SATURATED)
    off = -larger(-off, -SATURATED)
    return 1.0 / (1.0 + E ** (-2.0 * off))
