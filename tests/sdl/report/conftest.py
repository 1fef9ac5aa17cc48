from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# Tests are imported by path (--import-mode=importlib); the course they share is found by name.
sys.path.insert(0, str(Path(__file__).parent))

from report_course import CAMPAIGN, SCENARIOS

from sdl.report.gathering import Findings, gather
from sdl.result import CampaignResult
from sdl.store import CampaignState


@pytest.fixture(scope="session")
def result_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], CampaignResult]:
    """A function that returns the campaign of a scenario, written once."""
    made: dict[str, Path] = {}

    def find(scenario: str) -> CampaignResult:
        if scenario not in made:
            db = tmp_path_factory.mktemp("course") / "sdl.db"
            made[scenario] = SCENARIOS[scenario]().write(db)
        return CampaignResult(str(made[scenario]), CAMPAIGN)

    return find


@pytest.fixture(scope="session")
def findings_of(result_of: Callable[[str], CampaignResult]) -> Callable[[str], Findings]:
    return lambda scenario: gather(result_of(scenario))


@pytest.fixture(scope="session")
def state(result_of: Callable[[str], CampaignResult]) -> CampaignState:
    return result_of("finished").state()
