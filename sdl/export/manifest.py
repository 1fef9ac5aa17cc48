"""The manifest of an export: every file with its hash, rows and schema, and where it came from.

It carries the head of the ledger at that time, so that `sdl verify --manifest` also tells whether
the ledger's end was cut off or written anew since.  It holds no clock time: the same data give the
same manifest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from sdl.export.failures import ManifestInvalid
from sdl.store.canonical import canonical
from sdl.store.tables import Column

MANIFEST = "manifest.json"
FORMAT_VERSION = 1
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ManifestFault:
    """A file that isn't as the manifest says; `path` is relative to the manifest."""

    path: str
    what: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the manifest says of one file."""

    path: str
    table: str
    n_rows: int
    n_bytes: int
    sha256: str
    columns: tuple[Column, ...]


def write_manifest(
    directory: Path,
    *,
    campaign: str,
    name: str,
    format_: str,
    head: tuple[int, str],
    files: list[FileFacts],
) -> Path:
    """Write manifest.json, the last file of an export; returns its path."""
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "campaign": campaign,
        "name": name,
        "format": format_,
        "ledger": {"seq": head[0], "hash": head[1]},
        "files": [asdict(facts) for facts in files],
    }
    content["sha256"] = _digest(content)
    path = directory / MANIFEST
    partial = directory / f"{MANIFEST}.partial"
    partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest; `ManifestInvalid` if it isn't one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ManifestInvalid(path, f"can't be read ({fault.strerror})") from None
    except ValueError:
        raise ManifestInvalid(path, "is no JSON") from None
    if not isinstance(content, dict) or content.get("format_version") != FORMAT_VERSION:
        raise ManifestInvalid(path, f"is no manifest of format version {FORMAT_VERSION}")
    files = content.get("files")
    if not isinstance(files, list) or not all(_is_listed(one) for one in files):
        raise ManifestInvalid(path, "its list of files is damaged")
    return content


def read_anchor(path: str | Path) -> tuple[str, tuple[int, str]]:
    """Return an export's campaign and the ledger's head (seq, hash) when it was written.

    `path` is the manifest or its directory.  Raises `ManifestInvalid`.
    """
    path = _manifest_in(path)
    content = read_manifest(path)
    campaign, ledger = content.get("campaign"), content.get("ledger")
    seq, head = (ledger.get("seq"), ledger.get("hash")) if isinstance(ledger, dict) else (None, "")
    if not isinstance(campaign, str) or type(seq) is not int or not isinstance(head, str):
        raise ManifestInvalid(path, "it doesn't say of which campaign and ledger it is")
    return campaign, (seq, head)


def verify_manifest(path: str | Path) -> list[ManifestFault]:
    """Compare an export with its manifest; an empty list says that every byte is as written.

    `path` is the manifest or its directory.  Files that the manifest doesn't list are left alone.
    Raises `ManifestInvalid` if there is no manifest to compare with.
    """
    path = _manifest_in(path)
    content = read_manifest(path)
    faults = []
    if content.get("sha256") != _digest(content):
        faults.append(ManifestFault(MANIFEST, "the manifest itself was changed"))
    faults.extend(_check_files(path.parent, content["files"]))
    return faults


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def is_inside(path: str) -> bool:
    """Whether a path of a manifest stays within the export's directory."""
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and "\\" not in path


def _manifest_in(path: str | Path) -> Path:
    path = Path(path)
    return path / MANIFEST if path.is_dir() else path


def _check_files(directory: Path, files: list[dict[str, Any]]) -> Iterator[ManifestFault]:
    for listed in files:
        name = listed["path"]
        file = directory / name
        if not is_inside(name):
            yield ManifestFault(name, "the path leads out of the directory")
        elif not file.is_file():
            yield ManifestFault(name, "the file is missing")
        elif file.stat().st_size != listed.get("n_bytes"):
            yield ManifestFault(
                name, f"the file has {file.stat().st_size} bytes, not {listed.get('n_bytes')}"
            )
        elif file_digest(file) != listed.get("sha256"):
            yield ManifestFault(name, "the file was changed (its SHA-256 differs)")


def _digest(content: dict[str, Any]) -> str:
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return sha256(canonical(rest).encode()).hexdigest()


def _is_listed(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("path"), str)
