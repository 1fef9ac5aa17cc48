"""The phases of cultures behind their trends: bands in the panels, names in a ribbon on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sdl.report.culture import Culture
from sdl.report.figures.panels import Box
from sdl.report.figures.style import GREY, ORANGE, note, text
from sdl.report.words import name

Shapes = list[dict[str, Any]]

BAR_PX = 16
_TINTS = ("#DDE8F0", "#F6E8CC")  # of the first culture, of the second
_BAND = "#EEF3F7"


def phase_bands(shown: Sequence[Culture], box: Box, last_day: float) -> Shapes:
    """Shade every second phase of the first culture; dot where one of the second begins."""
    where = {"xref": f"x{box.suffix}", "yref": f"y{box.suffix} domain", "layer": "below"}
    shapes = [
        {
            **where,
            "type": "rect",
            "x0": start,
            "x1": end,
            "y0": 0,
            "y1": 1,
            "fillcolor": _BAND,
            "line": {"width": 0},
        }
        for at, (_, start, end) in enumerate(_seen(shown[0], last_day))
        if at % 2 == 1
    ]
    shapes += [
        {
            **where,
            "type": "line",
            "x0": start,
            "x1": start,
            "y0": 0,
            "y1": 1,
            "line": {"color": ORANGE, "width": 1.2, "dash": "dot"},
        }
        for one in shown[1:]
        for _, start, _ in _seen(one, last_day)[1:]
    ]
    return shapes


def phase_ribbon(
    shown: Sequence[Culture], left: float, right: float, last_day: float, plot_px: float
) -> tuple[Shapes, Shapes]:
    """Bars with the phases' names, one per culture, above a column; returns shapes and notes."""
    scale = (right - left) / last_day
    bar = BAR_PX / plot_px
    shapes, notes = [], []
    for index, one in enumerate(shown):
        top = 1 - index * (bar + 2 / plot_px)
        for phase, start, end in _seen(one, last_day):
            is_wide = end - start > 0.12 * last_day
            shapes.append(
                {
                    "type": "rect",
                    "xref": "paper",
                    "yref": "paper",
                    "x0": left + start * scale,
                    "x1": left + end * scale,
                    "y0": top - bar,
                    "y1": top,
                    "fillcolor": _TINTS[index],
                    "line": {"width": 1, "color": "#ffffff"},
                    "label": {
                        "text": text(name(phase)) if is_wide else "",
                        "font": {"size": 11, "color": GREY},
                    },
                }
            )
        small = {"size": 11, "color": GREY}
        where = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "middle"}
        middle = top - bar / 2
        notes.append(note(text(one.experiment), left, middle, xshift=-4, **where, font=small))
    return shapes, notes


def _seen(one: Culture, last_day: float) -> list[tuple[str, float, float]]:
    """Phases from day 0 on, cut to what is shown."""
    return [
        (phase.name, max(phase.start_day, 0.0), min(phase.end_day, last_day))
        for phase in one.phases
        if phase.end_day > 0 and phase.start_day < last_day and phase.end_day > phase.start_day
    ]
