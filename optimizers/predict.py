"""Ask the model what it expects at given recipes, and how well it knew the measured ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from optimizers.domain import check_domain
from optimizers.errors import ModelUnavailable
from optimizers.observations import LeftOut, Observation, Prediction
from optimizers.searchspace import SearchSpace, make_space
from optimizers.validate import check_observations

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain


def predict(
    domain: Domain,
    observations: Sequence[Observation],
    points: Sequence[Mapping[str, float | str]],
    seed: int,
    level: float = 0.9,
) -> list[Mapping[str, Prediction]]:
    """Predict a measurement of every modelled output at each recipe.

    The model is the one that `propose` fits to the same observations with the same seed. Outputs
    measured fewer than three times have no model and no prediction.

    Raises:
        ModelUnavailable: no output was measured often enough, or a fit failed.
        DomainUnsupported, ObservationInvalid: as for `propose`; a recipe that doesn't fit the
            domain is called "point 0", "point 1", ...
    """
    from optimizers.diagnose import predict_points
    from optimizers.reproducible import reproducible

    check_domain(domain)
    space = make_space(domain)
    encoded = [space.encode(f"point {i}", point) for i, point in enumerate(points)]
    with reproducible(seed):
        models = _fit(space, observations)
        if not encoded:
            return []
        array = np.array(encoded)
        predicted = {key: predict_points(model, array, level) for key, model in models.items()}
    return [{key: column[i] for key, column in predicted.items()} for i in range(len(points))]


def leave_one_out(
    domain: Domain, observations: Sequence[Observation], seed: int, level: float = 0.9
) -> Mapping[str, tuple[LeftOut, ...]]:
    """Predict each measured value from all others, per modelled output.

    The hyperparameters stay as fitted to all of them.

    Raises:
        as `predict`.
    """
    from optimizers.diagnose import leave_one_out as leave_out
    from optimizers.reproducible import reproducible

    check_domain(domain)
    space = make_space(domain)
    with reproducible(seed):
        models = _fit(space, observations)
        return {key: leave_out(model, level) for key, model in models.items()}


def _fit(space: SearchSpace, observations: Sequence[Observation]) -> dict[str, Any]:
    from optimizers.bayesian import fit_models
    from optimizers.surrogate import MIN_OBSERVATIONS, NUMERICAL_ERRORS

    check_observations(space, observations)
    try:
        models = fit_models(space, observations)
    except NUMERICAL_ERRORS as error:
        raise ModelUnavailable(f"the fit failed: {type(error).__name__}: {error}") from error
    if not models:
        raise ModelUnavailable(
            f"no output was measured by {MIN_OBSERVATIONS} completed experiments"
        )
    return dict(models)
