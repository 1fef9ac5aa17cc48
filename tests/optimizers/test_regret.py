from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from optimizer_problems import BEST, titer, viability

from optimizers import Observation, Strategy
from optimizers.propose import propose


def campaign(domain: Any, seed: int, strategy: Strategy) -> float:
    """The best true titer among feasible experiments, measured with noise, after some rounds."""
    rng = np.random.default_rng(seed)
    told: list[Observation] = []
    for i, n in enumerate((12, 6, 6)):
        how: Strategy = strategy if i else "sobol"
        batch = propose(domain, told, [], n, 1000 * seed + i, strategy=how)
        assert batch.fallback is None
        for j, candidate in enumerate(batch.candidates):
            outputs = {
                "titer": titer(candidate.inputs) + 0.03 * rng.standard_normal(),
                "viability": viability(candidate.inputs) + 1.0 * rng.standard_normal(),
            }
            told.append(Observation(f"E{i}{j}", candidate.inputs, outputs, "completed"))
    return max(titer(one.inputs) for one in told if viability(one.inputs) >= 70.0)


@pytest.mark.slow
def test_the_model_beats_space_filling_with_the_same_budget(domain: Any) -> None:
    """Twenty-four experiments: the optimum lies on the linear limit, in one of three media."""
    top = titer(BEST)
    model = [top - campaign(domain, seed, "bayesian") for seed in (1, 2, 3)]
    space_filling = [top - campaign(domain, seed, "sobol") for seed in (1, 2, 3)]
    assert max(model) < 0.08
    assert max(model) < 0.6 * min(space_filling)
    assert np.mean(model) < 0.2 * np.mean(space_filling)
