"""The database, opened: one connection that writes, others that read, and facts about it.

Everything above asks for `transaction()` to write and `reading()` to read and gets a SQLAlchemy
connection; what kind of database stands behind is known here and in `sdl.store.sqlite` only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from sdl.store.address import Address, parse_address
from sdl.store.errors import (
    StoreClosed,
    StoreCorrupt,
    StoreMissing,
    StoreReadOnly,
    StoreUnavailable,
)
from sdl.store.schema import HEAD, migrate, require_head
from sdl.store.sqlite import (
    Durability,
    has_wal_reset_bug,
    named_errors,
    reading_engine,
    writing_engine,
)


@dataclass(frozen=True, slots=True)
class StoreWarning:
    """Something that works but that the owner of the data should know."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What `sdl doctor` and `sdl status` tell about a database."""

    path: str
    is_read_only: bool
    schema: str
    sqlite_version: str
    journal_mode: str
    synchronous: str
    size_bytes: int
    warnings: tuple[StoreWarning, ...]


class Store:
    """An open database; make it with `Store.open`, use it as a context manager."""

    def __init__(
        self, address: Address, reader: Engine, writer: Engine | None, durability: Durability
    ) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._durability = durability
        self._is_closed = False

    @classmethod
    def open(
        cls,
        url_or_path: str | PathLike[str],
        *,
        read_only: bool = False,
        must_exist: bool = False,
        durability: Durability = "plant",
        timeout_s: float = 5.0,
        check: bool = False,
    ) -> Self:
        """Open a database, making the file and its directory, and migrating its schema.

        Parameters
        ----------
        url_or_path
            A path, or `sqlite:///path`.
        read_only
            Read beside a process that writes; the file must be there.
        must_exist
            Don't make the file.
        durability
            "plant": a commit survives a power failure.  "twin": it survives the death of the
            process, and costs no wait for the disk.
        timeout_s
            How long to wait for another process's lock.
        check
            Also let SQLite look through the whole file for damage (some seconds per GB).

        Raises
        ------
        StoreError
            Each with the path and what to do: `StoreMissing`, `StoreUnavailable`,
            `NotADatabase`, `SchemaTooNew`, `SchemaTooOld`, `StoreLocked`, `StoreReadOnly`,
            `StoreCorrupt`, `DiskFull`, `StoreUnsupported`.
        """
        address = parse_address(url_or_path)
        _require_place(address, must_exist=read_only or must_exist)
        writer = None if read_only else writing_engine(address.path, durability, timeout_s)
        store = cls(address, reading_engine(address.path, timeout_s), writer, durability)
        try:
            store._start(check=check)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def where(self) -> str:
        """The path, for messages."""
        return self._address.shown

    @property
    def is_read_only(self) -> bool:
        """Whether this store was opened for reading only."""
        return self._writer is None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """The writing connection inside BEGIN IMMEDIATE; commits at the end, or nothing is kept.

        Raises `StoreReadOnly`, `StoreLocked`, `DiskFull` and the other store errors; a broken
        constraint comes as SQLAlchemy's `IntegrityError` for the caller to name.
        """
        if self._is_closed:
            raise _closed(self.where)
        if self._writer is None:
            raise StoreReadOnly(
                self.where, "it was opened for reading only", "Open it without read_only to write"
            )
        with named_errors(self.where), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads one snapshot and can't write."""
        if self._is_closed:
            raise _closed(self.where)
        with named_errors(self.where), self._reader.begin() as connection:
            yield connection

    def facts(self) -> StoreFacts:
        """Version, modes, size, and the warnings that apply here."""
        with self.reading() as connection:
            mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        version = sqlite3.sqlite_version_info
        warnings = []
        if has_wal_reset_bug(version):
            warnings.append(
                StoreWarning(
                    "sqlite_wal_reset",
                    f"SQLite {sqlite3.sqlite_version} can damage a database, very rarely, when two "
                    "processes write to it at once (fixed in 3.51.3); let one process write to a "
                    "database, and keep backups",
                )
            )
        if mode != "wal":
            warnings.append(
                StoreWarning(
                    "not_wal",
                    f"the journal mode is {mode!r}: readers and the writer will wait for each "
                    "other, probably because the file system can't share memory",
                )
            )
        return StoreFacts(
            path=self.where,
            is_read_only=self.is_read_only,
            schema=HEAD,
            sqlite_version=sqlite3.sqlite_version,
            journal_mode=mode,
            synchronous="FULL" if self._durability == "plant" else "NORMAL",
            size_bytes=_size(self._address),
            warnings=tuple(warnings),
        )

    def check_integrity(self) -> None:
        """Let SQLite look through the file; `StoreCorrupt` says what it found."""
        with self.reading() as connection:
            found = list(connection.exec_driver_sql("PRAGMA quick_check(10)").scalars())
        if found != ["ok"]:
            raise StoreCorrupt(
                self.where,
                "SQLite finds the file damaged: " + "; ".join(map(str, found)),
                "Restore it from a backup; `sqlite3 FILE .recover` may save what is readable",
            )

    def close(self) -> None:
        """Close all connections; calling it again does nothing."""
        self._is_closed = True
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, *, check: bool) -> None:
        if self._writer is None:
            with self.reading() as connection:
                require_head(connection, self.where)
        else:
            with self.transaction() as connection:
                migrate(connection, self.where)
            # WAL can't be switched on inside a transaction; it stays on in the file.
            with named_errors(self.where), self._writer.connect() as connection:
                driver = connection.connection.driver_connection
                if driver is not None:
                    driver.execute("PRAGMA journal_mode=WAL").fetchall()
        if check:
            self.check_integrity()


def _require_place(address: Address, *, must_exist: bool) -> None:
    path = address.path
    if path.is_dir():
        raise StoreUnavailable(address.shown, "this is a directory", "Give the path of a file")
    if must_exist:
        if not path.exists():
            raise StoreMissing(
                address.shown, "there is no database", "Check the path, or start a campaign first"
            )
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreUnavailable(
            address.shown,
            f"its directory can't be made ({fault.strerror})",
            "Give a path in a directory where you may write",
        ) from None


def _size(address: Address) -> int:
    path = address.path
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _closed(where: str) -> StoreClosed:
    return StoreClosed(where, "the store is closed", "Open it again with Store.open")
