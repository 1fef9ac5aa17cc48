from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from store_course import CAMPAIGN

from sdl.store import LedgerFault, NoSuchCampaign, Store, Verification, read_entries, verify
from sdl.store.canonical import chain_hash
from sdl.store.models import TRIGGER_NAMES


def tamper(store: Store, *statements: str) -> None:
    """Change the database as its administrator could: without triggers and checks."""
    with store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for trigger in TRIGGER_NAMES:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        for statement in statements:
            connection.exec_driver_sql(statement)


def rehash(seq: int) -> Callable[[Connection], None]:
    """Make a row's own hash fit its changed content, as a careful forger would."""

    def change(connection: Connection) -> None:
        row = connection.exec_driver_sql(f"SELECT * FROM ledger WHERE seq = {seq}").one()
        campaign, _, time_us, kind, actor, subject, payload, prev, _ = row
        fresh = chain_hash(prev, campaign, seq, time_us, kind, actor, subject, payload)
        connection.exec_driver_sql("UPDATE ledger SET hash = ? WHERE seq = ?", (fresh, seq))

    return change


def at(verification: Verification) -> list[int]:
    return [fault.seq for fault in verification.faults]


def test_an_untouched_course_is_intact(course: Store) -> None:
    found = verify(course, CAMPAIGN)
    assert found.is_intact
    assert found.n_rows == found.head[0] == 82
    assert found.n_sealed == 4
    with pytest.raises(NoSuchCampaign):
        verify(course, "other")


@pytest.mark.parametrize(
    "change",
    [
        "payload = replace(payload, '\"', ' \"')",
        "time_us = time_us + 1",
        "kind = 'experiment.started'",
        "actor = 'someone'",
        "subject = 'E9999'",
        "payload = '{}'",
        "payload = 'no json'",
        "payload = x'7b7d'",
        "prev = lower(hex(randomblob(32)))",
        "hash = lower(hex(randomblob(32)))",
    ],
)
@pytest.mark.parametrize("seq", [2, 41, 81])
def test_an_edited_row_is_named(course: Store, change: str, seq: int) -> None:
    tamper(course, f"UPDATE ledger SET {change} WHERE seq = {seq}")
    found = verify(course, CAMPAIGN)
    assert at(found) == [seq]


def test_several_edited_rows_are_all_named(course: Store) -> None:
    tamper(course, "UPDATE ledger SET time_us = 0 WHERE seq IN (3, 4, 50)")
    assert at(verify(course, CAMPAIGN)) == [3, 4, 50]


def test_a_row_replaced_with_its_hash_is_named_because_the_next_was_built_on_another(
    course: Store,
) -> None:
    tamper(course, "UPDATE ledger SET actor = 'someone' WHERE seq = 41")
    with course.transaction() as connection:
        rehash(41)(connection)
    found = verify(course, CAMPAIGN)
    assert found.faults == (LedgerFault(41, "the row was replaced; row 42 was built on another"),)


def test_a_changed_link_is_told_from_changed_content(course: Store) -> None:
    tamper(course, "UPDATE ledger SET prev = hash WHERE seq = 41")
    assert "link" in verify(course, CAMPAIGN).faults[0].what


def test_deleted_rows_are_named(course: Store) -> None:
    tamper(course, "DELETE FROM ledger WHERE seq = 10 OR seq BETWEEN 20 AND 25")
    found = verify(course, CAMPAIGN)
    assert found.faults == (
        LedgerFault(10, "row 10 is missing"),
        LedgerFault(20, "rows 20 to 25 are missing"),
    )
    assert found.n_rows == 75


def test_a_missing_beginning_is_named(course: Store) -> None:
    tamper(course, "DELETE FROM ledger WHERE seq <= 2")
    assert at(verify(course, CAMPAIGN)) == [1]


def test_a_chain_without_rows_is_named(course: Store) -> None:
    tamper(course, "DELETE FROM ledger")
    assert verify(course, CAMPAIGN).faults == (LedgerFault(0, "the campaign has no rows"),)


def test_swapped_rows_are_named(course: Store) -> None:
    tamper(
        course,
        "UPDATE ledger SET seq = 1000 WHERE seq = 40",
        "UPDATE ledger SET seq = 40 WHERE seq = 41",
        "UPDATE ledger SET seq = 41 WHERE seq = 1000",
    )
    assert at(verify(course, CAMPAIGN)) == [40, 41]


def test_an_inserted_row_is_named(course: Store) -> None:
    tamper(
        course,
        "INSERT INTO ledger SELECT campaign, 83, time_us, kind, actor, subject, payload, hash, "
        "hash FROM ledger WHERE seq = 82",
    )
    assert at(verify(course, CAMPAIGN)) == [83]


def test_a_cut_off_end_is_seen_with_a_head_noted_elsewhere(course: Store) -> None:
    anchor = verify(course, CAMPAIGN).head
    tamper(course, "DELETE FROM ledger WHERE seq > 60")
    assert verify(course, CAMPAIGN).is_intact
    assert at(verify(course, CAMPAIGN, anchor=anchor)) == [61]


def test_an_end_written_anew_is_seen_with_a_head_noted_elsewhere(course: Store) -> None:
    anchor = verify(course, CAMPAIGN).head
    tamper(course, "UPDATE ledger SET actor = 'someone' WHERE seq = 82")
    with course.transaction() as connection:
        rehash(82)(connection)
    assert verify(course, CAMPAIGN).is_intact
    assert at(verify(course, CAMPAIGN, anchor=anchor)) == [82]
    middle = list(read_entries(course, CAMPAIGN))[30]
    assert verify(course, CAMPAIGN, anchor=(middle.seq, middle.hash)).is_intact


def seal_row(store: Store, experiment: str) -> int:
    entries = read_entries(store, CAMPAIGN, kinds=["experiment.completed"])
    return next(entry.seq for entry in entries if entry.subject == experiment)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # One bit of a value, past the first chunk's statistics or not.
        (
            '"values" = CAST(substr("values", 1, 800) || x\'0000000000001c40\' || '
            'substr("values", 809) AS BLOB)',
            "digest differs",
        ),
        ('"values" = \'\u00f8\' || "values"', "can't be read"),
        ("quality = zeroblob(n)", "digest differs"),
        ('"min" = "min" - 1', "contradicts itself: min"),
        ('"sum" = "sum" * 1.001', "contradicts itself: sum"),
        ("n_bad = n_bad - 1", "contradicts itself: n_bad"),
        ("step_us = step_us - 1, end_us = end_us - 1439", "digest differs"),
        ("end_us = end_us + 1", "contradicts itself: end_us"),
        ("start_us = start_us - 1", "digest differs"),
        ("\"values\" = x'00'", "contradicts itself: values"),
        ("quality = NULL", "digest differs"),
    ],
)
def test_an_edited_chunk_is_named(course: Store, change: str, words: str) -> None:
    tamper(
        course,
        f"UPDATE chunk SET {change} WHERE series_id = (SELECT id FROM series WHERE experiment = "
        "'E0002' AND signal = 'ph') AND quality IS NOT NULL",
    )
    found = verify(course, CAMPAIGN)
    assert set(at(found)) == {seal_row(course, "E0002")}
    assert all("E0002" in fault.what for fault in found.faults)
    assert any(words in fault.what for fault in found.faults)
    assert verify(course, CAMPAIGN, check_telemetry=False).is_intact


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM chunk WHERE rowid_of = 1",
        "UPDATE series SET unit = 'K' WHERE experiment = 'E0005' AND signal = 'ph'",
        "UPDATE series SET signal = 'do' WHERE experiment = 'E0005' AND signal = 'ph'",
        "UPDATE series SET instrument = 'R02' WHERE experiment = 'E0005' AND signal = 'ph'",
        "UPDATE series SET experiment = 'E0004' || signal WHERE experiment = 'E0005'",
    ],
)
def test_changed_or_missing_series_are_named(course: Store, statement: str) -> None:
    if "rowid_of" in statement:
        statement = (
            "DELETE FROM chunk WHERE series_id IN (SELECT id FROM series WHERE experiment = "
            "'E0005' AND signal = 'raman_glucose')"
        )
    tamper(course, statement)
    assert at(verify(course, CAMPAIGN)) == [seal_row(course, "E0005")]


@pytest.mark.parametrize(
    "change", ["name = 'x'", "seed = 8", f"digest = '{'e' * 64}'", "created_us = 1"]
)
def test_a_changed_campaign_row_is_named(course: Store, change: str) -> None:
    tamper(course, f"UPDATE campaign SET {change}")
    found = verify(course, CAMPAIGN)
    assert at(found) == [1]
    assert change.split(" ")[0] in found.faults[0].what


def test_other_campaigns_of_the_store_are_left_out(course: Store, tmp_path: Any) -> None:
    from sdl.store import Ledger

    other = Ledger.create(course, "other")
    payload = {"name": "n", "digest": "0" * 64, "seed": 1}
    other.append("campaign.defined", time_us=1, actor="me", payload=payload)
    other.flush()
    tamper(course, "UPDATE ledger SET actor = 'x' WHERE campaign = 'other'")
    assert verify(course, CAMPAIGN).is_intact
    assert at(verify(course, "other")) == [1]
