"""How much a point is worth trying: BoTorch's qLogNEI over BoFire's objective and constraints.

qLogNEI (Ament et al. 2023, "Unexpected improvements to expected improvement") is the log of the
expected improvement over the best of the points measured so far, whose true values are uncertain
too, here in standard deviations of the values measured; outcome limits weight it with the
probability that they are met, drawn as BoFire's sigmoids.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizers.polytope import Array
from optimizers.quiet import quiet_import
from optimizers.searchspace import SearchSpace
from optimizers.surrogate import OutputModel

with quiet_import():
    import torch
    from bofire.data_models.domain.api import Outputs
    from bofire.data_models.objectives.api import ConstrainedObjective
    from bofire.utils.torch_tools import get_objective_callable, get_output_constraints
    from botorch.acquisition.factory import get_acquisition_function
    from botorch.acquisition.objective import GenericMCObjective
    from botorch.models import ModelListGP

MAX_EXCESS = 0.05
"""Points measured further outside than this (in units of the bounds) set no mark to improve on."""


def make_acquisition(space: SearchSpace, models: Sequence[OutputModel], *, n_samples: int) -> Any:
    """Give the acquisition function: a callable of tensors (b, 1, d) of encoded points.

    `models` are those of the outputs with a goal or limits, in the order of
    `domain.outputs.get_keys()`. Pending points are set with its `set_X_pending`.
    """
    outputs = Outputs(features=[space.domain.outputs.get_by_key(model.key) for model in models])
    goal = next(
        i
        for i, m in enumerate(models)
        if not isinstance(outputs.get_by_key(m.key).objective, ConstrainedObjective)
    )
    experiments = space.frame(models[goal].points)
    for model in models:
        experiments[model.key] = model.observed[0]
        experiments[f"valid_{model.key}"] = 1
    constraints, widths = get_output_constraints(outputs, experiments)
    objective = get_objective_callable(
        idx=goal,
        objective=outputs.get_by_key(models[goal].key).objective,
        x_adapt=torch.from_numpy(models[goal].observed),
    )
    # qLogNEI smooths over fixed small numbers, meant for outputs of about unit spread.
    scale = float(models[goal].observed.std()) or 1.0
    gps = [model.gp for model in models]
    return get_acquisition_function(
        "qLogNEI",
        gps[0] if len(gps) == 1 else ModelListGP(*gps),
        GenericMCObjective(lambda values, X=None: objective(values) / scale),
        X_observed=torch.from_numpy(_baseline(space, models[goal])),
        constraints=constraints or None,
        eta=torch.tensor(widths, dtype=torch.double) if constraints else 1e-3,
        mc_samples=n_samples,
        prune_baseline=True,
    )


def _baseline(space: SearchSpace, goal: OutputModel) -> Array:
    """The different points at which the goal was measured inside, or nearly inside, the space."""
    points = np.unique(goal.points, axis=0)
    near = points[space.excess(points) <= MAX_EXCESS]
    return near if len(near) else points
