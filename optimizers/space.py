"""Turn a description of what may be varied and what is measured into a BoFire domain.

The specs (`optimizers.specs`) are plain values; the result is the
`bofire.data_models.domain.api.Domain` that every other function of this package works on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from optimizers.domain import check_domain, domain_from_json, domain_to_json
from optimizers.errors import SpaceInvalid
from optimizers.quiet import quiet_import
from optimizers.specs import (
    CategoricalSpec,
    ContinuousSpec,
    DiscreteSpec,
    FactorSpec,
    IntegerSpec,
    LinearSpec,
    OutputSpec,
)

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain

__all__ = [
    "CategoricalSpec",
    "ContinuousSpec",
    "DiscreteSpec",
    "FactorSpec",
    "IntegerSpec",
    "LinearSpec",
    "OutputSpec",
    "derive_domain",
    "domain_from_json",
    "domain_to_json",
]

MAX_ENUMERATED_INTEGERS = 256
"""Integer factors with more levels than this are continuous to BoFire, with a step of one."""

SIGMOID_WIDTH = 0.005
"""Width of the sigmoid that stands for an outcome limit, as a share of the output's spread."""


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
    bounds = [float(spec.low), float(spec.high)]
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
