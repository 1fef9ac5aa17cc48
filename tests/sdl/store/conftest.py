from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_course import write_course

from sdl.store import Store


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "lab" / "sdl.db"


@pytest.fixture
def store(db: Path) -> Iterator[Store]:
    with Store.open(db, durability="twin") as opened:
        yield opened


@pytest.fixture
def course(store: Store) -> Store:
    """A store with the whole course of `store_course` in it."""
    write_course(store)
    return store
