"""Reads many probes of one vessel at once.

Reading a culture in one piece or in many gives the same numbers, and so does asking what a probe
shows too much in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from twin.device import GOOD, UNCERTAIN, Codes, Floats
from twin.pat.calibration import BadCalibration, Corrections, ReferenceInstrument
from twin.pat.probe import Probe
from twin.pat.random_walk import RandomWalk
from twin.pat.response import Response

if TYPE_CHECKING:
    from numpy.random import Generator

DAY_S = 86400.0
YEAR_S = 365.0 * DAY_S


class WrongTruth(ValueError):
    """True values don't fit the probes: the message says what came and what would be right."""


class ProbeBank:
    """The probes of one vessel during one culture; errors are drawn from `rng` in time order.

    Args:
        probes: what is read, in the order of the columns.
        interval_s: step of the sampling grid.
        noise_scale: multiplies every error (0 = perfect).
        rng: where the errors come from.
    """

    def __init__(
        self, probes: Sequence[Probe], interval_s: float, noise_scale: float, rng: Generator
    ) -> None:
        self.probes = tuple(probes)
        m = len(self.probes)
        self._interval_s = interval_s
        self._scale = noise_scale
        self._noise_rng, drift_rng, slope_rng = rng.spawn(3)
        column = self._column
        self._noise, self._noise_rel = column("noise"), column("noise_rel")
        z = rng.standard_normal((2, m)) * noise_scale
        self.offset = z[0] * column("offset")
        self.gain = 1.0 + z[1] * column("offset_rel")
        step = column("drift_per_sqrt_day") * np.sqrt(interval_s / DAY_S) * noise_scale
        self._walk = RandomWalk(drift_rng, step)
        slopes = slope_rng.standard_normal((2, m)) * noise_scale * interval_s / YEAR_S
        self._creep = slopes[0] * column("drift_per_year")
        self._creep_rel = slopes[1] * column("drift_rel_per_year")
        parts = (self.gain - 1.0, self.offset, self._creep, self._creep_rel)
        self._fixed = list(zip(*(part.tolist() for part in parts), strict=True))
        self._response = Response(interval_s, column("t98_s"), column("latency_s"))
        self._corrections: dict[int, Corrections] = {}
        self._index = {probe.signal.name: j for j, probe in enumerate(self.probes)}
        self._low = np.array([-np.inf if p.signal.low is None else p.signal.low for p in probes])
        self._high = np.array([np.inf if p.signal.high is None else p.signal.high for p in probes])

    def read(self, truth: Floats) -> tuple[Floats, Codes]:
        """Turn true values (n, m), one row per grid step, into readings and quality, both (n, m).

        A value beyond the measuring range is clipped to it and marked uncertain.

        Raises:
            WrongTruth: not one column per probe.
        """
        if truth.ndim != 2 or truth.shape[1] != len(self.probes):
            raise WrongTruth(
                f"true values have the shape {truth.shape}; "
                f"must be rows of {len(self.probes)}, one column per probe"
            )
        n, m = truth.shape
        if n == 0:
            return truth, np.empty((0, m), np.uint8)
        first = self._walk.n_taken
        step = np.arange(first, first + n)[:, None]
        seen = self._response.to(truth)
        drift = self._walk.take(n) + step * self._creep
        z = self._noise_rng.standard_normal((n, m)) * self._scale
        random = z * (self._noise + self._noise_rel * np.abs(seen))
        values = seen * (self.gain + step * self._creep_rel) + self.offset + drift + random
        for j, corrections in self._corrections.items():
            values[:, j] = corrections.apply(first, values[:, j])
        clipped = np.clip(values, self._low, self._high)
        quality = np.where(clipped == values, GOOD, UNCERTAIN).astype(np.uint8)
        return clipped, quality

    def error(self, signal: str, truth: float, step: int) -> float:
        """Return how much a probe shows too much at a grid step, random noise aside."""
        j = self._index[signal]
        wrong = self._raw_error(j, truth, step)
        if j not in self._corrections:
            return wrong
        slope, offset = self._corrections[j].at(step)
        return slope * (truth + wrong) + offset - truth

    def spot(self, signal: str, truth: float, step: int, rng: Generator) -> float:
        """Take one extra reading at a grid step, with the same offset and drift as the series."""
        j = self._index[signal]
        noise = self.probes[j].noise + self.probes[j].noise_rel * abs(truth)
        random = float(rng.standard_normal()) * self._scale * noise
        return truth + self.error(signal, truth, step) + random

    def calibrate(
        self,
        signal: str,
        step: int,
        truths: Sequence[float],
        reference: ReferenceInstrument,
        rng: Generator,
    ) -> None:
        """Adjust a probe, from a grid step on, at one or two true values to what a reference says.

        Raises:
            BadCalibration: no such probe, at a step that was read already, or not at one or two
                different values.
        """
        if signal not in self._index:
            raise BadCalibration(f"no probe {signal!r} to calibrate: {sorted(self._index)}")
        if step < self._walk.n_taken:
            raise BadCalibration(
                f"{signal!r} can't be calibrated at step {step}: "
                f"readings up to step {self._walk.n_taken - 1} were given already"
            )
        j = self._index[signal]
        raw = []
        for truth in truths:
            noise = self._noise[j] + self._noise_rel[j] * abs(truth)
            random = float(rng.standard_normal()) * self._scale * noise
            raw.append(truth + self._raw_error(j, truth, step) + random)
        says = np.array([reference.says(truth, rng) for truth in truths])
        self._corrections.setdefault(j, Corrections()).add(step, np.array(raw), says)

    def _raw_error(self, j: int, truth: float, step: int) -> float:
        gain, offset, creep, creep_rel = self._fixed[j]
        drift = self._walk.at(step, j) + step * (creep + truth * creep_rel)
        return float(truth * gain + offset + drift)

    def _column(self, field: str) -> Floats:
        return np.array([getattr(probe, field) for probe in self.probes], dtype=float)
