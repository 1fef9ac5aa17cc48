"""Small parts that pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from sdl.report.figures import Drawn, Figure, Nothing, placeholder

GROUND = "#E9E9E9"  # of the pages; figures lie on it without a frame


def fact(title: str, value: Any, detail: str = "") -> html.Div:
    """Return a figure with its title and a detail below."""
    return html.Div(
        [
            html.Div(title, className="fact-title"),
            html.Div(value, className="fact-value"),
            html.Div(detail, className="fact-detail"),
        ],
        className="fact",
    )


def table(head: Sequence[str], rows: Sequence[Sequence[Any]], identity: str) -> html.Table:
    """Return a table; cells are texts or components."""
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(title, scope="col") for title in head])),
            html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows]),
        ],
        id=identity,
    )


def empty(words: str) -> html.P:
    """Return a sentence that stands where there is nothing to show yet."""
    return html.P(words, className="empty")


def on_ground(drawn: Drawn) -> Figure:
    """Return a figure in the pages' muted look; a sentence in its place if there is none."""
    figure = placeholder(drawn) if isinstance(drawn, Nothing) else drawn
    quiet = {"paper_bgcolor": GROUND, "plot_bgcolor": "#F4F4F4"}
    return {**figure, "layout": {**figure["layout"], **quiet}}
