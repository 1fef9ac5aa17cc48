"""IndPenSim V2.02: industrial penicillin in a 100 m3 vessel, with loops, disturbances and faults.

Names are loaded when first used: NumPy and numba are met only by those who run a batch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.indpensim.batch import Batch, BatchOver, BatchRefused, Sample
    from twin.indpensim.equations import INDPENSIM
    from twin.indpensim.faults import NoSuchFault
    from twin.indpensim.guards import VesselDrained
    from twin.indpensim.recipe import DEFAULT_RECIPE, LIMITS, Recipe, RecipeRefused, Steps
    from twin.indpensim.result import BatchResult
    from twin.indpensim.start import Start, draw_disturbances, draw_start

_HOME = {
    "Batch": "batch",
    "BatchOver": "batch",
    "BatchRefused": "batch",
    "BatchResult": "result",
    "DEFAULT_RECIPE": "recipe",
    "INDPENSIM": "equations",
    "LIMITS": "recipe",
    "NoSuchFault": "faults",
    "Recipe": "recipe",
    "RecipeRefused": "recipe",
    "Sample": "batch",
    "Start": "start",
    "Steps": "recipe",
    "VesselDrained": "guards",
    "draw_disturbances": "start",
    "draw_start": "start",
}

__all__ = [
    "DEFAULT_RECIPE",
    "INDPENSIM",
    "LIMITS",
    "Batch",
    "BatchOver",
    "BatchRefused",
    "BatchResult",
    "NoSuchFault",
    "Recipe",
    "RecipeRefused",
    "Sample",
    "Start",
    "Steps",
    "VesselDrained",
    "draw_disturbances",
    "draw_start",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
