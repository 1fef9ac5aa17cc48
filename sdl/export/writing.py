"""Writers of one table each: CSV, JSON and Parquet, all from the same batches.

CSV and JSON come out with the same bytes for the same data everywhere; Parquet does with the same
version of pyarrow.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sdl.export.content import Batch, Table
from sdl.store.tables import Column, DType

Format = Literal["csv", "parquet", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
ROW_GROUP = 65_536
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def write_csv(table: Table, path: Path) -> int:
    """Write RFC 4180 CSV with a header, times as ISO 8601, missing values empty; rows written."""
    n_rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        for batch in table.batches():
            columns = [
                _as_text(column.dtype, _plain(column.dtype, values))
                for column, values in zip(table.columns, batch, strict=True)
            ]
            writer.writerows(zip(*columns, strict=True))
            n_rows += len(batch[0])
    return n_rows


def write_json(table: Table, path: Path) -> int:
    """Write a JSON array of objects, one per line; missing values are null; rows written."""
    names = [column.name for column in table.columns]
    n_rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("[")
        for batch in table.batches():
            columns = [
                _plain(column.dtype, values)
                for column, values in zip(table.columns, batch, strict=True)
            ]
            for row in zip(*columns, strict=True):
                file.write(",\n" if n_rows else "\n")
                file.write(_encode(dict(zip(names, row, strict=True))))
                n_rows += 1
        file.write("\n]\n")
    return n_rows


def write_parquet(table: Table, path: Path) -> int:
    """Write Parquet with zstd; unit and description are in each field's metadata; rows written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([_arrow_field(column) for column in table.columns])
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _grouped(schema, table.batches()):
            writer.write_table(pa.Table.from_batches(group, schema=schema).combine_chunks())
            n_rows += sum(len(batch) for batch in group)
    return n_rows


WRITERS: dict[Format, Callable[[Table, Path], int]] = {
    "csv": write_csv,
    "json": write_json,
    "parquet": write_parquet,
}


def _plain(dtype: DType, given: Sequence[Any] | NDArray[Any]) -> Sequence[Any]:
    """Values as the text formats write them; None for what is missing."""
    if dtype == "timestamp":
        return _iso(given)
    values: Sequence[Any] = given.tolist() if isinstance(given, np.ndarray) else given
    if dtype == "float64":
        return [
            None if value is None or not math.isfinite(value) else float(value) for value in values
        ]
    return values


def _as_text(dtype: DType, values: Sequence[Any]) -> Sequence[Any]:
    if dtype == "bool":
        return [None if value is None else str(value).lower() for value in values]
    return values


def _iso(values: Sequence[int | None] | NDArray[Any]) -> list[str | None]:
    """ISO 8601 in UTC, to the microsecond."""
    if isinstance(values, np.ndarray):
        return list(_iso_texts(values))
    texts = _iso_texts(np.array([value or 0 for value in values], dtype="int64"))
    return [None if value is None else text for value, text in zip(values, texts, strict=True)]


def _iso_texts(times_us: NDArray[Any]) -> list[str]:
    texts = np.datetime_as_string(times_us.astype("datetime64[us]"), timezone="UTC")
    return [str(text) for text in texts.tolist()]


def _grouped(schema: Any, batches: Iterable[Batch]) -> Iterator[list[Any]]:
    """Batches, as Arrow's, joined to row groups of a size that Parquet's readers like."""
    import pyarrow as pa

    group: list[Any] = []
    n_held = 0
    for batch in batches:
        arrays = [
            _arrow_array(field.type, values) for field, values in zip(schema, batch, strict=True)
        ]
        group.append(pa.record_batch(arrays, schema=schema))
        n_held += len(arrays[0])
        if n_held >= ROW_GROUP:
            yield group
            group, n_held = [], 0
    if group:
        yield group


def _arrow_field(column: Column) -> Any:
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }
    about = {"unit": column.unit, "description": column.description}
    return pa.field(column.name, kinds[column.dtype], metadata=about)


def _arrow_array(kind: Any, values: Sequence[Any] | NDArray[Any]) -> Any:
    import pyarrow as pa

    if isinstance(values, np.ndarray):
        return pa.array(values).cast(kind)
    return pa.array(values, type=kind)
