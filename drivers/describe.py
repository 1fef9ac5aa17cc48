"""What an instrument says of itself: signals, programs with their properties, assays.

The descriptions are what a campaign file is checked against, what the write guard enforces and
what a form or chart is made of. Every transport fills them from its own source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignalInfo:
    """A measured or settable quantity; `interval_s` is None for what is not sampled."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    is_writable: bool = False
    interval_s: float | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class PropertyInfo:
    """A parameter of a program: a number in `[low, high]`, one of `levels`, or free text.

    Where the achieved value is found afterwards: the time-weighted mean of `signal` over the
    program's `phases`, or the key `result` of the program's result; neither for what cannot be
    observed.
    """

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    levels: tuple[str, ...] | None = None
    default: float | str | None = None
    doc: str = ""
    signal: str | None = None
    phases: tuple[str, ...] = ()
    result: str | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether the property is a number."""
        return self.levels is None and (self.low is not None or self.high is not None)


@dataclass(frozen=True, slots=True)
class ProgramInfo:
    """Something the instrument can run."""

    name: str
    properties: Mapping[str, PropertyInfo]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class AssayInfo:
    """What an analyzer measures in a sample; `instrument` is the kind of analyzer."""

    name: str
    unit: str
    instrument: str
    low: float
    high: float
    doc: str = ""


@dataclass(frozen=True, slots=True)
class InstrumentInfo:
    """One instrument and all it offers."""

    name: str
    kind: str
    signals: Mapping[str, SignalInfo]
    programs: Mapping[str, ProgramInfo]
    assays: Mapping[str, AssayInfo]
