"""One kind of culture that a vessel can run: its program, its model, and what probes see of it.

A vessel knows nothing of organisms; it runs whatever processes it is given, and its probes read
through `seen`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from twin.device import Floats, Program, Task
from twin.kinetics.model import KineticsModel, UnknownName

if TYPE_CHECKING:
    from twin.plant.bioreactor import Bioreactor
    from twin.plant.culture import Culture

DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Truth:
    """True values along rows of the sampling grid: states, inputs and outputs of the model."""

    values: Mapping[str, Floats]
    age_day: Floats

    def __getitem__(self, name: str) -> Floats:
        return self.values[name]


Seen = Callable[[Truth], Floats]


@dataclass(frozen=True, slots=True)
class Process:
    """A kind of culture.

    Attributes:
        program: what the vessel publishes.
        run: the program's steps, `run(vessel, task)`; it begins a culture of `model`.
        model: the kinetics.
        seen: by signal, what a perfect probe would show.
        loops: by signal, the input of the model that the local loop of that signal sets.
    """

    program: Program
    run: Callable[[Bioreactor, Task], Generator[simpy.Event, Any, None]]
    model: KineticsModel
    seen: Mapping[str, Seen]
    loops: Mapping[str, str]

    def truth(self, culture: Culture, times_s: Floats, x: Floats, u: Floats) -> Truth:
        """Return the truth along recorded rows, each value (n,)."""
        values = {state.name: x[:, i] for i, state in enumerate(self.model.states)}
        values |= {one.name: u[:, i] for i, one in enumerate(self.model.inputs)}
        values |= culture.derived(times_s, x, u)
        return Truth(values, (times_s - culture.start_s) / DAY_S)


def seen_as(model: KineticsModel, name: str, scale: float = 1.0) -> Seen:
    """Return how a probe sees a state, input or output of a model, times `scale`.

    Raises:
        UnknownName: the model has none of that name.
    """
    known = {one.name for group in (model.states, model.inputs, model.outputs) for one in group}
    if name not in known:
        raise UnknownName(f"model {model.name!r}", "state, input or output", name, known)
    return lambda truth: np.asarray(truth[name] * scale)
