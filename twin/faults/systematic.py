"""Systematic signal faults: what is read depends on time and truth alone.

A control loop trusts its probe, so it needs to know what a probe shows of a value at a time
without taking a sample. Faults without memory and chance can say so, for any times in any order.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class SystematicFault(SignalFault):
    """A signal fault without memory and chance."""

    @abstractmethod
    def shown(self, window: Window, times_us: Ints, values: Floats) -> Floats:
        """Return what is read of true values at times in the window, all (n,)."""

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the same for samples."""
        return lambda times_us, values: self.shown(window, times_us, values)


class SystematicError:
    """The systematic faults of one signal, in their order."""

    def __init__(self, faults: Sequence[tuple[SystematicFault, Iterator[Window]]]) -> None:
        self._faults = tuple((fault, windows, list[Window]()) for fault, windows in faults)

    def shown(self, times_us: Ints, values: Floats) -> Floats:
        """Return what a probe that is right otherwise shows of values at times, (n,)."""
        if not len(times_us):
            return values
        latest_us = int(np.max(times_us))
        for fault, windows, known in self._faults:
            while not known or known[-1].start_us <= latest_us:
                window = next(windows, None)
                if window is None:
                    break
                known.append(window)
            for window in known:
                is_in = times_us >= window.start_us
                if window.end_us is not None:
                    is_in &= times_us < window.end_us
                if np.any(is_in):
                    values = values.copy()
                    values[is_in] = fault.shown(window, times_us[is_in], values[is_in])
        return values
