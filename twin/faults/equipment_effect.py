"""What an equipment fault does to a device; the device that has the part applies it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputMultiplied:
    """An input of the process is its intended value times a factor."""

    input: str
    factor: float


@dataclass(frozen=True, slots=True)
class InputStuck:
    """An input of the process keeps a value; None for the one it had when the fault began."""

    input: str
    value: float | None


@dataclass(frozen=True, slots=True)
class ContaminantAdded:
    """A contaminant gets in once, when the fault begins; it doesn't leave when the fault ends."""

    g_per_l: float


@dataclass(frozen=True, slots=True)
class PoweredOff:
    """Everything the device drives stands still, and it neither reads nor answers."""


@dataclass(frozen=True, slots=True)
class NoCommunication:
    """The device goes on and can't be reached; `is_buffered` if its readings follow afterwards."""

    is_buffered: bool


EquipmentEffect = InputMultiplied | InputStuck | ContaminantAdded | PoweredOff | NoCommunication
