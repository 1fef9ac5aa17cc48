"""Many rows into one table, straight to the driver.

SQLAlchemy prepares each row of an `executemany` by itself, which costs more than SQLite's own work;
here the statement is compiled once and the rows go to the driver as tuples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine import Dialect


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that give every column of the table, with values as the driver takes them.

    Raises SQLAlchemy's `IntegrityError` for a broken constraint.
    """
    text, names = _statement(connection.dialect, table)
    connection.exec_driver_sql(text, list(map(itemgetter(*names), rows)))


@cache
def _statement(dialect: Dialect, table: Table) -> tuple[str, tuple[str, ...]]:
    """Text of the INSERT and the columns in the order of its placeholders."""
    compiled = insert(table).compile(dialect=dialect)
    if compiled.positiontup is None:
        raise NotImplementedError(f"{dialect.name} takes no rows as tuples")
    return str(compiled), tuple(compiled.positiontup)
