"""Model fit over the rounds: how well the model told results that it was not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdl.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILLION,
    Drawn,
    Nothing,
    axis,
    layout,
    note,
    text,
)
from sdl.report.outcomes import interval_level, units_of
from sdl.report.words import name, number, percent

if TYPE_CHECKING:
    from sdl.store import CampaignState

_LOOKS = (
    (BLUE, "circle"),
    (ORANGE, "square"),
    (GREEN, "diamond"),
    (VERMILLION, "triangle-up"),
    (PURPLE, "triangle-down"),
)


def fit_by_round(state: CampaignState) -> dict[int, dict[str, dict[str, float]]]:
    """Return what each round's proposals say of the model that made them: output → figures."""
    found: dict[int, dict[str, dict[str, float]]] = {}
    for proposal in state.proposals.values():
        if proposal.fit and proposal.round not in found:
            found[proposal.round] = proposal.fit
    return dict(sorted(found.items()))


def draw_model_fit(state: CampaignState, height: int = 330) -> Drawn:
    """Draw leave-one-out R² and interval coverage of each output over the rounds."""
    fits = fit_by_round(state)
    if not fits:
        return Nothing("No model has been fitted yet: the first is fitted after the first round.")
    rounds = list(fits)
    r2 = [fit.get("loo_r2") for of_round in fits.values() for fit in of_round.values()]
    floor = min([0.0, *(value for value in r2 if value is not None)])
    data: list[dict[str, Any]] = []
    for at, output in enumerate(units_of(state, "outputs")):
        colour, symbol = _LOOKS[at % len(_LOOKS)]
        for column, key in enumerate(("loo_r2", "loo_coverage")):
            suffix = "" if column == 0 else "2"
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": text(name(output)),
                    "legendgroup": output,
                    "showlegend": column == 0,
                    "xaxis": f"x{suffix}",
                    "yaxis": f"y{suffix}",
                    "x": rounds,
                    "y": [fits[r].get(output, {}).get(key) for r in rounds],
                    "text": [_hover(fits[r].get(output), r, output) for r in rounds],
                    "hoverinfo": "text",
                    "line": {"color": colour, "width": 1.5},
                    "marker": {"color": colour, "symbol": symbol, "size": 8},
                    "cliponaxis": False,
                }
            )
    title = "round that the model proposed"
    x: dict[str, Any] = {
        "tickformat": "d",
        "nticks": min(len(rounds), 12),
        "range": [rounds[0] - 0.3, rounds[-1] + 0.3],
    }
    shapes, notes = _level_line(interval_level(state))
    return {
        "data": data,
        "layout": layout(
            height,
            xaxis=axis(title, **x, domain=[0, 0.45], anchor="y"),
            yaxis=axis("leave-one-out R²", range=[floor - 0.04, 1.04]),
            xaxis2=axis(title, **x, domain=[0.55, 1], anchor="y2"),
            yaxis2=axis(
                "left-out points within interval", range=[0, 1.04], tickformat=".0%", anchor="x2"
            ),
            shapes=shapes,
            annotations=notes,
        ),
    }


def _hover(fit: dict[str, float] | None, round_: int, output: str) -> str:
    if fit is None:
        return ""
    return (
        f"round {round_}, {text(name(output))}: model of {number(fit.get('n'))} experiments<br>"
        f"R² {number(fit.get('loo_r2'))}, RMSE {number(fit.get('loo_rmse'))}, "
        f"coverage {number(fit.get('loo_coverage'))}"
    )


def _level_line(level: float | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if level is None:
        return [], []
    line = {
        "type": "line",
        "xref": "x2 domain",
        "yref": "y2",
        "x0": 0,
        "x1": 1,
        "y0": level,
        "y1": level,
        "layer": "below",
        "line": {"color": GREY, "width": 1.2, "dash": "dash"},
    }
    words = f"wanted: {percent(level)}"
    where = {"xref": "x2 domain", "yref": "y2", "xanchor": "left", "yanchor": "top"}
    return [line], [note(words, 0.01, level, **where)]
