"""A reading: value, unit, source time and quality, never a bare number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int64]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Codes = np.ndarray[Any, np.dtype[np.uint8]]


class Quality(IntEnum):
    """The three severities of an OPC UA status code."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as its source saw it. `source_time_us`: µs since the Unix epoch, UTC."""

    signal: str
    value: float
    unit: str
    source_time_us: int
    quality: Quality

    def age_s(self, now_us: int) -> float:
        """Return seconds since the source took the value."""
        return (now_us - self.source_time_us) / 1e6


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Readings of one signal in time order; the arrays have shape (n,)."""

    signal: str
    unit: str
    times_us: Ints
    values: Floats
    quality: Codes

    def __len__(self) -> int:
        return len(self.times_us)
