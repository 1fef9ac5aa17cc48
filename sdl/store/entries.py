"""One fact of a campaign, and reading facts back in their order.

Reading goes page by page, each its own short snapshot, so that a long look neither holds memory
nor keeps the writer from checkpointing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from sdl.store.errors import LedgerBroken
from sdl.store.models import ledger
from sdl.store.store import Store

StoredRow = Row[*tuple[Any, ...]]
_FIRST_PAGE, _PAGE = 64, 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the ledger: at `time_us` (µs, UTC), `actor` did `kind` to `subject`.

    `prev` is the hash of the row before, `hash` the one of this row.  The payload is what stands
    in the database; don't change it.
    """

    campaign: str
    seq: int
    time_us: int
    kind: str
    actor: str
    subject: str
    payload: dict[str, Any]
    prev: str
    hash: str


def read_entries(
    store: Store,
    campaign: str,
    after_seq: int = 0,
    kinds: Iterable[str] | None = None,
) -> Iterator[Entry]:
    """Entries of a campaign with seq > `after_seq`, in order; only `kinds` if given.

    An unknown campaign has none.  Raises `LedgerBroken` for a payload that is no JSON object.
    """
    for row in read_rows(store, campaign, after_seq, kinds):
        name, seq, time_us, kind, actor, subject, payload, prev, digest = row
        plain = _payload(name, seq, payload)
        yield Entry(name, seq, time_us, kind, actor, subject, plain, prev, digest)


def _payload(campaign: str, seq: int, text: str) -> dict[str, Any]:
    try:
        payload = json.loads(text)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise LedgerBroken(campaign, seq, "its payload is no JSON object")
    return payload


def read_rows(
    store: Store,
    campaign: str,
    after_seq: int = 0,
    kinds: Iterable[str] | None = None,
) -> Iterator[StoredRow]:
    """The same as stored, with the payload as text."""
    query = select(ledger).where(ledger.c.campaign == campaign).order_by(ledger.c.seq)
    if kinds is not None:
        query = query.where(ledger.c.kind.in_(tuple(kinds)))
    page = _FIRST_PAGE
    while True:
        with store.reading() as connection:
            rows = connection.execute(query.where(ledger.c.seq > after_seq).limit(page)).all()
        yield from rows
        if len(rows) < page:
            return
        after_seq = rows[-1].seq
        page = min(4 * page, _PAGE)
