"""What all figures share: colours, marker shapes, axes and layout.

Colours are those of Okabe & Ito (Color Universal Design, 2008), which people with any colour
vision tell apart; every class also has a shape or a line style of its own.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, TypeAlias

from sdl.report.outcomes import Outcome

Figure: TypeAlias = dict[str, Any]

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
GREY, PALE, BAND, INK = "#777777", "#E4E4E4", "#F3F5F7", "#222222"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no figure yet; `why` is a sentence for the reader."""

    why: str


Drawn: TypeAlias = Figure | Nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """How a class of experiments is drawn: its name, colour, shape and size in px."""

    name: str
    colour: str
    symbol: str
    size: int

    def marker(self) -> dict[str, Any]:
        """Return the marker as plotly wants it."""
        return {
            "color": self.colour,
            "symbol": self.symbol,
            "size": self.size,
            "line": {"width": 1.6, "color": self.colour},
        }


MARKS: dict[Outcome, Mark] = {
    "feasible": Mark("met every limit", BLUE, "circle", 8),
    "infeasible": Mark("missed a limit", VERMILLION, "diamond-open", 9),
    "failed": Mark("failed, no result", BLACK, "x-thin", 8),
    "running": Mark("running", GREY, "triangle-right-open", 9),
    "queued": Mark("queued", GREY, "line-ns-open", 9),
}


def text(given: object) -> str:
    """Return a text such that plotly shows it as it is; it would take `<` and `&` for markup."""
    return html.escape(str(given), quote=False)


def axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Return an axis with a title, which must be escaped already."""
    return {
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "showline": True,
        "linecolor": GREY,
        "ticks": "outside",
        "tickcolor": GREY,
        "ticklen": 4,
        "gridcolor": PALE,
        "zeroline": False,
        "automargin": True,
        **more,
    }


def layout(height: int, **more: Any) -> dict[str, Any]:
    """Return the layout that all figures start from; `height` in px."""
    return {
        "height": height,
        "autosize": True,
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 60, "r": 20, "t": 40, "b": 50},
        "hoverlabel": {"align": "left", "bgcolor": "#ffffff", "font": {"color": INK}},
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.0,
            "yanchor": "bottom",
            "yref": "paper",
        },
        "hovermode": "closest",
        "uirevision": "keep",  # a reader's zoom outlives an update
        **more,
    }


def note(words: str, x: float, y: float, **more: Any) -> dict[str, Any]:
    """Return an annotation without an arrow; `words` must be escaped already."""
    return {"text": words, "x": x, "y": y, "showarrow": False, "font": {"size": 12}, **more}


def placeholder(nothing: Nothing, height: int = 240) -> Figure:
    """Return a figure that says why there is none, where a figure must be shown."""
    empty = {"visible": False}
    middle = {"xref": "paper", "yref": "paper", "font": {"size": 14, "color": GREY}}
    annotation = note(text(nothing.why), 0.5, 0.5, **middle)
    return {
        "data": [],
        "layout": layout(height, xaxis=empty, yaxis=dict(empty), annotations=[annotation]),
    }
