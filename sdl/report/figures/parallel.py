"""Parallel coordinates: each completed experiment as a line through its factors to its result.

Drawn as ordinary lines, not as plotly's `parcoords`: that one needs WebGL, which a report that is
printed or read on a plain machine can't count on, and it can't dash a line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdl.report.figures.style import (
    BLACK,
    BLUE,
    GREY,
    SKY,
    VERMILLION,
    Drawn,
    Nothing,
    layout,
    note,
    text,
)
from sdl.report.words import name, number, quantity, unit

if TYPE_CHECKING:
    from sdl.store import CampaignState
    from sdl.store.records import ExperimentRecord, Goal

BEST_SHARE = 0.25
SPREAD = 0.6  # of a level's share of the axis
MAX_LINES = 200  # of a class; more are a grey surface, and make the page big


@dataclass(frozen=True, slots=True)
class Coordinate:
    """One vertical axis: its title, ticks as (height 0..1, text), and a value's height.

    Lines through one level of a categorical factor are spread over `spread`, better results
    higher, so that each can be followed.
    """

    key: str
    unit: str | None
    ticks: tuple[tuple[float, str], ...]
    height_of: Callable[[Any], float | None]
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of lines: name and look."""

    name: str
    line: dict[str, Any]


_CLASSES = {
    "infeasible": _Class("missed a limit", {"color": VERMILLION, "width": 1, "dash": "dot"}),
    "other": _Class("met every limit", {"color": GREY, "width": 1}),
    "good": _Class("best quarter of those", {"color": SKY, "width": 1.8}),
    "center": _Class("centre recipe", {"color": BLACK, "width": 2.2, "dash": "dash"}),
    "best": _Class("best", {"color": BLUE, "width": 4}),
}


def coordinates_of(state: CampaignState) -> list[Coordinate]:
    """Return one axis per factor and, at the right, one of the goal's output."""
    found = [_of_factor(key, one) for key, one in (state.file.get("factors") or {}).items()]
    goal = state.goal
    if goal is not None:
        values = [one.outputs[goal.output] for one in _completed(state, goal)]
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        found.append(_numeric(goal.output, goal.unit, low, high))
    return found


def draw_parallel(state: CampaignState, height: int = 460) -> Drawn:
    """Draw every completed experiment; infeasible ones are dotted."""
    goal = state.goal
    if goal is None:
        return Nothing("The campaign file names no output to be optimized.")
    done = _completed(state, goal)
    if not done:
        return Nothing("No experiment has been completed yet.")
    axes = coordinates_of(state)
    groups = _grouped(state, goal, done)
    data = [
        _lines(state, goal, axes, _CLASSES[key], members)
        for key, members in groups.items()
        if members
    ]
    return {
        "data": data,
        "layout": layout(
            height,
            xaxis={
                "range": [-0.35, len(axes) - 0.6],
                "visible": False,
                "fixedrange": True,
            },
            yaxis={"range": [-0.03, 1.03], "visible": False, "fixedrange": True},
            shapes=[_rule(at) for at in range(len(axes))],
            annotations=[one for at, axis in enumerate(axes) for one in _labels(at, axis)],
            margin={"l": 20, "r": 20, "t": 124, "b": 16},
            legend={**layout(height)["legend"], "y": 1.28},
        ),
    }


def _completed(state: CampaignState, goal: Goal) -> list[ExperimentRecord]:
    return [
        one
        for one in state.experiments.values()
        if one.status == "completed" and one.outputs.get(goal.output) is not None
    ]


def _grouped(
    state: CampaignState, goal: Goal, done: Sequence[ExperimentRecord]
) -> dict[str, list[ExperimentRecord]]:
    """Classes in the order of drawing, the ones to be seen last."""
    feasible = sorted(
        (one for one in done if one.is_feasible),
        key=lambda one: one.outputs[goal.output],
        reverse=goal.is_maximized,
    )
    n_good = math.ceil(BEST_SHARE * len(feasible))
    special = {id(one) for one in (state.best, state.center) if one is not None}
    plain = [one for one in feasible[n_good:] if id(one) not in special]
    good = [one for one in feasible[:n_good] if id(one) not in special]
    is_apart = state.center is not state.best
    return {
        "infeasible": [one for one in done if not one.is_feasible and id(one) not in special],
        "other": plain,
        "good": good,
        "center": [state.center] if state.center is not None and is_apart else [],
        "best": [] if state.best is None else [state.best],
    }


def _lines(
    state: CampaignState,
    goal: Goal,
    axes: Sequence[Coordinate],
    look: _Class,
    members: Sequence[ExperimentRecord],
) -> dict[str, Any]:
    drawn = members[:: math.ceil(len(members) / MAX_LINES)]
    x: list[float | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    ids: list[str] = []
    for one in drawn:
        inputs = state.proposals[one.proposal].inputs
        title = _title(goal, one)
        rank = (axes[-1].height_of(one.outputs[goal.output]) or 0.0) - 0.5
        for at, axis in enumerate(axes):
            value = inputs.get(axis.key) if at < len(axes) - 1 else one.outputs[goal.output]
            x.append(at)
            height = None if value is None else axis.height_of(value)
            y.append(None if height is None else round(height + axis.spread * rank, 5))
            hover.append(f"{title}<br>{text(name(axis.key))} {text(quantity(value, axis.unit))}")
            ids.append(one.id)
        x.append(None)
        y.append(None)
        hover.append("")
        ids.append("")
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{look.name} ({_which(members, drawn)})",
        "x": x,
        "y": y,
        "ids": ids,
        "text": hover,
        "hoverinfo": "text",
        "line": look.line,
        "opacity": 0.9,
    }


def _which(members: Sequence[ExperimentRecord], drawn: Sequence[ExperimentRecord]) -> str:
    """What the legend adds: the only member's id, or how many there are and are drawn."""
    if len(members) == 1:
        return text(members[0].id)
    return str(len(members)) if len(drawn) == len(members) else f"{len(drawn)} of {len(members)}"


def _title(goal: Goal, one: ExperimentRecord) -> str:
    limits = "" if one.is_feasible else ", missed a limit"
    value = quantity(one.outputs[goal.output], goal.unit)
    return f"<b>{text(one.id)}</b>: {text(name(goal.output))} {text(value)}{limits}"


def _of_factor(key: str, factor: dict[str, Any]) -> Coordinate:
    kind = factor.get("kind")
    levels = factor.get("levels") or ()
    if kind == "categorical":
        places = {level: (at + 0.5) / len(levels) for at, level in enumerate(levels)}
        ticks = tuple((place, str(level)) for level, place in places.items())
        return Coordinate(key, None, ticks, places.get, SPREAD / len(levels))
    low, high = (
        (min(levels), max(levels)) if kind == "discrete" else (factor["low"], factor["high"])
    )
    return _numeric(key, factor.get("unit"), float(low), float(high))


def _numeric(key: str, of_unit: str | None, low: float, high: float) -> Coordinate:
    span = high - low

    def height_of(value: Any) -> float | None:
        if isinstance(value, str):
            return None
        return 0.5 if span == 0 else (value - low) / span

    ticks = [(share, number(low + share * span)) for share in (0.0, 0.5, 1.0)]
    return Coordinate(key, of_unit, tuple(ticks if span else ticks[1:2]), height_of)


def _rule(at: int) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": GREY, "width": 1},
    }


def _labels(at: int, axis: Coordinate) -> list[dict[str, Any]]:
    words = text(name(axis.key)).replace(" ", "<br>")
    shown = text(unit(axis.unit))
    title = f"<b>{words}</b>" + (f"<br>{shown}" if shown else "")
    back = {"font": {"size": 11, "color": GREY}, "bgcolor": "#ffffffdd", "borderpad": 1}
    return [
        note(title, at, 1.02, yanchor="bottom", yref="paper"),
        *(
            note(text(words), at, height, xanchor="right", xshift=-4, **back)
            for height, words in axis.ticks
        ),
    ]
