"""Small campaigns for the tests of the orchestrator."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdl.campaign import Campaign, campaign_from_dict

SMALL: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "seed": 7,
    "start": "2027-01-04T08:00:00Z",
    "factors": {
        "feed_rate": {"kind": "continuous", "unit": "%/d", "low": 1.0, "high": 6.0, "center": 3.0},
        "ph": {"kind": "continuous", "unit": "pH", "low": 6.8, "high": 7.3, "center": 7.0},
        "medium": {"kind": "categorical", "levels": ["basal", "rich"], "center": "basal"},
    },
    "outputs": {
        "titer": {"unit": "g/L", "assay": "titer", "at": "harvest", "goal": "maximize"},
        "viability": {"unit": "%", "assay": "viability", "at": "harvest", "min": 50.0},
    },
    "plan": {"rounds": 2, "batch_size": 3, "strategy": "random", "first_round": "random"},
    "recipe": {
        "program": "fed_batch",
        "settings": {
            "duration_day": 4.0,
            "growth_temperature": 36.8,
            "production_temperature": 34.0,
            "shift_day": 3.0,
            "feed_start_day": 1.0,
            "glucose_setpoint": 20.0,
            "seeding_density": 1.0,
        },
        "samples": [{"assay": "titer", "at_day": [2.0], "volume_ml": 1.0}],
        "turnaround_h": 12.0,
    },
    "plant": {"vessels": {"count": 2}, "probes": {"interval_scale": 4.0}},
}

Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def small() -> Callable[..., Campaign]:
    """A function that makes the small campaign, its file changed in place by an argument."""

    def make(change: Change | None = None) -> Campaign:
        file = copy.deepcopy(SMALL)
        if change is not None:
            change(file)
        return campaign_from_dict(file)

    return make


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "sdl.db"
