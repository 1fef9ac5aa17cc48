"""Instruments over a transport.

One plain class per kind of instrument with idempotent verbs; beneath it a small typed
`Transport` protocol. Which transport is chosen when connecting, and nothing above knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.describe import (
    AssayInfo,
    InstrumentInfo,
    ProgramInfo,
    PropertyInfo,
    SignalInfo,
)

if TYPE_CHECKING:
    from drivers.sim import PlantSpec, connect_twin, describe_plant

_LAZY = {"PlantSpec", "connect_twin", "describe_plant"}

__all__ = [
    "AssayInfo",
    "InstrumentInfo",
    "PlantSpec",
    "ProgramInfo",
    "PropertyInfo",
    "SignalInfo",
    "connect_twin",
    "describe_plant",
]


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from drivers import sim

        return getattr(sim, name)
    raise AttributeError(f"module 'drivers' has no attribute {name!r}")
