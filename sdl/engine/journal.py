"""The engine's pen: one call writes a fact to the ledger, folds it into the state, tells watchers.

Nothing else in the engine writes to the ledger, and nothing in the engine keeps state of its own
that the fold can't give back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drivers.instruments.lab import LabClock
    from sdl.store.ledger import Entry, Ledger
    from sdl.store.state import CampaignState
    from sdl.store.telemetry import TelemetryWriter

WATCHED_EVERY_S = 1.0

Watcher = Callable[["Entry", "CampaignState"], None]


class JournalStopped(RuntimeError):
    """Nothing more is recorded: an earlier fact could not be, or the run was stopped."""


class Journal:
    """Ledger, state and telemetry of one running campaign.

    Once a fact could not be recorded, or `interrupt` was called, no later one is: what is stored
    stays a run's true beginning, and a resumed run finds itself in it.
    """

    def __init__(
        self,
        ledger: Ledger,
        telemetry: TelemetryWriter,
        state: CampaignState,
        clock: LabClock,
        stored_after: Callable[[int], Iterator[Entry]],
        watchers: tuple[Watcher, ...] = (),
    ) -> None:
        self.ledger = ledger
        self.telemetry = telemetry
        self.state = state
        self._clock = clock
        self._stored_after = stored_after
        self._watchers = watchers
        self._counters: dict[str, int] = {}
        self._stop: BaseException | None = None
        self._flushed_s = time.monotonic()

    def now_us(self) -> int:
        """Time of the lab in µs since the Unix epoch."""
        return self._clock.now_us()

    def record(
        self, kind: str, subject: str = "", *, actor: str = "engine", **payload: Any
    ) -> Entry:
        """Write one fact; `payload` must be plain JSON values.

        Raises:
            JournalStopped: an earlier fact could not be recorded.
            KeyboardInterrupt: the run was interrupted.
        """
        if self._stop is not None:
            raise self._stop
        self._stop = JournalStopped("an earlier fact could not be recorded")
        entry = self.ledger.append(
            kind, time_us=self.now_us(), actor=actor, subject=subject, payload=payload
        )
        self.state.apply(entry)
        for watcher in self._watchers:
            watcher(entry, self.state)
        self._stop = None
        return entry

    def interrupt(self) -> None:
        """Let the next attempt to record a fact end the run; safe in a signal handler."""
        self._stop = KeyboardInterrupt()

    def next_id(self, prefix: str, digits: int = 4) -> str:
        """Return the next id of a kind: P0001, E0001, C000001 …, the same in every replay."""
        number = self._counters.get(prefix, 0) + 1
        self._counters[prefix] = number
        return f"{prefix}{number:0{digits}d}"

    def flush(self) -> None:
        """Put everything recorded so far on disk in one transaction."""
        self.ledger.flush()
        self._flushed_s = time.monotonic()

    def checkpoint(self) -> None:
        """Flush where it matters: always on a real lab, in virtual time once in a while.

        The in-process twin dies with this process and is rebuilt by replay, so a row that was not
        on disk yet is simply written again; people who watch still see the campaign move.
        """
        if not self._clock.is_virtual or time.monotonic() - self._flushed_s > WATCHED_EVERY_S:
            self.flush()

    def upcoming(self, kind: str, n: int) -> list[dict[str, Any]]:
        """Return the payloads of the next up to `n` stored rows of `kind`; none when live."""
        return [entry.payload for entry in islice(self._ahead(kind), n)]

    def _ahead(self, kind: str) -> Iterator[Entry]:
        if not self.ledger.is_replaying:
            return
        for entry in self._stored_after(self.ledger.head[0]):
            if entry.kind != kind:
                return
            yield entry
