"""Plant: each vessel with what runs in it and what its probes said last; progress; the best."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, html, no_update
from dash.dcc import Store as ClientStore

from dashboard.parts import empty, fact, table
from dashboard.reader import Reader, Seen
from dashboard.vessels import Latest, age
from sdl.report.words import DAY_US, name, number, quantity
from sdl.store import CampaignState

PATH = "/"
TITLE = "Plant"
_SIGNS = {"good": "", "uncertain": "▲ ", "bad": "■ "}


def layout() -> html.Div:
    """Return the page's empty parts."""
    return html.Div(
        [
            ClientStore(id="plant-mark"),
            html.Div(id="plant-facts", className="facts"),
            html.H2("Vessels"),
            html.Div(id="plant-vessels"),
        ]
    )


def connect(app: Dash, reader: Reader) -> None:
    """Register the callback that fills them."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output("plant-facts", "children"),
        Output("plant-vessels", "children"),
        Output("plant-mark", "data"),
        Input("tick", "n_intervals"),
        Input("campaign", "value"),
        State("plant-mark", "data"),
    )
    def fill(n: int | None, campaign: str | None, mark: str | None) -> tuple[Any, Any, Any]:
        with reader.look(campaign or None) as seen:
            if seen.mark == mark:
                return no_update, no_update, no_update
            return facts(seen), vessels(seen), seen.mark


def facts(seen: Seen) -> list[html.Div]:
    """Return round progress, best so far, experiments and lab time."""
    state = seen.state
    if state is None:
        return []
    summary = state.summary()
    counts = summary["n_experiments"]
    n_all = sum(counts.values())
    by_status = ", ".join(f"{n} {status}" for status, n in counts.items())
    return [
        _round(state),
        _best(state),
        fact("experiments", str(n_all), by_status),
        fact(
            "lab time",
            f"{number(round(summary['lab_days'], 1))} d",
            f"{number(round(summary['vessel_days'], 1))} vessel-days",
        ),
    ]


def vessels(seen: Seen) -> Any:
    """Return the table of vessels."""
    state = seen.state
    if state is None:
        return empty("The vessels are shown as soon as the database can be read.")
    if not seen.vessels:
        return empty("No vessel has been used yet.")
    occupants = {vessel: experiment for experiment, vessel in state.running.items()}
    signals = list(dict.fromkeys(one.signal for found in seen.latest.values() for one in found))
    head = ["vessel", "experiment", "phase", "day of culture", *(name(one) for one in signals)]
    rows = []
    for vessel in seen.vessels:
        experiment = occupants.get(vessel)
        if experiment is None:
            rows.append([vessel, "–", _idle(state, vessel), "–", *("–" for _ in signals)])
            continue
        record = state.experiments[experiment]
        latest = {one.signal: one for one in seen.latest.get(experiment, ())}
        rows.append(
            [
                vessel,
                f"{experiment} ({record.proposal})",
                name(record.phase) if record.phase else "waiting",
                _day(seen, state, experiment),
                *(_reading(latest.get(signal)) for signal in signals),
            ]
        )
    return html.Div(
        [
            table(head, rows, "vessels"),
            html.P(
                "Under each reading: its quality, and its age by the lab's clock at the last "
                "ledger row.",
                className="note",
            ),
        ],
        className="scroll",
    )


def _round(state: CampaignState) -> html.Div:
    planned = (state.file.get("plan") or {}).get("rounds")
    if not state.rounds:
        return fact("round", "none yet", f"{planned} planned" if planned else "")
    number_, latest = max(state.rounds.items())
    bar = html.Progress(value=str(latest.n_ended), max=str(latest.n))
    of = f"{number_} of {planned}" if planned else str(number_)
    return fact("round", [of, bar], f"{latest.n_ended} of {latest.n} proposals ended")


def _best(state: CampaignState) -> html.Div:
    if state.goal is None or state.best is None:
        return fact("best so far", "none yet", "no culture has met every limit")
    best = state.best
    value = quantity(best.outputs[state.goal.output], state.goal.unit)
    where = f"{name(state.goal.output)}, {best.id}, round {state.proposals[best.proposal].round}"
    return fact("best so far", value, where)


def _idle(state: CampaignState, vessel: str) -> str:
    for command in state.commands.values():
        if command.instrument == vessel and command.verb == "clean":
            return "cleaning"
    return "idle"


def _day(seen: Seen, state: CampaignState, experiment: str) -> str:
    start = seen.culture_starts.get(experiment)
    return "not inoculated" if start is None else f"{(state.now_us - start) / DAY_US:.1f}"


def _reading(latest: Latest | None) -> Any:
    if latest is None:
        return "–"
    return [
        html.Div(quantity(latest.value, latest.unit), className="reading"),
        html.Div(
            f"{_SIGNS[latest.quality]}{latest.quality}, {age(latest.age_s)}",
            className=f"quality {latest.quality}",
        ),
    ]
