"""The model of one output: a Gaussian process that BoFire describes and BoTorch fits.

Kernel: Matern 5/2 with one length scale per factor (per category of a categorical factor, one-hot
encoded), noise prior as BoFire sets it, outputs standardised. The prior of the length scales is
wider than BoFire's (Hvarfner et al. 2024, which grows with the number of factors and expects
smoother functions): with that one, campaigns like the demo's were sure of what they had not seen
(`docs/explanation/how-proposals-are-made.md` has the figures). Two more things differ from BoFire's
defaults, and make the fit about fifty times faster on mixed spaces: one kernel instead of a sum and
a product of several, and hyperparameters that are fitted on a log scale, which takes 20 steps of
L-BFGS-B instead of 200.
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
    import bofire.surrogates.api as surrogates
    from bofire.data_models.domain.api import Domain, Outputs
    from bofire.data_models.enum import CategoricalEncodingEnum
    from bofire.data_models.features.api import CategoricalInput
    from bofire.data_models.kernels.api import MaternKernel
    from bofire.data_models.priors.api import GammaPrior, LogTransformedInterval
    from bofire.data_models.surrogates.api import SingleTaskGPSurrogate
    from botorch.exceptions.errors import BotorchError, ModelFittingError
    from linear_operator.utils.errors import NanError, NotPSDError
    from torch.linalg import LinAlgError  # type: ignore[attr-defined]

MIN_OBSERVATIONS = 3
"""Fewer values of an output than this are no basis for a model of it."""

LENGTH_SCALE_PRIOR = GammaPrior(concentration=2.0, rate=2.0)
"""In units of a factor's range: mean 1, mode 0.5."""

LENGTH_SCALES = LogTransformedInterval(lower_bound=2.5e-2, upper_bound=100.0, initial_value=1.0)
"""In units of a factor's range; at the upper end the factor has no influence."""

NOISE = LogTransformedInterval(lower_bound=1e-4, upper_bound=10.0, initial_value=1e-2)
"""Variance of the noise, in variances of the measured values."""

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
    surrogate = surrogates.map(surrogate_spec(space.domain, key))
    surrogate.fit(frame)
    surrogate.model.eval()
    return OutputModel(key, tuple(o.id for o in used), points, observed, surrogate.model)


def surrogate_spec(domain: Domain, key: str) -> Any:
    """Give BoFire's description of the model of one output."""
    names = domain.inputs.get_keys(CategoricalInput)
    return SingleTaskGPSurrogate(
        inputs=domain.inputs,
        outputs=Outputs(features=[domain.outputs.get_by_key(key)]),
        categorical_encodings=dict.fromkeys(names, CategoricalEncodingEnum.ONE_HOT),
        noise_constraint=NOISE,
        kernel=MaternKernel(
            nu=2.5,
            ard=True,
            lengthscale_prior=LENGTH_SCALE_PRIOR,
            lengthscale_constraint=LENGTH_SCALES,
        ),
    )
