"""The twin as environments of gymnasium: fed-batch, perfusion and IndPenSim.

Importing this package registers them, so that ``gymnasium.make("sdl-twin/FedBatch-v0")`` works;
``gymnasium.make("twin.environments:sdl-twin/FedBatch-v0")`` imports it by itself. (gymnasium looks
for no entry points of installed packages since its version 1.0.) It needs the extra ``gym``;
nothing else of the twin does. The classes are loaded when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from twin.environments.registration import IDS, GymnasiumMissing, register_environments

if TYPE_CHECKING:
    from twin.environments.action import ActionRefused, Setpoint
    from twin.environments.cost import CostRefused
    from twin.environments.episode import EpisodeOver, ProcessEnv
    from twin.environments.fed_batch import FedBatchEnv
    from twin.environments.indpensim import IndPenSimEnv
    from twin.environments.options import OptionRefused
    from twin.environments.perfusion import PerfusionEnv

_HOME = {
    "ActionRefused": "action",
    "CostRefused": "cost",
    "EpisodeOver": "episode",
    "FedBatchEnv": "fed_batch",
    "IndPenSimEnv": "indpensim",
    "OptionRefused": "options",
    "PerfusionEnv": "perfusion",
    "ProcessEnv": "episode",
    "Setpoint": "action",
}

__all__ = [
    "IDS",
    "ActionRefused",
    "CostRefused",
    "EpisodeOver",
    "FedBatchEnv",
    "GymnasiumMissing",
    "IndPenSimEnv",
    "OptionRefused",
    "PerfusionEnv",
    "ProcessEnv",
    "Setpoint",
]

register_environments()


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
