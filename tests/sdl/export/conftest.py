from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Tests are imported by path (--import-mode=importlib); the course they share is found by name.
sys.path.insert(0, str(Path(__file__).parent.parent / "store"))

from store_course import write_course

from sdl.store import Store


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with a small campaign in it, for reading."""
    with Store.open(tmp_path_factory.mktemp("db") / "sdl.db", durability="twin") as store:
        write_course(store)
        yield store
