"""Campaign: best so far, predicted against measured, and why each experiment was proposed."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update

from dashboard.parts import empty, on_ground, table
from dashboard.reader import Reader, Seen
from dashboard.why import why
from sdl.report.figures import Nothing, draw_best_so_far, draw_parity
from sdl.report.words import NOTHING, interval, name, number, quantity
from sdl.store import CampaignState
from sdl.store.records import ProposalRecord

PATH = "/campaign"
TITLE = "Campaign"
MAX_ROWS = 200
_NO_STATE = Nothing("Shown as soon as the database can be read.")
_SIGNS = {"completed": "✓", "failed": "✕", "abandoned": "✕", "running": "▶", "pending": "…"}


def layout() -> html.Div:
    """Return the page's empty parts."""
    config = {"displaylogo": False, "responsive": True}
    return html.Div(
        [
            dcc.Store(id="campaign-mark"),
            html.H2("Best so far"),
            dcc.Graph(id="best-so-far", config=config),
            html.H2("Predicted and measured"),
            dcc.Graph(id="parity", config=config),
            html.H2("Proposals"),
            html.Div(id="proposals"),
        ]
    )


def connect(app: Dash, reader: Reader) -> None:
    """Register the callback that fills them."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output("best-so-far", "figure"),
        Output("parity", "figure"),
        Output("proposals", "children"),
        Output("campaign-mark", "data"),
        Input("tick", "n_intervals"),
        Input("campaign", "value"),
        State("campaign-mark", "data"),
    )
    def fill(n: int | None, campaign: str | None, mark: str | None) -> tuple[Any, ...]:
        with reader.look(campaign or None) as seen:
            if seen.mark == mark:
                return (no_update,) * 4
            return *figures(seen), proposals(seen), seen.mark


def figures(seen: Seen) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return best so far and parity."""
    state = seen.state
    if state is None:
        return on_ground(_NO_STATE), on_ground(_NO_STATE)
    return on_ground(draw_best_so_far(state)), on_ground(draw_parity(state))


def proposals(seen: Seen) -> Any:
    """Return the table of proposals, the latest first."""
    state = seen.state
    if state is None:
        return empty("The proposals are shown as soon as the database can be read.")
    if not state.proposals:
        return empty("Nothing has been proposed yet.")
    goal = state.goal
    output = "" if goal is None else name(goal.output)
    head = ["proposal", "round", "status", "why", "strategy", f"predicted {output}", output]
    latest = list(state.proposals.values())[: -MAX_ROWS - 1 : -1]
    n_left = len(state.proposals) - len(latest)
    left = [html.P(f"{n_left} earlier ones are in the report.", className="note")] if n_left else []
    return html.Div(
        [table(head, [_row(state, one) for one in latest], "proposal-table"), *left],
        className="scroll",
    )


def _row(state: CampaignState, proposal: ProposalRecord) -> list[str]:
    goal = state.goal
    predicted = (proposal.predicted or {}).get(goal.output) if goal is not None else None
    experiments = ", ".join(proposal.experiments)
    return [
        f"{proposal.id} ({experiments})" if experiments else proposal.id,
        number(proposal.round),
        f"{_SIGNS[proposal.status]} {proposal.status}",
        why(state, proposal),
        proposal.strategy,
        NOTHING if predicted is None or goal is None else interval(predicted, goal.unit),
        _measured(state, proposal),
    ]


def _measured(state: CampaignState, proposal: ProposalRecord) -> str:
    goal = state.goal
    if goal is None or not proposal.experiments:
        return NOTHING
    last = state.experiments[proposal.experiments[-1]]
    if goal.output not in last.outputs:
        return NOTHING
    missed = "" if last.is_feasible else ", missed a limit"
    return quantity(last.outputs[goal.output], goal.unit) + missed
