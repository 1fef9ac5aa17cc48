"""What is done to a culture and when: inputs that hold for an interval, and liquids added at once.

A schedule is data, so that compiled code can follow it from beginning to end, alone or for
thousands of runs.  A bolus mixes in as in ``twin.kinetics.mixing``, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from twin.kinetics.mixing import VOLUME, solutes_of
from twin.kinetics.model import KineticsModel, UnknownName

Array = NDArray[np.float64]


class WrongSchedule(ValueError):
    """Events out of the schedule's time, or volumes that are no volumes."""


@dataclass(frozen=True, slots=True)
class Event:
    """What changes at one moment.

    Attributes:
        t_h: when, hours.
        bolus_l: volume of liquid mixed in at once, L.
        holds: what the liquid holds, by state name in that state's unit.
        inputs: inputs that change, by name; they hold until changed again.
    """

    t_h: float
    bolus_l: float = 0.0
    holds: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Intervals between events, n of them; each begins with its bolus.

    Attributes:
        model: what the numbers below belong to.
        times_h: where the intervals begin and the last one ends, (n + 1,).
        inputs: of each interval, (n, n_inputs).
        bolus_l: volume mixed in at its beginning, 0 if none, (n,).
        holds: what that liquid holds of each state, (n, n_states).
    """

    model: KineticsModel
    times_h: Array
    inputs: Array
    bolus_l: Array
    holds: Array


def schedule_of(
    model: KineticsModel,
    t0_h: float,
    t1_h: float,
    inputs: Sequence[float],
    events: Sequence[Event] = (),
) -> Schedule:
    """Lay out events between ``t0_h`` and ``t1_h``; ``inputs`` hold until the first change.

    Each event begins an interval, so events at the same moment follow each other as given.

    Raises:
        WrongSchedule: an event isn't within the time, or a volume is negative or not a number.
        UnknownName: an input, a solute or a volume that the model doesn't have.
    """
    solutes = solutes_of(model)
    numbers = {one.name: i for i, one in enumerate(model.inputs)}
    ordered = sorted(events, key=lambda event: event.t_h)
    for event in ordered:
        if not t0_h <= event.t_h < t1_h:
            raise WrongSchedule(
                f"an event at {event.t_h!r} h, but the schedule goes from {t0_h!r} to {t1_h!r} h"
            )
        if not 0.0 <= event.bolus_l < np.inf:
            raise WrongSchedule(
                f"a bolus of {event.bolus_l!r} L at {event.t_h!r} h; a volume is 0 or more"
            )
    n = len(ordered) + 1
    rows = np.tile(np.array(inputs, float), (n, 1))
    bolus_l = np.zeros(n)
    holds = np.zeros((n, model.n_states))
    for k, event in enumerate(ordered, start=1):
        for name, value in event.inputs.items():
            if name not in numbers:
                raise UnknownName(f"a schedule of {model.name!r}", "input", name, numbers)
            rows[k:, numbers[name]] = value
        for name, value in event.holds.items():
            if name not in solutes:
                raise UnknownName(f"a liquid added to {model.name!r}", "solute", name, solutes)
            holds[k, model.state_index(name)] = value
        if event.bolus_l > 0.0:
            model.state_index(VOLUME)  # raises if there is none to mix into
        bolus_l[k] = event.bolus_l
    times_h = np.array([t0_h, *(event.t_h for event in ordered), t1_h])
    return Schedule(model, times_h, rows, bolus_l, holds)


@cache
def mixing_places(model: KineticsModel) -> tuple[Array, int]:
    """Which states a bolus dilutes (1 or 0 each), and where the volume stands (-1: no volume)."""
    solutes = solutes_of(model)
    names = [state.name for state in model.states]
    diluted = np.array([float(name in solutes) for name in names])
    return diluted, names.index(VOLUME) if VOLUME in names else -1
