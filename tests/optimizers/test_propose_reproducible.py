from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizers import (
    Observation,
)
from optimizers.propose import propose


def numpy_state() -> str:
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002
    return str([state["state"]["key"].tolist(), state["state"]["pos"]])


def test_global_random_state_comes_back_and_does_not_matter(
    domain: Any, observations: list[Observation], batch: Any
) -> None:
    import torch

    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002
    random.seed(5)
    before = (torch.get_rng_state(), numpy_state(), random.getstate())
    n_threads = torch.get_num_threads()
    torch.set_num_threads(2)
    again = propose(domain, observations, [], 3, 11)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(n_threads)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert numpy_state() == before[1]
    assert random.getstate() == before[2]
    assert again == batch


SCRIPT = """
import json, sys
from dataclasses import asdict
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "disturbed":
    import torch
    torch.randn(1000)
from optimizer_problems import FACTORS, TITER, TOTAL_FEED, VIABILITY, run
from optimizers import derive_domain
from optimizers.propose import propose
domain = derive_domain(FACTORS, [TOTAL_FEED], [TITER, VIABILITY])
observations = run(propose(domain, [], [], 12, 3, strategy="sobol"), seed=3)
print(json.dumps(asdict(propose(domain, observations, [], 3, 11))))
"""


@pytest.mark.slow
def test_two_processes_give_the_same_bits(batch: Any) -> None:
    """With other hash seeds, thread counts and draws before; compared as text, digit by digit."""
    here = str(Path(__file__).parent)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, here, mode],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": str(i), "OMP_NUM_THREADS": str(i)},
        )
        for i, mode in ((1, "plain"), (2, "disturbed"))
    ]
    answers = [process.communicate(timeout=200)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers[0] == answers[1] == json.dumps(asdict(batch))
