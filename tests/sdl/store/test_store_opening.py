from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from store_course import CAMPAIGN, Script, write_course

from sdl.errors import UserError
from sdl.store import (
    DiskFull,
    Ledger,
    NotADatabase,
    SchemaTooNew,
    SchemaTooOld,
    Store,
    StoreError,
    StoreLocked,
    StoreMissing,
    StoreReadOnly,
    TelemetryWriter,
    close_session,
    list_campaigns,
    list_sessions,
    load_state,
    open_session,
    read_entries,
    read_series,
    verify,
)
from sdl.store import sqlite as sqlite_module
from sdl.store.address import parse_address
from sdl.store.errors import (
    LedgerError,
    NoSuchCampaign,
    StoreClosed,
    StoreCorrupt,
    StoreUnavailable,
    StoreUnsupported,
)

FIRST: dict[str, Any] = {"name": "n", "digest": "0" * 64, "seed": 1}


@contextmanager
def refused(kind: type[StoreError], path: Path | str, words: str | None = None) -> Iterator[None]:
    """The error of that kind, with the path, a remedy, and nothing of SQLAlchemy behind it."""
    with pytest.raises(kind, match=words) as caught:
        yield
    error = caught.value
    assert isinstance(error, UserError)
    assert str(path) in error.message
    assert len(error.hint) > 10
    assert error.hint in str(error)
    assert error.__cause__ is None
    assert "sqlalche.me" not in str(error)


def test_the_directory_and_the_file_are_made(tmp_path: Path) -> None:
    path = tmp_path / "not" / "yet" / "a #1% lab?.db"
    with Store.open(path) as store:
        assert list_campaigns(store) == []
    assert path.exists()
    with Store.open(f"sqlite:///{tmp_path}/other%20one.db"):
        assert (tmp_path / "other one.db").exists()


def test_facts_say_what_is_open_and_what_to_know(course: Store) -> None:
    facts = course.facts()
    assert (facts.path, facts.is_read_only, facts.schema) == (course.where, False, "0001")
    assert (facts.journal_mode, facts.synchronous) == ("wal", "NORMAL")
    assert facts.sqlite_version == sqlite3.sqlite_version
    assert facts.size_bytes > 100_000
    has_bug = sqlite3.sqlite_version_info < (3, 51, 3)
    assert [w.code for w in facts.warnings] == ["sqlite_wal_reset"] * has_bug
    with Store.open(course.where) as again, again.transaction() as connection:
        assert again.facts().synchronous == "FULL"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with course.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [((3, 6, 23), False), ((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)],
)
def test_which_sqlite_has_the_wal_reset_bug(version: tuple[int, ...], has_bug: bool) -> None:
    assert sqlite_module.has_wal_reset_bug(version) is has_bug


def test_a_reader_sees_what_another_process_has_written(course: Store) -> None:
    code = (
        "import sys; from sdl.store import Store, load_state\n"
        "with Store.open(sys.argv[1], read_only=True) as s: print(load_state(s, 'cho').head[0])"
    )
    with course.transaction():  # the writer is in the middle of something
        done = subprocess.run(
            [sys.executable, "-c", code, course.where], capture_output=True, text=True, check=True
        )
    assert done.stdout.strip() == "82"


def test_a_reader_can_not_write(course: Store) -> None:
    with Store.open(course.where, read_only=True) as reader:
        assert reader.is_read_only
        assert load_state(reader, CAMPAIGN).is_over
        assert verify(reader, CAMPAIGN).is_intact
        with refused(StoreReadOnly, course.where), reader.transaction():
            pass
        with refused(StoreReadOnly, course.where), reader.reading() as connection:
            connection.exec_driver_sql("DELETE FROM session")
        with refused(StoreReadOnly, course.where):
            open_session(reader, CAMPAIGN, "run")


def test_a_database_on_a_medium_that_takes_no_writes_can_be_read(
    course: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.close()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with Store.open(course.where, read_only=True) as reader:
        assert load_state(reader, CAMPAIGN).is_over
    assert [one.name for one in Path(course.where).parent.iterdir()] == ["sdl.db"]


def test_a_file_that_takes_no_writes_is_told_at_once(
    course: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def read_only(target: str, **more: Any) -> sqlite3.Connection:
        return connect(target.replace("mode=rwc", "mode=ro"), **more)

    course.close()
    monkeypatch.setattr(sqlite_module.sqlite3, "connect", read_only)
    with refused(StoreReadOnly, course.where, "permissions"):
        Store.open(course.where)


def test_a_missing_file_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with refused(StoreMissing, tmp_path / "x.db"):
        Store.open(tmp_path / "x.db", read_only=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_database_of_ours_is_left_alone(tmp_path: Path, read_only: bool) -> None:
    text = tmp_path / "notes.txt"
    text.write_bytes(b"minutes of the meeting " * 100)
    before = text.read_bytes()
    with refused(NotADatabase, text, "no SQLite database"):
        Store.open(text, read_only=read_only)
    assert text.read_bytes() == before

    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()
    with refused(NotADatabase, other, "another program"):
        Store.open(other, read_only=read_only)


def test_an_empty_file_becomes_a_store_only_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with refused(NotADatabase, path, "empty"):
        Store.open(path, read_only=True)
    with Store.open(path) as store:
        assert list_campaigns(store) == []


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    with refused(StoreUnavailable, tmp_path, "directory"):
        Store.open(tmp_path)
    (tmp_path / "file").touch()
    with refused(StoreUnavailable, tmp_path, "can't be made"):
        Store.open(tmp_path / "file" / "x.db")


@pytest.mark.parametrize("read_only", [False, True])
def test_a_later_schema_is_refused(course: Store, read_only: bool) -> None:
    with course.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    with refused(SchemaTooNew, course.where, "Update SDL Twin"):
        Store.open(course.where, read_only=read_only)


def test_an_earlier_schema_is_refused_by_a_reader(
    course: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdl.store.schema.REVISIONS", ("0001", "0002"))
    monkeypatch.setattr("sdl.store.schema.HEAD", "0002")
    with refused(SchemaTooOld, course.where, "for writing"):
        Store.open(course.where, read_only=True)


def test_a_locked_database_is_named_and_nothing_is_lost(course: Store) -> None:
    ledger = Ledger.create(course, "new")
    other = sqlite3.connect(course.where, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(course.where, read_only=True) as reader:
        assert len(list_campaigns(reader)) == 1
    with refused(StoreLocked, course.where):
        Store.open(course.where, timeout_s=0.05)
    other.execute("ROLLBACK")
    with Store.open(course.where, timeout_s=0.05) as impatient:
        ledger = Ledger.create(impatient, "new")
        ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
        other.execute("BEGIN IMMEDIATE")
        with refused(StoreLocked, course.where):
            ledger.flush()
        other.execute("ROLLBACK")
        ledger.flush()
    other.close()
    assert verify(course, "new").n_rows == 1


def test_a_full_disk_is_named_and_going_on_later_is_possible(store: Store) -> None:
    ledger = Ledger.create(store, "c", flush_every=10**6)
    telemetry = TelemetryWriter(ledger)
    ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
    ledger.flush()
    with store.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
    telemetry.write(
        "c", "E1", "R1", "ph", "pH", np.arange(4000), np.random.default_rng(1).random(4000)
    )
    ledger.append("a.b", time_us=2, actor="me", payload={"n": 1})
    with refused(DiskFull, store.where, "Free some space"):
        ledger.flush()
    assert verify(store, "c").n_rows == 1
    with store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    ledger.append("a.b", time_us=3, actor="me", payload={"n": 2})
    ledger.flush()
    assert [e.payload.get("n") for e in read_entries(store, "c")] == [None, 1, 2]
    assert len(read_series(store, "c", "E1", "ph").values) == 4000
    store.check_integrity()


def test_damage_is_found_when_asked_for(course: Store) -> None:
    course.close()
    path = Path(course.where)
    with path.open("r+b") as file:
        file.seek(4096 * 6)
        file.write(os.urandom(4096 * 4))
    with refused(StoreCorrupt, path, "damaged"):
        Store.open(path, check=True)


def test_a_closed_store_says_so(course: Store) -> None:
    course.close()
    course.close()
    with refused(StoreClosed, course.where):
        list_campaigns(course)
    with refused(StoreClosed, course.where), course.transaction():
        pass


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://lab:secret@host/sdl",
        "mysql://x",
        ":memory:",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/x.db",
        "sqlite:///x.db?mode=ro",
        "",
    ],
)
def test_other_databases_are_refused_without_a_word_of_the_password(text: str) -> None:
    with pytest.raises(StoreUnsupported) as caught:
        Store.open(text)
    assert "secret" not in str(caught.value)


def test_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert parse_address("sqlite:///a/b.db").path == tmp_path / "a/b.db"
    assert parse_address("sqlite:////a/b.db").path == Path("/a/b.db")
    assert parse_address("b.db").path == tmp_path / "b.db"
    assert parse_address(Path("~/b.db")).path == Path("/home/me/b.db")


def test_two_processes_may_make_the_same_store(tmp_path: Path) -> None:
    code = "import sys; from sdl.store import Store; Store.open(sys.argv[1]).close()"
    path = str(tmp_path / "x.db")
    both = [
        subprocess.Popen([sys.executable, "-c", code, path], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said.decode()
    with Store.open(path) as store:
        assert list_campaigns(store) == []


def test_a_killed_writer_leaves_a_store_that_goes_on(tmp_path: Path) -> None:
    """A real process, killed without warning while it writes."""
    code = (
        "import sys, os; sys.path.insert(0, sys.argv[2])\n"
        "from store_course import CAMPAIGN, Script\n"
        "from sdl.store import Ledger, Store\n"
        "ledger = Ledger.create(Store.open(sys.argv[1], durability='twin'), CAMPAIGN)\n"
        "for step in Script(ledger).steps():\n"
        "    if step == 'measured E0004': os.kill(os.getpid(), 9)\n"
    )
    path = tmp_path / "x.db"
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", code, str(path), here], check=False)
    assert done.returncode == -9
    with Store.open(tmp_path / "whole.db", durability="twin") as store:
        whole = write_course(store)
    with Store.open(path, durability="twin", check=True) as store:
        assert 20 < load_state(store, CAMPAIGN).head[0] < whole[0]
        ledger = Ledger.replay(store, CAMPAIGN)
        Script(ledger).run()
        assert ledger.head == whole
        assert verify(store, CAMPAIGN, anchor=whole).is_intact


def test_sessions_keep_the_facts_of_the_wall_clock(course: Store) -> None:
    first = open_session(course, CAMPAIGN, "run", {"python": "3.11"})
    second = open_session(course, CAMPAIGN, "resume")
    close_session(course, second, "finished")
    one, two = list_sessions(course, CAMPAIGN)
    assert (one.id, one.command, one.versions, one.pid) == (
        first,
        "run",
        {"python": "3.11"},
        os.getpid(),
    )
    assert (one.outcome, one.closed_us, two.outcome) == (None, None, "finished")
    assert two.closed_us is not None
    assert two.closed_us >= two.opened_us >= one.opened_us > 1_700_000_000_000_000
    with pytest.raises(LedgerError, match="not open"):
        close_session(course, second, "failed")
    with pytest.raises(NoSuchCampaign):
        open_session(course, "other", "run")
    assert list_sessions(course, "other") == []
