"""Fed-batch penicillin with a cap on biomass: the optimal-control problem of Srinivasan et al.

Equations and constants of Srinivasan, Palanki & Bonvin, Comput. Chem. Eng. 2003, 27, 1 (the article
recalled, not read), from do-mpc's example ``batch_reactor`` and the PROPT handbook.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.laws import saturation
from twin.kinetics.model import Input, KineticsModel, Output, Parameter, State, Values

PRINTED = "Srinivasan et al. 2003, as in do-mpc's batch_reactor and the PROPT handbook"

STATES = (
    State("biomass", "g/L", 0.0, "mould", scale=1.0),
    State("substrate", "g/L", 0.0, "glucose", scale=1.0),
    State("product", "g/L", 0.0, "penicillin (the titer)", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=100.0),
)
INPUTS = (Input("feed_rate", "L/h", 0.0, "flow of the substrate feed", 0.0, 10.0),)
PARAMETERS = (
    Parameter("mu_max", "1/h", 0.02, "growth rate constant", PRINTED),
    Parameter("k_substrate", "g/L", 0.05, "substrate half constant of growth", PRINTED),
    Parameter("ki_substrate", "g/L", 5.0, "substrate that inhibits growth", PRINTED),
    Parameter("q_product", "1/h", 0.004, "penicillin formation", PRINTED),
    Parameter("y_biomass", "g/g", 0.5, "biomass per substrate", PRINTED),
    Parameter("y_product", "g/g", 1.2, "penicillin per substrate", PRINTED),
    Parameter("feed_substrate", "g/L", 200.0, "substrate in the feed", PRINTED),
    Parameter(
        "k_formation",
        "g/L",
        1.0e-8,
        "substrate that halves penicillin formation",
        "assumption: as printed, formation needs no substrate and drives it below zero",
    ),
)
OUTPUTS = (Output("mu", "1/h", "specific growth rate"),)


def cell_rates(substrate: Any, p: Values) -> Values:
    """Growth (1/h) and formation of penicillin (g/g/h)."""
    (
        mu_max,
        k_substrate,
        ki_substrate,
        q_product,
        _y_biomass,
        _y_product,
        _feed_substrate,
        k_formation,
    ) = p
    inhibited = k_substrate + substrate + substrate * substrate / ki_substrate
    return mu_max * substrate / inhibited, q_product * saturation(substrate, k_formation)


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    biomass, substrate, product, volume = x
    y_biomass, y_product, feed_substrate = p[4:7]
    mu, formation = cell_rates(substrate, p)
    dilution = u[0] / volume
    uptake = mu / y_biomass + formation / y_product
    return (
        (mu - dilution) * biomass,
        dilution * (feed_substrate - substrate) - uptake * biomass,
        formation * biomass - dilution * product,
        u[0],
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu, _formation = cell_rates(x[1], p)
    return (mu,)


SRINIVASAN = KineticsModel(
    name="srinivasan",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="fed-batch penicillin with a cap on biomass, after Srinivasan et al. 2003",
)
"""The model; the control problem on it is in ``known_optima``."""
