from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests are imported by path (--import-mode=importlib); the course they share is found by name.
sys.path.insert(0, str(Path(__file__).parent))

from store_course import write_course

from sdl.store import Store


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "lab" / "sdl.db"


@pytest.fixture(scope="session")
def empty_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its schema and nothing in it, made once: migrating takes its time."""
    path = tmp_path_factory.mktemp("empty") / "sdl.db"
    Store.open(path).close()
    return path


@pytest.fixture(scope="session")
def course_db(empty_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("course") / "sdl.db"
    shutil.copy(empty_db, path)
    with Store.open(path, durability="twin") as opened:
        write_course(opened)
    return path


@pytest.fixture
def store(db: Path, empty_db: Path) -> Iterator[Store]:
    db.parent.mkdir()
    shutil.copy(empty_db, db)
    with Store.open(db, durability="twin") as opened:
        yield opened


@pytest.fixture
def course(db: Path, course_db: Path) -> Iterator[Store]:
    """A store with the whole course of `store_course` in it."""
    db.parent.mkdir()
    shutil.copy(course_db, db)
    with Store.open(db, durability="twin") as opened:
        yield opened
