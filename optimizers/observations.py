"""The values that go into and come out of an optimizer: plain, frozen, free of heavy imports.

An experiment ends in one of three ways, with the semantics of Ax: *completed* teaches the model;
*failed* says nothing about the recipe (a contamination, a pump), so it is left out and may be tried
again; *abandoned* is left out too and not proposed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Strategy = Literal["bayesian", "sobol", "random"]
Status = Literal["completed", "failed", "abandoned"]
Origin = Literal["model", "space_filling", "random"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One experiment that came to an end.

    `inputs` holds a value for every factor (the achieved one where it is known; it may lie slightly
    outside the bounds), `outputs` a finite number for every output that was measured. Outputs may
    be missing, and outputs that the domain doesn't name are not modelled.
    """

    id: str
    inputs: Mapping[str, float | str]
    outputs: Mapping[str, float]
    status: Status


@dataclass(frozen=True, slots=True)
class Pending:
    """One recipe that was proposed and has not come to an end."""

    id: str
    inputs: Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a measurement of one output is expected to give, in the output's unit.

    `sd` includes the measurement noise that the model estimated; `low` and `high` are the ends of
    the central interval at the level asked for.
    """

    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One observation of one output and what the model says of it when it hasn't seen it."""

    id: str
    observed: float
    predicted: Prediction


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the model of one output predicts observations that were left out.

    `n` observations of the output; `loo_r2` is 1 - SSE/SST (negative when the mean of the others
    would do better; NaN-free: 0 when the output doesn't vary); `loo_rmse` in the output's unit;
    `loo_coverage` the share of left-out points inside their interval.
    """

    n: int
    loo_r2: float
    loo_rmse: float
    loo_coverage: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One proposed recipe.

    `predicted`, `p_feasible` and `acquisition` are None when no model stood behind the point; so is
    `p_feasible` of a domain without outcome limits. All numbers are finite. `acquisition` is the
    value of this point alone, taken when it was chosen, that is given the data, the pending points
    and the members of the batch before it: for the bayesian strategy the log of the noisy expected
    improvement, in standard deviations of the values measured.
    """

    inputs: Mapping[str, float | str]
    predicted: Mapping[str, Prediction] | None
    p_feasible: float | None
    acquisition: float | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Batch:
    """The answer to one question.

    `strategy` says in words what produced the candidates, `fit` the quality of each output's model,
    and `fallback` why something simpler than the strategy asked for was used (None: it wasn't).
    """

    candidates: tuple[Candidate, ...]
    strategy: str
    seed: int
    fit: Mapping[str, Fit] | None
    fallback: str | None
