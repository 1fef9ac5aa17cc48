"""Compiles process models and integrates them.

Names are loaded when first used: numba and NumPy are met only by those who integrate.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.integrate.arguments import WrongVector
    from twin.integrate.cache import CacheNotWritable
    from twin.integrate.compile import CompiledModel, compiled
    from twin.integrate.follow import follow_schedule, follow_schedules
    from twin.integrate.plain import NotPlainArithmetic, UnpackedInWrongOrder
    from twin.integrate.reference import ReferenceFailed, integrate_reference
    from twin.integrate.run import (
        IntegrationFailed,
        Integrator,
        ensemble,
        integrate,
        outputs_at,
    )
    from twin.integrate.schedule import Event, Schedule, WrongSchedule, schedule_of

_HOME = {
    "CacheNotWritable": "cache",
    "CompiledModel": "compile",
    "Event": "schedule",
    "IntegrationFailed": "run",
    "Integrator": "run",
    "NotPlainArithmetic": "plain",
    "ReferenceFailed": "reference",
    "Schedule": "schedule",
    "UnpackedInWrongOrder": "plain",
    "WrongSchedule": "schedule",
    "WrongVector": "arguments",
    "compiled": "compile",
    "ensemble": "run",
    "follow_schedule": "follow",
    "follow_schedules": "follow",
    "integrate": "run",
    "integrate_reference": "reference",
    "outputs_at": "run",
    "schedule_of": "schedule",
}

__all__ = [
    "CacheNotWritable",
    "CompiledModel",
    "Event",
    "IntegrationFailed",
    "Integrator",
    "NotPlainArithmetic",
    "ReferenceFailed",
    "Schedule",
    "UnpackedInWrongOrder",
    "WrongSchedule",
    "WrongVector",
    "compiled",
    "ensemble",
    "follow_schedule",
    "follow_schedules",
    "integrate",
    "integrate_reference",
    "outputs_at",
    "schedule_of",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
