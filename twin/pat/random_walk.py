"""A random walk of many probes, drawn in time order whoever asks first: a loop or a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats

if TYPE_CHECKING:
    from numpy.random import Generator

AHEAD = 512  # rows drawn at once


class RandomWalk:
    """The probes' walking drift on a grid of time steps, starting at 0.

    Args:
        rng: where the steps come from.
        step: standard deviation of one step of each probe, (m,); 0 where nothing walks.
    """

    def __init__(self, rng: Generator, step: Floats) -> None:
        self._rng = rng
        self._walking = np.flatnonzero(step)
        columns = {int(probe): i for i, probe in enumerate(self._walking)}
        self._column = [columns.get(probe) for probe in range(len(step))]
        self._step = step[self._walking]
        self._n_probes = len(step)
        self._rows: Floats = np.zeros((1, len(self._walking)))  # from the first row not taken yet
        self.n_taken = 0

    def at(self, row: int, probe: int) -> float:
        """Return a probe's drift at a row not before those taken."""
        column = self._column[probe]
        if column is None:
            return 0.0
        if row >= self.n_taken + len(self._rows):
            self._extend(row + 1)
        return float(self._rows[max(row - self.n_taken, 0), column])

    def take(self, n: int) -> Floats:
        """Return the next n rows, (n, m), and forget all but the last."""
        self._extend(self.n_taken + n + 1)
        rows = self._rows[:n]
        self._rows = self._rows[n:]
        self.n_taken += n
        wide = np.zeros((n, self._n_probes))
        wide[:, self._walking] = rows
        return wide

    def _extend(self, n_total: int) -> None:
        n_new = n_total - self.n_taken - len(self._rows)
        if n_new > 0:
            n_new = max(n_new, AHEAD)  # the same numbers, in fewer calls
            z = self._rng.standard_normal((n_new, len(self._step)))
            path = np.cumsum(np.concatenate([self._rows[-1:], z * self._step]), axis=0)
            self._rows = np.concatenate([self._rows, path[1:]])
