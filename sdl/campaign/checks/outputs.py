"""Checks of the outputs: one goal, sensible limits, assays that the plant can do."""

from __future__ import annotations

from collections.abc import Iterator

from drivers import AssayInfo
from sdl.campaign.checks.context import LIQUID_HANDLER, Context
from sdl.campaign.checks.recipe import missing_instrument
from sdl.campaign.diagnostics import Finding, Where, error, suggestion, warning
from sdl.campaign.model import Output
from sdl.campaign.structure import mapping_at
from sdl.campaign.values import shown


def check(context: Context) -> Iterator[Finding]:
    """Check the goal, then every sound output."""
    yield from _goal(context)
    for name, output in context.draft.outputs.items():
        yield from _limits(("outputs", name), output)
        yield from _assay(context, ("outputs", name), output)
        if name in context.draft.declared("factors"):
            yield error(
                "output.name-taken",
                ("outputs", name),
                f"{name} is also the name of a factor",
                "give one of the two another name",
            )
    if context.draft.outputs and not context.has(LIQUID_HANDLER):
        yield missing_instrument(("outputs",), "the sample at harvest", LIQUID_HANDLER)


def _goal(context: Context) -> Iterator[Finding]:
    # From the plain value: an output with another fault may still be the one with the goal.
    outputs = mapping_at(context.draft.raw, "outputs")
    with_goal = [n for n, o in outputs.items() if isinstance(o, dict) and o.get("goal") is not None]
    if outputs and not with_goal:
        yield error(
            "output.no-goal",
            ("outputs",),
            "no output has a goal, so there is nothing to optimize",
            "give one output goal: maximize or goal: minimize",
        )
    for extra in with_goal[1:]:
        yield error(
            "output.several-goals",
            ("outputs", extra, "goal"),
            f"{with_goal[0]} has a goal already",
            "keep one goal; give the other outputs min or max instead",
        )


def _limits(where: Where, output: Output) -> Iterator[Finding]:
    low, high, unit = output.min, output.max, output.unit
    if output.goal is not None and (low is not None or high is not None):
        yield error(
            "output.goal-and-limit",
            (*where, "goal"),
            f"{where[-1]} has a goal and a limit",
            "keep the goal and remove min and max, or give the goal to another output",
        )
    if low is None or high is None or low < high:
        return
    if low == high:
        yield error(
            "output.limits-equal",
            (*where, "max"),
            f"min and max are both {low:g} {unit}, which no measurement meets",
            "widen the limits",
        )
        return
    yield error(
        "output.limits-reversed",
        (*where, "min"),
        f"min ({low:g} {unit}) is above max ({high:g} {unit})",
        f"swap them: min: {high:g}, max: {low:g}",
    )


def _assay(context: Context, where: Where, output: Output) -> Iterator[Finding]:
    info = context.assays.get(output.assay)
    if info is None:
        yield error(
            "output.assay-unknown",
            (*where, "assay"),
            f"no instrument does the assay {shown(output.assay)}",
            suggestion(output.assay, context.assays),
        )
        return
    if not context.has(info.instrument):
        yield missing_instrument((*where, "assay"), output.assay, info.instrument)
    if output.unit != info.unit:
        yield error(
            "output.unit-mismatch",
            (*where, "unit"),
            f"the unit is {output.unit}, but the assay {info.name} gives {info.unit}",
            f'write unit: "{info.unit}" and give min and max in it',
        )
        return
    yield from _measurable(where, output, info)


def _measurable(where: Where, output: Output, info: AssayInfo) -> Iterator[Finding]:
    for key, value in (("min", output.min), ("max", output.max)):
        if value is not None and not info.low <= value <= info.high:
            yield warning(
                "output.limit-not-measurable",
                (*where, key),
                f"{value:g} {info.unit} is outside what {info.name} can measure",
                f"the assay measures {info.low:g} to {info.high:g} {info.unit}",
            )
