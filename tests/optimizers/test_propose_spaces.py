from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from optimizer_problems import MIXED, TITER, is_within, meets, overlaps

from optimizers import (
    ContinuousSpec,
    FactorSpec,
    IntegerSpec,
    LinearSpec,
    Observation,
    Pending,
    SpaceExhausted,
    derive_domain,
    domain_from_json,
    domain_to_json,
)
from optimizers.propose import propose


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


@pytest.fixture(scope="module")
def at_most_two() -> Any:
    """Three factors of which at most two may be above zero, given as BoFire writes it."""
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
    return domain_from_json(document)


def sums(batch: Any) -> list[Observation]:
    return [
        Observation(f"E{i}", c.inputs, {"titer": sum(map(float, c.inputs.values()))}, "completed")
        for i, c in enumerate(batch.candidates)
    ]


def test_constraints_that_are_not_linear_go_to_bofire(at_most_two: Any) -> None:
    first = propose(at_most_two, [], [], 6, 0, strategy="sobol")
    assert first.strategy == "bofire.RandomStrategy"
    assert first.fallback is not None
    answer = propose(at_most_two, sums(first), [], 1, 0)
    assert answer.fallback is None
    assert answer.strategy.endswith("BotorchOptimizer")
    for candidate in [*first.candidates, *answer.candidates]:
        assert sum(float(v) > 1e-6 for v in candidate.inputs.values()) <= 2


def test_where_bofire_repeats_itself_other_points_stand_in(
    at_most_two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd
    from bofire.strategies.predictives import acqf_optimization

    class Stubborn:
        def optimize(self, n: int, *_: Any) -> Any:
            return pd.DataFrame([{"a": 1.0, "b": 1.0, "c": 0.0}] * n)

    monkeypatch.setattr(acqf_optimization, "get_optimizer", lambda _: Stubborn())
    first = propose(at_most_two, [], [], 6, 0, strategy="random")
    answer = propose(at_most_two, sums(first), [], 3, 0)
    assert [c.origin for c in answer.candidates] == ["model", "space_filling", "space_filling"]
    recipes = [c.inputs for c in answer.candidates]
    assert recipes[0] == {"a": 1.0, "b": 1.0, "c": 0.0}
    assert not overlaps(at_most_two, answer.candidates[1:], recipes[:1])
