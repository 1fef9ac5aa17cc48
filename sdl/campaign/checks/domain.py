"""Checks of a verbatim BoFire domain: it must be one, and describe the same factors and outputs.

BoFire is loaded only for a file that gives a domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isclose
from typing import Any

from pydantic import ValidationError

from sdl.campaign.checks.context import Context
from sdl.campaign.diagnostics import Finding, Where, error, suggestion, warning
from sdl.campaign.model import CategoricalFactor, DiscreteFactor, Factor, Output, numeric_range
from sdl.campaign.values import shown

_FEATURES_OF_KIND = {
    "continuous": ("ContinuousInput",),
    "integer": ("DiscreteInput", "ContinuousInput"),  # with a step of one, when there are many
    "discrete": ("DiscreteInput",),
    "categorical": ("CategoricalInput",),
}
_MAX_ERRORS = 10


def check(context: Context) -> Iterator[Finding]:
    """Check the domain, if the file gives one."""
    given = context.draft.domain
    if given is None:
        return
    domain, findings = _parse(given)
    yield from findings
    if domain is None:
        return
    inputs = {feature.key: feature for feature in domain.inputs}
    outputs = {feature.key: feature for feature in domain.outputs}
    declared = context.draft.declared("factors")
    yield from _names(("domain", "inputs"), "factor", set(inputs), set(declared))
    yield from _names(
        ("domain", "outputs"), "output", set(outputs), set(context.draft.declared("outputs"))
    )
    for name, factor in context.draft.factors.items():
        if name in inputs:
            yield from _same_input(name, factor, inputs[name])
    for name, output in context.draft.outputs.items():
        if name in outputs and output.goal is not None:
            yield from _same_goal(name, output.goal, outputs[name])
        elif name in outputs:
            yield from _same_limits(name, output, outputs[name])
    if context.draft.constraints:
        yield warning(
            "domain.constraints-unused",
            ("constraints",),
            "a domain is given, so its constraints count and these do not",
            "see that the domain has them too, and remove them here",
        )


def _parse(given: Mapping[str, Any]) -> tuple[Any, list[Finding]]:
    from optimizers.domain import domain_from_json
    from optimizers.errors import DomainUnsupported, SpaceInvalid

    hint = "give what domain.model_dump_json() of BoFire writes, or domain: null"
    try:
        return domain_from_json(given), []
    except DomainUnsupported as fault:
        message = f"{fault.where} {fault.what}"
        return None, [error("domain.unsupported", ("domain",), message, fault.hint)]
    except SpaceInvalid as fault:
        if not isinstance(fault.__cause__, ValidationError):
            return None, [error("domain.invalid", ("domain",), fault.what[:300], hint)]
        return None, [
            error(
                "domain.invalid",
                ("domain", *_present(detail["loc"], given)),
                f"BoFire refuses it: {detail['msg'][:300]}",
                hint,
            )
            for detail in fault.__cause__.errors(include_url=False)[:_MAX_ERRORS]
        ]
    except (TypeError, KeyError, AttributeError, IndexError) as fault:
        # BoFire's own validators look into values whose type nobody has checked yet.
        message = f"BoFire can't read it: {type(fault).__name__}: {str(fault)[:200]}"
        return None, [error("domain.invalid", ("domain",), message, hint)]


def _present(loc: tuple[str | int, ...], given: object) -> Where:
    node, where = given, []
    for step in loc:
        if isinstance(node, dict) and step in node:
            node = node[str(step)]
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            continue
        where.append(step)
    return tuple(where)


def _names(where: Where, noun: str, given: set[str], declared: set[str]) -> Iterator[Finding]:
    for name in sorted(given - declared):
        yield error(
            f"domain.{noun}-unknown",
            where,
            f"the domain has {shown(name)}, which is no {noun} of the file",
            suggestion(name, declared),
        )
    for name in sorted(declared - given):
        yield error(
            f"domain.{noun}-missing",
            where,
            f"the {noun} {name} is not in the domain",
            f"add it to the domain, or remove it from {noun}s",
        )


def _same_input(name: str, factor: Factor, feature: Any) -> Iterator[Finding]:
    wanted = _FEATURES_OF_KIND[factor.kind]
    where: Where = ("domain", "inputs")
    if feature.type not in wanted:
        yield error(
            "domain.kind-mismatch",
            where,
            f"{name} is {factor.kind} in the file and a {feature.type} in the domain",
            f"make it a {wanted[0]}",
        )
        return
    if isinstance(factor, CategoricalFactor):
        ours: object = sorted(factor.levels)
        theirs: object = sorted(feature.categories)
    elif isinstance(factor, DiscreteFactor):
        ours, theirs = sorted(factor.levels), sorted(feature.values)
    else:
        is_listed = feature.type == "DiscreteInput"
        bounds = (min(feature.values), max(feature.values)) if is_listed else feature.bounds
        ours, theirs = list(numeric_range(factor)), list(bounds)
    if ours != theirs:
        yield error(
            "domain.bounds-mismatch",
            where,
            f"{name} spans {ours} in the file and {theirs} in the domain",
            "make the two the same",
        )


def _same_limits(name: str, output: Output, feature: Any) -> Iterator[Finding]:
    from optimizers.domain import outcome_limits

    found = outcome_limits(feature.objective) if feature.objective is not None else (None, None)
    for side, ours, theirs in zip(("min", "max"), (output.min, output.max), found, strict=True):
        is_same = ours == theirs if ours is None or theirs is None else isclose(ours, theirs)
        if not is_same:
            yield error(
                "domain.limits-mismatch",
                ("domain", "outputs"),
                f"{name} has {side} {shown(ours)} in the file and {shown(theirs)} in the domain",
                "make the two the same",
            )


def _same_goal(name: str, goal: str, feature: Any) -> Iterator[Finding]:
    objective = getattr(feature, "objective", None)
    wanted = {"maximize": "MaximizeObjective", "minimize": "MinimizeObjective"}[goal]
    if objective is None or objective.type != wanted:
        found = "no objective" if objective is None else objective.type
        yield error(
            "domain.goal-mismatch",
            ("domain", "outputs"),
            f"the goal of {name} is {goal} in the file, and the domain has {found}",
            f"give it a {wanted}",
        )
