"""The small laws that rate equations are made of, as plain arithmetic.

Every function here may be called with floats, arrays or symbolic expressions, and is inlined when
a model is compiled.  They are smooth, so that a controller can differentiate through them.
"""

from __future__ import annotations

from typing import Any

E = 2.718281828459045
REFERENCE_TEMPERATURE = 37.0
SHIFTED_TEMPERATURE = 33.0


def saturation(c: Any, k: Any) -> Any:
    """Monod term ``c / (k + c)``: 0 without substrate, 1 with plenty, 1/2 at ``k``."""
    return c / (k + c)


def saturation2(c: Any, k: Any) -> Any:
    """Steeper saturation ``c^2 / (k^2 + c^2)``: close to 1 sooner above ``k``."""
    return c * c / (k * k + c * c)


def inhibition(c: Any, k: Any) -> Any:
    """Hyperbolic inhibition ``k / (k + c)``: 1 without inhibitor, 1/2 at ``k``."""
    return k / (k + c)


def depletion2(c: Any, k: Any) -> Any:
    """What is missing, ``k^2 / (k^2 + c^2)``: 1 when ``c`` is gone, close to 0 above ``k``."""
    return k * k / (k * k + c * c)


def falling(c: Any, half: Any, width: Any) -> Any:
    """Logistic fall from 1 to 0 around ``half``, over a few ``width``."""
    return 1.0 / (1.0 + E ** ((c - half) / width))


def bell(c: Any, center: Any, width: Any, floor: Any) -> Any:
    """Gaussian bell with height 1 at ``center`` that never falls below ``floor``."""
    return floor + (1.0 - floor) * E ** (-0.5 * ((c - center) / width) ** 2)


def on_cooling(temperature: Any, factor_per_4c: Any) -> Any:
    """Multiplier that is 1 at 37 degC and ``factor_per_4c`` at 33 degC."""
    return factor_per_4c ** (
        (REFERENCE_TEMPERATURE - temperature) / (REFERENCE_TEMPERATURE - SHIFTED_TEMPERATURE)
    )


def positive_part(c: Any) -> Any:
    """Smooth ``max(c, 0)``: off by at most 5e-5 at zero and 2.5e-9 at one."""
    return 0.5 * (c + (c * c + 1.0e-8) ** 0.5)


def positive_difference(a: Any, b: Any) -> Any:
    """Smooth ``max(a - b, 0)`` of two non-negative numbers that is exactly 0 when ``a`` is 0.

    Off by at most ``b / 10`` (where ``a = b``), by 2 % of ``b`` at ``a = 2 b``.
    """
    return 0.5 * (a - b + ((a - b) ** 2 + 0.04 * a * b) ** 0.5)
