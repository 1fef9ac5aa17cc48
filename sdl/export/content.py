"""What an export holds: tables of a campaign as streams of column batches.

A batch has one sequence per column and never more than a few thousand rows, so that memory stays
flat whatever the number of readings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sdl.store.series import SeriesInfo, list_series, read_samples, summarise
from sdl.store.tables import EXPERIMENTS, PROPOSALS, RESULTS, Column

if TYPE_CHECKING:
    from sdl.store.state import CampaignState
    from sdl.store.store import Store

Batch = list[Sequence[Any]]
_ROWS = 2048

LEDGER_COLUMNS = (
    Column("seq", "int64", "", "position in the chain, from 1"),
    Column("time", "timestamp", "UTC", "when it happened"),
    Column("kind", "string", "", "what happened"),
    Column("actor", "string", "", "who or what did it"),
    Column("subject", "string", "", "id of what it is about"),
    Column("payload", "string", "", "the particulars, as canonical JSON"),
    Column("prev", "string", "", "hash of the row before"),
    Column(
        "hash",
        "string",
        "",
        "SHA-256 of prev and the JSON of [campaign, seq, time in µs, kind, actor, subject, payload]",
    ),
)
READING_COLUMNS = (
    Column("experiment", "string", "", "id of the experiment"),
    Column("instrument", "string", "", "instrument that measured"),
    Column("signal", "string", "", "what was measured"),
    Column("unit", "string", "", "unit of the value"),
    Column("time", "timestamp", "UTC", "source time of the reading"),
    Column("value", "float64", "see column unit", "the reading"),
    Column("quality", "int64", "", "0 good, 1 uncertain, 2 bad"),
)
SERIES_COLUMNS = (
    Column("experiment", "string", "", "id of the experiment"),
    Column("instrument", "string", "", "instrument that measured"),
    Column("signal", "string", "", "what was measured"),
    Column("unit", "string", "", "unit of min, max and mean"),
    Column("n", "int64", "", "readings"),
    Column("n_bad", "int64", "", "readings that are bad or not finite"),
    Column("first", "timestamp", "UTC", "source time of the first reading"),
    Column("last", "timestamp", "UTC", "source time of the last reading"),
    Column("min", "float64", "see column unit", "smallest usable reading"),
    Column("max", "float64", "see column unit", "largest usable reading"),
    Column("mean", "float64", "see column unit", "mean of the usable readings, each counting once"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table to be written under `name`; `batches` starts the stream of its rows."""

    name: str
    columns: tuple[Column, ...]
    batches: Callable[[], Iterator[Batch]]


def tables_of(store: Store, state: CampaignState, *, is_split: bool) -> Iterator[Table]:
    """The tables of a campaign as of `state`; readings one table, or one per experiment."""
    for source in (EXPERIMENTS, PROPOSALS, RESULTS):
        columns = tuple(source.columns(state))
        rows = source.rows
        yield Table(source.name, columns, lambda rows=rows: _transposed(rows(state)))
    yield Table("ledger", LEDGER_COLUMNS, lambda: _transposed(_ledger(store, state)))
    yield Table("series", SERIES_COLUMNS, lambda: _transposed(_series(store, state)))
    infos = [
        info for info in list_series(store, state.campaign) if info.experiment in state.experiments
    ]
    if not is_split:
        yield Table("readings", READING_COLUMNS, lambda: _readings(store, infos))
        return
    for name in state.experiments:
        own = [info for info in infos if info.experiment == name]
        if own:
            yield Table(f"readings/{name}", READING_COLUMNS, lambda own=own: _readings(store, own))


def _transposed(rows: Iterable[tuple[Any, ...]]) -> Iterator[Batch]:
    source = iter(rows)
    while taken := list(islice(source, _ROWS)):
        yield [list(column) for column in zip(*taken, strict=True)]


def _ledger(store: Store, state: CampaignState) -> Iterator[tuple[Any, ...]]:
    from sdl.store.entries import read_rows

    for row in read_rows(store, state.campaign):
        if row.seq > state.head[0]:
            return
        yield (
            row.seq,
            row.time_us,
            row.kind,
            row.actor,
            row.subject,
            row.payload,
            row.prev,
            row.hash,
        )


def _series(store: Store, state: CampaignState) -> Iterator[tuple[Any, ...]]:
    for one in summarise(store, state.campaign):
        info = one.info
        if info.experiment in state.experiments:
            yield (
                info.experiment,
                info.instrument,
                info.signal,
                info.unit,
                one.n,
                one.n_bad,
                one.first_us,
                one.last_us,
                one.min,
                one.max,
                one.mean,
            )


def _readings(store: Store, infos: Iterable[SeriesInfo]) -> Iterator[Batch]:
    for info in infos:
        for samples in read_samples(store, info):
            n = len(samples)
            yield [
                [info.experiment] * n,
                [info.instrument] * n,
                [info.signal] * n,
                [info.unit] * n,
                samples.times_us,
                samples.values,
                samples.quality,
            ]
