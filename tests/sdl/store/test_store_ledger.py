from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from store_course import CAMPAIGN, Script, write_course

from sdl.store import (
    CampaignExists,
    CampaignState,
    Ledger,
    LedgerBroken,
    LedgerConflict,
    NoSuchCampaign,
    NotCanonical,
    ReplayDiverged,
    Store,
    StoreReadOnly,
    find_campaign,
    list_campaigns,
    load_state,
    read_entries,
    verify,
)
from sdl.store.canonical import GENESIS
from sdl.store.errors import EntryInvalid

FIRST: dict[str, Any] = {"name": "n", "digest": "0" * 64, "seed": 1}

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
payloads = st.dictionaries(
    names, st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names, max_size=4
)
facts = st.tuples(
    st.sampled_from(["a.b", "result.recorded", "x_1.y_2"]),
    st.integers(0, 2**63 - 1),
    names.filter(bool),
    names,
    payloads,
)


def begin(store: Store, campaign: str = "c", **more: Any) -> Ledger:
    ledger = Ledger.create(store, campaign, **more)
    ledger.append("campaign.defined", time_us=10, actor="me", subject=campaign, payload=FIRST)
    return ledger


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(course=st.lists(facts, max_size=12), flush_every=st.integers(1, 5))
def test_what_was_appended_is_read_back_chained_and_can_be_replayed(
    store: Store, course: list[Any], flush_every: int
) -> None:
    campaign = uuid4().hex
    ledger = begin(store, campaign, flush_every=flush_every)
    for kind, time_us, actor, subject, payload in course:
        ledger.append(kind, time_us=time_us, actor=actor, subject=subject, payload=payload)
    ledger.flush()

    stored = list(read_entries(store, campaign))
    assert [entry.seq for entry in stored] == list(range(1, len(course) + 2))
    assert [(e.kind, e.time_us, e.actor, e.subject, e.payload) for e in stored[1:]] == course
    assert [entry.prev for entry in stored] == [GENESIS, *(entry.hash for entry in stored[:-1])]
    assert ledger.head == (stored[-1].seq, stored[-1].hash)
    assert verify(store, campaign).is_intact

    again = Ledger.replay(store, campaign)
    for entry in stored:
        assert again.is_replaying
        assert again.expected() == entry
        got = again.append(
            entry.kind,
            time_us=entry.time_us,
            actor=entry.actor,
            subject=entry.subject,
            payload=entry.payload,
        )
        assert got == entry
    assert not again.is_replaying
    assert again.expected() is None
    assert again.head == ledger.head


def test_an_appended_entry_equals_the_stored_one_and_isnt_tied_to_the_callers_dict(
    store: Store,
) -> None:
    ledger = begin(store)
    payload: dict[str, Any] = {"list": (1, 2), "inner": {"a": 1}}
    entry = ledger.append("a.b", time_us=11, actor="me", payload=payload)
    payload["inner"]["a"] = 2
    ledger.flush()
    assert list(read_entries(store, "c"))[-1] == entry
    assert entry.payload == {"list": [1, 2], "inner": {"a": 1}}


def test_entries_are_read_after_a_row_and_by_kind(course: Store) -> None:
    every = list(read_entries(course, CAMPAIGN))
    assert list(read_entries(course, CAMPAIGN, every[40].seq)) == every[41:]
    asked = list(read_entries(course, CAMPAIGN, kinds=["proposal.asked", "round.started"]))
    assert asked == [e for e in every if e.kind in ("proposal.asked", "round.started")]
    assert list(read_entries(course, "unknown")) == []


def test_many_pages_are_read_in_order(store: Store) -> None:
    ledger = begin(store)
    for number in range(5000):
        ledger.append("a.b", time_us=number, actor="me", payload={"n": number})
    ledger.flush()
    assert [e.payload["n"] for e in read_entries(store, "c", 1)] == list(range(5000))


def test_two_runs_of_one_course_have_the_same_head(tmp_path: Path) -> None:
    heads = set()
    for name in ("a", "b"):
        with Store.open(tmp_path / name, durability="twin") as store:
            heads.add(write_course(store))
    assert len(heads) == 1


def test_appends_are_buffered_until_flush_or_until_the_buffer_is_full(store: Store) -> None:
    ledger = begin(store, flush_every=3)
    ledger.append("a.b", time_us=1, actor="me")
    assert list(read_entries(store, "c")) == []
    assert list_campaigns(store) == []
    ledger.append("a.b", time_us=1, actor="me")
    assert len(list(read_entries(store, "c"))) == 3
    ledger.append("a.b", time_us=1, actor="me")
    ledger.flush()
    assert len(list(read_entries(store, "c"))) == 4


def test_leaving_the_context_flushes_also_after_an_exception(store: Store) -> None:
    with pytest.raises(RuntimeError), begin(store):
        raise RuntimeError
    assert len(list(read_entries(store, "c"))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "nodot"}, "noun.verb"),
        ({"kind": "A.b"}, "noun.verb"),
        ({"time_us": -1}, "time_us"),
        ({"time_us": 2**63}, "time_us"),
        ({"time_us": 1.0}, "time_us"),
        ({"time_us": True}, "time_us"),
        ({"actor": ""}, "actor"),
        ({"actor": "a\x00"}, "actor"),
        ({"subject": None}, "subject"),
    ],
)
def test_what_cant_be_stored_is_refused_before_it_is_buffered(
    store: Store, change: dict[str, Any], words: str
) -> None:
    ledger = begin(store)
    head = ledger.head
    with pytest.raises(EntryInvalid, match=words):
        ledger.append(**{"kind": "a.b", "time_us": 1, "actor": "me", **change})
    with pytest.raises(NotCanonical):
        ledger.append("a.b", time_us=1, actor="me", payload={"x": float("nan")})
    assert ledger.head == head
    ledger.flush()
    assert len(list(read_entries(store, "c"))) == 1


def test_the_first_entry_defines_the_campaign(store: Store) -> None:
    with pytest.raises(EntryInvalid, match=r"first entry must be campaign\.defined"):
        Ledger.create(store, "c").append("round.started", time_us=1, actor="me")
    with pytest.raises(EntryInvalid, match="digest"):
        Ledger.create(store, "c").append(
            "campaign.defined", time_us=1, actor="me", payload={"name": "n", "seed": 1}
        )
    with pytest.raises(EntryInvalid, match="id"):
        Ledger.create(store, "")
    begin(store).flush()
    info = find_campaign(store, "c")
    assert (info.id, info.name, info.seed, info.created_us, info.head_seq) == ("c", "n", 1, 10, 1)
    assert find_campaign(store, "n") == info
    with pytest.raises(NoSuchCampaign, match="it knows: c"):
        find_campaign(store, "other")


def test_a_campaign_is_created_once(store: Store) -> None:
    late = begin(store)
    begin(store).flush()
    with pytest.raises(CampaignExists):
        Ledger.create(store, "c")
    with pytest.raises(CampaignExists):
        late.flush()
    with pytest.raises(NoSuchCampaign):
        Ledger.replay(store, "other")


def test_a_second_writer_of_one_chain_is_stopped(store: Store) -> None:
    one = begin(store)
    one.flush()
    two = Ledger.replay(store, "c")
    two.append("campaign.defined", time_us=10, actor="me", subject="c", payload=FIRST)
    one.append("a.b", time_us=11, actor="one")
    two.append("a.b", time_us=11, actor="two")
    one.flush()
    with pytest.raises(LedgerConflict, match="row 2"):
        two.flush()
    assert [entry.actor for entry in read_entries(store, "c")] == ["me", "one"]


def test_a_store_open_for_reading_takes_no_ledger(course: Store) -> None:
    with Store.open(course.where, read_only=True) as reader:
        with pytest.raises(StoreReadOnly):
            Ledger.create(reader, "new")
        with pytest.raises(StoreReadOnly):
            Ledger.replay(reader, CAMPAIGN)


@pytest.mark.parametrize("at", range(0, 26, 4))
def test_an_interrupted_course_goes_on_where_it_stopped(tmp_path: Path, at: int) -> None:
    with Store.open(tmp_path / "whole.db", durability="twin") as store:
        whole = write_course(store)
    with Store.open(tmp_path / "cut.db", durability="twin") as store:
        cut = Ledger.create(store, CAMPAIGN, flush_every=7)
        steps = Script(cut).steps()
        for _ in range(at + 1):
            next(steps, None)
        del cut, steps  # what was buffered is lost, as when the process dies
    with Store.open(tmp_path / "cut.db", durability="twin") as store:
        if not list_campaigns(store):
            return
        n_stored = find_campaign(store, CAMPAIGN).head_seq
        ledger = Ledger.replay(store, CAMPAIGN)
        Script(ledger).run()
        assert ledger.head == whole
        assert n_stored <= whole[0]
        checked = verify(store, CAMPAIGN, anchor=whole)
        assert checked.is_intact, checked.faults
        assert checked.n_sealed == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "a.c"}, "kind"),
        ({"time_us": 12}, "time_us"),
        ({"actor": "you"}, "actor"),
        ({"subject": "S"}, "subject"),
        ({"payload": {"x": {"y": [1, 2.5]}}}, "payload.x.y[1]"),
        ({"payload": {"x": {"y": [1]}}}, "payload.x.y (length)"),
        ({"payload": {"x": {"y": [1.0, 2]}}}, "payload.x.y[0]"),
        ({"payload": {"x": {}, "z": 1}}, "payload.x.y"),
        ({"payload": {}}, "payload.x"),
    ],
)
def test_a_replay_that_differs_is_stopped_and_the_difference_named(
    store: Store, change: dict[str, Any], field: str
) -> None:
    ledger = begin(store)
    fact: dict[str, Any] = {
        "kind": "a.b",
        "time_us": 11,
        "actor": "me",
        "subject": "s",
        "payload": {"x": {"y": [1, 2]}},
    }
    ledger.append(**fact)
    ledger.flush()
    again = Ledger.replay(store, "c")
    again.append("campaign.defined", time_us=10, actor="me", subject="c", payload=FIRST)
    with pytest.raises(ReplayDiverged) as caught:
        again.append(**(fact | change))
    assert (caught.value.seq, caught.value.field) == (2, field)
    assert again.append(**fact).seq == 2
    assert not again.is_replaying


@pytest.mark.parametrize(
    ("damage", "seq"),
    [
        ("UPDATE ledger SET payload = '{\"n\":9}' WHERE seq = 2", 2),
        ("DELETE FROM ledger WHERE seq = 2", 2),
        ("UPDATE ledger SET prev = hash WHERE seq = 2", 2),
        ("UPDATE ledger SET hash = prev WHERE seq = 2", 2),
        ("UPDATE ledger SET payload = '[]' WHERE seq = 2", 2),
    ],
)
def test_a_damaged_row_stops_a_replay(store: Store, damage: str, seq: int) -> None:
    ledger = begin(store)
    for _ in range(3):
        ledger.append("a.b", time_us=11, actor="me")
    ledger.flush()
    with store.transaction() as connection:
        for trigger in ("ledger_no_update", "ledger_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(damage)
    again = Ledger.replay(store, "c")

    def go() -> None:
        again.append("campaign.defined", time_us=10, actor="me", subject="c", payload=FIRST)
        again.append("a.b", time_us=11, actor="me")

    with pytest.raises(LedgerBroken) as caught:
        go()
    assert caught.value.seq == seq


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger SET actor = 'x' WHERE seq = 3", "never changed"),
        ("DELETE FROM ledger WHERE seq = 3", "never deleted"),
        ("DELETE FROM ledger", "never deleted"),
        ("INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 3", "exists already"),
        (
            "INSERT INTO ledger SELECT campaign, seq + 1, time_us, kind, actor, subject, payload, "
            "prev, hash FROM ledger ORDER BY seq DESC LIMIT 1",
            "not the hash of the row before",
        ),
        (
            "INSERT INTO ledger SELECT campaign, seq + 2, time_us, kind, actor, subject, payload, "
            "hash, hash FROM ledger ORDER BY seq DESC LIMIT 1",
            "not the hash of the row before",
        ),
        ("UPDATE chunk SET n_bad = 1", "never changed"),
        ("DELETE FROM chunk", "never deleted"),
        ("INSERT OR REPLACE INTO chunk SELECT * FROM chunk", "exists already"),
        ("DELETE FROM campaign", "FOREIGN KEY"),
        ("DELETE FROM series", "FOREIGN KEY"),
    ],
)
def test_the_database_refuses_to_change_what_was_written(
    course: Store, statement: str, words: str
) -> None:
    with pytest.raises(IntegrityError, match=words), course.transaction() as connection:
        connection.exec_driver_sql(statement)
    assert verify(course, CAMPAIGN).is_intact


def test_the_live_fold_equals_the_fold_of_what_is_stored(store: Store) -> None:
    ledger = Ledger.create(store, CAMPAIGN)
    script = Script(ledger)
    live = CampaignState(CAMPAIGN)
    append = ledger.append
    ledger.append = lambda *a, **k: live.apply(append(*a, **k))  # type: ignore[method-assign,assignment,func-returns-value]
    script.run()
    stored = load_state(store, CAMPAIGN)
    assert vars(live) == vars(stored)
