"""What a probe sees of a changing value: later, and smoothed.

First-order lag: after one interval dt a probe has followed a step by 1 - 0.02^(dt/t98), the law of
CC-sim (D. Sands). Latency shifts the result; between grid points it is interpolated.
"""

from __future__ import annotations

import numpy as np

from twin.device import Floats

FOLLOWS_AT_ONCE = 1e-6  # of a step still missing after one interval


class Response:
    """Lag and latency of m probes on a sampling grid; remembers what they have seen.

    Args:
        interval_s: step of the grid.
        t98_s, latency_s: of each probe, (m,).
    """

    def __init__(self, interval_s: float, t98_s: Floats, latency_s: Floats) -> None:
        self._follows = 1.0 - 0.02 ** (interval_s / np.maximum(t98_s, 1e-9))
        self._slow = np.flatnonzero(self._follows < 1.0 - FOLLOWS_AT_ONCE)
        self._delay = latency_s / interval_s
        self._late = np.flatnonzero(self._delay)
        self._n_kept = int(np.ceil(self._delay.max(initial=0.0)))
        self._seen: Floats | None = None
        self._kept: Floats | None = None

    def to(self, truth: Floats) -> Floats:
        """Return what the probes see of the next true values, (n, m) with n >= 1.

        Before the first value everything was as it is there.
        """
        return self._delayed(self._lagged(truth))

    def _lagged(self, truth: Floats) -> Floats:
        if not len(self._slow):  # every probe follows within one sampling interval
            return truth
        from scipy.signal import lfilter

        if self._seen is None:
            self._seen = truth[0].copy()
        lagged = truth.copy()
        for j in self._slow:
            a = self._follows[j]
            before = [(1.0 - a) * self._seen[j]]
            lagged[:, j], _ = lfilter([a], [1.0, a - 1.0], truth[:, j], zi=before)
        self._seen = lagged[-1].copy()
        return lagged

    def _delayed(self, seen: Floats) -> Floats:
        if not len(self._late):
            return seen
        if self._kept is None:
            self._kept = np.repeat(seen[:1], self._n_kept, axis=0)
        path = np.concatenate([self._kept, seen])
        self._kept = path[len(path) - self._n_kept :]
        delayed = seen.copy()
        for j in self._late:
            whole = int(self._delay[j])
            part = self._delay[j] - whole
            start = self._n_kept - whole
            newer, older = path[start:, j], path[max(start - 1, 0) :, j]
            delayed[:, j] = (1.0 - part) * newer[: len(seen)] + part * older[: len(seen)]
        return delayed
