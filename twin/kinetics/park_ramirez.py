"""Fed-batch yeast that secretes a foreign protein: the optimal-control problem of Park & Ramirez.

Equations and constants as printed with example 82 of the PROPT handbook (tomdyn.com), after Park &
Ramirez, AIChE J. 1988, 34(9), 1550 (the article itself recalled, not read).
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.laws import E
from twin.kinetics.model import Input, KineticsModel, Output, Parameter, State, Values

PROPT = "PROPT handbook, example 82 (Park & Ramirez 1988)"

STATES = (
    State("secreted_protein", "1/L", 0.0, "secreted protein, arbitrary units", scale=1.0),
    State("total_protein", "1/L", 0.0, "all foreign protein, arbitrary units", scale=1.0),
    State("biomass", "g/L", 0.0, "cells", scale=1.0),
    State("glucose", "g/L", 0.0, "glucose", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=1.0),
)
INPUTS = (Input("feed_rate", "L/h", 0.0, "flow of the glucose feed", 0.0, 10.0),)
PARAMETERS = (
    Parameter("mu_max", "1/h", 21.87, "growth rate constant", PROPT),
    Parameter("k_glucose", "g/L", 0.4, "glucose half constant of growth", PROPT),
    Parameter("ki_glucose", "g/L", 62.5, "glucose that inhibits growth", PROPT),
    Parameter("q_protein", "1/g/h", 1.0, "expression of protein", PROPT),
    Parameter("k_expression", "g/L", 0.1, "glucose half constant of expression", PROPT),
    Parameter("repression", "L/g", 5.0, "repression of expression by glucose", PROPT),
    Parameter("k_secretion", "1/h", 4.75, "highest secretion rate", PROPT),
    Parameter("half_secretion", "1/h", 0.12, "growth rate at half of it", PROPT),
    Parameter("glucose_per_biomass", "g/g", 7.3, "glucose taken up per biomass", PROPT),
    Parameter("feed_glucose", "g/L", 20.0, "glucose in the feed", PROPT),
)
OUTPUTS = (
    Output("mu", "1/h", "specific growth rate"),
    Output("secreted_amount", "1", "secreted protein in the vessel; what is to be made most of"),
)


def cell_rates(glucose: Any, p: Values) -> Values:
    """Growth (1/h), expression (1/g/h) and secretion (1/h)."""
    (
        mu_max,
        k_glucose,
        ki_glucose,
        q_protein,
        k_expression,
        repression,
        k_secretion,
        half_secretion,
        _glucose_per_biomass,
        _feed_glucose,
    ) = p
    mu = mu_max * glucose / ((glucose + k_glucose) * (glucose + ki_glucose))
    expression = q_protein * glucose * E ** (-repression * glucose) / (k_expression + glucose)
    return mu, expression, k_secretion * mu / (half_secretion + mu)


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    secreted, total, biomass, glucose, volume = x
    glucose_per_biomass, feed_glucose = p[8:]
    mu, expression, secretion = cell_rates(glucose, p)
    dilution = u[0] / volume
    return (
        secretion * (total - secreted) - dilution * secreted,
        expression * biomass - dilution * total,
        (mu - dilution) * biomass,
        dilution * (feed_glucose - glucose) - glucose_per_biomass * mu * biomass,
        u[0],
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu, _expression, _secretion = cell_rates(x[3], p)
    return mu, x[0] * x[4]


PARK_RAMIREZ = KineticsModel(
    name="park_ramirez",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="fed-batch yeast secreting a foreign protein, after Park & Ramirez 1988",
)
"""The model; the control problem on it is in ``known_optima``."""
