from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from optimizer_problems import FACTORS, MIXED, TITER, TOTAL_FEED, is_within, meets, run

from optimizers import (
    Candidate,
    FactorSpec,
    IntegerSpec,
    LinearSpec,
    Observation,
    ObservationInvalid,
    OutputSpec,
    Pending,
    SpaceExhausted,
    derive_domain,
)
from optimizers.propose import propose
from optimizers.searchspace import make_space


@pytest.fixture(scope="module")
def batch(domain: Any, observations: list[Observation]) -> Any:
    return propose(domain, observations, [], 3, 11)


def overlaps(domain: Any, candidates: Any, recipes: Any) -> bool:
    space = make_space(domain)
    points = np.array([space.encode("c", c.inputs) for c in candidates])
    return bool(space.is_same(points, np.array([space.encode("r", r) for r in recipes])).any())


def test_a_batch_says_what_it_is_worth(batch: Any) -> None:
    assert (len(batch.candidates), batch.seed, batch.fallback) == (3, 11, None)
    assert batch.strategy.startswith("bofire.SoboStrategy qLogNEI, SingleTaskGP")
    assert set(batch.fit) == {"titer", "viability"}
    assert batch.fit["viability"].loo_r2 > 0.8
    for candidate in batch.candidates:
        assert candidate.origin == "model"
        assert set(candidate.predicted) == {"titer", "viability"}
        for one in candidate.predicted.values():
            assert one.low < one.mean < one.high
            assert one.high - one.mean == pytest.approx(1.6448536 * one.sd)
        assert 0.0 <= candidate.p_feasible <= 1.0
        assert np.isfinite(candidate.acquisition)
    values = [candidate.acquisition for candidate in batch.candidates]
    assert values[0] > max(values[1:])


def test_candidates_are_feasible_rounded_and_different(domain: Any, batch: Any) -> None:
    for candidate in batch.candidates:
        assert is_within(candidate.inputs, FACTORS)
        assert meets(candidate.inputs, TOTAL_FEED)
        assert all(len(repr(v)) <= 8 for v in candidate.inputs.values() if isinstance(v, float))
    for i, candidate in enumerate(batch.candidates):
        others = [c for j, c in enumerate(batch.candidates) if j != i]
        assert not overlaps(domain, [candidate], [c.inputs for c in others])


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


def numpy_state() -> str:
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002
    return str([state["state"]["key"].tolist(), state["state"]["pos"]])


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


def test_pending_recipes_are_kept_away_from(
    domain: Any, observations: list[Observation], batch: Any
) -> None:
    """What was proposed first is not proposed again while it is pending."""
    pending = [Pending(f"P{i}", c.inputs) for i, c in enumerate(batch.candidates[:2])]
    second = propose(domain, observations, pending, 2, 11)
    assert not overlaps(domain, second.candidates, [p.inputs for p in pending])
    # The best point is worth less once it is pending, and the model knows.
    assert batch.candidates[0].acquisition is not None
    assert second.candidates[0].acquisition is not None
    assert second.candidates[0].acquisition < batch.candidates[0].acquisition


def test_failed_ones_are_ignored_and_may_come_again(
    domain: Any, observations: list[Observation], batch: Any
) -> None:
    wild = {"titer": 1e6, "viability": -50.0}
    failed = Observation("F", batch.candidates[0].inputs, wild, "failed")
    assert propose(domain, [*observations, failed], [], 3, 11) == batch


def test_abandoned_ones_teach_nothing_and_do_not_come_again(
    domain: Any, observations: list[Observation], batch: Any
) -> None:
    inputs = batch.candidates[0].inputs
    abandoned = Observation("A", inputs, {"titer": 1e6}, "abandoned")
    answer = propose(domain, [*observations, abandoned], [], 2, 11)
    assert answer.fit == batch.fit
    assert not overlaps(domain, answer.candidates, [inputs])
    as_pending = propose(domain, observations, [Pending("A", inputs)], 2, 11)
    assert answer.candidates == as_pending.candidates
    sobol = propose(domain, [], [], 1, 4, strategy="sobol").candidates[0]
    gone = Observation("A", sobol.inputs, {}, "abandoned")
    assert propose(domain, [gone], [], 1, 4, strategy="sobol").candidates[0] != sobol


def test_outputs_may_be_missing_and_inputs_may_lie_outside(
    domain: Any, observations: list[Observation]
) -> None:
    some = list(observations)
    some[0] = replace(some[0], outputs={"titer": some[0].outputs["titer"]})
    some[1] = replace(some[1], outputs={"viability": some[1].outputs["viability"], "other": 1.0})
    some[2] = replace(some[2], inputs={**some[2].inputs, "ph": 6.79, "feed": 6.05, "start": 5.1})
    answer = propose(domain, some, [], 1, 2)
    assert answer.fallback is None
    assert answer.fit is not None
    assert (answer.fit["titer"].n, answer.fit["viability"].n) == (11, 11)
    assert is_within(answer.candidates[0].inputs, FACTORS)


@pytest.mark.parametrize(
    ("n_measured", "without", "reason"),
    [
        (0, None, "0 completed experiments measured titer, 3 are needed"),
        (2, None, "2 completed experiments measured titer, 3 are needed"),
        (12, "viability", "0 completed experiments measured viability, 3 are needed"),
    ],
)
def test_too_little_data_is_answered_by_space_filling(
    domain: Any, observations: list[Observation], n_measured: int, without: str, reason: str
) -> None:
    some = [
        replace(o, outputs={k: v for k, v in o.outputs.items() if k != without})
        for o in observations[:n_measured]
    ]
    answer = propose(domain, some, [], 6, 1)
    assert answer.fallback is not None
    assert answer.fallback.startswith(reason)
    assert (answer.fit, answer.strategy) == (None, "scrambled Sobol sequence")
    for candidate in answer.candidates:
        assert candidate == Candidate(candidate.inputs, None, None, None, "space_filling")
        assert meets(candidate.inputs, TOTAL_FEED)


@pytest.mark.parametrize("kind", range(6))
def test_a_failing_fit_is_answered_by_space_filling_and_said(
    domain: Any, observations: list[Observation], monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    from optimizers import bayesian
    from optimizers.surrogate import NUMERICAL_ERRORS

    error = NUMERICAL_ERRORS[kind]

    def fail(*_: Any) -> None:
        raise error("the matrix\nis not positive")

    monkeypatch.setattr(bayesian, "fit_output", fail)
    answer = propose(domain, observations, [], 2, 1)
    assert answer.fallback == f"the model failed: {error.__name__}: the matrix is not positive"
    assert [c.origin for c in answer.candidates] == ["space_filling"] * 2


def test_faults_of_ours_are_not_hidden(
    domain: Any, observations: list[Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    from optimizers import bayesian

    def fail(*_: Any) -> None:
        raise KeyError("oops")

    monkeypatch.setattr(bayesian, "fit_output", fail)
    with pytest.raises(KeyError):
        propose(domain, observations, [], 1, 1)


def test_a_flat_output_and_no_feasible_measurement_still_give_a_batch(
    domain: Any, observations: list[Observation]
) -> None:
    bad = [replace(o, outputs={"titer": 2.0, "viability": 40.0}) for o in observations]
    answer = propose(domain, bad, [], 2, 1)
    assert len(answer.candidates) == 2
    assert answer.fallback is None


def test_all_kinds_of_factors_and_an_equality() -> None:
    limits = [
        LinearSpec("sum", {"x": 1.0, "k": 1.0}, lower=1.2, upper=3.4),
        LinearSpec("tie", {"k": 0.25, "y": 1.0}, 1.0, 1.0),
    ]
    from optimizers import ContinuousSpec

    factors: list[FactorSpec] = [*MIXED, ContinuousSpec("y", 0.0, 1.0)]
    domain = derive_domain(factors, limits, [TITER])
    first = propose(domain, [], [], 8, 0, strategy="sobol").candidates

    def value(r: Any) -> float:
        on_level = {0.5: 0.0, 1.0: 1.0, 2.0: 0.2}[r["v"]] + {"a": 0.0, "b": 0.5}[r["c"]]
        return on_level - float((r["x"] - 0.4) ** 2) - 0.3 * (float(r["k"]) - 2.0) ** 2

    seen = [
        Observation(f"E{i}", c.inputs, {"titer": value(c.inputs)}, "completed")
        for i, c in enumerate(first)
    ]
    answer = propose(domain, seen, [], 3, 1)
    assert answer.fallback is None
    for candidate in [*first, *answer.candidates]:
        assert is_within(candidate.inputs, factors)
        assert meets(candidate.inputs, limits[0])
        tied = 0.25 * float(candidate.inputs["k"]) + float(candidate.inputs["y"])
        assert tied == pytest.approx(1.0, abs=1e-8)
    assert max(value(c.inputs) for c in answer.candidates) > max(o.outputs["titer"] for o in seen)


def test_a_space_of_levels_is_searched_and_used_up() -> None:
    domain = derive_domain([IntegerSpec("i", 0, 3), IntegerSpec("j", 0, 3)], [], [TITER])

    def told(recipes: Any) -> list[Observation]:
        return [
            Observation(
                f"E{n}", r, {"titer": -((r["i"] - 2) ** 2) - (r["j"] - 1) ** 2}, "completed"
            )
            for n, r in enumerate(recipes)
        ]

    first = [c.inputs for c in propose(domain, [], [], 6, 2, strategy="sobol").candidates]
    answer = propose(domain, told(first), [], 3, 0)
    assert answer.fallback is None
    best = {"i": 2.0, "j": 1.0}
    assert best in first or best in [c.inputs for c in answer.candidates]
    pending = [Pending(f"P{n}", {"i": n % 4, "j": n // 4}) for n in range(15)]
    with pytest.raises(SpaceExhausted):
        propose(domain, told(first), pending, 2, 0)
    counts = Counter(
        tuple(c.inputs.values())
        for c in propose(domain, told(first), pending, 4, 0, allow_replicates=True).candidates
    )
    assert sum(counts.values()) == 4


def test_constraints_that_are_not_linear_go_to_bofire() -> None:
    from optimizers import ContinuousSpec, domain_from_json, domain_to_json

    factors = [ContinuousSpec(name, 0.0, 1.0) for name in "abc"]
    document = domain_to_json(derive_domain(factors, [], [TITER]))
    document["constraints"]["constraints"] = [
        {
            "type": "NChooseKConstraint",
            "features": ["a", "b", "c"],
            "min_count": 0,
            "max_count": 2,
            "none_also_valid": True,
        }
    ]
    domain = domain_from_json(document)
    first = propose(domain, [], [], 6, 0, strategy="sobol")
    assert first.strategy == "bofire.RandomStrategy"
    assert first.fallback is not None
    seen = [
        Observation(f"E{i}", c.inputs, {"titer": sum(map(float, c.inputs.values()))}, "completed")
        for i, c in enumerate(first.candidates)
    ]
    answer = propose(domain, seen, [], 1, 0)
    assert answer.fallback is None
    assert answer.strategy.endswith("BotorchOptimizer")
    for candidate in [*first.candidates, *answer.candidates]:
        assert sum(float(v) > 1e-6 for v in candidate.inputs.values()) <= 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": {"feed": 1.0}}, "missing"),
        ({"outputs": {"titer": float("nan")}}, "leave out what was not measured"),
        ({"status": "running"}, "unknown"),
        ({"id": "E1"}, "stands twice"),
    ],
)
def test_observations_that_do_not_fit_are_refused(
    domain: Any, observations: list[Observation], change: Any, message: str
) -> None:
    with pytest.raises(ObservationInvalid, match=message):
        propose(domain, [replace(observations[0], **change), *observations[1:]], [], 1, 1)


@pytest.mark.parametrize(
    "change",
    [{"n": 0}, {"seed": -1}, {"seed": 2**53}, {"level": 1.0}, {"strategy": "wish"}],
)
def test_arguments_out_of_range_are_refused(domain: Any, change: Any) -> None:
    arguments = {"n": 1, "seed": 1, **change}
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        propose(domain, [], [], **arguments)


@pytest.mark.parametrize("strategy", ["sobol", "random"])
def test_space_filling_strategies_need_no_data_and_are_no_fallback(
    domain: Any, strategy: Any
) -> None:
    answer = propose(domain, [], [], 5, 8, strategy=strategy)
    assert answer.fallback is None
    assert {c.origin for c in answer.candidates} == {
        "random" if strategy == "random" else "space_filling"
    }
    assert run(answer)[0].outputs.keys() == {"titer", "viability"}


def test_recorded_outputs_are_predicted_but_do_not_steer(
    domain: Any, observations: list[Observation], batch: Any
) -> None:
    from optimizer_problems import VIABILITY

    wider = derive_domain(FACTORS, [TOTAL_FEED], [TITER, VIABILITY, OutputSpec("lactate")])
    told = [
        replace(o, outputs={**o.outputs, "lactate": 3.0 + i}) for i, o in enumerate(observations)
    ]
    answer = propose(wider, told, [], 1, 11)
    assert answer.candidates[0].inputs == batch.candidates[0].inputs
    assert answer.candidates[0].predicted is not None
    assert "lactate" in answer.candidates[0].predicted
