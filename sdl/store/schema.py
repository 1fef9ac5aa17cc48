"""Which schema a database has, and bringing it to the one this version writes.

Alembic runs from package data with no configuration file, and only when there is something to
migrate: opening a current database doesn't import it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from sdl.store.errors import NotADatabase, SchemaTooNew, SchemaTooOld
from sdl.store.sqlite import APPLICATION_ID

REVISIONS = ("0001",)
"""Every schema version this code knows, oldest first; a test holds it equal to the migrations."""
HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).with_name("migrations")


def current_revision(connection: Connection, where: str) -> str | None:
    """Schema version of the database, None for an empty file.

    Raises `NotADatabase` for one of another program, `SchemaTooNew` for a version unknown here.
    """
    tables = set(
        connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars()
    )
    if not tables:
        return None
    owner = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if owner != APPLICATION_ID or "alembic_version" not in tables:
        raise NotADatabase(
            where,
            "the file is a SQLite database of another program",
            "Give the path of an SDL Twin database, or of a file that doesn't exist yet",
        )
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision not in REVISIONS:
        raise SchemaTooNew(
            where,
            f"its schema {revision!r} is newer than this version's {HEAD!r}",
            "Update SDL Twin (pip install -U sdl-twin)",
        )
    return str(revision)


def require_head(connection: Connection, where: str) -> None:
    """Raise `SchemaTooOld` unless a database open for reading has today's schema."""
    revision = current_revision(connection, where)
    if revision is None:
        raise NotADatabase(
            where, "the file is empty", "Start a campaign with it, or give another path"
        )
    if revision != HEAD:
        raise SchemaTooOld(
            where,
            f"its schema {revision!r} is older than this version's {HEAD!r}",
            "Open it once for writing, for example with `sdl resume`; that migrates it",
        )


def migrate(connection: Connection, where: str) -> None:
    """Bring the schema to `HEAD` inside the transaction of `connection`."""
    if current_revision(connection, where) == HEAD:
        _try_to_write(connection)
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")


def _try_to_write(connection: Connection) -> None:
    """Change something and take it back: SQLite opens a protected file without a word."""
    for statement in ("SAVEPOINT attempt", "PRAGMA user_version = 1", "ROLLBACK TO attempt"):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("RELEASE attempt")
