"""Culture trends: small multiples of the probes and assays of one or two cultures over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sdl.report.culture import AssayPoint, Culture, Trend
from sdl.report.figures.panels import COLUMNS, SIGNALS, Box, Panel, left_of, panels_of, right_of
from sdl.report.figures.phases import BAR_PX, phase_bands, phase_ribbon
from sdl.report.figures.style import (
    BLACK,
    BLUE,
    ORANGE,
    VERMILLION,
    Drawn,
    Figure,
    Nothing,
    axis,
    layout,
    note,
    text,
)
from sdl.report.thinning import Thinned, thin
from sdl.report.words import label, name, number, quantity

MAX_CULTURES = 2
_PANEL_PX, _GAP_PX, _MARGIN_PX = 150, 46, {"l": 60, "r": 16, "t": 46, "b": 30}
_RIBBON_PX = MAX_CULTURES * (BAR_PX + 2) + 24
_COLOURS = (BLUE, ORANGE)
_ASSAY_SYMBOLS = ("circle", "square")


def draw_culture_trends(
    cultures: Sequence[Culture], signals: Sequence[str] = SIGNALS, n_points: int = 1000
) -> Drawn:
    """Draw up to two cultures over each other, phases as bands, gaps as gaps.

    The bands behind the panels are the phases of the first culture; where the phases of the second
    begin is a dotted line.  Both are named in the ribbon on top.
    """
    shown = [one for one in cultures if one.trends or one.assays][:MAX_CULTURES]
    panels = panels_of(shown, signals)
    if not panels:
        return Nothing("No readings have been stored yet.")
    pitch = _PANEL_PX + _GAP_PX
    plot_px = _RIBBON_PX + math.ceil(len(panels) / COLUMNS) * pitch
    height = plot_px + _MARGIN_PX["t"] + _MARGIN_PX["b"]
    end = 1.01 * max(_last_day(one) for one in shown)
    legend = {**layout(height)["legend"], "y": 1 + 8 / plot_px}
    figure: Figure = {
        "data": [],
        "layout": layout(height, margin=_MARGIN_PX, shapes=[], annotations=[], legend=legend),
    }
    for at, panel in enumerate(panels):
        row, column = divmod(at, COLUMNS)
        top = 1 - (_RIBBON_PX + row * pitch) / plot_px
        box = Box(at, left_of(column), right_of(column), top - _PANEL_PX / plot_px, top)
        _axes(figure, panel, box, end, is_lowest=at + COLUMNS >= len(panels))
        figure["layout"]["shapes"] += phase_bands(shown, box, end)
        for index, one in enumerate(shown):
            _traces(figure, panel, box, one, index, n_points)
    for column in range(min(COLUMNS, len(panels))):
        shapes, notes = phase_ribbon(shown, left_of(column), right_of(column), end, plot_px)
        figure["layout"]["shapes"] += shapes
        figure["layout"]["annotations"] += notes
    _only_first_in_legend(figure)
    return figure


def _last_day(one: Culture) -> float:
    days = [float(trend.days[-1]) for trend in one.trends if len(trend.days)]
    return max([*days, *(point.day for point in one.assays), 0.1])


def _axes(figure: Figure, panel: Panel, box: Box, end: float, *, is_lowest: bool) -> None:
    s = box.suffix
    linked = {"matches": "x"} if s else {}  # a zoom in one panel is a zoom in all
    figure["layout"][f"xaxis{s}"] = axis(
        "day of culture" if is_lowest else "",
        domain=[box.left, box.right],
        anchor=f"y{s}",
        range=[0, end],
        **linked,
    )
    figure["layout"][f"yaxis{s}"] = axis("", domain=[box.bottom, box.top], anchor=f"x{s}", nticks=5)
    title = f"<b>{text(label(panel.title, panel.unit))}</b>"
    where = {"xref": f"x{s} domain", "yref": f"y{s} domain", "xanchor": "left", "yanchor": "bottom"}
    figure["layout"]["annotations"].append(note(title, 0, 1, **where))


def _traces(
    figure: Figure, panel: Panel, box: Box, one: Culture, index: int, n_points: int
) -> None:
    place = {"xaxis": f"x{box.suffix}", "yaxis": f"y{box.suffix}", "type": "scatter"}
    for trend in one.trends:
        if trend.signal == panel.signal:
            thinned = thin(trend.days, trend.values, trend.quality, n_points)
            figure["data"] += [{**place, **part} for part in _readings(thinned, trend, one, index)]
    points = [point for point in one.assays if point.assay == panel.assay]
    if points:
        figure["data"].append({**place, **_assay(points, one, index)})


def _readings(thinned: Thinned, trend: Trend, one: Culture, index: int) -> list[dict[str, Any]]:
    """The line, and markers on the readings that aren't good."""
    title = f"{text(one.role)} ({text(one.experiment)})"
    about = f"{title}<br>day %{{x:.2f}}: %{{y}} {text(trend.unit)}"
    parts: list[dict[str, Any]] = [
        {
            "mode": "lines",
            "name": title,
            "legendgroup": f"line{index}",
            "x": thinned.x,
            "y": thinned.y,
            "connectgaps": False,
            "line": {"color": _COLOURS[index], "width": 1.3},
            "hovertemplate": f"{about}<extra></extra>",
        }
    ]
    if thinned.uncertain_x:
        parts.append(
            {
                "mode": "markers",
                "name": "uncertain reading",
                "legendgroup": "uncertain",
                "x": thinned.uncertain_x,
                "y": thinned.uncertain_y,
                "marker": {"symbol": "circle-open", "size": 6, "color": BLACK},
                "hovertemplate": f"{about}, uncertain<extra></extra>",
            }
        )
    if thinned.bad_x:
        values = [value for value in thinned.y if value is not None]
        parts.append(
            {
                "mode": "markers",
                "name": "bad reading (at the foot, without its value)",
                "legendgroup": "bad",
                "x": thinned.bad_x,
                "y": [min(values, default=0.0)] * len(thinned.bad_x),
                "marker": {"symbol": "x", "size": 7, "color": VERMILLION},
                "hovertemplate": f"{title}<br>day %{{x:.2f}}: bad<extra></extra>",
            }
        )
    return parts


def _assay(points: Sequence[AssayPoint], one: Culture, index: int) -> dict[str, Any]:
    who = f"{text(one.role)} ({text(one.experiment)})"
    return {
        "mode": "markers",
        "name": f"{text(one.role)}, assay",
        "legendgroup": f"assay{index}",
        "x": [round(point.day, 4) for point in points],
        "y": [point.value for point in points],
        "text": [
            f"{who}<br>day {number(point.day)}: {text(name(point.assay))} "
            f"{text(quantity(point.value, point.unit))}"
            for point in points
        ],
        "hoverinfo": "text",
        "marker": {
            "symbol": _ASSAY_SYMBOLS[index],
            "size": 9,
            "color": _COLOURS[index],
            "line": {"color": BLACK, "width": 1.2},
        },
        "cliponaxis": False,
    }


def _only_first_in_legend(figure: Figure) -> None:
    seen: set[str] = set()
    for trace in figure["data"]:
        trace["showlegend"] = trace["legendgroup"] not in seen
        seen.add(trace["legendgroup"])
