from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

# Tests are imported by path (--import-mode=importlib); the course they share is found by name.
sys.path.insert(0, str(Path(__file__).parent))

from dashboard_course import Copy

import sdl
from sdl.campaign import campaign_from_dict

QUICK = Path(__file__).parents[2] / "sim_configs" / "quick.yaml"
CAMPAIGN = "quick"


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the quick campaign, run to its end: a real model, real predictions."""
    file: dict[str, Any] = copy.deepcopy(yaml.safe_load(QUICK.read_text(encoding="utf-8")))
    file["start"] = file["start"].isoformat()
    file["plant"]["probes"] = {"interval_scale": 4.0}
    db = tmp_path_factory.mktemp("quick") / "sdl.db"
    sdl.run(campaign_from_dict(file), db=db)
    return db


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Iterator[Callable[[], Copy]]:
    """A function that begins a copy of the campaign in tmp_path / "sdl.db"."""
    made: list[Copy] = []

    def make() -> Copy:
        made.append(Copy(finished, tmp_path / "sdl.db", CAMPAIGN))
        return made[-1]

    yield make
    for one in made:
        one.close()
