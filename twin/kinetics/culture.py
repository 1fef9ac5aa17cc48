"""Starts a CHO fed-batch culture: state and parameter vectors from named things.

The seed culture that an inoculum is taken from is an assumption.
"""

from __future__ import annotations

import math

from twin.kinetics.cho_fedbatch import AIR_OXYGEN_PRESSURE, CHO_FEDBATCH, oxygen_solubility
from twin.kinetics.cho_parameters import STATES
from twin.kinetics.clones import Clone
from twin.kinetics.media import Medium
from twin.kinetics.model import OutOfBounds

VIABILITY_AT_START = 0.97
LEAST_VOLUME_L = 1e-3  # to start with, assumption
SEED_CULTURE = {
    "viable_cells": 6.0,
    "glucose": 10.0,
    "glutamine": 0.5,
    "lactate": 25.0,
    "ammonia": 6.0,
    "ions": 250.0,
}
"""The culture that the inoculum comes from; its spent medium comes along."""


class TooDense(ValueError):
    """A culture can't be inoculated to that cell density."""

    def __init__(self, viable_cells: float) -> None:
        super().__init__(
            f"seeding to {viable_cells!r} 1e9 cells/L is not possible; must be between 0 and "
            f"{SEED_CULTURE['viable_cells']} (the density of the seed culture)"
        )


def initial_state(
    medium: Medium,
    *,
    viable_cells: float,
    volume_l: float,
    temperature: float = 37.0,
    ph: float = 7.0,
) -> tuple[float, ...]:
    """The states right after inoculation to ``viable_cells`` (1e9/L, the same as 1e6/mL).

    The inoculum replaces its share of the medium: more cells bring more spent medium.  The vessel
    starts air-saturated.

    Raises:
        TooDense: more cells per volume than the seed culture holds.
        OutOfBounds: less than ``LEAST_VOLUME_L``, or a temperature or pH below its state's ``low``.
        ValueRefused: a value is not a finite number.
    """
    share = viable_cells / SEED_CULTURE["viable_cells"]
    if not 0.0 <= share <= 1.0:
        raise TooDense(viable_cells)
    if volume_l < LEAST_VOLUME_L:
        raise OutOfBounds(
            CHO_FEDBATCH.name, "start", "volume_l", volume_l, "L", LEAST_VOLUME_L, math.inf
        )

    def mixed(name: str, in_medium: float) -> float:
        return share * SEED_CULTURE[name] + (1.0 - share) * in_medium

    values = {
        "viable_cells": viable_cells,
        "dead_cells": viable_cells * (1.0 / VIABILITY_AT_START - 1.0),
        "glucose": mixed("glucose", medium.glucose),
        "glutamine": mixed("glutamine", medium.glutamine),
        "lactate": mixed("lactate", 0.0),
        "ammonia": mixed("ammonia", 0.0),
        "product": 0.0,
        "ions": mixed("ions", medium.ions),
        "oxygen": oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE),
        "temperature": temperature,
        "ph": ph,
        "volume": volume_l,
        "base_added": 0.0,
        "contaminant": 0.0,
    }
    return CHO_FEDBATCH.start_with([values[state.name] for state in STATES])


def parameters_for(
    clone: Clone,
    medium: Medium,
    *,
    growth: float = 1.0,
    productivity: float = 1.0,
    **overrides: float,
) -> tuple[float, ...]:
    """Parameter vector of a clone in a medium.

    ``growth`` and ``productivity`` are further multipliers (between-run variability); ``overrides``
    replace single parameters last.  Raises UnknownName and ValueRefused.
    """
    named = {
        **clone.overrides,
        "growth_multiplier": medium.growth * growth,
        "productivity_multiplier": medium.productivity * productivity,
        **overrides,
    }
    return CHO_FEDBATCH.parameters_with(**named)
