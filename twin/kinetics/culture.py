"""Starts and feeds a CHO fed-batch culture: state and parameter vectors from named things.

The states right after inoculation are assumptions (an inoculum brings a little lactate and ammonia
and is 97 % viable); mixing a liquid in is an exact mass balance.
"""

from __future__ import annotations

from twin.kinetics.cho_fedbatch import AIR_OXYGEN_PRESSURE, CHO_FEDBATCH, oxygen_solubility
from twin.kinetics.cho_parameters import STATES
from twin.kinetics.clones import Clone
from twin.kinetics.media import Medium
from twin.kinetics.model import UnknownName, Values

VIABILITY_AT_START = 0.97
LACTATE_AT_START_MM = 1.0
AMMONIA_AT_START_MM = 0.5

NOT_DILUTED = frozenset({"oxygen", "temperature", "ph", "volume", "base_added"})
_VOLUME = CHO_FEDBATCH.state_index("volume")
_DILUTED = tuple(state.name for state in STATES if state.name not in NOT_DILUTED)


def initial_state(
    medium: Medium,
    *,
    viable_cells: float,
    volume_l: float,
    temperature: float = 37.0,
    ph: float = 7.0,
) -> tuple[float, ...]:
    """The states right after inoculation: ``viable_cells`` in 1e9/L (1e6/mL), air-saturated."""
    values = {
        "viable_cells": viable_cells,
        "dead_cells": viable_cells * (1.0 / VIABILITY_AT_START - 1.0),
        "glucose": medium.glucose,
        "glutamine": medium.glutamine,
        "lactate": LACTATE_AT_START_MM,
        "ammonia": AMMONIA_AT_START_MM,
        "product": 0.0,
        "ions": medium.ions,
        "oxygen": oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE),
        "temperature": temperature,
        "ph": ph,
        "volume": volume_l,
        "base_added": 0.0,
        "contaminant": 0.0,
    }
    return tuple(values[state.name] for state in STATES)


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


def with_added(x: Values, volume_l: float, **concentrations: float) -> Values:
    """The states after mixing in ``volume_l`` of a liquid at once (a bolus).

    What the liquid holds is given per state name in that state's unit (``glucose=2500.0``); every
    other solute and the cells are diluted.  Temperature, pH and oxygen stay as they are.

    Raises:
        UnknownName: a concentration is given for something a liquid does not dilute.
    """
    for name in concentrations:
        if name not in _DILUTED:
            raise UnknownName("a liquid added to the culture", "solute", name, _DILUTED)
    before = x[_VOLUME]
    after = before + volume_l
    mixed = list(x)
    for position, state in enumerate(STATES):
        if state.name in _DILUTED:
            held = concentrations.get(state.name, 0.0)
            mixed[position] = (x[position] * before + held * volume_l) / after
    mixed[_VOLUME] = after
    return tuple(mixed)
