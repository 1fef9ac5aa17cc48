from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from dashboard_course import Copy, entries_of, row_of

from dashboard import reader as reader_module
from dashboard.banner import state_of
from dashboard.reader import STALE_S, Reader, Trouble
from dashboard.vessels import age
from sdl.store import Ledger, Store, close_session, list_sessions, open_session, read_series

Copied = Callable[[], Copy]


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some other process runs the campaign."""
    monkeypatch.setattr(reader_module, "process_at_work", lambda store, campaign: os.getpid())


def word(reader: Reader, campaign: str | None = None) -> str:
    with reader.look(campaign) as seen:
        return state_of(seen)[0]


def test_a_missing_database_is_said_and_found_when_it_comes(finished: Path, tmp_path: Path) -> None:
    db = tmp_path / "later" / "sdl.db"
    reader = Reader(db)
    with reader.look() as seen:
        assert seen.state is None
        assert isinstance(seen.trouble, Trouble)
        assert "there is no database" in seen.trouble.what
        assert state_of(seen)[0] == "NO DATA"
    db.parent.mkdir()
    shutil.copy(finished, db)
    assert word(reader) == "FINISHED"
    db.unlink()
    assert word(reader) == "NO DATA"


def test_an_empty_database_says_how_to_fill_it(tmp_path: Path) -> None:
    Store.open(tmp_path / "sdl.db").close()
    with Reader(tmp_path / "sdl.db").look() as seen:
        assert seen.trouble is not None
        assert seen.trouble.remedy == "Start one with: sdl run FILE"


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "sdl.db").write_text("this is not SQLite" * 100)
    assert word(Reader(tmp_path / "sdl.db")) == "NO DATA"


def test_a_locked_database_is_said_and_read_when_it_is_free(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "_WAIT_S", 0.05)
    db = tmp_path / "sdl.db"
    shutil.copy(finished, db)
    reader = Reader(db)
    assert word(reader) == "FINISHED"
    holder = sqlite3.connect(db, isolation_level=None)
    holder.execute("pragma locking_mode = exclusive")
    holder.execute("begin exclusive")
    holder.execute("update session set outcome = outcome")
    with reader.look() as seen:
        assert seen.trouble is not None
        assert "lock" in seen.trouble.what
    holder.rollback()
    holder.close()
    assert word(reader) == "FINISHED"


def test_a_campaign_that_is_gone_is_said(finished: Path) -> None:
    with Reader(finished).look("other") as seen:
        assert seen.trouble is not None
        assert "other" in seen.trouble.what
        assert seen.campaigns == ("quick",)


@pytest.mark.usefixtures("at_work")
def test_only_what_is_new_is_read(
    finished: Path, copied: Copied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied()
    entries = entries_of(finished, "quick")
    copy.upto(40)
    reader = Reader(tmp_path / "sdl.db")
    with reader.look() as seen:
        assert seen.state is not None
        state, first_mark = seen.state, seen.mark
        assert state.head == (40, entries[39].hash)
    with reader.look() as seen:
        assert seen.mark == first_mark
    asked: list[int] = []
    read = reader_module.refresh_state

    def note(state: object, store: Store) -> int:
        asked.append(read(state, store))  # type: ignore[arg-type]
        return asked[-1]

    monkeypatch.setattr(reader_module, "refresh_state", note)
    copy.upto(90)
    with reader.look() as seen:
        assert seen.state is state
        assert state.head == (90, entries[89].hash)
        assert seen.mark != first_mark
    assert asked == [50]


def test_a_database_that_was_replaced_is_read_anew(
    finished: Path, copied: Copied, tmp_path: Path
) -> None:
    copied().upto(90)
    db = tmp_path / "sdl.db"
    served = tmp_path / "served.db"
    shutil.copy(finished, served)
    reader = Reader(served)
    with reader.look() as seen:
        assert seen.state is not None
        assert seen.state.is_over
    for end in ("-wal", "-shm"):
        served.with_name(served.name + end).unlink(missing_ok=True)
    with sqlite3.connect(db) as source, sqlite3.connect(tmp_path / "new.db") as target:
        source.backup(target)
    (tmp_path / "new.db").replace(served)
    with reader.look() as seen:
        assert seen.state is not None
        assert seen.state.head[0] == 90


@pytest.mark.usefixtures("at_work")
def test_a_head_that_stands_still_is_stale_until_it_moves(copied: Copied, tmp_path: Path) -> None:
    copy = copied()
    copy.upto(40)
    watch = Watch()
    reader = Reader(tmp_path / "sdl.db", watch)
    assert word(reader) == "LIVE"
    watch.now += STALE_S - 1
    assert word(reader) == "LIVE"
    watch.now += 2
    assert word(reader) == "STALE"
    copy.upto(41)
    assert word(reader) == "LIVE"


def test_a_campaign_nobody_works_on_is_interrupted(copied: Copied, tmp_path: Path) -> None:
    copied().upto(40)
    assert word(Reader(tmp_path / "sdl.db")) == "INTERRUPTED"


def test_a_finished_campaign_is_never_stale(finished: Path) -> None:
    watch = Watch()
    reader = Reader(finished, watch)
    assert word(reader) == "FINISHED"
    watch.now += 10 * STALE_S
    assert word(reader) == "FINISHED"


def test_the_latest_campaign_is_the_one_opened_last(
    finished: Path, copied: Copied, tmp_path: Path
) -> None:
    copied().upto(238)
    first = entries_of(finished, "quick")[0]
    db = tmp_path / "sdl.db"
    with Store.open(db) as store:
        for name in ("aaa", "zzz"):
            ledger = Ledger.create(store, name)
            ledger.append(
                first.kind,
                time_us=first.time_us,
                actor=first.actor,
                subject=name,
                payload=first.payload,
            )
            ledger.flush()
        for name in ("zzz", "quick", "aaa"):
            close_session(store, open_session(store, name, "test"), "finished")
        assert len(list_sessions(store, "aaa")) == 1
    reader = Reader(db)
    with reader.look() as seen:
        assert seen.state is not None
        assert seen.state.campaign == "aaa"
        assert set(seen.campaigns) == {"aaa", "quick", "zzz"}
    with reader.look("quick") as seen:
        assert seen.state is not None
        assert seen.state.campaign == "quick"


def test_vessels_have_their_last_readings_with_quality_and_age(
    finished: Path, copied: Copied, tmp_path: Path
) -> None:
    entries = entries_of(finished, "quick")
    copy = copied()
    copy.readings("E0001", entries[row_of(entries, "phase.changed", 6) - 1].time_us)
    # From here on growth is over in one vessel, and production begins.
    copy.upto(row_of(entries, "phase.changed", 6))
    with Reader(tmp_path / "sdl.db").look() as seen:
        assert seen.state is not None
        assert seen.vessels == ("R01", "R02", "R03")
        vessel = seen.state.running["E0001"]
        latest = {one.signal: one for one in seen.latest["E0001"]}
        with Store.open(finished, read_only=True) as store:
            whole = read_series(
                store, "quick", "E0001", "temperature", end_us=seen.state.now_us, instrument=vessel
            )
        assert latest["temperature"].value == whole.values[-1]
        assert latest["temperature"].unit == "degC"
        assert latest["temperature"].quality == "good"
        expected_s = (seen.state.now_us - int(whole.times_us[-1])) / 1e6
        assert latest["temperature"].age_s == pytest.approx(expected_s)
        assert list(latest)[:3] == ["temperature", "ph", "dissolved_oxygen"]
        growth = next(
            entry.time_us
            for entry in entries
            if entry.subject == "E0001" and entry.payload.get("phase") == "growth"
        )
        assert seen.culture_starts["E0001"] == growth


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (720, "12 min"), (11_520, "3.2 h"), (200_000, "2.3 d")],
)
def test_ages_are_readable(seconds: float, words: str) -> None:
    assert age(seconds) == words
