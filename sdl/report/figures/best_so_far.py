"""Best so far: each experiment's value in the order in which they ended, and the best by then."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sdl.report.figures.style import (
    BAND,
    BLUE,
    GREY,
    MARKS,
    Drawn,
    Nothing,
    axis,
    layout,
    note,
    text,
)
from sdl.report.outcomes import Outcome, in_order_of_end, missed_limits, outcome_of
from sdl.report.words import label, name, quantity, utc

if TYPE_CHECKING:
    from sdl.store import CampaignState
    from sdl.store.records import ExperimentRecord, Goal

_MAX_ROUND_LABELS = 14


def draw_best_so_far(state: CampaignState, height: int = 420) -> Drawn:
    """Draw one point per experiment and a step line of the best that met every limit.

    Experiments without a value stand at the foot of the figure.
    """
    goal = state.goal
    if goal is None:
        return Nothing("The campaign file names no output to be optimized.")
    order = in_order_of_end(state)
    if not order:
        return Nothing("No experiment has been started yet.")
    values = [one.outputs[goal.output] for one in order if _has_value(one, goal)]
    foot = _foot(values)
    data: list[dict[str, Any]] = []
    if values:
        data.append(_best_line(order, goal))
    for outcome in MARKS:
        points = [(i, one) for i, one in enumerate(order, 1) if outcome_of(one) == outcome]
        if points:
            data.append(_points(state, goal, outcome, points, foot))
    bands, labels = _rounds(state, order)
    lines, line_labels = _center_line(state, goal)
    return {
        "data": data,
        "layout": layout(
            height,
            xaxis=axis(
                "experiment, by round and in the order in which they ended",
                range=[0.3, len(order) + 0.7],
                showgrid=False,
                tickformat="d",
                nticks=min(len(order) + 1, 20),
            ),
            yaxis=axis(text(label(goal.output, goal.unit)), showticklabels=bool(values)),
            shapes=bands + lines,
            annotations=labels + line_labels,
            margin={"l": 60, "r": 110 if lines else 20, "t": 70, "b": 50},
            legend={**layout(height)["legend"], "y": 1.08},
        ),
    }


def _has_value(one: ExperimentRecord, goal: Goal) -> bool:
    return one.status == "completed" and one.outputs.get(goal.output) is not None


def _foot(values: list[float]) -> float:
    if not values:
        return 0.0
    low, high = min(values), max(values)
    return low - 0.08 * ((high - low) or abs(high) or 1.0)


def _best_line(order: list[ExperimentRecord], goal: Goal) -> dict[str, Any]:
    best: float | None = None
    steps: list[float | None] = []
    for one in order:
        value = one.outputs.get(goal.output)
        if outcome_of(one) == "feasible" and value is not None:
            best = value if best is None or goal.is_better(value, best) else best
        steps.append(best)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "best so far",
        "x": list(range(1, len(order) + 1)),
        "y": steps,
        "line": {"shape": "hv", "color": BLUE, "width": 2},
        "hoverinfo": "skip",
    }


def _points(
    state: CampaignState,
    goal: Goal,
    outcome: Outcome,
    points: list[tuple[int, ExperimentRecord]],
    foot: float,
) -> dict[str, Any]:
    mark = MARKS[outcome]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": mark.name if goal.limits or outcome != "feasible" else "completed",
        "x": [i for i, _ in points],
        "y": [one.outputs[goal.output] if _has_value(one, goal) else foot for _, one in points],
        "ids": [one.id for _, one in points],
        "text": [_hover(state, goal, one) for _, one in points],
        "hoverinfo": "text",
        "marker": mark.marker(),
        "cliponaxis": False,
    }


def _hover(state: CampaignState, goal: Goal, one: ExperimentRecord) -> str:
    proposal = state.proposals[one.proposal]
    lines = [f"<b>{text(one.id)}</b> ({text(one.proposal)}, round {proposal.round})"]
    if one.vessel is not None:
        lines.append(f"vessel {text(one.vessel)}")
    units = {key: out.get("unit") for key, out in (state.file.get("outputs") or {}).items()}
    lines += [
        f"{text(name(key))} {text(quantity(value, units.get(key)))}"
        for key, value in one.outputs.items()
    ]
    if outcome_of(one) == "infeasible":
        missed = ", ".join(name(key) for key, _ in missed_limits(state, one))
        lines.append(f"missed: {text(missed)}")
    if one.reason:
        lines.append(text(one.reason))
    if one.ended_us is not None:
        lines.append(f"ended {utc(one.ended_us)}")
    return "<br>".join(lines)


def _rounds(
    state: CampaignState, order: list[ExperimentRecord]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Bands behind every second round, and the rounds' numbers above."""
    spans: dict[int, tuple[int, int]] = {}
    for i, one in enumerate(order, 1):
        number = state.proposals[one.proposal].round
        first, _ = spans.get(number, (i, i))
        spans[number] = (first, i)
    every = math.ceil(len(spans) / _MAX_ROUND_LABELS)
    bands, labels = [], []
    for at, (number, (first, last)) in enumerate(sorted(spans.items())):
        if at % 2 == 0:
            bands.append(
                {
                    "type": "rect",
                    "layer": "below",
                    "xref": "x",
                    "yref": "paper",
                    "x0": first - 0.5,
                    "x1": last + 0.5,
                    "y0": 0,
                    "y1": 1,
                    "fillcolor": BAND,
                    "line": {"width": 0},
                }
            )
        if at % every == 0:
            words = f"round {number}" if every == 1 and len(spans) < 9 else str(number)
            middle = (first + last) / 2
            labels.append(
                note(words, middle, 1.0, yref="paper", yanchor="bottom", font={"color": GREY})
            )
    return bands, labels


def _center_line(
    state: CampaignState, goal: Goal
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A dotted line at the value of the centre recipe."""
    center = state.center
    if center is None:
        return [], []
    value = center.outputs[goal.output]
    parts = ["centre recipe", text(quantity(value, goal.unit))]
    parts += [text(f"missed {name(key)}") for key, _ in missed_limits(state, center)]
    line = {
        "type": "line",
        "xref": "paper",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": GREY, "width": 1.2, "dash": "dot"},
        "layer": "below",
    }
    beside = {"xref": "paper", "xanchor": "left", "xshift": 4, "align": "left"}
    return [line], [note("<br>".join(parts), 1.0, value, **beside)]
