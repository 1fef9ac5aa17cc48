"""Ask for the next batch of experiments: a pure function of the data and a seed.

Whatever can't be answered by the strategy asked for is answered by space-filling points, and the
batch says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from optimizers.domain import check_domain
from optimizers.observations import (
    Batch,
    Candidate,
    Observation,
    Origin,
    Pending,
    Strategy,
)
from optimizers.polytope import Array
from optimizers.searchspace import SearchSpace, make_space
from optimizers.spacefilling import Method, fill
from optimizers.validate import check_observations, check_pending

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain


def propose(
    domain: Domain,
    observations: Sequence[Observation],
    pending: Sequence[Pending],
    n: int,
    seed: int,
    *,
    strategy: Strategy = "bayesian",
    level: float = 0.9,
    allow_replicates: bool = False,
) -> Batch:
    """Propose n experiments.

    Completed observations teach the model. Failed ones are ignored: their recipe may come again.
    Pending recipes are kept away from: the model treats them as if they were going to be measured.
    No candidate repeats a pending or abandoned recipe or another candidate unless
    `allow_replicates` (two recipes are the same if all continuous factors agree to 0.5 % of their
    range).

    The answer depends on the arguments alone, to the last bit; the state of the global random
    generators is the same before and after. Candidates meet bounds and linear constraints exactly,
    after rounding to the factors' resolution (not rounded, and to BoFire's tolerance of 1e-6, in a
    domain given verbatim with constraints that are not linear).

    Args:
        domain: what may be varied and what is measured (`optimizers.space.derive_domain`).
        observations: experiments that came to an end, in any order that the caller keeps.
        pending: recipes proposed earlier that have not come to an end.
        n: how many candidates, at least 1.
        seed: 0 .. 2**53 - 1; use another one for every ask of a campaign.
        strategy: "bayesian", or space-filling by "sobol" or "random".
        level: of the prediction intervals, between 0 and 1.
        allow_replicates: let candidates repeat each other, pending and abandoned recipes.

    Raises:
        ValueError: n, seed or level out of range, or no such strategy.
        DomainUnsupported: the domain uses what these strategies can't serve.
        ObservationInvalid: an observation or pending point doesn't fit the domain.
        NoFeasiblePoint: the constraints leave (next to) no room.
        SpaceExhausted: fewer than n different recipes are left.
    """
    _check_arguments(n, seed, level, strategy)
    check_domain(domain)
    space = make_space(domain)
    check_observations(space, observations)
    check_pending(space, pending)
    waiting = _points(space, pending)
    abandoned = _points(space, [o for o in observations if o.status == "abandoned"])
    reason: str | None = None
    if strategy == "bayesian":
        from optimizers.bayesian import model_batch, reason_against_model
        from optimizers.reproducible import reproducible
        from optimizers.search import Effort
        from optimizers.surrogate import NUMERICAL_ERRORS

        reason = reason_against_model(space, observations)
        if reason is None:
            try:
                with reproducible(seed):
                    return model_batch(
                        space,
                        observations,
                        waiting,
                        abandoned,
                        n,
                        seed,
                        level=level,
                        is_replicating=allow_replicates,
                        effort=Effort(),
                    )
            except NUMERICAL_ERRORS as error:
                reason = f"the model failed: {type(error).__name__}: {_one_line(error)}"
    kept_from = np.vstack([waiting, abandoned])
    return _space_filling_batch(
        space, kept_from, n, seed, strategy, is_replicating=allow_replicates, reason=reason
    )


def _space_filling_batch(
    space: SearchSpace,
    kept_from: Array,
    n: int,
    seed: int,
    strategy: Strategy,
    *,
    is_replicating: bool,
    reason: str | None,
) -> Batch:
    method: Method = "random" if strategy == "random" else "sobol"
    origin: Origin = "random" if strategy == "random" else "space_filling"
    points = fill(space, n, seed, method=method, avoid=kept_from, is_replicating=is_replicating)
    words = "scrambled Sobol sequence" if method == "sobol" else "uniform random"
    if not space.is_linear:
        words = "bofire.RandomStrategy"
        if method == "sobol" and reason is None:
            reason = "constraints that are not linear: sampled by BoFire, not by a Sobol sequence"
    return Batch(
        candidates=tuple(
            Candidate(space.decode(point), None, None, None, origin) for point in points
        ),
        strategy=words,
        seed=seed,
        fit=None,
        fallback=reason,
    )


def _points(space: SearchSpace, recipes: Sequence[Observation | Pending]) -> Array:
    points = [space.encode(one.id, one.inputs) for one in recipes]
    return np.array(points).reshape(-1, len(space.columns))


def _check_arguments(n: int, seed: int, level: float, strategy: str) -> None:
    if n < 1:
        raise ValueError(f"n is {n}, ask for at least 1 candidate")
    if not 0 <= seed < 2**53:
        raise ValueError(f"seed is {seed}, give one from 0 to 2**53 - 1")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}, give a share between 0 and 1, such as 0.9")
    if strategy not in ("bayesian", "sobol", "random"):
        raise ValueError(f"strategy is {strategy!r}, give bayesian, sobol or random")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
