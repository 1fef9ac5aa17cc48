"""How SQLite is opened and how its errors are named.

WAL with one writing connection, which also does all checkpoints; explicit BEGIN IMMEDIATE, because
a read that turns into a write fails at once whatever the time-out; readers see one snapshot each.
Source: sqlite.org/wal.html and sqlite.org/pragma.html.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from sdl.store.errors import (
    DiskFull,
    NotADatabase,
    StoreCorrupt,
    StoreError,
    StoreLocked,
    StoreReadOnly,
    StoreUnavailable,
)

Durability = Literal["plant", "twin"]
APPLICATION_ID = 0x53444C54
"""Written into the file's header ("SDLT"), so that another program's database is told apart."""

# plant: a commit survives a power failure.  twin: it survives the death of the process; a power
# failure may take the last commits, which a twin gives again on resume.
_SYNCHRONOUS = {"plant": "FULL", "twin": "NORMAL"}


def writing_engine(path: Path, durability: Durability, timeout_s: float) -> Engine:
    """Engine of the one connection that may write; the file is made if there is none."""
    pragmas = (
        f"PRAGMA synchronous={_SYNCHRONOUS[durability]}",
        "PRAGMA foreign_keys=ON",
        "PRAGMA mmap_size=0",
    )
    return _engine(path, "mode=rwc", pragmas, "BEGIN IMMEDIATE", timeout_s, n_connections=1)


def reading_engine(path: Path, timeout_s: float) -> Engine:
    """Engine of connections that can neither write nor checkpoint."""
    pragmas = ("PRAGMA query_only=ON", "PRAGMA wal_autocheckpoint=0", "PRAGMA mmap_size=0")
    return _engine(path, _read_mode(path), pragmas, "BEGIN", timeout_s, n_connections=4)


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether two writing connections may, very rarely, damage a WAL database.

    SQLite 3.7.0 to 3.51.2; sqlite.org/wal.html, "the WAL-reset bug".
    """
    return (3, 7, 0) <= version < (3, 51, 3)


@contextmanager
def named_errors(where: str) -> Iterator[None]:
    """Turn what the driver raises into a `StoreError`; broken constraints pass as they are."""
    try:
        yield
    except DBAPIError as fault:
        named = _name(where, fault.orig)
        if named is None:
            raise
        raise named from None
    except sqlite3.Error as fault:
        named = _name(where, fault)
        if named is None:
            raise
        raise named from None


def _read_mode(path: Path) -> str:
    # A WAL database needs a shared-memory file beside it.  On a medium where none can be made and
    # nobody writes, SQLite must be told that the file stands still.
    can_make = os.access(path.parent, os.W_OK)
    has_wal = path.with_name(path.name + "-wal").exists()
    return "mode=ro" if can_make or has_wal else "mode=ro&immutable=1"


def _engine(
    path: Path,
    mode: str,
    pragmas: tuple[str, ...],
    begin: str,
    timeout_s: float,
    *,
    n_connections: int,
) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?{mode}",
            uri=True,
            timeout=timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            for pragma in pragmas:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=n_connections,
        max_overflow=0 if n_connections == 1 else -1,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _name(where: str, fault: BaseException | None) -> StoreError | None:
    code = getattr(fault, "sqlite_errorname", "") or ""
    said = str(fault)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreLocked(
            where,
            "another process holds the database and didn't let go in time",
            "Wait for it or stop it; `sdl status` reads beside a running campaign",
        )
    if code.startswith("SQLITE_READONLY"):
        return StoreReadOnly(
            where,
            "the database can't be written to",
            "Open it for writing, or check the permissions of the file and its directory",
        )
    if code == "SQLITE_FULL":
        return DiskFull(
            where,
            "no room left on the disk; the last rows weren't written",
            "Free some space and resume the campaign: everything before is safe",
        )
    if code == "SQLITE_NOTADB":
        return NotADatabase(
            where,
            "the file is no SQLite database",
            "Give the path of an SDL Twin database, or of a file that doesn't exist yet",
        )
    if code.startswith("SQLITE_CORRUPT") or said.startswith("Could not decode to UTF-8"):
        return StoreCorrupt(
            where,
            f"SQLite finds the file damaged ({said})",
            "Restore it from a backup; `sqlite3 FILE .recover` may save what is readable",
        )
    if code.startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_PERM", "SQLITE_AUTH")):
        return StoreUnavailable(
            where,
            f"the file can't be used ({said})",
            "Check that it is a file, and that you may read and write it and its directory",
        )
    return None
