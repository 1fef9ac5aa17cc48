from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from report_course import CAMPAIGN, SCENARIOS, Ask, Course
from report_reading import Page

from sdl.report import ReportUnwritable, write_report
from sdl.report.page import render, show
from sdl.report.words import number, probability
from sdl.result import CampaignResult

ResultOf = Callable[[str], CampaignResult]
SECTIONS = [
    "verdict",
    "conditions",
    "best-so-far",
    "parity",
    "model-fit",
    "parallel",
    "trends",
    "experiments",
    "failures",
    "provenance",
]


def read(result: CampaignResult, path: Path) -> Page:
    return Page(write_report(result, path).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def page(result_of: ResultOf, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return read(result_of("finished"), tmp_path_factory.mktemp("report") / "course.html")


def test_all_sections_are_there_in_order_with_their_figures(page: Page) -> None:
    assert [one for one in page.ids if one in SECTIONS] == SECTIONS
    assert list(page.figures) == ["best-so-far", "parity", "model-fit", "parallel", "trends"]
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_loaded_from_anywhere(
    result_of: ResultOf, tmp_path: Path, scenario: str
) -> None:
    page = read(result_of(scenario), tmp_path / "r.html")
    assert page.n_plotly == 1
    assert page.links
    for tag, attribute, value in page.links:
        assert (tag, attribute, value[:1]) == ("a", "href", "#")
        assert value[1:] in page.ids
    assert page.policy.startswith("default-src 'none'")
    assert "http" not in page.policy
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(page.tags)


def test_the_verdict_has_the_states_numbers(page: Page, result_of: ResultOf) -> None:
    words = " ".join(page.texts["verdict"].split())
    summary = result_of("finished").summary()
    best = summary["best"]
    assert best["experiment"] == "E0005"
    assert f"a measured titer of {number(best['value'])} g/L" in words
    predicted = best["predicted"]["titer"]
    interval = f"90 % interval {number(predicted['low'])} to {number(predicted['high'])}"
    assert f"predicted {number(predicted['mean'])} g/L, {interval}" in words
    assert "medium rich, pH 7.1, warmth 35 °C" in words
    assert f"{summary['first_round']['gain_percent']:.0f} % (0.5 g/L) more than the best" in words
    assert f"{summary['center']['gain_percent']:.0f} % (1 g/L) more than the centre" in words
    assert "missed a limit: viability 65 % where at least 70 % is asked" in words
    assert f"{number(summary['lab_days'])} days" in words
    assert number(summary["vessel_days"]) in words


def test_the_conditions_are_proposed_commanded_and_achieved(page: Page) -> None:
    assert page.row("conditions", "warmth")[1:] == [
        "°C", "35", "35", "35.01", "35 to 37.5", "36.8", "at its lower bound",
    ]  # fmt: skip
    assert page.row("conditions", "medium")[2:5] == ["rich", "rich", "rich"]
    assert page.row("conditions", "viability")[2:] == ["75", "78 [69 to 87]", "at least 70 %"]
    assert "ph: achieved 7.2, commanded 7.1" in page.texts["conditions"]


def test_the_table_of_experiments_is_the_state(page: Page, result_of: ResultOf) -> None:
    state = result_of("finished").state()
    head, *rows = page.rows["experiments"]
    assert {row[0] for row in rows} == set(state.experiments)
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        one = state.experiments[cells["experiment"]]
        proposal = state.proposals[one.proposal]
        assert cells["titer (g/L)"] == number(one.outputs.get("titer"))
        assert cells["pH"] == number(proposal.inputs["ph"])
        assert cells["round"] == str(proposal.round)
        assert cells["P(meets limits)"] == probability(proposal.p_feasible)
    outcomes = {row[0]: row[3] for row in rows}
    assert outcomes["E0004"] == "failed"
    assert outcomes["E0001"] == "infeasible"
    assert outcomes["E0005"] == "feasible"


def test_failures_and_alarms_say_what_became_of_them(page: Page) -> None:
    rows = {row[3]: row for row in page.rows["failures"][1:]}
    assert rows["E0004"][2:] == [
        "failure", "E0004", "contamination: bacteria seen", "tried again as E0005",
    ]  # fmt: skip
    assert rows["E0008"][5] == "P0006 was abandoned"
    assert rows["E0002"][2:5] == ["alarm", "E0002", "no titer sample on day 2"]


def test_provenance_names_the_file_the_head_and_the_check(page: Page, result_of: ResultOf) -> None:
    state = result_of("finished").state()
    assert page.row("provenance", "campaign")[1] == CAMPAIGN
    assert state.digest in page.row("provenance", "campaign file")[1]
    assert page.row("provenance", "seed")[1] == "7"
    assert state.head[1] in page.row("provenance", "ledger head")[1]
    assert f"all {state.head[0]} rows fit" in page.row("provenance", "ledger")[1]
    assert "E0005 intact, E0001 intact" in page.row("provenance", "readings shown")[1]
    assert "growth_temperature" in page.texts["provenance"]


def test_the_same_database_gives_the_same_bytes(result_of: ResultOf, tmp_path: Path) -> None:
    one = write_report(result_of("finished"), tmp_path / "one.html").read_bytes()
    other = write_report(result_of("finished"), tmp_path / "other.html").read_bytes()
    assert one == other
    assert len(one) < 8_000_000


@pytest.mark.parametrize(
    ("scenario", "expected", "empty_figures"),
    [
        ("running", "So far, the best culture that met every limit is E0002", {"parity"}),
        ("first culture", "No experiment has ended yet.", {"parity", "model-fit", "parallel"}),
        ("failed", "No experiment gave a result.", {"parity", "model-fit", "parallel"}),
        ("infeasible", "No culture met every limit: of 3 completed", {"parity", "model-fit"}),
        ("empty", "No experiment has been started yet.", set(SECTIONS[2:7])),
    ],
)
def test_a_campaign_in_any_state_is_told_as_it_is(
    result_of: ResultOf, tmp_path: Path, scenario: str, expected: str, empty_figures: set[str]
) -> None:
    page = read(result_of(scenario), tmp_path / "r.html")
    assert [one for one in page.ids if one in SECTIONS] == SECTIONS
    assert expected in " ".join(page.texts["verdict"].split())
    assert set(SECTIONS[2:7]) - set(page.figures) == empty_figures
    is_over = scenario in ("failed", "infeasible")
    assert ("has not ended" in page.texts[""]) == (not is_over)
    assert ("campaign failed: none of the 2" in page.texts[""]) == (scenario == "failed")


HOSTILE = '</script><script>alert(1)</script><img src="http://evil.example/x">&amp;\u2028"\'{{7*7}}'


def test_text_of_people_stays_text(tmp_path: Path) -> None:
    course = Course(reason=HOSTILE, alarm=HOSTILE, flag=HOSTILE)
    course.file |= {"title": HOSTILE, "description": HOSTILE, "name": HOSTILE}
    levels = course.file["factors"]["medium"]
    levels["levels"] = [HOSTILE, "rich"]
    course.file["outputs"]["titer"]["unit"] = HOSTILE
    for asks in course.rounds:
        for at, ask in enumerate(asks):
            inputs = {**ask.inputs, "medium": HOSTILE}
            asks[at] = Ask(ask.origin, inputs, ask.attempts, ask.predicted, HOSTILE)
    result = CampaignResult(str(course.write(tmp_path / "sdl.db")), CAMPAIGN)
    text = write_report(result, tmp_path / "r.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "img" not in page.tags
    assert page.tags.count("script") == 2 + len(page.figures)
    assert all(value.startswith("#") for _, _, value in page.links)
    kinds = {row[2] for row in page.rows["failures"][1:]}
    assert kinds == {"failure", "alarm", "fallback"}  # the tables still stand
    assert HOSTILE in page.texts["verdict"]
    assert "49" not in page.texts[""]
    drawn = str(page.figures)
    assert "&lt;/script&gt;" in drawn
    assert "<script" not in drawn
    assert "<img" not in drawn


def test_a_figure_cannot_end_its_script() -> None:
    hostile: Any = {"layout": {"height": 1}, "data": [{"name": "</script><!--&\u2028"}]}
    shown = show("x", "x", "", hostile)
    assert shown.json is not None
    assert not set("<>&\u2028\u2029") & set(shown.json)
    assert json.loads(shown.json) == hostile


def test_changed_records_are_told_first(result_of: ResultOf, tmp_path: Path) -> None:
    intact = Path(result_of("finished").db)
    db = tmp_path / "sdl.db"
    with sqlite3.connect(intact) as source, sqlite3.connect(db) as copy:
        source.backup(copy)
        triggers = copy.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            copy.execute(f"drop trigger {name}")
        sql = (
            "update ledger set payload = replace(payload, '9.0', '1.0') where kind = ? and seq = ?"
        )
        seqs = [
            seq
            for (seq,) in copy.execute(
                "select seq from ledger where kind = 'experiment.completed' order by seq"
            )
        ]
        copy.execute(sql, ("experiment.completed", seqs[2]))
        copy.commit()
    page = read(CampaignResult(str(db), CAMPAIGN), tmp_path / "r.html")
    assert "were changed" in page.texts[""]
    assert f"NOT INTACT, 1 faults: row {seqs[2]}" in page.row("provenance", "ledger")[1]


def test_the_file_is_whole_or_not_there(
    result_of: ResultOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made" / "here" / "r.html"
    write_report(result_of("empty"), path)
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ReportUnwritable, match="No space left"):
        write_report(result_of("finished"), path)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["r.html"]


def test_a_place_that_cannot_be_written_is_said(result_of: ResultOf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportUnwritable) as error:
        write_report(result_of("empty"), tmp_path / "file" / "r.html")
    assert error.value.hint == "choose another place"


def test_rendering_is_quick(findings_of: Callable[[str], object]) -> None:
    began = time.process_time()
    render(findings_of("finished"))  # type: ignore[arg-type]
    assert time.process_time() - began < 3
