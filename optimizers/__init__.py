"""Decisions as pure functions of data: what to try next, and what the model expects.

Nothing here does I/O, reads a clock or keeps state. Names are loaded when they are first used;
`import optimizers` alone loads neither torch nor BoFire nor NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizers.errors import (
        DomainUnsupported,
        ModelUnavailable,
        NoFeasiblePoint,
        ObservationInvalid,
        OptimizerError,
        SpaceExhausted,
        SpaceInvalid,
    )
    from optimizers.observations import (
        Batch,
        Candidate,
        Fit,
        LeftOut,
        Observation,
        Pending,
        Prediction,
        Strategy,
    )
    from optimizers.predict import leave_one_out, predict
    from optimizers.propose import propose
    from optimizers.space import derive_domain, domain_from_json, domain_to_json
    from optimizers.specs import (
        CategoricalSpec,
        ContinuousSpec,
        DiscreteSpec,
        FactorSpec,
        IntegerSpec,
        LinearSpec,
        OutputSpec,
    )

_HOMES = {
    "errors": (
        "DomainUnsupported",
        "ModelUnavailable",
        "NoFeasiblePoint",
        "ObservationInvalid",
        "OptimizerError",
        "SpaceExhausted",
        "SpaceInvalid",
    ),
    "observations": (
        "Batch",
        "Candidate",
        "Fit",
        "LeftOut",
        "Observation",
        "Pending",
        "Prediction",
        "Strategy",
    ),
    "predict": ("leave_one_out", "predict"),
    "propose": ("propose",),
    "space": ("derive_domain", "domain_from_json", "domain_to_json"),
    "specs": (
        "CategoricalSpec",
        "ContinuousSpec",
        "DiscreteSpec",
        "FactorSpec",
        "IntegerSpec",
        "LinearSpec",
        "OutputSpec",
    ),
}
