"""One digest for all that was measured during an experiment, however it was cut into chunks.

Per series it covers instrument, signal, unit, every value bit for bit, the times as runs of a
constant step, and each sample that isn't plainly good; the series are taken in order of their
names.  The digest goes into the ledger, so that the chain also guards the telemetry.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sdl.store.canonical import text_of
from sdl.store.chunks import Samples


class SeriesSeal:
    """Digest of one series, fed with its samples in time order."""

    def __init__(self, instrument: str, signal: str, unit: str) -> None:
        self.key = (instrument, signal)
        self._unit = unit
        self._n = 0
        self._first_us = 0
        self._last_us = 0
        self._step = 0
        self._run = 0
        self._times = sha256()
        self._values = sha256()
        self._marks = sha256()

    def update(self, samples: Samples) -> None:
        """Take the next samples."""
        if not len(samples):
            return
        times = samples.times_us
        if self._n == 0:
            self._first_us = int(times[0])
        else:
            self._add_run(int(times[0]) - self._last_us, 1)
        if samples.step_us is None:
            self._add_steps(times[1:] - times[:-1])
        elif len(samples) > 1:
            self._add_run(samples.step_us, len(samples) - 1)
        self._values.update(np.ascontiguousarray(samples.values, "<f8").data)
        if samples.quality.any():
            doubtful = np.flatnonzero(samples.quality)
            pairs = np.stack((doubtful + self._n, samples.quality[doubtful]), axis=1)
            self._marks.update(np.ascontiguousarray(pairs, "<i8").data)
        self._n += len(samples)
        self._last_us = int(times[-1])

    def digest(self) -> bytes:
        """SHA-256 of what was fed so far."""
        times = self._times.copy()
        times.update(_pair(self._step, self._run))
        header = text_of([*self.key, self._unit, self._n, self._first_us])
        parts = (times.digest(), self._values.digest(), self._marks.digest())
        return sha256(header.encode() + b"\n" + b"".join(parts)).digest()

    def _add_run(self, step: int, n: int) -> None:
        """Lengthen the open run of equal steps, or hash it and open another."""
        if step == self._step:
            self._run += n
            return
        if self._run:
            self._times.update(_pair(self._step, self._run))
        self._step, self._run = step, n

    def _add_steps(self, steps: NDArray[np.int64]) -> None:
        begins = np.concatenate(([0], np.flatnonzero(steps[1:] != steps[:-1]) + 1))
        lengths = np.diff(begins, append=len(steps))
        self._add_run(int(steps[0]), int(lengths[0]))
        if len(begins) > 1:
            self._times.update(_pair(self._step, self._run))
            runs = np.stack((steps[begins], lengths), axis=1)
            self._times.update(np.ascontiguousarray(runs[1:-1], "<i8").data)
            self._step, self._run = int(runs[-1, 0]), int(runs[-1, 1])


def seal_digest(seals: Iterable[SeriesSeal]) -> str:
    """SHA-256 (hex) of an experiment's series; none at all have a digest too."""
    total = sha256()
    for seal in sorted(seals, key=lambda one: one.key):
        total.update(seal.digest())
    return total.hexdigest()


def _pair(step: int, run: int) -> bytes:
    return struct.pack("<qq", step, run)
