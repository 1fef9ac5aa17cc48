"""Describe what may be varied and what is measured, and turn that into a BoFire domain.

The specs are plain values with no heavy import; `derive_domain` and `domain_from_json` give the
`bofire.data_models.domain.api.Domain` that every other function of this package works on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from optimizers.errors import DomainUnsupported, SpaceInvalid
from optimizers.quiet import quiet_import

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain

MAX_ENUMERATED_INTEGERS = 256
"""Integer factors with more levels than this are continuous to BoFire, with a step of one."""

SIGMOID_WIDTH = 0.005
"""Width of the sigmoid that stands for an outcome limit, as a share of the output's spread."""


@dataclass(frozen=True, slots=True)
class ContinuousSpec:
    """A factor that takes any value from `low` to `high`; proposals are multiples of `resolution`.

    Without a resolution, proposals carry about four digits of the range.
    """

    name: str
    low: float
    high: float
    unit: str = ""
    resolution: float | None = None


@dataclass(frozen=True, slots=True)
class IntegerSpec:
    """A factor that takes whole numbers from `low` to `high`."""

    name: str
    low: int
    high: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DiscreteSpec:
    """A factor that takes one of some numbers; their distances have a meaning."""

    name: str
    levels: tuple[float, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CategoricalSpec:
    """A factor that takes one of some names; no order, no distance."""

    name: str
    levels: tuple[str, ...]


FactorSpec = ContinuousSpec | IntegerSpec | DiscreteSpec | CategoricalSpec


@dataclass(frozen=True, slots=True)
class LinearSpec:
    """`lower <= sum(coefficient * factor) <= upper` over numeric factors, each side optional."""

    name: str
    terms: Mapping[str, float]
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """Something measured: with a `goal`, with limits (`min`, `max`), or only recorded.

    `spread` is the width over which the output usually varies (for instance the measuring range of
    its assay), in its unit. It sets how sharply a limit is drawn; without it, the size of the
    limit is taken.
    """

    name: str
    unit: str = ""
    goal: Literal["maximize", "minimize"] | None = None
    min: float | None = None
    max: float | None = None
    spread: float | None = None


def derive_domain(
    factors: Sequence[FactorSpec],
    constraints: Sequence[LinearSpec],
    outputs: Sequence[OutputSpec],
) -> Domain:
    """Give the BoFire domain of these factors, constraints and outputs.

    A goal becomes a Maximize- or MinimizeObjective; a lower limit a MaximizeSigmoidObjective, an
    upper one a MinimizeSigmoidObjective, both together a TargetObjective in the middle. The
    steepness of the sigmoids is 1 / (`SIGMOID_WIDTH` * spread), in 1 / unit of the output.

    Raises:
        SpaceInvalid: for anything that makes no search space, naming the spec and the remedy.
    """
    _check_names(factors, constraints, outputs)
    with quiet_import():
        from bofire.data_models.domain.api import Constraints, Domain, Inputs, Outputs
    numeric = {spec.name for spec in factors if not isinstance(spec, CategoricalSpec)}
    domain = Domain(
        inputs=Inputs(features=[_input(spec) for spec in factors]),
        outputs=Outputs(features=[_output(spec) for spec in outputs]),
        constraints=Constraints(
            constraints=[part for spec in constraints for part in _linear(spec, numeric)]
        ),
    )
    check_domain(domain)
    return domain


def domain_from_json(data: Mapping[str, Any]) -> Domain:
    """Give the domain that BoFire serialised as this JSON object.

    Raises:
        SpaceInvalid: if BoFire can't read it.
        DomainUnsupported: if it is a domain, but not one that these strategies can serve.
    """
    with quiet_import():
        from bofire.data_models.domain.api import Domain
    from pydantic import ValidationError

    try:
        domain = Domain.model_validate(dict(data))
    except (ValidationError, ValueError) as error:
        raise SpaceInvalid(
            "domain", str(error), "give the JSON that BoFire's Domain.model_dump_json() writes"
        ) from error
    check_domain(domain)
    return domain


def domain_to_json(domain: Domain) -> dict[str, Any]:
    """Give the JSON object that `domain_from_json` reads."""
    document: dict[str, Any] = domain.model_dump(mode="json")
    return document


def check_domain(domain: Domain) -> None:
    """Refuse a domain that the strategies of this package can't serve.

    They want exactly one output with a goal (no sigmoid), every output continuous, and inputs that
    are continuous, discrete or categorical and not fixed to one value.

    Raises:
        DomainUnsupported: naming the feature.
    """
    from bofire.data_models.constraints.api import (
        NonlinearEqualityConstraint,
        NonlinearInequalityConstraint,
    )
    from bofire.data_models.features.api import (
        CategoricalInput,
        ContinuousInput,
        ContinuousOutput,
        DiscreteInput,
    )
    from bofire.data_models.objectives.api import MaximizeObjective, MinimizeObjective

    for feature in domain.inputs.features:
        if type(feature) not in (ContinuousInput, DiscreteInput, CategoricalInput):
            kinds = "use ContinuousInput, DiscreteInput or CategoricalInput"
            raise DomainUnsupported(f"inputs.{feature.key}", f"is a {type(feature).__name__}", kinds)
        if feature.is_fixed():
            raise DomainUnsupported(
                f"inputs.{feature.key}", "has a single value", "make it a setting, not a factor"
            )
    goals = []
    for feature in domain.outputs.features:
        if type(feature) is not ContinuousOutput:
            raise DomainUnsupported(
                f"outputs.{feature.key}", f"is a {type(feature).__name__}", "use ContinuousOutput"
            )
        if isinstance(feature.objective, MaximizeObjective | MinimizeObjective):
            goals.append(feature.key)
        elif feature.objective is not None and outcome_limits(feature.objective) == (None, None):
            raise DomainUnsupported(
                f"outputs.{feature.key}",
                f"has a {type(feature.objective).__name__}",
                "use a maximize, minimize, sigmoid or target objective",
            )
    if len(goals) != 1:
        raise DomainUnsupported(
            "outputs",
            f"{len(goals)} outputs have a goal ({', '.join(goals) or 'none'})",
            "give exactly one output a maximize or minimize objective",
        )
    for constraint in domain.constraints.constraints:
        if isinstance(constraint, NonlinearEqualityConstraint | NonlinearInequalityConstraint):
            raise DomainUnsupported(
                "constraints", f"holds a {type(constraint).__name__}", "use linear constraints"
            )


def outcome_limits(objective: Any) -> tuple[float | None, float | None]:
    """Give the lower and the upper limit that an objective puts on its output, None where none."""
    from bofire.data_models.objectives.api import (
        MaximizeSigmoidObjective,
        MinimizeSigmoidObjective,
        TargetObjective,
    )

    if isinstance(objective, MaximizeSigmoidObjective):
        return objective.tp, None
    if isinstance(objective, MinimizeSigmoidObjective):
        return None, objective.tp
    if isinstance(objective, TargetObjective):
        middle, half = objective.target_value, objective.tolerance
        return middle - half, middle + half
    return None, None


def _check_names(
    factors: Sequence[FactorSpec], constraints: Sequence[LinearSpec], outputs: Sequence[OutputSpec]
) -> None:
    if not factors:
        raise SpaceInvalid("factors", "none given", "describe at least one factor")
    _check_unique("factors and outputs", [spec.name for spec in [*factors, *outputs]])
    _check_unique("constraints", [spec.name for spec in constraints])


def _check_unique(where: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise SpaceInvalid(where, f"the name {name!r} stands {count} times", "rename one")


def _input(spec: FactorSpec) -> Any:
    from bofire.data_models.features.api import CategoricalInput, ContinuousInput, DiscreteInput

    where = f"factor {spec.name}"
    if isinstance(spec, CategoricalSpec | DiscreteSpec):
        if len(spec.levels) < 2:
            raise SpaceInvalid(where, f"{len(spec.levels)} level(s)", "give at least two")
        _check_unique(f"{where}.levels", [str(level) for level in spec.levels])
    if isinstance(spec, CategoricalSpec):
        return CategoricalInput(key=spec.name, categories=list(spec.levels))
    unit = spec.unit or None
    if isinstance(spec, DiscreteSpec):
        for level in spec.levels:
            _check_finite(where, "level", level)
        return DiscreteInput(key=spec.name, values=list(spec.levels), unit=unit)
    _check_finite(where, "low", spec.low)
    _check_finite(where, "high", spec.high)
    if not spec.low < spec.high:
        raise SpaceInvalid(
            where, f"low {spec.low} is not below high {spec.high}", "give low < high"
        )
    bounds = (float(spec.low), float(spec.high))
    if isinstance(spec, IntegerSpec):
        if int(spec.low) != spec.low or int(spec.high) != spec.high:
            raise SpaceInvalid(where, f"bounds {spec.low}, {spec.high}", "give whole numbers")
        if spec.high - spec.low < MAX_ENUMERATED_INTEGERS:
            values = [float(v) for v in range(int(spec.low), int(spec.high) + 1)]
            return DiscreteInput(key=spec.name, values=values, unit=unit)
        return ContinuousInput(key=spec.name, bounds=bounds, stepsize=1.0, unit=unit)
    step = spec.resolution
    if step is not None and not 0 < step <= spec.high - spec.low:
        raise SpaceInvalid(
            where, f"resolution {step}", f"give a number above 0, up to {spec.high - spec.low}"
        )
    return ContinuousInput(key=spec.name, bounds=bounds, stepsize=step, unit=unit)


def _output(spec: OutputSpec) -> Any:
    from bofire.data_models.features.api import ContinuousOutput
    from bofire.data_models.objectives.api import MaximizeObjective, MinimizeObjective

    objective: Any = None
    if spec.goal is not None:
        if spec.min is not None or spec.max is not None:
            raise SpaceInvalid(
                f"output {spec.name}",
                "has a goal and a limit",
                "give an output a goal or limits; what is maximised needs no lower limit",
            )
        objective = MaximizeObjective() if spec.goal == "maximize" else MinimizeObjective()
    elif spec.min is not None or spec.max is not None:
        objective = _limits(spec)
    return ContinuousOutput(key=spec.name, objective=objective, unit=spec.unit or None)


def _limits(spec: OutputSpec) -> Any:
    from bofire.data_models.objectives.api import (
        MaximizeSigmoidObjective,
        MinimizeSigmoidObjective,
        TargetObjective,
    )

    where = f"output {spec.name}"
    limits = [limit for limit in (spec.min, spec.max) if limit is not None]
    for limit in limits:
        _check_finite(where, "limit", limit)
    if spec.spread is not None and not (math.isfinite(spec.spread) and spec.spread > 0):
        raise SpaceInvalid(where, f"spread {spec.spread}", "give a number above 0")
    spread = spec.spread or max(abs(limit) for limit in limits) or 1.0
    steepness = 1.0 / (SIGMOID_WIDTH * spread)
    if spec.min is not None and spec.max is not None:
        if not spec.min < spec.max:
            raise SpaceInvalid(where, f"min {spec.min}, max {spec.max}", "give min < max")
        return TargetObjective(
            target_value=(spec.min + spec.max) / 2,
            tolerance=(spec.max - spec.min) / 2,
            steepness=steepness,
        )
    if spec.min is not None:
        return MaximizeSigmoidObjective(tp=spec.min, steepness=steepness)
    return MinimizeSigmoidObjective(tp=limits[0], steepness=steepness)


def _linear(spec: LinearSpec, numeric: set[str]) -> list[Any]:
    from bofire.data_models.constraints.api import (
        LinearEqualityConstraint,
        LinearInequalityConstraint,
    )

    where = f"constraint {spec.name}"
    for name, coefficient in spec.terms.items():
        if name not in numeric:
            raise SpaceInvalid(where, f"{name!r} is no numeric factor", "name numeric factors only")
        _check_finite(where, f"coefficient of {name}", coefficient)
    terms = {name: float(c) for name, c in spec.terms.items() if c != 0}
    if len(terms) < 2:
        raise SpaceInvalid(
            where, "fewer than two factors", "move the bound of a single factor instead"
        )
    if spec.lower is None and spec.upper is None:
        raise SpaceInvalid(where, "neither lower nor upper", "give at least one")
    for side, limit in (("lower", spec.lower), ("upper", spec.upper)):
        if limit is not None:
            _check_finite(where, side, limit)
    if spec.lower is not None and spec.upper is not None and spec.lower > spec.upper:
        raise SpaceInvalid(where, f"lower {spec.lower} above upper {spec.upper}", "swap them")
    keys, coefficients = list(terms), list(terms.values())
    if spec.lower is not None and spec.lower == spec.upper:
        return [
            LinearEqualityConstraint(
                features=keys, coefficients=coefficients, rhs=float(spec.lower), context=spec.name
            )
        ]
    parts: list[Any] = []
    if spec.upper is not None:
        parts.append(
            LinearInequalityConstraint(
                features=keys, coefficients=coefficients, rhs=float(spec.upper), context=spec.name
            )
        )
    if spec.lower is not None:
        parts.append(
            LinearInequalityConstraint(
                features=keys,
                coefficients=[-c for c in coefficients],
                rhs=-float(spec.lower),
                context=spec.name,
            )
        )
    return parts


def _check_finite(where: str, what: str, value: float) -> None:
    if not math.isfinite(value):
        raise SpaceInvalid(where, f"{what} is {value}", "give a finite number")
