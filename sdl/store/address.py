"""Where a database is: a path, or a URL.

SQLite is the one kind that opens today.  Callers hand over what the user typed and never look
inside, so that a server database can come by URL alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sdl.store.errors import StoreUnsupported

_SQLITE = ("sqlite", "sqlite+pysqlite")


@dataclass(frozen=True, slots=True)
class Address:
    """A SQLite file; `path` is absolute."""

    path: Path

    @property
    def shown(self) -> str:
        """The form for messages."""
        return str(self.path)


def parse_address(url_or_path: str | PathLike[str]) -> Address:
    """Read `sqlite:///relative.db`, `sqlite:////absolute.db`, or a plain path (`~` is expanded).

    Raises `StoreUnsupported` for another kind of database and for one in memory only.
    """
    text = fspath(url_or_path)
    if "://" not in text:
        return _file(text, text)
    parts = urlsplit(text)
    if parts.scheme not in _SQLITE:
        raise StoreUnsupported(
            f"{parts.scheme}://…",
            f"this version has no store for {parts.scheme!r}",
            "Give the path of a file, or sqlite:///path/to/file.db",
        )
    if parts.netloc or parts.query or parts.fragment:
        raise StoreUnsupported(
            text,
            "a SQLite URL has three slashes before a relative path, four before an absolute one, "
            "and no options",
            "Write sqlite:///path/to/file.db",
        )
    return _file(unquote(parts.path[1:]), text)


def _file(path: str, given: str) -> Address:
    if path in ("", ":memory:"):
        raise StoreUnsupported(
            given or "(empty)", "a database in memory can't be resumed", "Give the path of a file"
        )
    return Address(Path(path).expanduser().absolute())
