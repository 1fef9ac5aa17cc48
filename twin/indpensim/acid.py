"""Hydrogen ions: what culture, feeds, acid and base do to them."""

from __future__ import annotations

from typing import Any

from twin.indpensim.laws import larger
from twin.indpensim.parameters import END_HEAT
from twin.kinetics.model import Values

MICRO = 1.0e-6
LEAST_ACID = 1.0e-12
FOUR_WATER = 4.0e-14  # four times the ion product of water


def acidity(x: Values) -> Any:
    """[H+] (mol/L), never below pH 12's."""
    return larger(MICRO * x[6], LEAST_ACID)


def acid_slope(x: Values, u: Values, p: Values, formed: Any) -> Any:
    """Slope of [H+] (mol/L/h) while growth and production form ``formed`` (g/L/h).

    As published: the charge balance after one step of the titrants is approached within an hour.
    """
    gamma_1, gamma_2, c_titrant, titrant_step = p[END_HEAT:]
    strength = c_titrant + u[17]
    acid = acidity(x)
    charge = acid * x[4] + strength * titrant_step * (u[10] - u[9])
    charge = charge / (x[4] + titrant_step * (u[9] + u[10]))
    balanced = 0.5 * (charge + (charge * charge + FOUR_WATER) ** 0.5)
    brought = gamma_2 * (u[0] + u[1] + u[9] + u[10] - u[4] + u[5])
    return gamma_1 * formed + brought + balanced - acid
