"""Reading telemetry: what was recorded, its samples, and sums that need no samples.

Sums and extremes come from the chunks' own fields, without their BLOBs, whatever the number of
samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select

from sdl.store.chunks import Qualities, Samples, Times, Values, unpack
from sdl.store.errors import AmbiguousSeries, NoSuchSeries
from sdl.store.models import chunk as chunk_table
from sdl.store.models import series as series_table
from sdl.store.sealing import SeriesSeal, seal_digest
from sdl.store.store import Store

_PAGE = 64


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """One signal of one instrument during one experiment."""

    id: int
    campaign: str
    experiment: str
    instrument: str
    signal: str
    unit: str


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """A series in a few numbers, in its unit; min, max, mean are None if no sample is usable.

    `n_bad` samples are bad or not finite and stay out of min, max and mean.
    """

    info: SeriesInfo
    n: int
    n_bad: int
    first_us: int
    last_us: int
    min: float | None
    max: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one signal: `times_us` int64 µs UTC, `values` in `unit`, `quality` 0, 1 or 2."""

    times_us: Times
    values: Values
    quality: Qualities
    unit: str
    instrument: str


def list_series(store: Store, campaign: str, experiment: str | None = None) -> list[SeriesInfo]:
    """The series of a campaign, or of one experiment, ordered by their names."""
    columns = series_table.c
    query = (
        select(series_table)
        .where(columns.campaign == campaign)
        .order_by(columns.experiment, columns.instrument, columns.signal)
    )
    if experiment is not None:
        query = query.where(columns.experiment == experiment)
    with store.reading() as connection:
        return [_info(row) for row in connection.execute(query)]


def read_series(
    store: Store,
    campaign: str,
    experiment: str,
    signal: str,
    start_us: int | None = None,
    end_us: int | None = None,
    *,
    instrument: str | None = None,
) -> Series:
    """Samples with start_us <= time < end_us; only chunks that overlap are read.

    Raises `NoSuchSeries`, and `AmbiguousSeries` if two instruments have that signal and none was
    named.
    """
    info = find_series(store, campaign, experiment, signal, instrument)
    parts = [unpack(row) for row in read_chunks(store, info.id, start_us, end_us)]
    times = np.concatenate([part.times_us for part in parts] or [np.empty(0, np.int64)])
    values = np.concatenate([part.values for part in parts] or [np.empty(0)])
    quality = np.concatenate([part.quality for part in parts] or [np.empty(0, np.uint8)])
    first = 0 if start_us is None else int(np.searchsorted(times, start_us))
    last = len(times) if end_us is None else int(np.searchsorted(times, end_us))
    part = slice(first, last)
    return Series(times[part], values[part], quality[part], info.unit, info.instrument)


def find_series(
    store: Store, campaign: str, experiment: str, signal: str, instrument: str | None = None
) -> SeriesInfo:
    """The one series of that signal (and instrument, if named); raises as `read_series`."""
    known = list_series(store, campaign, experiment)
    found = [
        info for info in known if info.signal == signal and instrument in (None, info.instrument)
    ]
    if not found:
        wanted = signal if instrument is None else f"{instrument}/{signal}"
        names = tuple(f"{info.instrument}/{info.signal}" for info in known)
        raise NoSuchSeries(experiment, wanted, names)
    if len(found) > 1:
        raise AmbiguousSeries(experiment, signal, tuple(info.instrument for info in found))
    return found[0]


def read_chunks(
    store: Store, series_id: int, start_us: int | None = None, end_us: int | None = None
) -> Iterator[dict[str, Any]]:
    """Fields of the chunks that overlap start_us <= time < end_us, in order, a few at a time."""
    columns = chunk_table.c
    query = (
        select(chunk_table)
        .where(columns.series_id == series_id)
        .order_by(columns.start_us)
        .limit(_PAGE)
    )
    if start_us is not None:
        query = query.where(columns.end_us >= start_us)
    if end_us is not None:
        query = query.where(columns.start_us < end_us)
    after = -1
    while True:
        with store.reading() as connection:
            rows = connection.execute(query.where(columns.start_us > after)).mappings().all()
        yield from map(dict, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1]["start_us"]


def read_samples(store: Store, info: SeriesInfo) -> Iterator[Samples]:
    """All samples of a series, chunk by chunk."""
    for row in read_chunks(store, info.id):
        yield unpack(row)


def summarise(store: Store, campaign: str, experiment: str | None = None) -> list[SeriesSummary]:
    """Count, span, extremes and mean of each series, from the chunks' fields alone."""
    with store.reading() as connection:
        rows = connection.execute(_summaries(campaign, experiment)).all()
    return [
        SeriesSummary(
            info=_info(row),
            n=row.n,
            n_bad=row.n_bad,
            first_us=row.first_us,
            last_us=row.last_us,
            min=row.low,
            max=row.high,
            mean=None if row.n == row.n_bad else row.total / (row.n - row.n_bad),
        )
        for row in rows
    ]


def digest(store: Store, campaign: str, experiment: str) -> str:
    """SHA-256 (hex) over the stored samples of an experiment, however they are cut into chunks."""
    seals = []
    for info in list_series(store, campaign, experiment):
        seal = SeriesSeal(info.instrument, info.signal, info.unit)
        for samples in read_samples(store, info):
            seal.update(samples)
        seals.append(seal)
    return seal_digest(seals)


def _summaries(campaign: str, experiment: str | None) -> Select[Any]:
    one, many = series_table.c, chunk_table.c
    query = (
        select(
            series_table,
            func.sum(many.n).label("n"),
            func.sum(many.n_bad).label("n_bad"),
            func.min(many.start_us).label("first_us"),
            func.max(many.end_us).label("last_us"),
            func.min(many.min).label("low"),
            func.max(many.max).label("high"),
            func.sum(many.sum).label("total"),
        )
        .join(chunk_table, many.series_id == one.id)
        .where(one.campaign == campaign)
        .group_by(one.id)
        .order_by(one.experiment, one.instrument, one.signal)
    )
    return query if experiment is None else query.where(one.experiment == experiment)


def _info(row: Row[*tuple[Any, ...]]) -> SeriesInfo:
    return SeriesInfo(
        id=row.id,
        campaign=row.campaign,
        experiment=row.experiment,
        instrument=row.instrument,
        signal=row.signal,
        unit=row.unit,
    )
