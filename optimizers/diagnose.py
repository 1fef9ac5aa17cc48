"""What a fitted model says: predictions with intervals, and how far they can be trusted.

Leave-one-out in closed form at fixed hyperparameters: Rasmussen and Williams, Gaussian Processes
for Machine Learning (2006), equations 5.10 to 5.12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import torch

from optimizers.domain import outcome_limits
from optimizers.observations import Fit, LeftOut, Prediction
from optimizers.polytope import Array
from optimizers.searchspace import SearchSpace
from optimizers.surrogate import OutputModel


def predict_points(model: OutputModel, points: Array, level: float) -> list[Prediction]:
    """Predict a measurement at each of the points (n, d), with its central interval at `level`."""
    with torch.no_grad():
        posterior = model.gp.posterior(torch.from_numpy(points), observation_noise=True)
        mean = posterior.mean.squeeze(-1).numpy()
        sd = posterior.variance.squeeze(-1).sqrt().numpy()
    return [_prediction(float(m), float(s), level) for m, s in zip(mean, sd, strict=True)]


def leave_one_out(model: OutputModel, level: float) -> tuple[LeftOut, ...]:
    """Predict each observation from all the others, hyperparameters held at their fitted values.

    With K the covariance of the noisy observations y about their prior mean, the prediction of
    y_i has mean y_i - [K^-1 y]_i / [K^-1]_ii and variance 1 / [K^-1]_ii. Replicates of a point
    predict each other.
    """
    gp = model.gp
    with torch.no_grad():
        # In evaluation mode the training inputs are the transformed ones, and `forward` gives the
        # prior at them; the likelihood adds the noise.
        prior = gp.likelihood(gp.forward(gp.train_inputs[0]))
        residual = (gp.train_targets - prior.mean).unsqueeze(-1)
        factor = torch.linalg.cholesky(prior.covariance_matrix)
        precision = torch.cholesky_inverse(factor)
        variance = 1.0 / precision.diagonal()
        mean = gp.train_targets - (precision @ residual).squeeze(-1) * variance
        scale = gp.outcome_transform.stdvs.squeeze()
        means = (gp.outcome_transform.means.squeeze() + scale * mean).numpy()
        sds = (scale * variance.sqrt()).numpy()
    return tuple(
        LeftOut(id, float(observed), _prediction(float(m), float(s), level))
        for id, observed, m, s in zip(model.ids, model.observed, means, sds, strict=True)
    )


def fit_quality(left_out: Sequence[LeftOut]) -> Fit:
    """Sum up a leave-one-out."""
    observed = np.array([one.observed for one in left_out])
    predicted = np.array([one.predicted.mean for one in left_out])
    squares = float(np.sum((observed - predicted) ** 2))
    total = float(np.sum((observed - observed.mean()) ** 2))
    inside = [one.predicted.low <= one.observed <= one.predicted.high for one in left_out]
    return Fit(
        n=len(left_out),
        loo_r2=1.0 - squares / total if total > 0 else 0.0,
        loo_rmse=float(np.sqrt(squares / len(left_out))),
        loo_coverage=sum(inside) / len(inside),
    )


def probability_feasible(space: SearchSpace, predicted: Mapping[str, Prediction]) -> float | None:
    """Give the probability that a measurement meets all outcome limits, or None without limits.

    The outputs are independent under the model, and the measurement noise counts.
    """
    probability: float | None = None
    for feature in space.domain.outputs.features:
        low, high = outcome_limits(feature.objective)
        if (low is None and high is None) or feature.key not in predicted:
            continue
        one = predicted[feature.key]
        normal = NormalDist(one.mean, one.sd)
        below = 1.0 if high is None else normal.cdf(high)
        share = below - (0.0 if low is None else normal.cdf(low))
        probability = (1.0 if probability is None else probability) * max(share, 0.0)
    return probability


def _prediction(mean: float, sd: float, level: float) -> Prediction:
    half = sd * NormalDist().inv_cdf((1.0 + level) / 2.0)
    return Prediction(mean, sd, mean - half, mean + half)
