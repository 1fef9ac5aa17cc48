"""A signal with its faults: distorts samples piece by piece, the same as in one piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from twin.device import BAD, GOOD, UNCERTAIN, Codes, Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator

QUALITY: Final = {"good": GOOD, "uncertain": UNCERTAIN, "bad": BAD}


class SamplesOutOfOrder(ValueError):
    """Samples came that are not later than those before, or arrays of different lengths."""


class OneFault:
    """One fault of one signal: walks through its windows as the samples come."""

    def __init__(
        self,
        fault: SignalFault,
        windows: Iterator[Window],
        rng_of_window: Callable[[int], Generator],
    ) -> None:
        self._fault = fault
        self._windows = windows
        self._rng_of_window = rng_of_window
        self._n_windows = 0
        self._window = next(windows, None)
        self._distortion: Distortion | None = None
        self._before: tuple[Ints, Floats] = (np.empty(0, np.int64), np.empty(0))

    def apply(self, times_us: Ints, values: Floats, quality: Codes) -> tuple[Floats, Codes]:
        """Return new values and quality, both (n,), of samples later than all before."""
        seen_times = np.concatenate([self._before[0], times_us])
        seen = np.concatenate([self._before[1], values])
        n_before = len(self._before[0])
        values, quality = values.copy(), quality.copy()
        while self._window is not None and self._window.start_us <= times_us[-1]:
            window = self._window
            first = int(np.searchsorted(times_us, window.start_us))
            last, is_over = len(times_us), False
            if window.end_us is not None and window.end_us <= times_us[-1]:
                last, is_over = int(np.searchsorted(times_us, window.end_us)), True
            if last > first:
                if self._distortion is None:
                    at = n_before + first
                    rng = self._rng_of_window(self._n_windows)
                    before = self._recent(seen_times[:at], seen[:at])
                    self._distortion = self._fault.distortion(window, before, rng)
                span = slice(first, last)
                values[span] = self._distortion(times_us[span], values[span])
                quality[span] = np.maximum(quality[span], QUALITY[self._fault.quality])
            if not is_over:
                break
            self._window = next(self._windows, None)
            self._distortion = None
            self._n_windows += 1
        self._before = self._recent(seen_times, seen)
        return values, quality

    def _recent(self, times_us: Ints, values: Floats) -> tuple[Ints, Floats]:
        """The samples of the fault's memory before the latest one, and the one before those."""
        if not len(times_us):
            return times_us, values
        start = np.searchsorted(times_us, times_us[-1] - self._fault.memory_us, side="right") - 1
        return times_us[max(start, 0) :], values[max(start, 0) :]


class FaultySignal:
    """Applies the faults of one signal in their order, then the measuring range.

    A value that a fault has driven out of `low` to `high` is clipped and marked uncertain.
    """

    def __init__(
        self, faults: Sequence[OneFault], low: float | None = None, high: float | None = None
    ) -> None:
        self._faults = tuple(faults)
        self._low = -np.inf if low is None else low
        self._high = np.inf if high is None else high
        self._last_us: int | None = None

    @property
    def is_clean(self) -> bool:
        """Whether there is no fault to apply."""
        return not self._faults

    def apply(self, times_us: Ints, values: Floats, quality: Codes) -> tuple[Floats, Codes]:
        """Return what is read instead, values and quality, both (n,); the arguments are left alone.

        Raises:
            SamplesOutOfOrder: times don't rise from sample to sample and from call to call, or
                the three arrays differ in length.
        """
        if not len(times_us) == len(values) == len(quality):
            raise SamplesOutOfOrder(
                f"{len(times_us)} times, {len(values)} values and {len(quality)} quality codes: "
                "give as many of each"
            )
        if not len(times_us) or self.is_clean:
            return values, quality
        if np.any(np.diff(times_us) <= 0) or (
            self._last_us is not None and times_us[0] <= self._last_us
        ):
            raise SamplesOutOfOrder(
                f"sample times must rise; the last one taken was {self._last_us} µs and these "
                f"begin at {times_us[0]} µs"
            )
        self._last_us = int(times_us[-1])
        given = values
        for fault in self._faults:
            values, quality = fault.apply(times_us, values, quality)
        is_outside = (values < self._low) | (values > self._high)
        is_driven_out = is_outside & (values != given)
        values = np.where(is_driven_out, np.clip(values, self._low, self._high), values)
        quality = np.where(is_driven_out, np.maximum(quality, UNCERTAIN), quality).astype(np.uint8)
        return values, quality
