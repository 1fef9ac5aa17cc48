"""Checks of each factor: against itself, and against the property of the program that it sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drivers import PropertyInfo
from sdl.campaign.checks.context import Context
from sdl.campaign.diagnostics import Finding, Where, error, suggestion
from sdl.campaign.model import (
    CategoricalFactor,
    DiscreteFactor,
    Factor,
    NumericFactor,
    numeric_range,
)
from sdl.campaign.values import shown


def check(context: Context) -> Iterator[Finding]:
    """Check every sound factor."""
    for name, factor in context.draft.factors.items():
        where = ("factors", name)
        if isinstance(factor, CategoricalFactor | DiscreteFactor):
            yield from _levels(where, factor.levels, factor.center)
        else:
            yield from _bounds(where, factor.low, factor.high, factor.center, factor.unit)
        if context.program is not None:
            yield from _against_property(context, name, factor)
    yield from _collisions(context)


def _bounds(where: Where, low: float, high: float, center: float, unit: str) -> Iterator[Finding]:
    if low > high:
        yield error(
            "factor.bounds-reversed",
            (*where, "low"),
            f"low ({low:g} {unit}) is above high ({high:g} {unit})",
            f"swap them: low: {high:g}, high: {low:g}",
        )
    elif low == high:
        yield error(
            "factor.bounds-equal",
            (*where, "high"),
            f"low and high are both {low:g} {unit}, so nothing can be varied",
            "widen the bounds, or make it a setting of the recipe",
        )
    low, high = min(low, high), max(low, high)
    if not low <= center <= high:
        yield error(
            "factor.center-outside",
            (*where, "center"),
            f"the centre {center:g} {unit} is outside {low:g} to {high:g} {unit}",
            "move the centre, or widen the bounds",
        )


def _levels(where: Where, levels: Sequence[float | str], center: float | str) -> Iterator[Finding]:
    for index, level in enumerate(levels):
        if level in levels[:index]:
            yield error(
                "factor.level-duplicate",
                (*where, "levels", index),
                f"the level {shown(level)} stands twice",
                "keep one",
            )
    if len(set(levels)) == 1:
        yield error(
            "factor.level-single",
            (*where, "levels"),
            f"there is one level only, {shown(levels[0])}, so nothing can be varied",
            "add a level, or make it a setting of the recipe",
        )
    if center not in levels:
        yield error(
            "factor.center-outside",
            (*where, "center"),
            f"the centre {shown(center)} is not one of the levels",
            suggestion(shown(center).strip("'"), [shown(level).strip("'") for level in levels]),
        )


def _against_property(context: Context, name: str, factor: Factor) -> Iterator[Finding]:
    where = ("factors", name)
    info = context.property_of(name)
    if info is None:
        program = context.program
        assert program is not None
        place = (*where, "sets") if factor.sets else where
        yield error(
            "factor.property-unknown",
            place,
            f"the program {program.name} has no property {factor.sets or name}",
            suggestion(factor.sets or name, program.properties),
        )
    elif isinstance(factor, CategoricalFactor):
        yield from _levels_known(where, factor, info)
    elif not info.is_numeric:
        kinds = f"one of {', '.join(info.levels)}" if info.levels else "a text"
        yield error(
            "factor.kind-mismatch",
            (*where, "kind"),
            f"the property {info.name} is no number but {kinds}",
            "make it kind: categorical with levels",
        )
    else:
        yield from _unit_and_range(where, factor, info)


def _levels_known(where: Where, factor: CategoricalFactor, info: PropertyInfo) -> Iterator[Finding]:
    if info.is_numeric:
        yield error(
            "factor.kind-mismatch",
            (*where, "kind"),
            f"the property {info.name} is a number in {info.unit}",
            "make it kind: continuous (low, high), or kind: discrete with numbers as levels",
        )
        return
    for index, level in enumerate(factor.levels):
        if info.levels is not None and level not in info.levels:
            yield error(
                "factor.level-unknown",
                (*where, "levels", index),
                f"{info.name} has no level {shown(level)}",
                suggestion(level, info.levels),
            )


def _unit_and_range(where: Where, factor: NumericFactor, info: PropertyInfo) -> Iterator[Finding]:
    if factor.unit != info.unit:
        yield error(
            "factor.unit-mismatch",
            (*where, "unit"),
            f"the unit is {factor.unit}, but {info.name} is in {info.unit}",
            f"write unit: {_quoted(info.unit)} and give the numbers in it",
        )
        return  # in another unit the numbers can't be compared
    if isinstance(factor, DiscreteFactor):
        for index, level in enumerate(factor.levels):
            yield from _within((*where, "levels", index), level, info)
        return
    low, high = sorted(numeric_range(factor))
    is_reversed = factor.low > factor.high
    yield from _within((*where, "high" if is_reversed else "low"), low, info)
    yield from _within((*where, "low" if is_reversed else "high"), high, info)


def _within(where: Where, value: float, info: PropertyInfo) -> Iterator[Finding]:
    is_below = info.low is not None and value < info.low
    is_above = info.high is not None and value > info.high
    if is_below or is_above:
        limit = info.low if is_below else info.high
        yield error(
            "factor.outside-property",
            where,
            f"{value:g} {info.unit} is {'below' if is_below else 'above'} what {info.name} allows "
            f"({limit:g} {info.unit})",
            f"stay within {range_text(info)}",
        )


def range_text(info: PropertyInfo) -> str:
    """Return the range of a numeric property as text, such as `6.6 to 7.5 pH`."""
    low = "" if info.low is None else f"{info.low:g}"
    high = "" if info.high is None else f"{info.high:g}"
    span = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
    return f"{span} {info.unit}"


def _quoted(unit: str) -> str:
    return f'"{unit}"' if unit[:1] in "%@`&*!|>'\"#-?" else unit


def _collisions(context: Context) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for name, target in context.draft.factor_properties.items():
        first = owner.setdefault(target, name)
        if first != name:
            yield error(
                "factor.sets-collision",
                ("factors", name, "sets") if target != name else ("factors", first, "sets"),
                f"the factors {first} and {name} both set {target}",
                "let each property be set by one factor",
            )
