from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

# Tests are imported by path (--import-mode=importlib); the problems they share are found by name.
sys.path.insert(0, str(Path(__file__).parent))

from optimizer_problems import FACTORS, TITER, TOTAL_FEED, VIABILITY, run

from optimizers import Batch, Observation, derive_domain
from optimizers.propose import propose


@pytest.fixture(scope="session")
def domain() -> Any:
    """Three continuous factors, one categorical, a linear limit, a goal and an outcome limit."""
    return derive_domain(FACTORS, [TOTAL_FEED], [TITER, VIABILITY])


@pytest.fixture(scope="session")
def observations(domain: Any) -> list[Observation]:
    """Twelve measured space-filling experiments."""
    return run(propose(domain, [], [], 12, 3, strategy="sobol"), seed=3)


@pytest.fixture(scope="session")
def batch(domain: Any, observations: list[Observation]) -> Batch:
    """Three candidates chosen by the model."""
    return propose(domain, observations, [], 3, 11)
