"""Which processes worked on a campaign, when by the wall clock, and how it ended.

These facts differ between two runs of one seed, hence they stay out of the hash chain.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from sdl.store.canonical import canonical
from sdl.store.errors import LedgerError, NoSuchCampaign
from sdl.store.models import session
from sdl.store.store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """One process's work on a campaign; `closed_us` and `outcome` are None while it is open.

    An open session whose process is gone was interrupted.  Times are µs, UTC, of the wall clock.
    """

    id: int
    campaign: str
    opened_us: int
    closed_us: int | None
    pid: int
    command: str
    versions: dict[str, str]
    outcome: str | None


def open_session(
    store: Store, campaign: str, command: str, versions: Mapping[str, str] | None = None
) -> int:
    """Note that this process starts to work on a campaign; returns the session's id.

    The campaign must be in the store already (its ledger's first row flushed), otherwise
    `NoSuchCampaign`.
    """
    row = {
        "campaign": campaign,
        "opened_us": _now_us(),
        "pid": os.getpid(),
        "command": command,
        "versions": canonical(dict(versions or {})),
    }
    try:
        with store.transaction() as connection:
            made = connection.execute(insert(session).values(row)).inserted_primary_key
    except IntegrityError:
        raise NoSuchCampaign(campaign, ()) from None
    if made is None:
        raise LedgerError(f"campaign {campaign!r}: the database gave the session no id")
    return int(made[0])


def close_session(store: Store, session_id: int, outcome: str) -> None:
    """Note how a session ended, for example "finished", "failed" or "interrupted"."""
    with store.transaction() as connection:
        done = connection.execute(
            update(session)
            .where(session.c.id == session_id, session.c.outcome.is_(None))
            .values(closed_us=_now_us(), outcome=outcome)
        )
    if done.rowcount != 1:
        raise LedgerError(f"session {session_id} is not open in {store.where}")


def list_sessions(store: Store, campaign: str) -> list[Session]:
    """Sessions of a campaign, the oldest first."""
    query = select(session).where(session.c.campaign == campaign).order_by(session.c.id)
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Session(
            id=row.id,
            campaign=row.campaign,
            opened_us=row.opened_us,
            closed_us=row.closed_us,
            pid=row.pid,
            command=row.command,
            versions=json.loads(row.versions),
            outcome=row.outcome,
        )
        for row in rows
    ]


def _now_us() -> int:
    return time.time_ns() // 1000
