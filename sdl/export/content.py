"""What an export holds: tables of a campaign as streams of column batches.

A batch has one sequence per column and never more than a few thousand rows, so that memory stays
flat whatever the number of readings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from numpy.typing import NDArray

from sdl.store.entries import read_rows
from sdl.store.series import SeriesInfo, list_series, read_samples, summarise
from sdl.store.tables import EXPERIMENTS, PROPOSALS, RESULTS, Column, TableOf

if TYPE_CHECKING:
    from sdl.store.state import CampaignState
    from sdl.store.store import Store

Batch = list[Sequence[Any] | NDArray[Any]]
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
        "SHA-256 of prev and JSON [campaign, seq, time in µs, kind, actor, subject, payload]",
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
        yield Table(source.name, tuple(source.columns(state)), partial(_of_state, source, state))
    yield Table("ledger", LEDGER_COLUMNS, partial(_ledger, store, state))
    yield Table("series", SERIES_COLUMNS, partial(_series, store, state))
    recorded: dict[str, list[SeriesInfo]] = {}
    for info in list_series(store, state.campaign):
        if info.experiment in state.experiments:
            recorded.setdefault(info.experiment, []).append(info)
    if is_split:
        for name, infos in recorded.items():
            # An id is text of any kind; as a file's name it mustn't lead elsewhere.
            file = f"readings/{quote(name, safe='')}"
            yield Table(file, READING_COLUMNS, partial(_readings, store, infos))
    else:
        every = [info for infos in recorded.values() for info in infos]
        yield Table("readings", READING_COLUMNS, partial(_readings, store, every))


def _of_state(source: TableOf, state: CampaignState) -> Iterator[Batch]:
    return _transposed(source.rows(state))


def _transposed(rows: Iterable[tuple[Any, ...]]) -> Iterator[Batch]:
    source = iter(rows)
    while taken := list(islice(source, _ROWS)):
        yield [list(column) for column in zip(*taken, strict=True)]


def _ledger(store: Store, state: CampaignState) -> Iterator[Batch]:
    rows = read_rows(store, state.campaign)
    until_head = takewhile(lambda row: row.seq <= state.head[0], rows)
    return _transposed(row[1:] for row in until_head)


def _series(store: Store, state: CampaignState) -> Iterator[Batch]:
    return _transposed(
        (
            one.info.experiment,
            one.info.instrument,
            one.info.signal,
            one.info.unit,
            one.n,
            one.n_bad,
            one.first_us,
            one.last_us,
            one.min,
            one.max,
            one.mean,
        )
        for one in summarise(store, state.campaign)
        if one.info.experiment in state.experiments
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
