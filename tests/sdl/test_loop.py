"""The closed loop on real parts: file in, experiments run, ledger out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sdl
from sdl.engine.campaign import CampaignFailed
from sdl.report import write_report
from sdl.store import (
    Entry,
    ReplayDiverged,
    Store,
    list_sessions,
    load_state,
    read_entries,
    verify,
)
from twin.workcell.analyzer import PLATE_METHODS

Small = Callable[..., Any]


class Crash(RuntimeError):
    """The process dies here."""


def entries(db: Path, campaign: str = "small") -> list[Entry]:
    with Store.open(db, read_only=True) as store:
        return list(read_entries(store, campaign))


def head(db: Path, campaign: str = "small") -> tuple[int, str]:
    with Store.open(db, read_only=True) as store:
        verification = verify(store, campaign)
    assert not verification.faults
    return verification.head


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, small: Small) -> Path:
    db = tmp_path_factory.mktemp("finished") / "sdl.db"
    sdl.run(small(), db=db)
    return db


def test_a_campaign_runs_all_rounds_and_finds_a_best(finished: Path) -> None:
    summary = sdl.open_result("small", db=finished).summary()
    assert summary["status"] == "finished"
    assert summary["n_experiments"] == {"completed": 6}
    assert summary["best"]["value"] > 0
    assert summary["center"]["experiment"] == "E0001"
    assert summary["vessel_days"] == pytest.approx(6 * 4.2, rel=0.1)


def test_the_frame_has_the_three_values_of_each_factor(finished: Path) -> None:
    frame = sdl.open_result("small", db=finished).experiments()
    assert len(frame) == 6
    for column in ("proposed.ph", "commanded.ph", "achieved.ph", "titer", "viability"):
        assert frame[column].notna().all()
    assert (frame["proposed.ph"] == frame["commanded.ph"]).all()
    gap = (frame["achieved.ph"] - frame["commanded.ph"]).abs()
    assert (gap > 0).all()
    assert (gap < 0.03).all()
    assert (frame["achieved.medium"] == frame["commanded.medium"]).all()


def test_the_last_fact_and_the_session_say_how_it_ended(finished: Path) -> None:
    last = entries(finished)[-1]
    assert (last.kind, last.payload["status"]) == ("campaign.finished", "finished")
    with Store.open(finished, read_only=True) as store:
        (session,) = list_sessions(store, "small")
    assert session.outcome == "finished"
    assert {"python", "bofire", "torch"} <= set(session.versions)


def test_readings_come_back_with_unit_time_and_quality(finished: Path) -> None:
    frame = sdl.open_result("small", db=finished).readings("E0001", "temperature")
    assert len(frame) == 4 * 24 + 1
    assert frame["value"].between(30, 40).all()


def test_the_optimizer_is_told_what_was_achieved(finished: Path) -> None:
    rows = entries(finished)
    told = [e for e in rows if e.kind == "experiment.told"]
    completed = {e.subject: e for e in rows if e.kind == "experiment.completed"}
    assert len(told) == 6
    for e in told:
        assert e.payload["inputs"]["ph"] == completed[e.subject].payload["achieved"]["ph"]


def test_every_command_is_intended_before_it_is_acknowledged_and_ends_once(finished: Path) -> None:
    seen: dict[str, list[str]] = {}
    for e in entries(finished):
        if e.kind.startswith("command."):
            seen.setdefault(e.subject, []).append(e.kind)
    assert seen
    expected = ["command.intended", "command.acknowledged", "command.completed"]
    assert all(kinds == expected for kinds in seen.values())


def test_no_instrument_is_told_two_things_at_once(finished: Path) -> None:
    busy: dict[str, str] = {}
    instrument_of: dict[str, str] = {}
    for e in entries(finished):
        if e.kind == "command.intended":
            name = e.payload["instrument"]
            assert name not in busy, f"{name} still runs {busy[name]}"
            busy[name] = instrument_of[e.subject] = e.subject
            instrument_of[e.subject] = name
        elif e.kind in ("command.completed", "command.failed"):
            del busy[instrument_of[e.subject]]
    assert busy == {}


def test_one_seed_gives_one_ledger_and_another_seed_another(
    finished: Path, tmp_path: Path, small: Small
) -> None:
    sdl.run(small(), db=tmp_path / "again.db")
    assert head(tmp_path / "again.db") == head(finished)
    sdl.run(small(lambda f: f.update(seed=8)), db=tmp_path / "other.db")
    assert head(tmp_path / "other.db") != head(finished)


def test_a_second_run_in_one_database_gets_its_own_id(db: Path, small: Small) -> None:
    assert sdl.run(small(), db=db).campaign_id == "small"
    assert sdl.run(small(), db=db).campaign_id == "small-2"


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.31, 0.5, 0.72, 0.9, 0.97, 1.0])
def test_a_run_that_died_anywhere_resumes_to_the_same_ledger(
    share: float, finished: Path, db: Path, small: Small
) -> None:
    n, _ = head(finished)
    last = max(2, round(share * (n - 1)))

    def die(entry: Entry, state: Any) -> None:
        if entry.seq == last:
            raise Crash

    with pytest.raises(Crash):
        sdl.run(small(), db=db, watchers=(die,))
    with Store.open(db, read_only=True) as store:
        assert not load_state(store, "small").is_over
    sdl.resume(db=db)
    assert head(db) == head(finished)


def test_a_run_that_dies_again_and_again_still_gets_there(
    finished: Path, db: Path, small: Small
) -> None:
    n, _ = head(finished)
    deaths = iter(range(10, n, 40))

    def mortal(limit: int) -> Any:
        def die(entry: Entry, state: Any) -> None:
            if entry.seq == limit:
                raise Crash

        return die

    with pytest.raises(Crash):
        sdl.run(small(), db=db, watchers=(mortal(next(deaths)),))
    for limit in deaths:
        with pytest.raises(Crash):
            sdl.resume(db=db, watchers=(mortal(limit),))
    sdl.resume(db=db)
    assert head(db) == head(finished)


def test_resuming_with_another_model_diverges_at_a_named_row(
    db: Path, monkeypatch: pytest.MonkeyPatch, small: Small
) -> None:
    def die(entry: Entry, state: Any) -> None:
        if entry.kind == "experiment.told":
            raise Crash

    with pytest.raises(Crash):
        sdl.run(small(), db=db, watchers=(die,))
    monkeypatch.setattr("twin.plant.fed_batch.COUNT_CV", 0.5)
    with pytest.raises(ReplayDiverged, match="row"):
        sdl.resume(db=db)
    monkeypatch.undo()
    sdl.resume(db=db)  # with the right one it still goes on


def fault(kind: str, device: str, at_day: float) -> Any:
    def change(file: dict[str, Any]) -> None:
        file["plant"]["faults"] = [{"kind": kind, "device": device, "at_day": at_day}]

    return change


def test_a_failed_experiment_is_told_as_failed_and_tried_again(db: Path, small: Small) -> None:
    sdl.run(small(fault("contamination", "R01", 2.0)), db=db)
    rows = entries(db)
    (failed,) = [e for e in rows if e.kind == "experiment.failed"]
    assert failed.payload["cause"] == "contamination"
    told = {e.subject: e.payload["status"] for e in rows if e.kind == "experiment.told"}
    assert told[failed.subject] == "failed"
    queued = {e.subject: e.payload for e in rows if e.kind == "experiment.queued"}
    proposal = queued[failed.subject]["proposal"]
    attempts = [p["attempt"] for p in queued.values() if p["proposal"] == proposal]
    assert attempts == [1, 2]
    state = sdl.open_result("small", db=db).state()
    assert state.proposals[proposal].status == "completed"
    assert state.n_experiments["completed"] == 6


def test_with_the_policy_abandon_a_failure_ends_the_proposal(db: Path, small: Small) -> None:
    def change(file: dict[str, Any]) -> None:
        fault("contamination", "R01", 2.0)(file)
        file["on_failure"] = {"action": "abandon", "max_attempts": 1}

    sdl.run(small(change), db=db)
    rows = entries(db)
    assert [e.kind for e in rows].count("proposal.abandoned") == 1
    state = sdl.open_result("small", db=db).state()
    assert sum(p.status == "abandoned" for p in state.proposals.values()) == 1
    assert {o.status for o in state.observations()} == {"completed", "abandoned"}


def test_a_campaign_whose_experiments_all_fail_fails(db: Path, small: Small) -> None:
    def change(file: dict[str, Any]) -> None:
        file["plant"]["faults"] = [
            {"kind": "contamination", "device": device, "at_day": day}
            for device, day in (("R01", 2.0), ("R02", 2.0), ("R01", 6.0), ("R02", 6.0))
        ]
        file["on_failure"] = {"action": "abandon", "max_attempts": 1}

    with pytest.raises(CampaignFailed, match="none of the 3 proposals"):
        sdl.run(small(change), db=db)
    summary = sdl.open_result("small", db=db).summary()
    assert summary["status"] == "failed"
    assert summary["best"] is None


def test_a_gap_between_commanded_and_achieved_is_flagged(db: Path, small: Small) -> None:
    def change(file: dict[str, Any]) -> None:
        file["factors"]["feed_rate"]["achieved_tolerance"] = 1e-4

    sdl.run(small(change), db=db)
    flags = [f for e in entries(db) for f in e.payload.get("flags", [])]
    assert any("feed_rate: achieved" in flag and "%/d" in flag for flag in flags)


def test_the_tolerance_of_a_discrete_factor_is_kept(db: Path, small: Small) -> None:
    def change(file: dict[str, Any]) -> None:
        file["factors"]["ph"] = {
            "kind": "discrete",
            "unit": "pH",
            "levels": [6.9, 7.0],
            "center": 7.0,
            "achieved_tolerance": 1e-6,
        }

    sdl.run(small(change), db=db)
    flags = [f for e in entries(db) for f in e.payload.get("flags", [])]
    assert any(flag.startswith("ph: achieved") for flag in flags)


def test_a_value_beyond_the_assays_range_is_recorded_but_not_told(
    db: Path, monkeypatch: pytest.MonkeyPatch, small: Small
) -> None:
    def little(composition: Any) -> float:
        return 1e-4  # below what the assay can measure

    monkeypatch.setattr(
        "twin.workcell.plate_reader.PLATE_METHODS", (replace(PLATE_METHODS[0], truth=little),)
    )
    sdl.run(small(), db=db)
    rows = entries(db)
    titers = [
        e.payload for e in rows if e.kind == "result.recorded" and e.payload["assay"] == "titer"
    ]
    assert {payload["quality"] for payload in titers} == {"uncertain"}
    for e in rows:
        if e.kind == "experiment.completed":
            assert "titer" not in e.payload["outputs"]
            assert any("titer" in flag and "uncertain" in flag for flag in e.payload["flags"])
    state = sdl.open_result("small", db=db).state()
    assert state.best is None
    assert all("titer" not in one.outputs for one in state.observations())
    page = write_report(sdl.open_result("small", db=db), db.with_suffix(".html"))
    assert "uncertain" in page.read_text()


def test_a_bayesian_round_learns_and_says_how_well(db: Path, small: Small) -> None:
    def change(file: dict[str, Any]) -> None:
        file["plan"].update(strategy="bayesian", batch_size=5)
        file["plant"]["vessels"]["count"] = 5

    sdl.run(small(change), db=db)
    asked = [
        e.payload for e in entries(db) if e.kind == "proposal.asked" and e.payload["round"] == 2
    ]
    assert len(asked) == 5
    for payload in asked:
        assert payload["fallback"] is None
        assert payload["origin"] == "model"
        predicted = payload["predicted"]["titer"]
        assert predicted["low"] < predicted["mean"] < predicted["high"]
        assert payload["fit"]["titer"]["n"] == 5
        assert 0.0 <= payload["p_feasible"] <= 1.0
