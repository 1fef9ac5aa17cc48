"""Freeze: the last value before the fault is read over and over, with fresh times."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class Freeze(SignalFault):
    """A reading that stands still; its own first value, if it never read before."""

    kind: Literal["freeze"] = "freeze"
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """Share of the change that is hidden: all of it."""
        return 1.0

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the standstill."""
        held = [float(value) for value in before[1][-1:]]

        def hold(times_us: Ints, values: Floats) -> Floats:
            if not held:
                held.append(float(values[0]))
            return np.full(len(values), held[0])

        return hold
