from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from store_course import CAMPAIGN, DAY_US, START_US

from sdl.store import (
    Ledger,
    ReplayDiverged,
    Store,
    TelemetryWriter,
    digest,
    list_series,
    read_series,
    summarise,
)
from sdl.store.chunks import MAX_SAMPLES, checked, pack, unpack
from sdl.store.errors import (
    AmbiguousSeries,
    LedgerError,
    NoSuchSeries,
    TelemetryInvalid,
    TelemetrySealed,
)

FIRST: dict[str, Any] = {"name": "n", "digest": "0" * 64, "seed": 1}


def begin(store: Store, **more: Any) -> tuple[Ledger, TelemetryWriter]:
    ledger = Ledger.create(store, "c")
    ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
    return ledger, TelemetryWriter(ledger, **more)


def resume(store: Store) -> tuple[Ledger, TelemetryWriter]:
    ledger = Ledger.replay(store, "c")
    ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
    return ledger, TelemetryWriter(ledger)


def put(writer: TelemetryWriter, times: Any, values: Any, quality: Any = None, **at: str) -> None:
    place = {"experiment": "E1", "instrument": "R1", "signal": "ph", "unit": "pH", **at}
    writer.write("c", times_us=times, values=values, quality=quality, **place)


@st.composite
def samples(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    n = draw(st.integers(1, 40))
    start = draw(st.integers(0, 2**50))
    if draw(st.booleans()):
        times = start + np.arange(n) * draw(st.integers(1, 10**9))
    else:
        times = start + np.cumsum(draw(hnp.arrays(np.int64, n, elements=st.integers(1, 10**9))))
    values = draw(hnp.arrays(np.float64, n, elements=st.floats(width=32)))
    quality = draw(st.none() | hnp.arrays(np.uint8, n, elements=st.sampled_from([0, 0, 0, 1, 2])))
    return times, values, quality


@given(samples())
def test_a_chunk_gives_back_what_was_packed(given: tuple[Any, Any, Any]) -> None:
    taken = checked(*given, what="test")
    packed = pack(taken, "test")
    back = unpack(packed)
    np.testing.assert_array_equal(back.times_us, given[0])
    np.testing.assert_array_equal(back.values, given[1])
    np.testing.assert_array_equal(
        back.quality, np.zeros(len(given[0])) if given[2] is None else given[2]
    )
    usable = given[1][np.isfinite(given[1]) & (back.quality < 2)]
    assert packed["n_bad"] == len(given[1]) - len(usable)
    if len(usable):
        assert (packed["min"], packed["max"]) == (usable.min(), usable.max())
    else:
        assert packed["min"] is packed["max"] is packed["sum"] is None
    is_regular = len(set(np.diff(given[0]).tolist())) <= 1
    assert (packed["times"] is None) == is_regular


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given=samples(), cuts=st.lists(st.integers(0, 40), max_size=4))
def test_a_series_is_read_back_and_its_digest_ignores_the_cuts(
    store: Store, given: tuple[Any, Any, Any], cuts: list[int]
) -> None:
    times, values, quality = given
    quality = np.zeros(len(times), np.uint8) if quality is None else quality
    found = []
    campaign = uuid4().hex
    ledger = Ledger.create(store, campaign)
    ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
    writer = TelemetryWriter(ledger)
    for name, places in (
        ("whole", [0, len(times)]),
        ("cut", [0, *sorted(cuts), len(times)]),
    ):
        for number, (start, end) in enumerate(pairwise(places)):
            part = slice(start, end)
            samples = (times[part], values[part], quality[part])
            writer.write(campaign, name, "R1", "ph", "pH", *samples)
            if number == 1:
                ledger.flush()
        before = writer.digest(campaign, name)
        ledger.flush()
        assert before == digest(store, campaign, name) == writer.digest(campaign, name)
        found.append(before)
        series = read_series(store, campaign, name, "ph")
        np.testing.assert_array_equal(series.times_us, times)
        np.testing.assert_array_equal(series.values, values)
        np.testing.assert_array_equal(series.quality, quality)
        first, last = int(times[len(times) // 3]), int(times[-1])
        part_read = read_series(store, campaign, name, "ph", first, last)
        inside = (times >= first) & (times < last)
        np.testing.assert_array_equal(part_read.times_us, times[inside])
    assert found[0] == found[1]


def test_the_digest_changes_with_everything_it_covers(store: Store) -> None:
    base: dict[str, Any] = {
        "times": [10, 20, 30, 45],
        "values": [1.0, 2.0, np.nan, 4.0],
        "quality": [0, 1, 2, 0],
    }
    changes: list[dict[str, Any]] = [
        {},
        {"times": [10, 20, 31, 45]},
        {"times": [11, 21, 31, 46]},
        {"values": [1.0, 2.0, np.nan, -4.0]},
        {"values": [-0.0, 2.0, np.nan, 4.0]},
        {"values": [0.0, 2.0, np.nan, 4.0]},
        {"quality": [0, 0, 2, 0]},
        {"quality": [1, 0, 2, 0]},
        {"quality": None},
        {"signal": "do"},
        {"instrument": "R2"},
        {"unit": "1"},
    ]
    _, writer = begin(store)
    found = []
    for number, change in enumerate(changes):
        put(writer, **{**base, "experiment": f"E{number}", **change})
        found.append(writer.digest("c", f"E{number}"))
    assert len(set(found)) == len(changes)
    assert writer.digest("c", "nothing") not in found


def test_one_nan_is_like_another(store: Store) -> None:
    _, writer = begin(store)
    put(writer, [1, 2], [1.0, np.nan], experiment="E1")
    put(writer, [1, 2], [1.0, np.copysign(np.nan, -1.0)], experiment="E2")
    assert writer.digest("c", "E1") == writer.digest("c", "E2")


def test_the_digest_doesnt_depend_on_the_order_of_series(store: Store) -> None:
    _, writer = begin(store)
    for experiment, order in (("E1", ("a", "b")), ("E2", ("b", "a"))):
        for signal in order:
            put(writer, [1, 2], [1.0, 2.0], experiment=experiment, signal=signal)
    assert writer.digest("c", "E1") == writer.digest("c", "E2")


def test_big_calls_are_split_and_summaries_need_no_samples(store: Store) -> None:
    ledger, writer = begin(store)
    n = 2 * MAX_SAMPLES + 5
    values = np.arange(n, dtype=float)
    values[7] = np.nan
    quality = np.zeros(n, np.uint8)
    quality[n - 1] = 2
    put(writer, np.arange(n) * 10, values, quality)
    put(writer, [5], [np.nan], signal="dead")
    ledger.flush()
    with store.reading() as connection:
        sizes = connection.exec_driver_sql("SELECT n FROM chunk WHERE series_id = 1").scalars()
        assert list(sizes) == [MAX_SAMPLES, MAX_SAMPLES, 5]
    dead, ph = summarise(store, "c", "E1")
    assert (dead.n, dead.n_bad, dead.min, dead.max, dead.mean) == (1, 1, None, None, None)
    assert (ph.n, ph.n_bad, ph.min, ph.max) == (n, 2, 0.0, n - 2)
    assert (ph.first_us, ph.last_us) == (0, (n - 1) * 10)
    assert ph.mean == pytest.approx((values[:-1][np.isfinite(values[:-1])]).mean())
    assert summarise(store, "c", "E2") == []
    assert [info.signal for info in list_series(store, "c")] == ["dead", "ph"]


@pytest.mark.parametrize(
    ("times", "values", "quality", "words"),
    [
        ([1, 2], [1.0], None, "one length"),
        ([[1, 2]], [[1.0, 2.0]], None, "1-D"),
        ([1.5, 2.5], [1.0, 2.0], None, "integer"),
        ([1, 1], [1.0, 2.0], None, "sample 1"),
        ([1, 3, 2], [1.0, 2.0, 3.0], None, "sample 2"),
        ([-5, 3], [1.0, 2.0], None, "1970"),
        ([1, 2], [1.0, 2.0], [0, 3], "quality"),
        ([1, 2], [1.0, 2.0], [0, -1], "quality"),
        ([1, 2], [1e308, 1e308], None, "too large"),
        ([1, 2], [1.0, 2.0], [0.0, 1.0], "quality"),
    ],
)
def test_samples_that_cant_be_stored_are_refused(
    store: Store, times: Any, values: Any, quality: Any, words: str
) -> None:
    ledger, writer = begin(store)
    with pytest.raises(TelemetryInvalid, match=words):
        put(writer, times, values, quality)
    ledger.flush()
    assert list_series(store, "c") == []


def test_samples_come_in_order_in_one_unit_and_before_the_seal(store: Store) -> None:
    ledger, writer = begin(store)
    put(writer, [10, 20], [1.0, 2.0])
    with pytest.raises(TelemetryInvalid, match="at or before"):
        put(writer, [20], [1.0])
    with pytest.raises(TelemetryInvalid, match="unit 'K' after 'pH'"):
        put(writer, [30], [1.0], unit="K")
    with pytest.raises(TelemetryInvalid, match="need a name"):
        put(writer, [30], [1.0], signal="")
    put(writer, [], [])
    sealed = writer.seal("c", "E1")
    with pytest.raises(TelemetrySealed):
        put(writer, [30], [1.0])
    ledger.flush()
    with pytest.raises(TelemetrySealed):
        put(writer, [30], [1.0])
    assert digest(store, "c", "E1") == sealed
    with pytest.raises(LedgerError, match="writer already"):
        TelemetryWriter(ledger)


def test_the_caller_may_change_the_array_afterwards(store: Store) -> None:
    ledger, writer = begin(store)
    values = np.array([1.0, np.nan])
    put(writer, [1, 2], values)
    values[:] = 9.0
    ledger.flush()
    np.testing.assert_array_equal(read_series(store, "c", "E1", "ph").values, [1.0, np.nan])


def test_a_full_buffer_is_flushed_with_the_ledgers_rows(store: Store) -> None:
    ledger, writer = begin(store, max_pending=10)
    put(writer, np.arange(9), np.zeros(9))
    assert list_series(store, "c") == []
    put(writer, [20], [1.0])
    assert len(read_series(store, "c", "E1", "ph").values) == 10
    assert not writer.has_pending
    assert ledger.head[0] == 1


def test_what_was_written_is_compared_and_skipped_in_a_second_run(store: Store) -> None:
    ledger, writer = begin(store)
    put(writer, [10, 20], [1.0, np.nan])
    put(writer, [30, 45], [3.0, 4.0])
    ledger.flush()
    ledger, writer = resume(store)
    put(writer, [10, 20], [1.0, np.nan])
    ledger.flush()
    put(writer, [30, 45], [3.0, 4.0])
    put(writer, [50], [5.0])
    put(writer, [50], [5.0], signal="do")
    found = writer.digest("c", "E1")
    ledger.flush()
    series = read_series(store, "c", "E1", "ph")
    assert series.times_us.tolist() == [10, 20, 30, 45, 50]
    assert digest(store, "c", "E1") == found


@pytest.mark.parametrize(
    ("times", "values", "quality", "field"),
    [
        ([10, 20], [1.0, 2.5], None, "max"),
        ([10, 20], [0.5, 2.0], None, "min"),
        ([10, 20], [1.0, 2.0], [0, 2], "n_bad"),
        ([10, 19], [1.0, 2.0], None, "end_us"),
        ([10, 15, 20], [1.0, 2.0, 1.5], None, "n of"),
        ([10], [1.0], None, "end_us"),
        ([11, 20], [1.0, 2.0], None, "chunk at 11"),
        ([15], [1.0], None, "chunk at 15"),
    ],
)
def test_a_second_run_that_measures_something_else_is_stopped(
    store: Store, times: Any, values: Any, quality: Any, field: str
) -> None:
    ledger, writer = begin(store)
    put(writer, [10, 20], [1.0, 2.0])
    ledger.flush()
    before = digest(store, "c", "E1")
    ledger, writer = resume(store)
    put(writer, times, values, quality)
    with pytest.raises(ReplayDiverged) as caught:
        ledger.flush()
    assert field in caught.value.field
    assert caught.value.seq is None
    assert digest(store, "c", "E1") == before


def test_a_second_run_with_another_sum_or_unit_or_fewer_chunks_is_stopped(store: Store) -> None:
    ledger, writer = begin(store)
    put(writer, [1, 2, 3], [0.0, 1.0, 2.0])
    put(writer, [4], [1.0])
    put(writer, [5], [1.0])
    ledger.flush()
    for chunks, unit, field in (
        ([([1, 2, 3], [0.0, 1.5, 2.0])], "pH", "sum of"),
        ([([1, 2, 3], [0.0, 1.0, 2.0])], "1", "unit of"),
        ([([1, 2, 3], [0.0, 1.0, 2.0]), ([5], [1.0])], "pH", "chunk at 4"),
    ):
        ledger, writer = resume(store)
        for times, values in chunks:
            put(writer, times, values, unit=unit)
        with pytest.raises(ReplayDiverged, match=field):
            ledger.flush()


def test_memory_of_the_writer_stays_small(store: Store) -> None:
    ledger, writer = begin(store)
    for number in range(300):
        put(writer, [1, 2], [1.0, 2.0], experiment=f"E{number}")
        if number % 2:
            writer.seal("c", f"E{number}")
        ledger.flush()
    assert len(writer._open) <= 256
    # One that was forgotten goes on all the same.
    put(writer, [3], [3.0], experiment="E0")
    ledger.flush()
    assert read_series(store, "c", "E0", "ph").values.tolist() == [1.0, 2.0, 3.0]


def test_samples_that_were_refused_are_not_in_the_seal(store: Store) -> None:
    ledger, writer = begin(store)
    put(writer, [1, 2], [1.0, 2.0])
    with pytest.raises(TelemetryInvalid):
        put(writer, [3, 4], [1e308, 1e308])
    put(writer, [5], [3.0])
    sealed = writer.seal("c", "E1")
    ledger.flush()
    assert digest(store, "c", "E1") == sealed


def test_a_replay_seals_right_also_what_the_writer_forgot_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sdl.store.telemetry._REMEMBERED", 2)

    def go(ledger: Ledger, writer: TelemetryWriter) -> list[str]:
        for part in range(3):
            for number in range(4):
                put(writer, [10 * part + 1], [float(part)], experiment=f"E{number}")
            ledger.flush()
        found = [writer.digest("c", f"E{number}") for number in range(4)]
        ledger.append("a.b", time_us=2, actor="me", payload={"telemetry_digests": found})
        ledger.flush()
        return found

    found = go(*begin(store))
    assert [digest(store, "c", f"E{number}") for number in range(4)] == found
    ledger = Ledger.replay(store, "c")
    ledger.append("campaign.defined", time_us=1, actor="me", payload=FIRST)
    assert ledger.is_replaying
    assert go(ledger, TelemetryWriter(ledger)) == found


def test_which_series(course: Store) -> None:
    one = read_series(course, CAMPAIGN, "E0001", "ph", START_US + DAY_US, START_US + 2 * DAY_US)
    assert (len(one.values), one.unit, one.instrument) == (1440, "pH", "R01")
    assert np.isnan(one.values[10:20]).all()
    assert (one.quality[10:20] == 2).all()
    assert len(read_series(course, CAMPAIGN, "E0001", "ph", 0, START_US).values) == 0
    with pytest.raises(NoSuchSeries, match="R01/ph, R01/raman_glucose"):
        read_series(course, CAMPAIGN, "E0001", "do")
    with pytest.raises(NoSuchSeries):
        read_series(course, CAMPAIGN, "E0001", "ph", instrument="R02")


def test_a_signal_of_two_instruments_must_be_named_with_one(store: Store) -> None:
    ledger, writer = begin(store)
    put(writer, [1], [1.0])
    put(writer, [1], [2.0], instrument="R2")
    ledger.flush()
    with pytest.raises(AmbiguousSeries, match="R1, R2"):
        read_series(store, "c", "E1", "ph")
    assert read_series(store, "c", "E1", "ph", instrument="R2").values.tolist() == [2.0]
