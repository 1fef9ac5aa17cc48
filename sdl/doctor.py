"""What is installed, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

WAL_RESET_FIXED = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `remedy` is empty when there is nothing to do."""

    name: str
    found: str
    is_ok: bool
    is_missing: bool = False
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the check as plain values."""
        return asdict(self)


def examine(db: str) -> list[Check]:
    """Look at Python, the required packages, the solver, SQLite and the database's place."""
    return [_python(), *_packages(), _solver(), _sqlite(), _place(db)]


def _python() -> Check:
    is_ok = sys.version_info >= (3, 11)
    remedy = "" if is_ok else "install Python 3.11 or newer"
    return Check("python", platform.python_version(), is_ok, remedy=remedy)


def _packages() -> list[Check]:
    from packaging.requirements import Requirement

    checks = []
    for line in requires("sdl-twin") or []:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            remedy = f"pip install '{wanted.name}{wanted.specifier}'"
            checks.append(Check(wanted.name, "not installed", False, True, remedy))
            continue
        fits = wanted.specifier.contains(found, prereleases=True)
        remedy = "" if fits else f"pip install '{wanted.name}{wanted.specifier}'"
        checks.append(Check(wanted.name, found, fits, remedy=remedy))
    return checks


def _solver() -> Check:
    try:
        from pyomo.contrib.solver.solvers.highs import Highs
    except ImportError:
        return Check("HiGHS solver", "Pyomo is missing", False, True, "pip install pyomo highspy")
    is_ok = bool(Highs().available())
    remedy = "" if is_ok else "pip install highspy"
    return Check("HiGHS solver", "answers" if is_ok else "does not answer", is_ok, remedy=remedy)


def _sqlite() -> Check:
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= WAL_RESET_FIXED:
        return Check("SQLite", found, True)
    return Check(
        "SQLite",
        f"{found} (before 3.51.3: its rare WAL-reset bug needs two writers; sdl keeps to one)",
        True,
    )


def _place(db: str) -> Check:
    if "://" in db:
        return Check("database", db, True)
    directory = Path(db).resolve().parent
    while not directory.exists():
        directory = directory.parent
    is_ok = os.access(directory, os.W_OK)
    remedy = "" if is_ok else "choose another place with --db"
    found = str(Path(db)) + ("" if is_ok else f" ({directory} is not writable)")
    return Check("database", found, is_ok, remedy=remedy)
