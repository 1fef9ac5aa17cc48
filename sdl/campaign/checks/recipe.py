"""Checks of the recipe: its program, the settings, and the samples."""

from __future__ import annotations

from collections.abc import Iterator

from drivers import ProgramInfo, PropertyInfo
from sdl.campaign.checks.context import LIQUID_HANDLER, Context
from sdl.campaign.checks.factors import range_text
from sdl.campaign.diagnostics import Finding, Where, error, suggestion, warning
from sdl.campaign.values import shown

SETTINGS: Where = ("recipe", "settings")


def check(context: Context) -> Iterator[Finding]:
    """Check program, settings and samples."""
    name, program = context.draft.program, context.program
    if name is not None and program is None:
        yield error(
            "recipe.program-unknown",
            ("recipe", "program"),
            f"no bioreactor has a program {shown(name)}",
            suggestion(name, context.programs),
        )
    if program is not None:
        yield from _settings(context, program)
        yield from _required(context, program)
    yield from _samples(context)
    yield from _volume(context)


def _settings(context: Context, program: ProgramInfo) -> Iterator[Finding]:
    factor_of = {target: name for name, target in context.draft.factor_properties.items()}
    for name in sorted(context.draft.declared(*SETTINGS_PATH)):
        if name in factor_of:
            yield error(
                "setting.is-factor",
                (*SETTINGS, name),
                f"{name} is a setting and also set by the factor {factor_of[name]}",
                "remove it from the settings, or remove the factor",
            )
        if name not in program.properties:
            yield error(
                "setting.property-unknown",
                (*SETTINGS, name),
                f"the program {program.name} has no property {shown(name)}",
                suggestion(name, program.properties),
            )
    for name, value in context.draft.settings.items():
        if name in program.properties:
            yield from _setting(program.properties[name], value)


SETTINGS_PATH = ("recipe", "settings")


def _setting(info: PropertyInfo, value: float | str) -> Iterator[Finding]:
    where = (*SETTINGS, info.name)
    if info.levels is not None:
        if value not in info.levels:
            yield error(
                "setting.level-unknown",
                where,
                f"{info.name} has no level {shown(value)}",
                suggestion(value, info.levels),
            )
    elif info.is_numeric and isinstance(value, str):
        yield error(
            "value.type",
            where,
            f"{shown(value)} is not a number",
            f"{info.name} is a number, {range_text(info)}",
        )
    elif not info.is_numeric and not isinstance(value, str):
        yield error(
            "value.type",
            where,
            f"{shown(value)} is not a text",
            f'{info.name} is a text: "{shown(value)}"',
        )
    elif isinstance(value, float) and (
        (info.low is not None and value < info.low) or (info.high is not None and value > info.high)
    ):
        yield error(
            "setting.outside-property",
            where,
            f"{value:g} {info.unit} is outside what {info.name} allows",
            f"stay within {range_text(info)}",
        )


def _required(context: Context, program: ProgramInfo) -> Iterator[Finding]:
    if not context.draft.declared("factors"):
        return  # what is missing is the factors, and that is told
    given = context.draft.declared(*SETTINGS_PATH) | set(context.draft.factor_properties.values())
    for name, info in program.properties.items():
        if info.default is None and name not in given:
            allowed = range_text(info) if info.is_numeric else ", ".join(info.levels or ())
            yield error(
                "recipe.property-missing",
                SETTINGS,
                f"the program {program.name} needs {name}, which is neither a factor nor a setting",
                f"add {name} to the settings or the factors ({info.doc or name}: {allowed})",
            )


def _samples(context: Context) -> Iterator[Finding]:
    duration = context.duration_range()
    seen: dict[tuple[str, float], int] = {}
    for index, sample in context.draft.samples.items():
        where: Where = ("recipe", "samples", index)
        info = context.assays.get(sample.assay)
        if info is None:
            yield error(
                "sample.assay-unknown",
                (*where, "assay"),
                f"no instrument does the assay {shown(sample.assay)}",
                suggestion(sample.assay, context.assays),
            )
        elif not context.has(info.instrument):
            yield missing_instrument((*where, "assay"), sample.assay, info.instrument)
        for n, day in enumerate(sample.at_day):
            place = (*where, "at_day", n)
            yield from _day(place, day, duration)
            if seen.setdefault((sample.assay, day), index) != index or day in sample.at_day[:n]:
                yield warning(
                    "sample.duplicate",
                    place,
                    f"{sample.assay} is measured twice on day {day:g}",
                    "remove one of the two, or keep both as replicates",
                )
    if context.draft.samples and not context.has(LIQUID_HANDLER):
        yield missing_instrument(("recipe", "samples"), "sampling", LIQUID_HANDLER)


def missing_instrument(where: Where, task: str, kind: str) -> Finding:
    """Return the finding that the plant lacks an instrument of a kind that a task needs."""
    return error(
        "plant.instrument-missing",
        where,
        f"{task} needs a {kind.replace('_', ' ')}, and the plant has none",
        f"set plant.{kind}s.count to 1 or more",
    )


def _day(where: Where, day: float, duration: tuple[float, float] | None) -> Iterator[Finding]:
    if duration is None or day <= duration[0]:
        return
    shortest, longest = duration
    if day > longest:
        yield error(
            "sample.after-harvest",
            where,
            f"day {day:g} comes after the harvest on day {longest:g}",
            "take the sample earlier, or make duration_day longer",
        )
    else:
        yield warning(
            "sample.after-harvest",
            where,
            f"a culture may be harvested on day {shortest:g}, before day {day:g}",
            "shorter cultures will not have this sample",
        )


def _volume(context: Context) -> Iterator[Finding]:
    draft = context.draft
    if "vessels" not in draft.plant_sections:
        return
    total_ml = sum(s.volume_ml * len(s.at_day) for s in draft.samples.values())
    vessel_ml = draft.plant.vessels.volume_ml
    if total_ml >= vessel_ml:
        yield error(
            "sample.volume-too-large",
            ("recipe", "samples"),
            f"the samples take {total_ml:g} mL, and a vessel starts with {vessel_ml:g} mL",
            "take fewer or smaller samples, or use larger vessels",
        )
