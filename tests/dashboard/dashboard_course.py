"""A real campaign written again up to some row, as a dashboard finds it while it runs."""

from __future__ import annotations

from pathlib import Path

from sdl.store import (
    Entry,
    Ledger,
    Store,
    TelemetryWriter,
    list_series,
    open_session,
    read_entries,
    read_series,
)

SEALING = ("experiment.completed", "experiment.failed", "experiment.abandoned")


def entries_of(source: Path, campaign: str) -> list[Entry]:
    with Store.open(source, read_only=True) as store:
        return list(read_entries(store, campaign))


def row_of(entries: list[Entry], kind: str, nth: int) -> int:
    """The seq of the nth entry of a kind."""
    return [entry.seq for entry in entries if entry.kind == kind][nth]


class Copy:
    """Copies a campaign row by row, telemetry with the row that seals it or on demand."""

    def __init__(self, source: Path, target: Path, campaign: str) -> None:
        self._source = Store.open(source, read_only=True)
        self._target = Store.open(target, durability="twin")
        self._campaign = campaign
        self._entries = entries_of(source, campaign)
        self._ledger = Ledger.create(self._target, campaign)
        self._telemetry = TelemetryWriter(self._ledger)
        self._written: set[str] = set()
        self._has_session = False

    def upto(self, seq: int) -> None:
        """Write the rows up to `seq` and make them durable."""
        for entry in self._entries[self._ledger.head[0] : seq]:
            if entry.kind in SEALING:
                self.readings(entry.subject, entry.time_us)
                self._ledger.flush()
            self._ledger.append(
                entry.kind,
                time_us=entry.time_us,
                actor=entry.actor,
                subject=entry.subject,
                payload=entry.payload,
            )
        self._ledger.flush()
        if not self._has_session:
            open_session(self._target, self._campaign, "test")
            self._has_session = True

    def readings(self, experiment: str, before_us: int) -> None:
        """Write an experiment's readings of before a time."""
        if experiment in self._written:
            return
        self._written.add(experiment)
        for info in list_series(self._source, self._campaign, experiment):
            part = read_series(
                self._source, self._campaign, experiment, info.signal, end_us=before_us
            )
            self._telemetry.write(
                self._campaign,
                experiment,
                info.instrument,
                info.signal,
                info.unit,
                part.times_us,
                part.values,
                part.quality,
            )

    def close(self) -> None:
        self._ledger.flush()
        self._source.close()
        self._target.close()
