"""The ledger of one campaign: append-only, hash-chained, one writer.

Appending buffers; `flush` writes ledger rows and telemetry in one transaction.  On a campaign that
is stored already the same calls are compared with what is stored until the stored rows are used
up, which is how a deterministic run is resumed: it goes through its past again, and on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from sdl.store.bulk import insert_rows
from sdl.store.canonical import GENESIS, canonical, canonical_and_plain, chain_hash, difference
from sdl.store.entries import Entry, read_entries
from sdl.store.errors import (
    CampaignExists,
    EntryInvalid,
    LedgerBroken,
    LedgerConflict,
    LedgerError,
    NoSuchCampaign,
    ReplayDiverged,
    StoreReadOnly,
)
from sdl.store.models import campaign as campaign_table
from sdl.store.models import ledger as ledger_table
from sdl.store.store import Store

if TYPE_CHECKING:
    from sdl.store.telemetry import TelemetryWriter

__all__ = ["Entry", "Ledger"]

FIRST_KIND = "campaign.defined"
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_MAX_US = 2**63 - 1


class Ledger:
    """Writer of one campaign's chain; make it with `Ledger.create` or `Ledger.replay`.

    A `TelemetryWriter` made on it takes the samples that belong to these entries: one `flush` keeps
    both or neither.
    Used as a context manager it flushes at the end, also after an exception, since what was
    appended did happen.
    """

    def __init__(self, store: Store, campaign_id: str, stored: Iterator[Entry], flush_every: int):
        self._store = store
        self._campaign = campaign_id
        self._flush_every = flush_every
        self._stored = stored
        self._next = next(stored, None)
        self._is_new = self._next is None
        self._seq = 0
        self._hash = GENESIS
        self._rows: list[dict[str, Any]] = []
        self._new_campaign: dict[str, Any] | None = None
        self._names: set[str] = set()
        self._telemetry: TelemetryWriter | None = None

    @classmethod
    def create(cls, store: Store, campaign_id: str, *, flush_every: int = 512) -> Self:
        """Begin a new chain; its first entry must be `campaign.defined`.

        `flush_every` is how many entries are buffered at most.  Raises `CampaignExists`,
        `StoreReadOnly`.
        """
        if not campaign_id or "\x00" in campaign_id:
            raise EntryInvalid(f"a campaign's id must be some text, not {campaign_id!r}")
        if _is_stored(store, campaign_id):
            raise CampaignExists(campaign_id)
        return cls(_writable(store), campaign_id, iter(()), flush_every)

    @classmethod
    def replay(cls, store: Store, campaign_id: str, *, flush_every: int = 512) -> Self:
        """Go through a stored chain again, then on from its end.

        Raises `NoSuchCampaign`, `StoreReadOnly`.
        """
        if not _is_stored(store, campaign_id):
            raise NoSuchCampaign(campaign_id, _known(store))
        return cls(_writable(store), campaign_id, read_entries(store, campaign_id), flush_every)

    def attach(self, telemetry: TelemetryWriter) -> None:
        """Let `flush` also write a telemetry writer's samples; its constructor calls this."""
        if self._telemetry is not None:
            raise LedgerError(f"the ledger of {self._campaign!r} has its telemetry writer already")
        self._telemetry = telemetry

    @property
    def store(self) -> Store:
        """The store that the chain is in."""
        return self._store

    @property
    def campaign(self) -> str:
        """Id of the campaign."""
        return self._campaign

    @property
    def head(self) -> tuple[int, str]:
        """(seq, hash) of the last entry appended or replayed; (0, 64 zeros) before the first."""
        return self._seq, self._hash

    @property
    def is_new(self) -> bool:
        """Whether the chain began with this writer."""
        return self._is_new

    @property
    def is_replaying(self) -> bool:
        """Whether stored entries are left to be gone through."""
        return self._next is not None

    def expected(self) -> Entry | None:
        """The stored entry that the next `append` must equal; None when live."""
        return self._next

    def append(
        self,
        kind: str,
        *,
        time_us: int,
        actor: str,
        subject: str = "",
        payload: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Add a fact, or compare it with the stored one while replaying.

        `kind` is `noun.verb`; `time_us` are µs since the epoch, UTC; `payload` must be JSON with
        str keys and finite numbers.

        Raises `EntryInvalid` and `NotCanonical` for what can't be stored, `ReplayDiverged` and
        `LedgerBroken` while replaying, and, when the buffer is full, what `flush` raises.
        """
        self._check(kind, time_us, actor, subject)
        text, plain = canonical_and_plain({} if payload is None else dict(payload))
        seq = self._seq + 1
        digest = chain_hash(self._hash, self._campaign, seq, time_us, kind, actor, subject, text)
        entry = Entry(self._campaign, seq, time_us, kind, actor, subject, plain, self._hash, digest)
        stored = self._next
        if stored is not None:
            if stored != entry:
                _explain(stored, entry)
            self._seq, self._hash = seq, digest
            self._next = next(self._stored, None)
            return stored
        if seq == 1:
            self._new_campaign = _campaign_row(entry)
        self._rows.append(
            {
                "campaign": self._campaign,
                "seq": seq,
                "time_us": time_us,
                "kind": kind,
                "actor": actor,
                "subject": subject,
                "payload": text,
                "prev": self._hash,
                "hash": digest,
            }
        )
        self._seq, self._hash = seq, digest
        if len(self._rows) >= self._flush_every:
            self.flush()
        return entry

    def flush(self) -> None:
        """Write everything buffered, ledger and telemetry, in one transaction.

        When it raises (`DiskFull`, `StoreLocked`, …) nothing was written, everything is still
        buffered, and flushing again later is right.  `LedgerConflict` and `CampaignExists` say
        that another process writes to this campaign: stop then.
        """
        telemetry = self._telemetry
        if not self._rows and (telemetry is None or not telemetry.has_pending):
            return
        with self._store.transaction() as connection:
            self._write_rows(connection)
            if telemetry is not None:
                telemetry.write_pending(connection)
        self._rows.clear()
        self._new_campaign = None
        if telemetry is not None:
            telemetry.forget_pending()

    def close(self) -> None:
        """Flush; the store stays open."""
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check(self, kind: str, time_us: int, actor: str, subject: str) -> None:
        if kind not in self._names:
            if not isinstance(kind, str) or not _KIND.fullmatch(kind):
                raise EntryInvalid(f"kind must read noun.verb in lower case, not {kind!r}")
            self._names.add(kind)
        if type(time_us) is not int or not 0 <= time_us <= _MAX_US:
            raise EntryInvalid(f"time_us must be an int of µs since 1970, not {time_us!r}")
        for name, value in (("actor", actor), ("subject", subject)):
            if not isinstance(value, str) or "\x00" in value:
                raise EntryInvalid(f"{name} must be text without NUL, not {value!r}")
        if not actor:
            raise EntryInvalid("actor must say who did it")
        if self._seq == 0 and kind != FIRST_KIND:
            raise EntryInvalid(f"the first entry must be {FIRST_KIND}, not {kind}")

    def _write_rows(self, connection: Connection) -> None:
        if not self._rows:
            return
        first = self._rows[0]["seq"]
        if self._new_campaign is not None:
            try:
                connection.execute(insert(campaign_table), [self._new_campaign])
            except IntegrityError as fault:
                if "UNIQUE" in str(fault.orig):
                    raise CampaignExists(self._campaign) from None
                raise EntryInvalid(f"{FIRST_KIND} can't be stored: {fault.orig}") from None
        try:
            insert_rows(connection, ledger_table, self._rows)
        except IntegrityError as fault:
            raise LedgerConflict(self._campaign, first, str(fault.orig)) from None


def _explain(stored: Entry, got: Entry) -> NoReturn:
    """Say why a replayed entry isn't the stored one: a damaged row, or another course."""
    name, seq = stored.campaign, stored.seq
    if seq != got.seq:
        raise LedgerBroken(name, got.seq, "it is missing")
    if stored.prev != got.prev:
        raise LedgerBroken(name, seq, "its link isn't the hash of the row before")
    text = canonical(stored.payload)
    fields = (name, seq, stored.time_us, stored.kind, stored.actor, stored.subject, text)
    if stored.hash != chain_hash(stored.prev, *fields):
        raise LedgerBroken(name, seq, "its hash doesn't fit its content")
    for field in ("kind", "subject", "actor", "time_us"):
        was, now = getattr(stored, field), getattr(got, field)
        if was != now:
            raise ReplayDiverged(seq, field, was, now)
    whole = ("payload", stored.payload, got.payload)
    raise ReplayDiverged(seq, *(difference(stored.payload, got.payload) or whole))


def _campaign_row(entry: Entry) -> dict[str, Any]:
    row = {key: entry.payload.get(key) for key in ("name", "digest", "seed")}
    for key, kind in (("name", str), ("digest", str), ("seed", int)):
        if not isinstance(row[key], kind):
            raise EntryInvalid(f"{FIRST_KIND} needs {key!r} in its payload, as {kind.__name__}")
    return {"id": entry.campaign, "created_us": entry.time_us, **row}


def _writable(store: Store) -> Store:
    if store.is_read_only:
        raise StoreReadOnly(
            store.where, "it was opened for reading only", "Open it without read_only to write"
        )
    return store


def _is_stored(store: Store, campaign_id: str) -> bool:
    query = select(campaign_table.c.id).where(campaign_table.c.id == campaign_id)
    with store.reading() as connection:
        return connection.execute(query).first() is not None


def _known(store: Store) -> tuple[str, ...]:
    query = select(campaign_table.c.id).order_by(campaign_table.c.created_us)
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())
