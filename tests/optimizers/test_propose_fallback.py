from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from optimizer_problems import TOTAL_FEED, meets

from optimizers import (
    Candidate,
    Observation,
)
from optimizers.propose import propose


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
