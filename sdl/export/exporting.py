"""Writing a campaign into a directory: one file per table, the manifest last.

A directory without a manifest is an export that didn't come to its end.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from sdl.export.content import tables_of
from sdl.export.failures import ExportError, NotEmpty
from sdl.export.manifest import (
    MANIFEST,
    FileFacts,
    file_digest,
    is_inside,
    read_manifest,
    write_manifest,
)
from sdl.export.writing import FORMATS, WRITERS

if TYPE_CHECKING:
    from sdl.store.store import Store


def export(
    store: Store,
    campaign: str,
    out_dir: str | PathLike[str],
    format: str,
    *,
    overwrite: bool = False,
) -> Path:
    """Write experiments, proposals, results, ledger, series and readings; returns the manifest.

    Readings are one file per experiment in csv and json, one file in all in parquet.  A campaign
    under way is written as of its last stored ledger row.

    Parameters
    ----------
    store
        Open for reading is enough.
    campaign
        Id of the campaign.
    out_dir
        Directory, made if there is none.
    format
        "csv", "parquet" or "json".
    overwrite
        Also write into a directory that isn't empty: files of an earlier export are removed,
        others are left alone.

    Raises
    ------
    NotEmpty
        The directory holds something and `overwrite` is False.
    ExportError
        An unknown format, or the directory can't be written to.
    NoSuchCampaign
        The store has no such campaign.
    """
    from sdl.store.state import load_state

    if format not in FORMATS:
        raise ExportError(f"no export format {format!r}", f"Choose one of {', '.join(FORMATS)}")
    state = load_state(store, campaign)
    directory = Path(out_dir)
    try:
        _prepare(directory, overwrite=overwrite)
        files = []
        for table in tables_of(store, state, is_split=format != "parquet"):
            path = directory / f"{table.name}.{format}"
            path.parent.mkdir(exist_ok=True)
            n_rows = WRITERS[format](table, path)
            files.append(
                FileFacts(
                    path=path.relative_to(directory).as_posix(),
                    table=table.name,
                    n_rows=n_rows,
                    n_bytes=path.stat().st_size,
                    sha256=file_digest(path),
                    columns=table.columns,
                )
            )
        return write_manifest(
            directory,
            campaign=campaign,
            name=state.name,
            format_=format,
            head=state.head,
            files=files,
        )
    except OSError as fault:
        raise ExportError(
            f"{fault.filename or directory} can't be written ({fault.strerror})",
            "Check the path, the permissions and the free space",
        ) from None


def _prepare(directory: Path, *, overwrite: bool) -> None:
    """Make the directory, and clear an earlier export's files out of it if that is allowed."""
    directory.mkdir(parents=True, exist_ok=True)
    if not any(directory.iterdir()):
        return
    if not overwrite:
        raise NotEmpty(directory)
    earlier = directory / MANIFEST
    if not earlier.exists():
        return
    content = read_manifest(earlier)
    earlier.unlink()
    for listed in content["files"]:
        if is_inside(listed["path"]):
            (directory / listed["path"]).unlink(missing_ok=True)
