"""What a BoFire domain must look like for these strategies, and its way to JSON and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from optimizers.errors import DomainUnsupported, SpaceInvalid
from optimizers.quiet import quiet_import

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain


def domain_from_json(data: Mapping[str, Any]) -> Domain:
    """Give the domain that BoFire serialised as this JSON object.

    Raises:
        SpaceInvalid: if BoFire can't read it, or a number is not finite.
        DomainUnsupported: if it is a domain, but not one that these strategies can serve.
    """
    with quiet_import():
        from bofire.data_models.domain.api import Domain
    try:
        domain = Domain.model_validate(dict(data))
    except ValueError as error:  # pydantic's ValidationError is one
        raise SpaceInvalid(
            "domain", str(error), "give the JSON that BoFire's Domain.model_dump_json() writes"
        ) from error
    for where, value in _numbers(data, "domain"):
        if not math.isfinite(value):
            raise SpaceInvalid(where, f"is {value}", "give a finite number")
    check_domain(domain)
    return domain


def _numbers(data: Any, where: str) -> Iterator[tuple[str, float]]:
    """Every number in a JSON value, with its path."""
    if isinstance(data, int | float):
        yield where, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _numbers(value, f"{where}.{key}")
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _numbers(value, f"{where}[{i}]")


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
            raise DomainUnsupported(
                f"inputs.{feature.key}", f"is a {type(feature).__name__}", kinds
            )
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
