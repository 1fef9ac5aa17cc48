"""The model of one output: a Gaussian process that BoFire describes and BoTorch fits.

Kernel: Matern 5/2 with one length scale per factor (per category of a categorical factor, one-hot
encoded), length-scale and noise priors of Hvarfner et al. (2024) as BoFire and BoTorch set them,
outputs standardised. BoFire's own default for mixed spaces (a sum and a product of kernels, twice
the parameters) takes about ten times as long to fit to 10 to 50 points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizers.observations import Observation
from optimizers.polytope import Array
from optimizers.quiet import quiet_import
from optimizers.searchspace import SearchSpace

with quiet_import():
    import bofire.kernels.api as kernels
    import bofire.priors.api as priors
    import torch
    from bofire.data_models.domain.api import Domain, Outputs
    from bofire.data_models.enum import CategoricalEncodingEnum
    from bofire.data_models.features.api import CategoricalInput
    from bofire.data_models.kernels.api import MaternKernel
    from bofire.data_models.priors.api import HVARFNER_LENGTHSCALE_PRIOR, GreaterThan
    from bofire.data_models.surrogates.api import SingleTaskGPSurrogate as SurrogateSpec
    from bofire.surrogates.single_task_gp import SingleTaskGPSurrogate
    from botorch.exceptions.errors import BotorchError, ModelFittingError
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.likelihoods import GaussianLikelihood
    from gpytorch.mlls import ExactMarginalLogLikelihood
    from linear_operator.utils.errors import NanError, NotPSDError
    from torch.linalg import LinAlgError  # type: ignore[attr-defined]

MIN_OBSERVATIONS = 3
"""Fewer values of an output than this are no basis for a model of it."""

FIT_OPTIONS = {"ftol": 1e-6, "maxiter": 300}
"""SciPy's L-BFGS-B stops by default 3 to 5 times later, for under 0.05 in the log posterior."""

NUMERICAL_ERRORS = (
    ModelFittingError,
    BotorchError,
    NotPSDError,
    NanError,
    LinAlgError,
    ValueError,
)
"""What fitting or searching raises when the numbers don't allow it (BoFire's: ValueError)."""


@dataclass(frozen=True, eq=False, slots=True)
class OutputModel:
    """A fitted model of one output, with the `n` observations that it was fitted to.

    `gp` is a BoTorch SingleTaskGP in evaluation mode; it takes encoded points (., d).
    """

    key: str
    ids: tuple[str, ...]
    points: Array
    observed: Array
    gp: Any


def values_of(observations: Sequence[Observation], key: str) -> list[Observation]:
    """Give the completed observations that hold a value of this output."""
    return [o for o in observations if o.status == "completed" and key in o.outputs]


def fit_output(space: SearchSpace, key: str, observations: Sequence[Observation]) -> OutputModel:
    """Fit the model of one output to the completed observations that measured it.

    Raises:
        one of `NUMERICAL_ERRORS`: the fit failed.
    """
    used = values_of(observations, key)
    points = np.array([space.encode(o.id, o.inputs) for o in used])
    observed: NDArray[np.float64] = np.array([o.outputs[key] for o in used], dtype=np.float64)
    frame = space.frame(points)
    frame[key] = observed
    frame[f"valid_{key}"] = 1
    surrogate = _Surrogate(surrogate_spec(space.domain, key))
    surrogate.fit(frame)
    surrogate.model.eval()
    return OutputModel(key, tuple(o.id for o in used), points, observed, surrogate.model)


def surrogate_spec(domain: Domain, key: str) -> Any:
    """Give BoFire's description of the model of one output."""
    names = domain.inputs.get_keys(CategoricalInput)
    return SurrogateSpec(
        inputs=domain.inputs,
        outputs=Outputs(features=[domain.outputs.get_by_key(key)]),
        categorical_encodings=dict.fromkeys(names, CategoricalEncodingEnum.ONE_HOT),
        kernel=MaternKernel(
            nu=2.5,
            ard=True,
            lengthscale_prior=HVARFNER_LENGTHSCALE_PRIOR(),
            lengthscale_constraint=GreaterThan(lower_bound=2.5e-2),
        ),
    )


class _Surrogate(SingleTaskGPSurrogate):  # type: ignore[misc]
    """BoFire's surrogate with a fit that stops in time; BoFire offers no way to say so."""

    def _fit_botorch(
        self,
        tX: torch.Tensor,
        tY: torch.Tensor,
        input_transform: Any = None,
        outcome_transform: Any = None,
        **_: Any,
    ) -> None:
        n_dims = tX.shape[-1] if input_transform is None else input_transform(tX).shape[-1]
        likelihood = GaussianLikelihood(
            noise_prior=priors.map(self.noise_prior, d=n_dims),
            noise_constraint=priors.map(self.noise_constraint),
        )
        self.model = SingleTaskGP(
            train_X=tX,
            train_Y=tY,
            covar_module=kernels.map(
                self.kernel,
                batch_shape=torch.Size(),
                active_dims=list(range(n_dims)),
                features_to_idx_mapper=self.get_feature_indices,
            ),
            likelihood=likelihood,
            outcome_transform=outcome_transform,
            input_transform=input_transform,
        )
        fit_gpytorch_mll(
            ExactMarginalLogLikelihood(likelihood, self.model),
            optimizer_kwargs={"options": FIT_OPTIONS},
        )
