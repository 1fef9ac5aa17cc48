"""Propose a batch from a model: BoFire's SoboStrategy, with our own search of its acquisition.

BoFire describes everything (domain, surrogates, acquisition function), its data models check it,
and its surrogates are fitted. Only the search of the acquisition function is ours
(`optimizers.search`): on a mixed space with a linear constraint BoFire's takes minutes for a batch.
Domains with constraints that are not linear use BoFire's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizers.acquisition import make_acquisition
from optimizers.diagnose import fit_quality, leave_one_out, predict_points, probability_feasible
from optimizers.observations import Batch, Candidate, Observation
from optimizers.polytope import Array
from optimizers.quiet import quiet_import
from optimizers.search import Effort, choose_batch
from optimizers.searchspace import SearchSpace
from optimizers.spacefilling import fill
from optimizers.surrogate import (
    MIN_OBSERVATIONS,
    OutputModel,
    fit_output,
    surrogate_spec,
    values_of,
)

with quiet_import():
    import torch
    from bofire.data_models.acquisition_functions.api import qLogNEI
    from bofire.data_models.domain.api import Domain, Outputs
    from bofire.data_models.strategies.api import BotorchOptimizer, SoboStrategy
    from bofire.data_models.surrogates.api import BotorchSurrogates

N_SAMPLES = 128
"""Joint posterior samples (quasi-Monte-Carlo) in the acquisition function."""


def describe_strategy(domain: Domain, keys: Sequence[str], seed: int) -> Any:
    """Give the BoFire data model of the strategy, over the outputs with these keys.

    Raises:
        ValueError: BoFire refuses the combination.
    """
    outputs = Outputs(features=[f for f in domain.outputs.features if f.key in keys])
    part = Domain(inputs=domain.inputs, outputs=outputs, constraints=domain.constraints)
    return SoboStrategy(
        domain=part,
        seed=seed % 2**32,
        acquisition_function=qLogNEI(n_mc_samples=N_SAMPLES),
        acquisition_optimizer=BotorchOptimizer(n_restarts=4, n_raw_samples=256, maxiter=200),
        surrogate_specs=BotorchSurrogates(surrogates=[surrogate_spec(part, key) for key in keys]),
    )


def fit_models(space: SearchSpace, observations: Sequence[Observation]) -> dict[str, OutputModel]:
    """Fit a model of every output that was measured often enough, in BoFire's order of outputs.

    Raises:
        one of `optimizers.surrogate.NUMERICAL_ERRORS`: a fit failed.
    """
    return {
        key: fit_output(space, key, observations)
        for key in space.domain.outputs.get_keys()
        if len(values_of(observations, key)) >= MIN_OBSERVATIONS
    }


def reason_against_model(space: SearchSpace, observations: Sequence[Observation]) -> str | None:
    """Say why these observations are no basis for a model of all goals and limits, or None."""
    for feature in space.domain.outputs.features:
        n = len(values_of(observations, feature.key))
        if feature.objective is not None and n < MIN_OBSERVATIONS:
            return (
                f"{n} completed experiments measured {feature.key}, "
                f"{MIN_OBSERVATIONS} are needed for a model"
            )
    return None


def model_batch(
    space: SearchSpace,
    observations: Sequence[Observation],
    pending: Array,
    abandoned: Array,
    n: int,
    seed: int,
    *,
    level: float,
    is_replicating: bool,
    effort: Effort,
) -> Batch:
    """Give a batch of n candidates chosen by the model.

    `pending` (m, d) are points going to be measured, `abandoned` (k, d) ones not to be repeated.

    Must run inside `optimizers.reproducible.reproducible`.

    Raises:
        one of `optimizers.surrogate.NUMERICAL_ERRORS`: the fit or the search failed.
        NoFeasiblePoint, SpaceExhausted: as for space-filling.
    """
    models = fit_models(space, observations)
    steering = [
        model
        for key, model in models.items()
        if space.domain.outputs.get_by_key(key).objective is not None
    ]
    strategy = describe_strategy(space.domain, [model.key for model in steering], seed)
    acquisition = make_acquisition(
        space, steering, n_samples=strategy.acquisition_function.n_mc_samples
    )
    n_chosen = n
    if space.is_linear:
        points, values = choose_batch(
            acquisition,
            space,
            n,
            best=acquisition.X_baseline.numpy(),
            pending=pending,
            avoid=abandoned,
            rng=np.random.default_rng(seed),
            effort=effort,
            is_replicating=is_replicating,
        )
    else:
        points, values, n_chosen = _choose_by_bofire(
            acquisition, space, strategy, n, pending, abandoned, is_replicating=is_replicating
        )
    predicted = {key: predict_points(model, points, level) for key, model in models.items()}
    candidates = []
    for i, point in enumerate(points):
        one = {key: predictions[i] for key, predictions in predicted.items()}
        candidates.append(
            Candidate(
                inputs=space.decode(point),
                predicted=one,
                p_feasible=probability_feasible(space, one),
                acquisition=float(values[i]) if np.isfinite(values[i]) else None,
                origin="model" if i < n_chosen else "space_filling",
            )
        )
    return Batch(
        candidates=tuple(candidates),
        strategy=(
            f"bofire.SoboStrategy {strategy.acquisition_function.type}, SingleTaskGP (Matern 5/2), "
            + ("batched ascent" if space.is_linear else strategy.acquisition_optimizer.type)
        ),
        seed=seed,
        fit={key: fit_quality(leave_one_out(model, level)) for key, model in models.items()},
        fallback=None,
    )


def _choose_by_bofire(
    acquisition: Any,
    space: SearchSpace,
    strategy: Any,
    n: int,
    pending: Array,
    abandoned: Array,
    *,
    is_replicating: bool,
) -> tuple[Array, Array, int]:
    """Let BoFire's own optimizer choose, for domains with constraints that are not linear.

    Gives points, acquisition values, and how many of the points BoFire chose: where it repeats
    itself, a pending or an abandoned point, space-filling points stand at the end instead.
    """
    with quiet_import():
        from bofire.strategies.predictives.acqf_optimization import get_optimizer
    acquisition.set_X_pending(torch.from_numpy(pending) if len(pending) else None)
    measured = space.frame(acquisition.X_baseline.numpy())
    found = get_optimizer(strategy.acquisition_optimizer).optimize(
        n, [acquisition], space.domain, measured
    )
    keys = [column.key for column in space.columns]
    points = np.empty((0, len(keys)))
    avoid = np.vstack([pending, abandoned])
    for recipe in found[keys].to_dict("records"):
        point = space.encode("candidate", recipe)[None]
        if is_replicating or not space.is_same(point, np.vstack([avoid, points]))[0]:
            points = np.vstack([points, point])
    n_chosen = len(points)
    if n_chosen < n:
        known = np.vstack([avoid, points])
        points = np.vstack([points, fill(space, n - n_chosen, strategy.seed, avoid=known)])
    values = []
    for i, point in enumerate(points):
        known = np.vstack([pending, points[:i]])
        acquisition.set_X_pending(torch.from_numpy(known) if len(known) else None)
        with torch.no_grad():
            values.append(float(acquisition(torch.from_numpy(point[None, None]))))
    return points, np.array(values), n_chosen
