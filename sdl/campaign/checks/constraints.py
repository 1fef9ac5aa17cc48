"""Checks of the constraints: their terms and bounds, and whether they leave any recipe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sdl.campaign.checks.context import Context
from sdl.campaign.diagnostics import Finding, Where, error, suggestion, warning
from sdl.campaign.model import (
    CategoricalFactor,
    DiscreteFactor,
    IntegerFactor,
    LinearConstraint,
    NumericFactor,
    numeric_range,
)
from sdl.campaign.structure import mapping_at
from sdl.campaign.values import shown

if TYPE_CHECKING:
    from optimizers.feasibility import FactorRange, LinearLimit, Violation


def check(context: Context) -> Iterator[Finding]:
    """Check each constraint by itself, then those without fault together."""
    names: set[str] = set()
    for index, constraint in context.draft.constraints.items():
        where = ("constraints", index)
        if constraint.name in names:
            yield error(
                "constraint.name-duplicate",
                (*where, "name"),
                f"there is a constraint {constraint.name} already",
                "give it another name",
            )
        names.add(constraint.name)
        yield from _terms(context, where, constraint)
        yield from _enough_terms(where, constraint)
        yield from _bounds(where, constraint)
    yield from _together(context)


def _terms(context: Context, where: Where, constraint: LinearConstraint) -> Iterator[Finding]:
    declared = context.draft.declared("factors")
    for name, coefficient in constraint.terms.items():
        place = (*where, "terms", name)
        if declared and name not in declared:
            yield error(
                "constraint.factor-unknown",
                place,
                f"there is no factor {shown(name)}",
                suggestion(name, declared),
            )
        elif isinstance(context.draft.factors.get(name), CategoricalFactor):
            yield error(
                "constraint.factor-categorical",
                place,
                f"{name} is categorical and can't be added up",
                "name numeric factors only",
            )
        if coefficient == 0.0:
            yield warning(
                "constraint.coefficient-zero",
                place,
                f"the coefficient of {name} is 0, so it does not count",
                "remove the term, or correct the coefficient",
            )


def _enough_terms(where: Where, constraint: LinearConstraint) -> Iterator[Finding]:
    counting = [name for name, coefficient in constraint.terms.items() if coefficient != 0.0]
    if len(counting) < 2:
        of_whom = f"{counting[0]} alone" if counting else "no factor"
        yield error(
            "constraint.single-factor",
            (*where, "terms"),
            f"{constraint.name} is over {of_whom}",
            "move the bounds of that factor instead, and remove the constraint",
        )


def _bounds(where: Where, constraint: LinearConstraint) -> Iterator[Finding]:
    lower, upper = constraint.lower, constraint.upper
    if lower is None and upper is None:
        yield error(
            "constraint.no-bounds",
            where,
            f"{constraint.name} has neither lower nor upper, so it forbids nothing",
            "add upper, lower, or both",
        )
    elif lower is not None and upper is not None and lower > upper:
        yield error(
            "constraint.bounds-reversed",
            (*where, "lower"),
            f"lower ({lower:g}) is above upper ({upper:g})",
            f"swap them: lower: {upper:g}, upper: {lower:g}",
        )


def _together(context: Context) -> Iterator[Finding]:
    from optimizers import feasibility

    factors = {
        name: _range(name, factor)
        for name, factor in context.draft.factors.items()
        if not isinstance(factor, CategoricalFactor)
    }
    limits: dict[str, LinearLimit] = {}
    places: dict[str, Where] = {}
    for index, c in context.draft.constraints.items():
        is_ordered = c.lower is None or c.upper is None or c.lower <= c.upper
        # A constraint over a faulty factor is left out: what is wrong there is told already.
        is_known = all(n in factors and factors[n].low <= factors[n].high for n in c.terms)
        if is_ordered and is_known:
            key = str(index)
            limits[key] = feasibility.LinearLimit(key, c.terms, c.lower, c.upper)
            places[key] = ("constraints", index)
    usable = [factor for factor in factors.values() if factor.low <= factor.high]
    try:
        answer = feasibility.check(usable, list(limits.values()))
    except feasibility.FeasibilityUndecided as fault:
        yield warning(
            "constraint.undecided",
            ("constraints",),
            f"whether any recipe meets the constraints could not be decided: {fault}",
            "check the magnitudes of coefficients and bounds",
        )
        return
    names = {str(i): c.name for i, c in context.draft.constraints.items()}
    for conflict in answer.conflicts:
        yield from _conflict(conflict, places, names)
    if not answer.conflicts:
        for violation in answer.center_violations:
            yield _center(context, violation, places, names)


def _range(name: str, factor: NumericFactor) -> FactorRange:
    from optimizers.feasibility import FactorRange

    low, high = numeric_range(factor)
    return FactorRange(
        name,
        low,
        high,
        float(factor.center),
        is_integer=isinstance(factor, IntegerFactor),
        values=tuple(dict.fromkeys(factor.levels)) if isinstance(factor, DiscreteFactor) else None,
    )


def _conflict(
    conflict: tuple[Violation, ...], places: dict[str, Where], names: dict[str, str]
) -> Iterator[Finding]:
    for violation in conflict:
        others = [
            f"{names[v.constraint]} ({v.side} {v.bound:g})" for v in conflict if v is not violation
        ]
        beside = f" beside {' and '.join(others)}" if others else " within the factors' bounds"
        relation = "at most" if violation.side == "upper" else "at least"
        yield error(
            "constraint.infeasible",
            (*places[violation.constraint], violation.side),
            f"no recipe has {names[violation.constraint]} {relation} {violation.bound:g}{beside}",
            "correct the factors' bounds or the other constraints"
            if violation.nearest is None
            else f"the nearest {violation.side} with a recipe is {violation.nearest:.6g}",
        )


def _center(
    context: Context, violation: Violation, places: dict[str, Where], names: dict[str, str]
) -> Finding:
    # From the plain value, so that a fault elsewhere in the plan does not change the severity.
    is_run = mapping_at(context.draft.raw, "plan").get("include_center", True) is not False
    tell = error if is_run else warning
    relation = "above" if violation.side == "upper" else "below"
    value = 0.0 if violation.nearest is None else violation.nearest
    return tell(
        "constraint.center-violates",
        (*places[violation.constraint], violation.side),
        f"the centre recipe has {names[violation.constraint]} = {value:.6g}, {relation} its "
        f"{violation.side} bound {violation.bound:g}",
        "move the centre of its factors, or the bound"
        + ("; or plan.include_center: false" if is_run else ""),
    )
