"""Optimal-control problems whose optimum is known, as data for controllers and their tests.

A problem is a model, its initial state, bounds, a horizon and what is to be made most of at its
end.  Known optima are quoted with their origin; a controller's result counts only after its inputs
have been integrated again, because a discretised solution overstates what a jumping feed reaches.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from twin.kinetics.bajpai_reuss import BAJPAI_REUSS
from twin.kinetics.model import KineticsModel, Values
from twin.kinetics.park_ramirez import PARK_RAMIREZ
from twin.kinetics.srinivasan import SRINIVASAN

Bounds = Mapping[str, tuple[float, float]]
RECOMPUTED = "Radau collocation with piecewise constant feed, integrated again with LSODA"


class ProblemInvalid(ValueError):
    """A control problem's parts contradict each other; says which problem and which part."""

    def __init__(self, problem: str, what: str) -> None:
        super().__init__(f"control problem {problem!r}: {what}")
        self.problem = problem
        self.what = what


@dataclass(frozen=True, slots=True, eq=False)
class OptimalControlProblem:
    """Maximise the product of some final states over bounded inputs on a fixed horizon.

    ``maximise`` names the final states that are multiplied (a titer, or titer and volume).  Inputs
    lie within ``input_bounds`` at all times, states within ``state_bounds``; a state not named
    there is bounded by its own ``low`` only.  ``known_optimum`` is the best objective known, found
    as ``source`` says, ``to_beat`` what the simple policy ``to_beat_by`` reaches.

    Raises:
        UnknownName: a state or input is named that the model doesn't have.
        ProblemInvalid: lengths, numbers or bounds contradict each other.
    """

    name: str
    model: KineticsModel
    x0: tuple[float, ...]
    horizon_h: float
    input_bounds: Bounds
    state_bounds: Bounds
    maximise: tuple[str, ...]
    objective_unit: str
    known_optimum: float
    source: str
    to_beat: float
    to_beat_by: str

    def __post_init__(self) -> None:
        if len(self.x0) != self.model.n_states:
            raise ProblemInvalid(
                self.name, f"x0 has {len(self.x0)} numbers for {self.model.n_states} states"
            )
        if not (math.isfinite(self.horizon_h) and self.horizon_h > 0.0):
            raise ProblemInvalid(self.name, "the horizon must be positive")
        if not self.maximise:
            raise ProblemInvalid(self.name, "no state to maximise is named")
        for state in self.maximise:
            self.model.state_index(state)
        if set(self.input_bounds) != {entry.name for entry in self.model.inputs}:
            for name in self.input_bounds:
                self.model.input_index(name)
            raise ProblemInvalid(self.name, "every input needs bounds")
        for name, (low, high) in [*self.input_bounds.items(), *self.state_bounds.items()]:
            if not low < high:
                raise ProblemInvalid(self.name, f"{name!r}: {low!r} is not below {high!r}")
        for name, (low, high) in self.state_bounds.items():
            start = self.x0[self.model.state_index(name)]
            if not low <= start <= high:
                raise ProblemInvalid(
                    self.name, f"{name!r} starts at {start!r}, outside {low!r} .. {high!r}"
                )
        if not self.to_beat < self.known_optimum:
            raise ProblemInvalid(self.name, "the known optimum is not above what is to be beaten")

    def objective(self, x_final: Values) -> Any:
        """What is to be made most of, from the final states (numbers or expressions)."""
        value: Any = 1.0
        for state in self.maximise:
            value = value * x_final[self.model.state_index(state)]
        return value


SECRETED_PROTEIN = OptimalControlProblem(
    name="secreted_protein",
    model=PARK_RAMIREZ,
    x0=(0.0, 0.0, 1.0, 5.0, 1.0),
    horizon_h=15.0,
    input_bounds=MappingProxyType({"feed_rate": (0.0, 2.0)}),
    state_bounds=MappingProxyType({}),
    maximise=("secreted_protein", "volume"),
    objective_unit="1",
    known_optimum=32.691,
    source=f"{RECOMPUTED}, 120 intervals; literature 32.68 .. 32.69 (recalled)",
    to_beat=28.788,
    to_beat_by="the best constant feed, 0.609 L/h",
)
"""Park & Ramirez; the script read bounds the feed at 2.5 L/h, its text at 2, which is used here."""

PENICILLIN = OptimalControlProblem(
    name="penicillin",
    model=BAJPAI_REUSS,
    x0=(1.5, 0.0, 0.0, 7.0),
    horizon_h=132.0,
    input_bounds=MappingProxyType({"feed_rate": (0.0, 50.0)}),
    state_bounds=MappingProxyType(
        {"biomass": (0.0, 40.0), "substrate": (0.0, 25.0), "volume": (0.0, 10.0)}
    ),
    maximise=("product", "volume"),
    objective_unit="g",
    known_optimum=87.985,
    source=f"{RECOMPUTED}; literature 87.69 and 87.99 (recalled); 88.07 if the horizon is free",
    to_beat=87.749,
    to_beat_by="20 g/h for 28 h, then 9.038462 g/h",
)
"""Cuthrell & Biegler, case III: a constant feed is far off the optimum, two steps are close."""

CAPPED_PENICILLIN = OptimalControlProblem(
    name="capped_penicillin",
    model=SRINIVASAN,
    x0=(1.0, 0.5, 0.0, 150.0),
    horizon_h=150.0,
    input_bounds=MappingProxyType({"feed_rate": (0.0, 1.0)}),
    state_bounds=MappingProxyType({"biomass": (0.0, 3.7)}),
    maximise=("product",),
    objective_unit="g/L",
    known_optimum=1.68269,
    source=f"{RECOMPUTED}, warm start from feedback; literature 1.68 (recalled)",
    to_beat=1.3632,
    to_beat_by="the local optimum that a solver reaches from a flat start",
)
"""Srinivasan et al.: has a poor local optimum that gradient solvers stop at, reporting success."""

KNOWN_OPTIMA = {
    problem.name: problem for problem in (SECRETED_PROTEIN, PENICILLIN, CAPPED_PENICILLIN)
}
"""All of them by name."""
