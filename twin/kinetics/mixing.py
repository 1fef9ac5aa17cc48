"""Mixes a liquid into a culture at once (a bolus): an exact mass balance, for any model.

States per volume (a unit that ends in "/L") are diluted and added to; all others stay as they are.
"""

from __future__ import annotations

import math
from functools import cache

from twin.kinetics.model import KineticsModel, OutOfBounds, UnknownName, Values

VOLUME = "volume"


@cache
def solutes_of(model: KineticsModel) -> frozenset[str]:
    """Names of the states that a liquid dilutes."""
    return frozenset(state.name for state in model.states if state.unit.endswith("/L"))


def with_added(model: KineticsModel, x: Values, volume_l: float, **concentrations: float) -> Values:
    """Return the states after mixing in `volume_l` of a liquid.

    What the liquid holds is given per state name in that state's unit (``glucose=2500.0``).

    Raises:
        UnknownName: the model has no volume, or no state of that name that a liquid dilutes.
        OutOfBounds: a negative volume or concentration.
    """
    solutes = solutes_of(model)
    if not volume_l >= 0.0:
        raise OutOfBounds(model.name, "liquid", "volume_l", volume_l, "L", 0.0, math.inf)
    for name, value in concentrations.items():
        if name not in solutes:
            raise UnknownName(f"a liquid added to {model.name!r}", "solute", name, solutes)
        if not value >= 0.0:
            unit = model.states[model.state_index(name)].unit
            raise OutOfBounds(model.name, "liquid", name, value, unit, 0.0, math.inf)
    i_volume = model.state_index(VOLUME)
    before = x[i_volume]
    after = before + volume_l
    mixed = [
        (value * before + concentrations.get(state.name, 0.0) * volume_l) / after
        if state.name in solutes
        else value
        for state, value in zip(model.states, x, strict=True)
    ]
    mixed[i_volume] = after
    return tuple(mixed)
