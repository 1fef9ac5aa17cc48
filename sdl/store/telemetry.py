"""Writing telemetry: each call is one chunk, buffered, and kept together with the ledger's rows.

A run that is resumed writes its past again: a chunk that is stored already is compared with the
stored one and skipped.  Chunks are cut by the calls and by nothing else, so that a second run cuts
them in the same places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike
from sqlalchemy import Connection, func, insert, select

from sdl.store.bulk import insert_rows
from sdl.store.chunks import (
    COMPARED,
    checked,
    first_difference,
    pack,
    split,
    unpack,
)
from sdl.store.errors import ReplayDiverged, TelemetryInvalid, TelemetrySealed
from sdl.store.models import chunk as chunk_table
from sdl.store.models import series as series_table
from sdl.store.sealing import SeriesSeal, seal_digest
from sdl.store.series import SeriesInfo, list_series, read_chunks

if TYPE_CHECKING:
    from sdl.store.ledger import Ledger

_REMEMBERED = 256
Key = tuple[str, str]
"""Instrument and signal."""
Place = tuple[str, str]
"""Campaign and experiment."""
_insert_series = insert(series_table).returning(series_table)


@dataclass(slots=True)
class _Open:
    """A series being written: its row's id once that is stored, and how far it has come.

    `seal` has taken all its samples, when this writer gave all of them.
    """

    instrument: str
    signal: str
    unit: str
    series_id: int | None = None
    stored_end_us: int = -1
    last_us: int = -1
    seal: SeriesSeal | None = None
    pending: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.instrument, self.signal


class TelemetryWriter:
    """Buffers the samples of a ledger's campaign until `Ledger.flush` writes them.

    The ledger is flushed when `max_pending` samples wait.
    """

    def __init__(self, ledger: Ledger, *, max_pending: int = 1_000_000) -> None:
        ledger.attach(self)
        self._ledger = ledger
        self._store = ledger.store
        self._max_pending = max_pending
        self._n_pending = 0
        self._open: dict[Place, dict[Key, _Open]] = {}
        self._dirty: dict[Place, None] = {}
        self._found: list[tuple[_Open, int, int]] = []
        self._sealed: set[Place] = set()
        self._whole: set[Place] = set()
        self._evicted: set[Place] = set()

    @property
    def has_pending(self) -> bool:
        """Whether samples wait to be written."""
        return self._n_pending > 0

    def write(
        self,
        campaign: str,
        experiment: str,
        instrument: str,
        signal: str,
        unit: str,
        times_us: ArrayLike,
        values: ArrayLike,
        quality: ArrayLike | None = None,
    ) -> None:
        """Take the next samples of one signal, as one chunk (more than 4096 are split).

        `times_us`: (n,) int64, µs since the epoch UTC, rising, after all earlier ones of this
        series.  `values`: (n,) float64 in `unit`; NaN and infinities are kept and count as bad.
        `quality`: (n,) uint8, 0 good, 1 uncertain, 2 bad; None: all good.

        Raises `TelemetryInvalid`, `TelemetrySealed` and, when the buffer is full, what
        `Ledger.flush` raises; the samples are in the buffer then all the same.
        """
        what = f"{experiment} {instrument}/{signal}"
        samples = checked(times_us, values, quality, what)
        if not len(samples):
            return
        place = (campaign, experiment)
        if place in self._sealed:
            raise TelemetrySealed(campaign, experiment)
        series = self._series(place, instrument, signal, unit, what)
        if samples.times_us[0] <= series.last_us:
            raise TelemetryInvalid(f"{what}: samples at or before ones written earlier")
        packed = [pack(part, what) for part in split(samples)]
        if series.seal is not None:
            series.seal.update(samples)
        series.pending.extend(packed)
        series.last_us = int(samples.times_us[-1])
        self._dirty[place] = None
        self._n_pending += len(samples)
        if self._n_pending >= self._max_pending:
            self._ledger.flush()

    def digest(self, campaign: str, experiment: str) -> str:
        """SHA-256 (hex) over all samples of an experiment, stored and buffered."""
        place = (campaign, experiment)
        written = self._open.get(place, {})
        if place in self._whole:
            return seal_digest(one.seal for one in written.values() if one.seal is not None)
        seals: dict[Key, SeriesSeal] = {}
        ends: dict[Key, int] = {}
        for info in list_series(self._store, campaign, experiment):
            seal = seals[info.instrument, info.signal] = _seal_of(info)
            for row in read_chunks(self._store, info.id):
                seal.update(unpack(row))
                ends[seal.key] = row["end_us"]
        for key, series in written.items():
            seal = seals.setdefault(key, SeriesSeal(*key, series.unit))
            for packed in series.pending:
                # While replaying, the first part of what is buffered is stored already.
                if packed["start_us"] > ends.get(key, -1):
                    seal.update(unpack(packed))
        return seal_digest(seals.values())

    def seal(self, campaign: str, experiment: str) -> str:
        """The digest, for the entry that ends the experiment; nothing may be added after."""
        found = self.digest(campaign, experiment)
        place = (campaign, experiment)
        self._sealed.add(place)
        if place not in self._dirty:
            self._forget(place)
        return found

    def write_pending(self, connection: Connection) -> None:
        """Write the buffer inside the caller's transaction; call `forget_pending` after it.

        Raises `ReplayDiverged` when a stored chunk isn't the one given now.
        """
        self._found = []
        rows: list[dict[str, Any]] = []
        for place, series, series_id, stored_end_us in self._numbered(connection):
            new = [one for one in series.pending if one["start_us"] > stored_end_us]
            again = series.pending[: len(series.pending) - len(new)]
            if again:
                _compare(connection, place, series, series_id, again)
            rows.extend({"series_id": series_id, **one} for one in new)
            self._found.append((series, series_id, stored_end_us))
        if rows:
            insert_rows(connection, chunk_table, rows)

    def forget_pending(self) -> None:
        """Empty the buffer, after the transaction of `write_pending` was kept."""
        for series, series_id, stored_end_us in self._found:
            series.series_id = series_id
            series.stored_end_us = max(stored_end_us, series.pending[-1]["end_us"])
            series.pending.clear()
        self._found = []
        for place in self._dirty:
            if place in self._sealed:
                self._forget(place)
        self._dirty.clear()
        # What isn't remembered is looked up again in the database, hence memory can stay flat even
        # if the caller never seals.
        while len(self._open) > _REMEMBERED:
            oldest = next(iter(self._open))
            self._forget(oldest)
            self._evicted.add(oldest)
        self._n_pending = 0

    def _forget(self, place: Place) -> None:
        self._open.pop(place, None)
        self._whole.discard(place)

    def _series(self, place: Place, instrument: str, signal: str, unit: str, what: str) -> _Open:
        if place not in self._open and self._is_first_to_write(place):
            self._whole.add(place)
        known = self._open.setdefault(place, {})
        series = known.get((instrument, signal))
        if series is None:
            for name in (place[1], instrument, signal):
                if not name or "\x00" in name:
                    raise TelemetryInvalid(f"{what}: experiment, instrument, signal need a name")
            series = known[instrument, signal] = _Open(instrument, signal, unit)
            if place in self._whole:
                series.seal = SeriesSeal(instrument, signal, unit)
        elif series.unit != unit:
            raise TelemetryInvalid(f"{what}: unit {unit!r} after {series.unit!r}")
        return series

    def _is_first_to_write(self, place: Place) -> bool:
        """Whether all samples of an experiment come through this writer from here on.

        That is so where none is stored, as in a new chain, and in a replay, which gives all of
        them again.
        """
        if place in self._evicted:
            return False
        if self._ledger.is_new or self._ledger.is_replaying:
            return True
        return not list_series(self._store, *place)

    def _numbered(self, connection: Connection) -> Iterator[tuple[Place, _Open, int, int]]:
        """Each series with samples waiting, its row's id and the end of what is stored of it."""
        unknown: dict[tuple[Place, Key], _Open] = {}
        for place in self._dirty:
            waiting = [one for one in self._open[place].values() if one.pending]
            for one in waiting:
                if one.series_id is not None:
                    yield place, one, one.series_id, one.stored_end_us
            new = {one.key: one for one in waiting if one.series_id is None}
            # A new chain has nothing stored but what this writer has forgotten since.
            if new and (not self._ledger.is_new or place in self._evicted):
                yield from _stored_already(connection, place, new)
            unknown.update(((place, key), one) for key, one in new.items())
        rows = [_series_row(place, one) for (place, _), one in unknown.items()]
        if rows:
            for row in connection.execute(_insert_series, rows).all():
                place = (row.campaign, row.experiment)
                yield place, unknown[place, (row.instrument, row.signal)], row.id, -1


def _seal_of(info: SeriesInfo) -> SeriesSeal:
    return SeriesSeal(info.instrument, info.signal, info.unit)


def _series_row(place: Place, series: _Open) -> dict[str, Any]:
    campaign, experiment = place
    return {
        "campaign": campaign,
        "experiment": experiment,
        "instrument": series.instrument,
        "signal": series.signal,
        "unit": series.unit,
    }


def _stored_already(
    connection: Connection, place: Place, wanted: dict[Key, _Open]
) -> Iterator[tuple[Place, _Open, int, int]]:
    """Take from `wanted` the series that have a row, and yield them."""
    for row in connection.execute(_stored_series(place)).all():
        found = wanted.pop((row.instrument, row.signal), None)
        if found is not None:
            if row.unit != found.unit:
                name = f"unit of {place[1]} {row.instrument}/{row.signal}"
                raise ReplayDiverged(None, name, row.unit, found.unit)
            yield place, found, row.id, -1 if row.end_us is None else row.end_us


def _stored_series(place: Place) -> Any:
    last = (
        select(func.max(chunk_table.c.end_us))
        .where(chunk_table.c.series_id == series_table.c.id)
        .scalar_subquery()
    )
    return select(series_table, last.label("end_us")).where(
        series_table.c.campaign == place[0], series_table.c.experiment == place[1]
    )


def _compare(
    connection: Connection,
    place: Place,
    series: _Open,
    series_id: int,
    again: Sequence[dict[str, Any]],
) -> None:
    """Hold chunks given again against the stored ones, by everything but the samples."""
    table = chunk_table.c
    fields = [table[name] for name in ("start_us", *COMPARED)]
    first, last = again[0]["start_us"], again[-1]["start_us"]
    query = select(*fields).where(
        table.series_id == series_id, table.start_us >= first, table.start_us <= last
    )
    stored = {row["start_us"]: dict(row) for row in connection.execute(query).mappings()}
    name = f"{place[1]} {series.instrument}/{series.signal}"
    for given in again:
        start = given["start_us"]
        was = stored.pop(start, None)
        if was is None:
            raise ReplayDiverged(None, f"{name} chunk at {start} µs", "<absent>", given["n"])
        part = first_difference(was, given)
        if part is not None:
            raise ReplayDiverged(None, f"{part} of {name} at {start} µs", was[part], given[part])
    for start in stored:
        raise ReplayDiverged(None, f"{name} chunk at {start} µs", stored[start]["n"], "<absent>")
