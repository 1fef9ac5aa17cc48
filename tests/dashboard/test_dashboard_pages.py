from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from dashboard_course import Copy, entries_of, row_of
from flask.testing import FlaskClient

from dashboard.app import HOST, PortTaken, make_app, serve
from dashboard.pages import PAGES, page_at
from dashboard.pages.plant import vessels
from dashboard.reader import Reader, Seen
from dashboard.why import best_when_asked, why
from sdl.report.figures import draw_best_so_far, draw_parity, parity_of
from sdl.report.words import number, quantity
from sdl.result import open_result
from sdl.store import CampaignState

Copied = Callable[[], Copy]
PLANT = ["plant-facts.children", "plant-vessels.children", "plant-mark.data"]
CAMPAIGN = [
    "best-so-far.figure",
    "parity.figure",
    "proposals.children",
    "campaign-mark.data",
]
BANNER = ["banner.children", "campaign.options", "answered.data"]


def client_of(app: Dash) -> FlaskClient:
    client: FlaskClient = app.server.test_client()
    client.environ_base["HTTP_HOST"] = HOST
    return client


def call(client: FlaskClient, outputs: list[str], mark: str | None = None) -> dict[str, Any]:
    """What a browser's request for these outputs is answered with; {} when nothing changed."""
    parts = [dict(zip(("id", "property"), one.split("."), strict=True)) for one in outputs]
    state = [{"id": outputs[-1].split(".")[0], "property": "data", "value": mark}]
    answer = client.post(
        "/_dash-update-component",
        json={
            "output": ".." + "...".join(outputs) + "..",
            "outputs": parts,
            "inputs": [
                {"id": "tick", "property": "n_intervals", "value": 1},
                {"id": "campaign", "property": "value", "value": ""},
            ],
            "state": state if "mark" in outputs[-1] else [],
            "changedPropIds": ["tick.n_intervals"],
        },
    )
    if answer.status_code == 204:
        return {}
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()["response"]
    return found


def words(part: Any) -> list[str]:
    """All texts of components, in order."""
    if part is None:
        return []
    if isinstance(part, (str, int, float)):
        return [str(part)]
    if isinstance(part, list):
        return [word for one in part for word in words(one)]
    if hasattr(part, "to_plotly_json"):
        part = part.to_plotly_json()
    return words(part["props"].get("children"))


def rows(part: Any) -> list[list[str]]:
    """The cells of a table's rows, the head first."""
    part = json.loads(json.dumps(part, default=lambda one: one.to_plotly_json()))
    found: list[list[str]] = []

    def walk(one: Any) -> None:
        if isinstance(one, list):
            for each in one:
                walk(each)
        elif isinstance(one, dict):
            if one["type"] == "Tr":
                found.append([" ".join(words(cell)) for cell in one["props"]["children"]])
            else:
                walk(one["props"].get("children"))

    walk(part)
    return found


@pytest.fixture
def state(finished: Path) -> CampaignState:
    return open_result("quick", db=finished).state()


def test_the_layout_builds_and_every_page_has_its_parts(finished: Path) -> None:
    app = make_app(finished)
    text = json.dumps(app.layout, default=lambda one: one.to_plotly_json())
    for part in ("url", "tick", "answered", "campaign", "watchdog", "banner", "page"):
        assert f'"id": "{part}"' in text
    assert text.count('"Interval"') == 1
    assert [page.PATH for page in PAGES] == ["/", "/campaign"]
    for page in PAGES:
        assert json.dumps(page.layout(), default=lambda one: one.to_plotly_json())
    assert page_at("/nowhere") is PAGES[0]
    client = client_of(app)
    assert client.get("/").status_code == 200
    assert client.get("/_dash-layout").status_code == 200
    with client.get("/assets/style.css") as style:
        assert b"http" not in style.data


def test_everything_is_served_from_this_computer(finished: Path) -> None:
    page = client_of(make_app(finished)).get("/").get_data(as_text=True)
    assert "http://" not in page
    assert "https://" not in page


def test_a_foreign_host_name_is_refused(finished: Path) -> None:
    client = client_of(make_app(finished))
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/", headers={"Host": "localhost:8050"}).status_code == 200


def test_the_banner_tells_the_campaigns_state(finished: Path, state: CampaignState) -> None:
    answer = call(client_of(make_app(finished)), BANNER)
    said = "".join(words(answer["banner"]["children"]))
    assert said.startswith("✓ FINISHED quick, ledger row")
    assert str(state.head[0]) in said
    assert [one["label"] for one in answer["campaign"]["options"]] == ["latest", "quick"]


def test_the_plant_page_has_progress_and_the_best(finished: Path, state: CampaignState) -> None:
    assert state.best is not None
    assert state.goal is not None
    answer = call(client_of(make_app(finished)), PLANT)
    said = words(answer["plant-facts"]["children"])
    assert "2 of 2" in said
    assert "3 of 3 proposals ended" in said
    assert quantity(state.best.outputs["titer"], state.goal.unit) in said
    table = rows(answer["plant-vessels"]["children"])
    assert [row[0] for row in table[1:]] == ["R01", "R02", "R03"]
    assert {row[2] for row in table[1:]} <= {"idle", "cleaning"}


def test_the_plant_page_shows_running_vessels(
    finished: Path, copied: Copied, tmp_path: Path
) -> None:
    entries = entries_of(finished, "quick")
    copy = copied()
    at = row_of(entries, "phase.changed", 6)
    copy.readings("E0001", entries[at - 1].time_us)
    copy.upto(at)
    reader = Reader(tmp_path / "sdl.db")
    with reader.look() as seen:
        head, *body = rows(vessels(seen))
        assert seen.state is not None
        by_experiment = {row[1].split()[0]: dict(zip(head, row, strict=True)) for row in body}
        row = by_experiment["E0001"]
        assert row["vessel"] == seen.state.running["E0001"]
        assert row["phase"] in ("growth", "production")
        latest = next(one for one in seen.latest["E0001"] if one.signal == "temperature")
        assert row["temperature"].startswith(f"{number(latest.value)} °C good, ")
        day = (seen.state.now_us - seen.culture_starts["E0001"]) / 86_400e6
        assert row["day of culture"] == f"{day:.1f}"
        other = next(name for name in by_experiment if name != "E0001")
        assert by_experiment[other]["temperature"] == "–"


def test_the_campaign_page_reuses_the_reports_figures(finished: Path, state: CampaignState) -> None:
    answer = call(client_of(make_app(finished)), CAMPAIGN)
    best, parity = draw_best_so_far(state), draw_parity(state)
    assert isinstance(best, dict)
    assert isinstance(parity, dict)
    assert answer["best-so-far"]["figure"]["data"] == json.loads(json.dumps(best["data"]))
    assert answer["parity"]["figure"]["data"] == json.loads(json.dumps(parity["data"]))
    assert sum(len(one["x"]) for one in parity["data"]) == sum(
        len(one.points) for one in parity_of(state)
    )


def test_the_proposals_say_why(finished: Path, state: CampaignState) -> None:
    answer = call(client_of(make_app(finished)), CAMPAIGN)
    head, *body = rows(answer["proposals"]["children"])
    assert len(body) == len(state.proposals) == 6
    assert [row[0].split()[0] for row in body] == list(reversed(state.proposals))
    first = dict(zip(head, body[-1], strict=True))
    assert first["why"] == "the recipe that is run today, to compare with"
    latest = dict(zip(head, body[0], strict=True))
    proposal = state.proposals["P0006"]
    assert proposal.predicted is not None
    assert number(proposal.predicted["titer"]["mean"]) in latest["why"]
    assert latest["strategy"] == proposal.strategy
    measured = state.experiments[proposal.experiments[-1]].outputs["titer"]
    assert latest["titer"].startswith(quantity(measured, "g/L"))


def test_nothing_is_sent_when_nothing_is_new(finished: Path) -> None:
    client = client_of(make_app(finished))
    for outputs in (PLANT, CAMPAIGN):
        mark = call(client, outputs)[outputs[-1].split(".")[0]]["data"]
        assert call(client, outputs, mark) == {}


def test_without_a_database_every_page_says_so_and_recovers(finished: Path, tmp_path: Path) -> None:
    db = tmp_path / "sdl.db"
    client = client_of(make_app(db))
    assert "■ NO DATA" in words(call(client, BANNER)["banner"]["children"])
    plant = call(client, PLANT)
    assert plant["plant-facts"]["children"] == []
    assert "as soon as the database" in words(plant["plant-vessels"]["children"])[0]
    page = call(client, CAMPAIGN)
    notes = page["best-so-far"]["figure"]["layout"]["annotations"]
    assert notes[0]["text"] == "Shown as soon as the database can be read."
    mark = page["campaign-mark"]["data"]
    assert call(client, CAMPAIGN, mark) == {}
    db.write_bytes(finished.read_bytes())
    assert "✓ FINISHED" in words(call(client, BANNER)["banner"]["children"])
    assert len(rows(call(client, CAMPAIGN, mark)["proposals"]["children"])) == 7


def test_why_tells_what_was_known_then(state: CampaignState) -> None:
    assert best_when_asked(state, state.proposals["P0001"]) is None
    model = state.proposals["P0004"]
    ended = [one for one in state.experiments.values() if one.proposal < "P0004"]
    known = max(one.outputs["titer"] for one in ended if one.is_feasible)
    assert best_when_asked(state, model) == known
    assert f"best then {quantity(known, 'g/L')}" in why(state, model)
    model.fallback = "the model could not be fitted"
    assert why(state, model).endswith("simpler strategy taken: the model could not be fitted")


def test_an_unreadable_state_shows_no_old_values() -> None:
    assert "as soon as the database" in words(vessels(Seen()))[0]


def test_a_taken_port_is_said(finished: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as error:
            serve(finished, port)
    assert error.value.hint == "choose another with --port"
