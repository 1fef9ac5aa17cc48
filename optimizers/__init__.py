"""Decisions as pure functions of data: what to try next, and what the model expects.

The functions are `optimizers.propose.propose`, `optimizers.predict.predict` and
`optimizers.predict.leave_one_out`; the values they take and give, and the way to a domain, are
named here. Nothing does I/O, reads a clock or keeps state. Names are loaded when they are first
used: `import optimizers` alone loads neither torch nor BoFire nor NumPy.
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

__all__ = [
    "Batch",
    "Candidate",
    "CategoricalSpec",
    "ContinuousSpec",
    "DiscreteSpec",
    "DomainUnsupported",
    "FactorSpec",
    "Fit",
    "IntegerSpec",
    "LeftOut",
    "LinearSpec",
    "ModelUnavailable",
    "NoFeasiblePoint",
    "Observation",
    "ObservationInvalid",
    "OptimizerError",
    "OutputSpec",
    "Pending",
    "Prediction",
    "SpaceExhausted",
    "SpaceInvalid",
    "Strategy",
    "derive_domain",
    "domain_from_json",
    "domain_to_json",
]

_MODULES = ("observations", "errors", "specs", "space")


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    if name in __all__:
        for module in _MODULES:
            found = getattr(import_module(f"{__name__}.{module}"), name, None)
            if found is not None:
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names without loading them."""
    return sorted(__all__)
