"""Fed-batch penicillin after Bajpai & Reuss: the optimal-control problem of Cuthrell & Biegler.

Equations and constants of case III of Cuthrell & Biegler, Comput. Chem. Eng. 1989, 13, 49 (the
article recalled, not read), from two public solutions of it: JModelica's examples and DT-QP.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.laws import saturation
from twin.kinetics.model import Input, KineticsModel, Output, Parameter, State, Values

CASE_III = "Cuthrell & Biegler 1989, case III, as in JModelica's examples and DT-QP"
TINY = 1.0e-12

STATES = (
    State("biomass", "g/L", 0.0, "mould", scale=10.0),
    State("product", "g/L", 0.0, "penicillin (the titer)", scale=1.0),
    State("substrate", "g/L", 0.0, "glucose", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=1.0),
)
INPUTS = (Input("feed_rate", "g/h", 0.0, "substrate fed, as mass", 0.0, 500.0),)
PARAMETERS = (
    Parameter("mu_max", "1/h", 0.11, "highest growth rate", CASE_III),
    Parameter("k_contois", "g/g", 0.006, "Contois constant of growth", CASE_III),
    Parameter("q_product", "1/h", 0.0055, "penicillin formation", CASE_III),
    Parameter("k_product", "g/L", 0.0001, "substrate half constant of formation", CASE_III),
    Parameter("inhibition_product", "L/g", 10.0, "inhibition of formation", CASE_III),
    Parameter("k_decay", "1/h", 0.01, "hydrolysis of penicillin", CASE_III),
    Parameter("y_biomass", "g/g", 0.47, "biomass per substrate", CASE_III),
    Parameter("y_product", "g/g", 1.2, "penicillin per substrate", CASE_III),
    Parameter("maintenance", "1/h", 0.029, "substrate for maintenance", CASE_III),
    Parameter("k_maintenance", "g/L", 0.0001, "substrate half constant of that", CASE_III),
    Parameter("feed_substrate", "g/L", 500.0, "substrate in the feed", CASE_III),
)
OUTPUTS = (
    Output("mu", "1/h", "specific growth rate"),
    Output("product_amount", "g", "penicillin in the vessel; what is to be made most of"),
)


def cell_rates(x: Values, p: Values) -> Values:
    """Growth (1/h), formation of penicillin and substrate for maintenance (g/g/h)."""
    biomass, _product, substrate, _volume = x
    (
        mu_max,
        k_contois,
        q_product,
        k_product,
        inhibition_product,
        _k_decay,
        _y_biomass,
        _y_product,
        maintenance,
        k_maintenance,
        _feed_substrate,
    ) = p
    inhibited = k_product + substrate * (1.0 + inhibition_product * substrate)
    return (
        mu_max * saturation(substrate, k_contois * biomass + TINY),
        q_product * substrate / inhibited,
        maintenance * saturation(substrate, k_maintenance),
    )


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    biomass, product, substrate, volume = x
    k_decay, y_biomass, y_product = p[5:8]
    feed_substrate = p[10]
    mu, formation, upkeep = cell_rates(x, p)
    dilution = u[0] / (feed_substrate * volume)
    uptake = mu / y_biomass + formation / y_product + upkeep
    return (
        (mu - dilution) * biomass,
        formation * biomass - (k_decay + dilution) * product,
        dilution * (feed_substrate - substrate) - uptake * biomass,
        dilution * volume,
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu, _formation, _upkeep = cell_rates(x, p)
    return mu, x[1] * x[3]


BAJPAI_REUSS = KineticsModel(
    name="bajpai_reuss",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="fed-batch penicillin, Bajpai & Reuss kinetics as in Cuthrell & Biegler 1989",
)
"""The model; the control problem on it is in ``known_optima``."""
