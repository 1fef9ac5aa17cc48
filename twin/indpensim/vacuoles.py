"""Vacuoles of the hyphae, by size class (Paul & Thomas 1996, as IndPenSim has it)."""

from __future__ import annotations

from typing import Any

from twin.indpensim.parameters import END_VACUOLES
from twin.kinetics.model import Values

PI = 3.141592653589793
VACUOLES = 1.0e12
"""The number density that a state of 1 stands for (1/cm/L)."""


def dispersed(before: Any, here: Any, after: Any, p: Values) -> Any:
    """Slope of one size class of vacuoles that grow through it, by central differences."""
    _mu_v, _mu_a, _k_vac, delta_r, k_v, d_v, _r_0, _delta_0 = p[:END_VACUOLES]
    moved = -k_v * (after - before) / (2.0 * delta_r)
    return moved + d_v * (after - 2.0 * here + before) / (delta_r * delta_r)


def sphere(radius: Any) -> Any:
    """Volume of a sphere."""
    return 4.0 / 3.0 * PI * radius**3


def vacuole_volume(x: Values, p: Values) -> Any:
    """Volume of all vacuoles (cm3/L)."""
    _mu_v, _mu_a, _k_vac, delta_r, _k_v, _d_v, r_0, _delta_0 = p[:END_VACUOLES]
    total = sphere(r_0) * x[16] + sphere(r_0 + delta_r) * x[17]
    total = total + sphere(r_0 + 2.0 * delta_r) * x[18] + sphere(r_0 + 3.0 * delta_r) * x[19]
    total = total + sphere(r_0 + 4.0 * delta_r) * x[20] + sphere(r_0 + 5.0 * delta_r) * x[21]
    total = total + sphere(r_0 + 6.0 * delta_r) * x[22] + sphere(r_0 + 7.0 * delta_r) * x[23]
    return x[26] + VACUOLES * delta_r * (total + sphere(r_0 + 8.0 * delta_r) * x[24])
