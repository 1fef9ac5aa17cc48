from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from optimizer_problems import FACTORS, TITER, TOTAL_FEED, is_within, meets, overlaps, run

from optimizers import (
    Observation,
    ObservationInvalid,
    OutputSpec,
    Pending,
    derive_domain,
)
from optimizers.propose import propose


def test_a_batch_says_what_it_is_worth(batch: Any) -> None:
    assert (len(batch.candidates), batch.seed, batch.fallback) == (3, 11, None)
    assert batch.strategy.startswith("bofire.SoboStrategy qLogNEI, SingleTaskGP")
    assert set(batch.fit) == {"titer", "viability"}
    assert batch.fit["viability"].loo_r2 > 0.4
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
    # Nobody is going to measure there, so what lies close by is worth as much as before.
    assert answer.candidates[0].acquisition is not None
    assert as_pending.candidates[0].acquisition is not None
    assert answer.candidates[0].acquisition > as_pending.candidates[0].acquisition
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
