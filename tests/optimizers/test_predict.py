from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any

import pytest
from optimizer_problems import measure

from optimizers import ModelUnavailable, Observation, ObservationInvalid
from optimizers.predict import leave_one_out, predict
from optimizers.propose import propose


def test_predictions_follow_the_measured_values(
    domain: Any, observations: list[Observation]
) -> None:
    recipes = [one.inputs for one in observations]
    predicted = predict(domain, observations, recipes, 1, 0.95)
    assert len(predicted) == 12
    for one, recipe in zip(predicted, recipes, strict=True):
        # Viability runs from 64 to 94 %; the noise of a measurement is 1 %.
        assert one["viability"].mean == pytest.approx(measure(recipe)["viability"], abs=4.0)
        assert one["viability"].sd < 4.0
    assert predict(domain, observations, [], 1) == []


def test_a_proposal_carries_the_same_prediction(
    domain: Any, observations: list[Observation]
) -> None:
    batch = propose(domain, observations, [], 1, 7, level=0.9)
    (again,) = predict(domain, observations, [batch.candidates[0].inputs], 7, 0.9)
    assert batch.candidates[0].predicted is not None
    for key, one in batch.candidates[0].predicted.items():
        assert astuple(one) == pytest.approx(astuple(again[key]), rel=1e-9)
    assert batch.fit is not None
    left_out = leave_one_out(domain, observations, 7, 0.9)
    assert batch.fit["titer"].n == len(left_out["titer"]) == 12


def test_an_output_measured_too_rarely_has_no_prediction(
    domain: Any, observations: list[Observation]
) -> None:
    thin = [replace(o, outputs={"titer": o.outputs["titer"]}) for o in observations]
    thin[:2] = observations[:2]
    (predicted,) = predict(domain, thin, [observations[0].inputs], 1)
    assert set(predicted) == {"titer"}
    with pytest.raises(ModelUnavailable, match="no output was measured"):
        predict(domain, observations[:2], [observations[0].inputs], 1)


def test_a_recipe_that_does_not_fit_is_named(domain: Any, observations: list[Observation]) -> None:
    with pytest.raises(ObservationInvalid, match="point 0: the factor"):
        predict(domain, observations, [{"feed": 2.0}], 1)
