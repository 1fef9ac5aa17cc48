"""Checking a campaign's chain, and the telemetry it seals, row by row.

Every row's hash is computed anew from what is stored; a row whose own hash fits but that the next
one wasn't built on was replaced as a whole.  What no chain shows by itself is that its end was cut
off or written anew: for that, give the head noted elsewhere (an export's manifest) as `anchor`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sdl.store.canonical import GENESIS, chain_hash
from sdl.store.chunks import inconsistency, unpack
from sdl.store.entries import StoredRow, read_rows
from sdl.store.errors import NoSuchCampaign, StoreCorrupt
from sdl.store.models import campaign as campaign_table
from sdl.store.sealing import SeriesSeal, seal_digest
from sdl.store.series import list_series, read_chunks
from sdl.store.store import Store

_SEALING = frozenset({"experiment.completed", "experiment.failed"})
_UNREADABLE = ("values", "times", "quality")


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """One thing that isn't as it was written: the row (0: none in particular) and what it is."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Outcome of `verify`.

    `head` is (seq, hash) of the last row; `n_sealed` counts rows that seal telemetry.
    """

    campaign: str
    n_rows: int
    n_sealed: int
    head: tuple[int, str]
    faults: tuple[LedgerFault, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(
    store: Store,
    campaign: str,
    *,
    anchor: tuple[int, str] | None = None,
    check_telemetry: bool = True,
) -> Verification:
    """Check all rows of a campaign and, unless told not to, the telemetry they seal.

    `anchor` is a (seq, hash) noted outside of the database.  Raises `NoSuchCampaign`, and the
    store's errors; what is wrong with the data is in the answer.
    """
    with store.reading() as connection:
        about = connection.execute(
            select(campaign_table).where(campaign_table.c.id == campaign)
        ).first()
    if about is None:
        raise NoSuchCampaign(campaign, ())
    chain = _Chain(0 if anchor is None else anchor[0])
    seals: list[tuple[int, str, str]] = []
    for row in read_rows(store, campaign):
        chain.take(row)
        _, seq, _, kind, _, subject, *_ = row
        if seq == 1:
            chain.faults.extend(_of_campaign(about, row))
        if kind in _SEALING:
            found = _sealed(row)
            if found is not None:
                seals.append((seq, subject, found))
    faults = chain.faults
    if chain.n_rows == 0:
        faults.append(LedgerFault(0, "the campaign has no rows"))
    if anchor is not None:
        faults.extend(_of_anchor(anchor, chain))
    if check_telemetry:
        for seq, experiment, sealed in seals:
            try:
                faults.extend(_of_telemetry(store, campaign, seq, experiment, sealed))
            except StoreCorrupt as fault:
                what = f"telemetry of {experiment} can't be read: {fault.what}"
                faults.append(LedgerFault(seq, what))
    ordered = tuple(sorted(faults, key=lambda fault: fault.seq))
    return Verification(campaign, chain.n_rows, len(seals), chain.head, ordered)


class _Chain:
    """The walk along the rows: what the next one must be, and the faults so far."""

    def __init__(self, anchor_seq: int) -> None:
        self.n_rows = 0
        self.head = (0, GENESIS)
        self.faults: list[LedgerFault] = []
        self.anchor_hash = GENESIS
        self._anchor_seq = anchor_seq
        self._last_faulty = 0

    def take(self, row: StoredRow) -> None:
        """Check the next stored row."""
        campaign, seq, time_us, kind, actor, subject, payload, prev, stored = row
        last_seq, last_hash = self.head
        is_gap = seq != last_seq + 1
        if is_gap:
            gone = (
                f"row {last_seq + 1} is"
                if seq == last_seq + 2
                else (f"rows {last_seq + 1} to {seq - 1} are")
            )
            self._fault(last_seq + 1, f"{gone} missing")
        fields = (campaign, seq, time_us, kind, actor, subject, payload)
        fits = _is_hash(stored, prev, fields)
        follows = is_gap or prev == last_hash
        if not fits:
            if not follows and _is_hash(stored, last_hash, fields):
                self._fault(seq, "its link to the row before (prev) was changed")
            else:
                self._fault(seq, "its content or its hash was changed")
        elif not follows:
            # This row is whole and was built on another one than what stands before it now.
            if last_seq == 0:
                self._fault(seq, "its link (prev) isn't that of a first row")
            elif self._last_faulty != last_seq:
                self._fault(last_seq, f"the row was replaced; row {seq} was built on another")
        self.n_rows += 1
        self.head = (seq, stored)
        if seq == self._anchor_seq:
            self.anchor_hash = stored

    def _fault(self, seq: int, what: str) -> None:
        self.faults.append(LedgerFault(seq, what))
        self._last_faulty = seq


def _is_hash(stored: str, prev: str, fields: tuple[Any, ...]) -> bool:
    try:
        return chain_hash(prev, *fields) == stored
    except TypeError:
        return False  # a text was replaced by binary data


def _sealed(row: StoredRow) -> str | None:
    try:
        payload = json.loads(row.payload)
    except ValueError:
        return None  # the row's own hash has told that it was changed
    found = payload.get("telemetry_digest") if isinstance(payload, dict) else None
    return found if isinstance(found, str) else None


def _of_campaign(about: StoredRow, first: StoredRow) -> Iterator[LedgerFault]:
    """The campaign's own row isn't hashed; its facts must be those of the first entry."""
    try:
        payload = json.loads(first.payload)
    except ValueError:
        return
    if not isinstance(payload, dict):
        return
    pairs = [(key, getattr(about, key), payload.get(key)) for key in ("name", "digest", "seed")]
    pairs.append(("created_us", about.created_us, first.time_us))
    for key, stands, chained in pairs:
        if stands != chained:
            yield LedgerFault(
                1, f"table campaign has {key} {stands!r}, the ledger's first row {chained!r}"
            )


def _of_anchor(anchor: tuple[int, str], chain: _Chain) -> Iterator[LedgerFault]:
    seq, noted = anchor
    if seq > chain.head[0]:
        yield LedgerFault(
            chain.head[0] + 1, f"rows up to {seq} were noted elsewhere and are missing here"
        )
    elif chain.anchor_hash != noted:
        yield LedgerFault(seq, "its hash isn't the one noted elsewhere: the chain was written anew")


def _of_telemetry(
    store: Store, campaign: str, seq: int, experiment: str, sealed: str
) -> Iterator[LedgerFault]:
    seals = []
    for info in list_series(store, campaign, experiment):
        seal = SeriesSeal(info.instrument, info.signal, info.unit)
        for row in read_chunks(store, info.id):
            name = f"{info.instrument}/{info.signal} at {row['start_us']} µs"
            wrong = inconsistency(row, name)
            if wrong is not None:
                yield LedgerFault(
                    seq,
                    f"telemetry of {experiment}: the chunk of {name} contradicts itself: {wrong}",
                )
            if wrong not in _UNREADABLE:
                seal.update(unpack(row))
        seals.append(seal)
    if seal_digest(seals) != sealed:
        yield LedgerFault(
            seq, f"telemetry of {experiment} isn't what this row sealed (its digest differs)"
        )
