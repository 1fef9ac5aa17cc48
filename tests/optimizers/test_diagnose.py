from __future__ import annotations

from copy import deepcopy
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from optimizers import LeftOut, Observation, Prediction
from optimizers.searchspace import make_space


@pytest.fixture(scope="module")
def model(domain: Any, observations: list[Observation]) -> Any:
    from optimizers.reproducible import reproducible
    from optimizers.surrogate import fit_output

    # One replicate and one experiment whose titer was not measured.
    replicate = Observation("again", observations[0].inputs, {"titer": 3.0}, "completed")
    missing = Observation("lost", observations[1].inputs, {"viability": 80.0}, "completed")
    with reproducible(0):
        return fit_output(make_space(domain), "titer", [missing, *observations, replicate])


def test_closed_form_leave_one_out_is_the_brute_force_one(model: Any) -> None:
    """Take each point out of the data, keep the hyperparameters, and predict it."""
    import torch

    from optimizers.diagnose import leave_one_out

    level = 0.8
    closed = leave_one_out(model, level)
    assert [one.id for one in closed] == [*[f"E{i}" for i in range(12)], "again"]
    gp = model.gp
    points, targets = gp.train_inputs[0], gp.train_targets
    scale, shift = gp.outcome_transform.stdvs.item(), gp.outcome_transform.means.item()
    for i, one in enumerate(closed):
        rest = [j for j in range(len(targets)) if j != i]
        other = deepcopy(gp)
        other.set_train_data(points[rest], targets[rest], strict=False)
        with torch.no_grad():
            # `__call__` of a GPyTorch model takes transformed points and standardised values.
            expected = other.likelihood(other(points[i : i + 1]))
        mean = shift + scale * expected.mean.item()
        sd = scale * expected.variance.sqrt().item()
        assert one.observed == model.observed[i]
        assert one.predicted.mean == pytest.approx(mean, rel=1e-6)
        assert one.predicted.sd == pytest.approx(sd, rel=1e-6)
        half = sd * NormalDist().inv_cdf(0.9)
        assert one.predicted.low == pytest.approx(mean - half, rel=1e-5)
        assert one.predicted.high == pytest.approx(mean + half, rel=1e-5)


def test_predictions_are_botorchs_with_noise(model: Any) -> None:
    import torch

    from optimizers.diagnose import predict_points

    with torch.no_grad():
        noisy = model.gp.posterior(torch.from_numpy(model.points), observation_noise=True)
        plain = model.gp.posterior(torch.from_numpy(model.points))
    predicted = predict_points(model, model.points, 0.9)
    assert [p.mean for p in predicted] == pytest.approx(noisy.mean.squeeze(-1).tolist())
    assert [p.sd for p in predicted] == pytest.approx(noisy.variance.sqrt().squeeze(-1).tolist())
    assert all(p.sd**2 > v for p, v in zip(predicted, plain.variance.flatten(), strict=True))


def test_fit_quality_counts_what_it_says() -> None:
    from optimizers.diagnose import fit_quality

    rows = [(1.0, 1.5, 0.4), (2.0, 2.0, 0.1), (6.0, 5.0, 2.0)]
    left_out = [LeftOut("e", y, Prediction(m, h, m - h, m + h)) for y, m, h in rows]
    fit = fit_quality(left_out)
    assert fit.n == 3
    assert fit.loo_coverage == pytest.approx(2 / 3)
    assert fit.loo_rmse == pytest.approx(np.sqrt(1.25 / 3))
    assert fit.loo_r2 == pytest.approx(1 - 1.25 / 14)
    flat = [LeftOut("e", 1.0, Prediction(1.0, 1.0, 0.0, 2.0))] * 3
    assert fit_quality(flat).loo_r2 == 0.0


def test_probability_of_meeting_limits() -> None:
    from optimizer_problems import FACTORS, TITER

    from optimizers import OutputSpec, derive_domain
    from optimizers.diagnose import probability_feasible

    limits = [
        OutputSpec("v", min=70.0),
        OutputSpec("o", min=1.0, max=3.0),
        OutputSpec("n", max=5.0),
    ]
    space = make_space(derive_domain(FACTORS, [], [TITER, *limits]))
    normal = NormalDist()

    def at(mean: float, sd: float) -> Prediction:
        return Prediction(mean, sd, mean, mean)

    predicted = {"titer": at(0, 1), "v": at(72.0, 2.0), "o": at(2.0, 1.0), "n": at(5.0, 9.0)}
    expected = normal.cdf(1.0) * (normal.cdf(1.0) - normal.cdf(-1.0)) * 0.5
    assert probability_feasible(space, predicted) == pytest.approx(expected)
    free = make_space(derive_domain(FACTORS, [], [TITER, OutputSpec("recorded")]))
    assert probability_feasible(free, {"titer": at(0, 1), "recorded": at(0, 1)}) is None
