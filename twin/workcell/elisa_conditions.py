"""How incubation time, temperature and conjugate dilution make the curve of a sandwich ELISA.

Binding to the coat goes towards equilibrium with k_obs = k_on C + k_off. Half of the coat is
taken at C = K_d after long, and at C = ln 2 / (k_on t) after short incubation; the sum of both is
used in between (assumption). k_on follows Arrhenius, K_d rises with temperature, the coat loses
activity when hot, and unspecific binding of the conjugate grows with time, temperature and
conjugate: the background. So sensitivity and background pull in different directions, which is
what an assay-development campaign has to balance.

The forms are standard (recalled); **every number here is an assumption** of the usual order of
magnitude for an IgG sandwich assay with peroxidase.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.workcell.logistic4 import Logistic4

GAS_CONSTANT = 8.314  # J/mol/K
REFERENCE_K = 298.15
IGG_G_PER_MOL = 150_000.0

ON_RATE = 4.0e5  # 1/M/s at 25 degC
ON_ENERGY = 40_000.0  # J/mol
DISSOCIATION_M = 1.0e-10  # at 25 degC
BINDING_HEAT = 50_000.0  # J/mol released
COAT_LOSS_PER_H = 0.01  # at 25 degC
COAT_LOSS_ENERGY = 150_000.0  # J/mol
TOP_OD = 4.8  # with all conjugate one could add
CONJUGATE_HALF = 4000.0  # dilution at which half of that is reached
BACKGROUND_OD = 0.045  # of plate and substrate
UNSPECIFIC_OD_PER_H = 0.06  # at 25 degC and a conjugate dilution of 4000
UNSPECIFIC_ENERGY = 60_000.0  # J/mol
HILL_SLOPE = 1.1


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is chosen for a run: minutes, degC, and 1 part of conjugate in so many."""

    incubation_min: float
    temperature_c: float
    conjugate_dilution: float


def _arrhenius(energy: float, temperature_c: float) -> float:
    """Return the factor relative to 25 degC."""
    return math.exp(energy / GAS_CONSTANT * (1.0 / REFERENCE_K - 1.0 / (temperature_c + 273.15)))


def true_curve(conditions: Conditions) -> Logistic4:
    """Return the plate's curve under the conditions: absorbance over concentration in g/L."""
    t, hours = conditions.temperature_c, conditions.incubation_min / 60.0
    on_rate = ON_RATE * _arrhenius(ON_ENERGY, t)
    dissociation = DISSOCIATION_M * _arrhenius(BINDING_HEAT, t)
    ec50_m = dissociation + math.log(2.0) / (on_rate * hours * 3600.0)
    coat = math.exp(-COAT_LOSS_PER_H * _arrhenius(COAT_LOSS_ENERGY, t) * hours)
    conjugate = CONJUGATE_HALF / conditions.conjugate_dilution
    span = TOP_OD * coat * conjugate / (1.0 + conjugate)
    unspecific = UNSPECIFIC_OD_PER_H * _arrhenius(UNSPECIFIC_ENERGY, t) * hours * conjugate
    bottom = BACKGROUND_OD + unspecific
    return Logistic4(bottom, bottom + span, ec50_m * IGG_G_PER_MOL, HILL_SLOPE)
