"""Parity: what was predicted before an experiment ran against what was measured after it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdl.report.figures.style import (
    BLUE,
    GREY,
    ORANGE,
    Drawn,
    Nothing,
    axis,
    layout,
    note,
    text,
)
from sdl.report.outcomes import interval_level, units_of
from sdl.report.words import interval, label, percent, quantity

if TYPE_CHECKING:
    from sdl.store import CampaignState

_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class ParityPoint:
    """One experiment's prediction and measurement of one output, in the output's unit."""

    experiment: str
    round: int
    predicted: dict[str, float]
    measured: float

    @property
    def is_inside(self) -> bool:
        """Whether the measurement lies within the predicted interval."""
        return self.predicted["low"] <= self.measured <= self.predicted["high"]


@dataclass(frozen=True, slots=True)
class Parity:
    """All points of one output."""

    output: str
    unit: str | None
    points: tuple[ParityPoint, ...]

    @property
    def n_inside(self) -> int:
        """How many measurements lay within their interval."""
        return sum(point.is_inside for point in self.points)

    @property
    def rmse(self) -> float:
        """Root mean square of measured minus predicted mean, in the output's unit."""
        errors = [point.measured - point.predicted["mean"] for point in self.points]
        return math.sqrt(sum(error * error for error in errors) / len(errors))


def parity_of(state: CampaignState) -> list[Parity]:
    """Return the points of each output that has any: completed experiments with a prediction."""
    found = []
    for output, of_unit in units_of(state, "outputs").items():
        points = []
        for one in state.experiments.values():
            proposal = state.proposals[one.proposal]
            predicted = (proposal.predicted or {}).get(output)
            measured = one.outputs.get(output)
            if one.status == "completed" and predicted is not None and measured is not None:
                points.append(ParityPoint(one.id, proposal.round, predicted, measured))
        if points:
            found.append(Parity(output, of_unit, tuple(points)))
    if state.goal is not None:
        # What the campaign is for comes first; a normalised file has names in another order.
        found.sort(key=lambda one: state.goal is None or one.output != state.goal.output)
    return found


def draw_parity(state: CampaignState, height: int = 520) -> Drawn:
    """Draw one panel per output; points inside and outside their interval differ in shape."""
    parities = parity_of(state)
    if not parities:
        return Nothing(
            "No completed experiment had a prediction yet: the model predicts from the second "
            "round on."
        )
    level = interval_level(state)
    n_rows = math.ceil(len(parities) / _COLUMNS)
    figure: dict[str, Any] = {
        "data": [],
        "layout": layout(
            n_rows * height,
            shapes=[],
            annotations=[],
            legend={**layout(height)["legend"], "y": 1 + 44 / (n_rows * height)},
            margin={"l": 60, "r": 20, "t": 84, "b": 56},
        ),
    }
    for at, parity in enumerate(parities):
        _panel(figure, state, parity, level, at, n_rows)
    return figure


def _panel(
    figure: dict[str, Any],
    state: CampaignState,
    parity: Parity,
    level: float | None,
    at: int,
    n_rows: int,
) -> None:
    row, column = divmod(at, _COLUMNS)
    suffix = "" if at == 0 else str(at + 1)
    x, y = f"x{suffix}", f"y{suffix}"
    gap = 0.16
    wide = (1 - gap) / _COLUMNS
    left, tall = column * (wide + gap), (1 - 0.22 * (n_rows - 1)) / n_rows
    bottom = 1 - tall - row * (tall + 0.22)
    low, high = _range(parity)
    title = text(label(parity.output, parity.unit))
    figure["layout"][f"xaxis{suffix}"] = axis(
        f"predicted {title}", range=[low, high], domain=[left, left + wide], anchor=y
    )
    figure["layout"][f"yaxis{suffix}"] = axis(
        f"measured {title}",
        range=[low, high],
        domain=[bottom, bottom + tall],
        anchor=x,
        scaleanchor=x,
        constrain="domain",
    )
    figure["layout"][f"xaxis{suffix}"]["constrain"] = "domain"
    figure["layout"]["shapes"] += [
        {
            "type": "line",
            "xref": x,
            "yref": y,
            "x0": low,
            "y0": low,
            "x1": high,
            "y1": high,
            "layer": "below",
            "line": {"color": GREY, "width": 1},
        },
    ]
    for value in _limits(state, parity, low, high):
        line, words = _limit_line(parity, value, x, y, low, high)
        figure["layout"]["shapes"].append(line)
        figure["layout"]["annotations"].append(words)
    figure["layout"]["annotations"].append(
        note(
            text(coverage_sentence(parity, level)),
            0.5,
            1.01,
            xref=f"{x} domain",
            yref=f"{y} domain",
            xanchor="center",
            yanchor="bottom",
        )
    )
    for is_inside in (True, False):
        points = [point for point in parity.points if point.is_inside == is_inside]
        if points:
            trace = _trace(parity, points, x, y, is_inside=is_inside)
            told = {one["legendgroup"] for one in figure["data"]}
            figure["data"].append({**trace, "showlegend": trace["legendgroup"] not in told})


def coverage_sentence(parity: Parity, level: float | None) -> str:
    """Return how many measurements lay within their interval, and the root mean square error."""
    n, inside = len(parity.points), parity.n_inside
    of_level = "their interval" if level is None else f"their {percent(level)} interval"
    return (
        f"{inside} of {n} ({100 * inside / n:.0f} %) within {of_level}; "
        f"RMSE {quantity(parity.rmse, parity.unit)}"
    )


def _trace(
    parity: Parity, points: list[ParityPoint], x: str, y: str, *, is_inside: bool
) -> dict[str, Any]:
    colour = BLUE if is_inside else ORANGE
    predicted = [point.predicted for point in points]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "within its interval" if is_inside else "outside its interval",
        "legendgroup": str(is_inside),
        "xaxis": x,
        "yaxis": y,
        "x": [one["mean"] for one in predicted],
        "y": [point.measured for point in points],
        "ids": [point.experiment for point in points],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [one["high"] - one["mean"] for one in predicted],
            "arrayminus": [one["mean"] - one["low"] for one in predicted],
            "color": colour,
            "thickness": 0.8,
            "width": 0,
        },
        "marker": {
            "color": colour,
            "symbol": "circle" if is_inside else "diamond-open",
            "size": 7 if is_inside else 10,
            "line": {"width": 1.8 if not is_inside else 0, "color": colour},
        },
        "text": [
            f"<b>{text(point.experiment)}</b> (round {point.round})<br>"
            f"predicted {text(interval(point.predicted, parity.unit))}<br>"
            f"measured {text(quantity(point.measured, parity.unit))}"
            for point in points
        ],
        "hoverinfo": "text",
    }


def _range(parity: Parity) -> tuple[float, float]:
    values = [
        value
        for point in parity.points
        for value in (point.predicted["low"], point.predicted["high"], point.measured)
    ]
    low, high = min(values), max(values)
    pad = 0.04 * ((high - low) or abs(high) or 1.0)
    return low - pad, high + pad


def _limits(state: CampaignState, parity: Parity, low: float, high: float) -> list[float]:
    """The limits of the output that lie within the panel."""
    limits = state.goal.limits.get(parity.output, ()) if state.goal is not None else ()
    return [value for value in limits if value is not None and low <= value <= high]


def _limit_line(
    parity: Parity, value: float, x: str, y: str, low: float, high: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    line = {
        "type": "line",
        "xref": x,
        "yref": y,
        "x0": low,
        "x1": high,
        "y0": value,
        "y1": value,
        "layer": "below",
        "line": {"color": GREY, "width": 1.4, "dash": "dash"},
    }
    words = f"limit {quantity(value, parity.unit)}"
    where = {"xref": x, "yref": y, "xanchor": "right", "yanchor": "top"}
    return line, note(text(words), high, value, **where)
