"""PAT probes: what a vessel's sensors say of the truth.

Errors follow `docs/explanation/twin.md`: random noise, a calibration offset drawn for each culture,
a random-walk drift, a first-order lag given as the time to 98 % of a step, and a measuring range.
Figures for in-line probes and off-gas are those of the CC-sim parameter set (D. Sands), Raman
from published prediction errors (Appl. Spectrosc. 2023, 77, 521), capacitance an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.device import GOOD, UNCERTAIN, Codes, Floats, Signal

if TYPE_CHECKING:
    from numpy.random import Generator

GLUCOSE_G_PER_MOL = 180.16
LACTATE_G_PER_MOL = 90.08
AHEAD = 512  # rows of drift drawn at once


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe: absolute errors in the signal's unit, relative ones as a fraction of the value."""

    signal: Signal
    noise: float = 0.0
    noise_rel: float = 0.0
    offset: float = 0.0
    offset_rel: float = 0.0
    drift_per_sqrt_day: float = 0.0
    t98_s: float = 0.0
    every: int = 1  # reads at every n-th point of the sampling grid


def bioreactor_probes(interval_s: float) -> tuple[Probe, ...]:
    """Return the probes of a bioreactor whose sampling grid has steps of `interval_s`."""

    def signal(name: str, unit: str, low: float, high: float, doc: str, every: int = 1) -> Signal:
        return Signal(name, unit, low, high, interval_s=interval_s * every, doc=doc)

    return (
        Probe(
            signal("temperature", "degC", 0.0, 60.0, "culture temperature"),
            noise=0.01,
            offset=0.05,
            t98_s=30,
        ),
        Probe(
            signal("ph", "pH", 2.0, 12.0, "in-line pH electrode"),
            noise=0.001,
            offset=0.0054,
            drift_per_sqrt_day=0.0125,
            t98_s=300,
        ),
        Probe(
            signal("dissolved_oxygen", "%", 0.0, 200.0, "per cent of air saturation"),
            noise_rel=0.001,
            offset_rel=0.003,
            drift_per_sqrt_day=0.25,
            t98_s=60,
        ),
        Probe(
            signal("capacitance", "pF/cm", 0.0, 200.0, "viable biovolume at 1 MHz"),
            noise=0.05,
            noise_rel=0.05,
            offset_rel=0.05,
        ),
        Probe(
            signal("raman_glucose", "mmol/L", -10.0, 250.0, "soft sensor on Raman spectra", 2),
            noise=0.23 / GLUCOSE_G_PER_MOL * 1000,
            offset=0.115 / GLUCOSE_G_PER_MOL * 1000,
            drift_per_sqrt_day=0.1,
            every=2,
        ),
        Probe(
            signal("raman_lactate", "mmol/L", -10.0, 250.0, "soft sensor on Raman spectra", 2),
            noise=0.29 / LACTATE_G_PER_MOL * 1000,
            offset=0.145 / LACTATE_G_PER_MOL * 1000,
            drift_per_sqrt_day=0.1,
            every=2,
        ),
        Probe(
            signal("oxygen_uptake", "mmol/L/h", -1.0, 200.0, "from off-gas"),
            noise=0.01,
            noise_rel=0.003,
            offset_rel=0.005,
            t98_s=60,
        ),
        Probe(
            signal("carbon_evolution", "mmol/L/h", -1.0, 200.0, "from off-gas"),
            noise=0.01,
            noise_rel=0.005,
            offset_rel=0.01,
            t98_s=60,
        ),
        Probe(
            signal("weight", "g", 0.0, 5e6, "vessel content on a scale"), noise=0.02, offset=0.05
        ),
        Probe(signal("feed_flow", "mL/h", -1.0, 1e5, "from the feed scale"), noise=0.01),
    )


class ProbeBank:
    """The probes of one vessel during one culture; errors are drawn from `rng` in time order.

    Reading a culture in one piece or in many gives the same numbers.
    """

    def __init__(
        self, probes: Sequence[Probe], interval_s: float, noise_scale: float, rng: Generator
    ) -> None:
        self.probes = tuple(probes)
        m = len(self.probes)
        self._interval_s = interval_s
        self._scale = noise_scale
        self._noise_rng, drift_rng = rng.spawn(2)
        column = self._column
        self._noise, self._noise_rel = column("noise"), column("noise_rel")
        z = rng.standard_normal((2, m)) * noise_scale
        self.offset = z[0] * column("offset")
        self.gain = 1.0 + z[1] * column("offset_rel")
        self._calibration = list(zip(self.gain.tolist(), self.offset.tolist(), strict=True))
        step = column("drift_per_sqrt_day") * np.sqrt(interval_s / 86400.0) * noise_scale
        self._walk = _RandomWalk(drift_rng, step)
        t98 = np.maximum(column("t98_s"), 1e-9)
        self._lag = 1.0 - 0.02 ** (interval_s / t98)  # share of a step seen after one interval
        self._slow = np.flatnonzero(self._lag < 1.0 - 1e-6)
        self._index = {probe.signal.name: j for j, probe in enumerate(self.probes)}
        self._seen: Floats | None = None
        self._low = np.array([-np.inf if p.signal.low is None else p.signal.low for p in probes])
        self._high = np.array([np.inf if p.signal.high is None else p.signal.high for p in probes])

    def read(self, truth: Floats) -> tuple[Floats, Codes]:
        """Turn true values (n, m), one row per grid step, into readings and quality, both (n, m).

        A value beyond the measuring range is clipped to it and marked uncertain.
        """
        n, m = truth.shape
        if n == 0:
            return truth, np.empty((0, m), np.uint8)
        lagged = self._lagged(truth)
        drift = self._walk.take(n)
        z = self._noise_rng.standard_normal((n, m)) * self._scale
        error = z * (self._noise + self._noise_rel * np.abs(lagged))
        values = lagged * self.gain + self.offset + drift + error
        clipped = np.clip(values, self._low, self._high)
        quality = np.where(clipped == values, GOOD, UNCERTAIN).astype(np.uint8)
        return clipped, quality

    def error(self, signal: str, truth: float, step: int) -> float:
        """Return how much a probe shows too much at a grid step, random noise aside."""
        j = self._index[signal]
        gain, offset = self._calibration[j]
        return float(truth * (gain - 1.0) + offset) + self._walk.at(step, j)

    def spot(self, signal: str, truth: float, step: int, rng: Generator) -> float:
        """Take one extra reading at a grid step, with the same offset and drift as the series."""
        j = self._index[signal]
        noise = self.probes[j].noise + self.probes[j].noise_rel * abs(truth)
        random = float(rng.standard_normal()) * self._scale * noise
        return truth + self.error(signal, truth, step) + random

    def _lagged(self, truth: Floats) -> Floats:
        if not len(self._slow):  # every probe follows within one sampling interval
            return truth
        from scipy.signal import lfilter

        if self._seen is None:
            self._seen = truth[0].copy()
        lagged = truth.copy()
        for j in self._slow:
            a = self._lag[j]
            before = [(1.0 - a) * self._seen[j]]
            lagged[:, j], _ = lfilter([a], [1.0, a - 1.0], truth[:, j], zi=before)
        self._seen = lagged[-1].copy()
        return lagged

    def _column(self, field: str) -> Floats:
        return np.array([getattr(probe, field) for probe in self.probes], dtype=float)


class _RandomWalk:
    """The probes' drift, drawn in time order whoever asks first: a loop or a reading."""

    def __init__(self, rng: Generator, step: Floats) -> None:
        self._rng = rng
        self._walking = np.flatnonzero(step)
        columns = {int(probe): i for i, probe in enumerate(self._walking)}
        self._column = [columns.get(probe) for probe in range(len(step))]
        self._step = step[self._walking]
        self._n_probes = len(step)
        self._rows: Floats = np.zeros((1, len(self._walking)))  # from the first row not taken yet
        self._n_taken = 0

    def at(self, row: int, probe: int) -> float:
        """Return a probe's drift at a row not before those taken."""
        column = self._column[probe]
        if column is None:
            return 0.0
        if row >= self._n_taken + len(self._rows):
            self._extend(row + 1)
        return float(self._rows[max(row - self._n_taken, 0), column])

    def take(self, n: int) -> Floats:
        """Return the next n rows, (n, m), and forget all but the last."""
        self._extend(self._n_taken + n + 1)
        rows = self._rows[:n]
        self._rows = self._rows[n:]
        self._n_taken += n
        wide = np.zeros((n, self._n_probes))
        wide[:, self._walking] = rows
        return wide

    def _extend(self, n_total: int) -> None:
        n_new = n_total - self._n_taken - len(self._rows)
        if n_new > 0:
            n_new = max(n_new, AHEAD)  # the same numbers, in fewer calls
            z = self._rng.standard_normal((n_new, len(self._step)))
            path = np.cumsum(np.concatenate([self._rows[-1:], z * self._step]), axis=0)
            self._rows = np.concatenate([self._rows, path[1:]])
