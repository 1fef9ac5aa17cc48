"""The HPLC itself: injects, lets its response drift, integrates, is calibrated.

The response (injected volume and lamp) walks by 0.5 % per square root of a day, each injection
errs by 0.5 %, and 0.1 % of an injection is carried over into the next on the same column
(assumptions). Response factor and retention windows are what the last standards showed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import simpy

from twin.device import BAD, GOOD, UNCERTAIN, Floats
from twin.randomness import stream
from twin.workcell.chromatogram import SATURATION_MAU, synthesise
from twin.workcell.hplc_column import RUN_TO_RUN, Column
from twin.workcell.hplc_methods import HPLC_METHODS, HplcMethod, PeakMissing, Species
from twin.workcell.integration import FoundPeak, assign, find_peaks

WALK_PER_SQRT_DAY = 0.005
INJECTION_ERROR = 0.005
CARRY_OVER = 0.001
LEVELS = (0.25, 0.5, 1.0, 1.5, 2.0)  # of the standard
DAY_S = 86400.0


class HplcSystem:
    """Columns, detector and data system of one HPLC.

    Attributes:
        columns: the column of each method.
        factor: response factor of each method in use, mAU·min per µg.
        windows: expected apex (min) of each peak of those methods.
    """

    def __init__(self, env: simpy.Environment, name: str, seed: int, noise_scale: float) -> None:
        self.columns = {method.name: Column() for method in HPLC_METHODS}
        self.factor: dict[str, float] = {}
        self.windows: dict[str, Mapping[str, float]] = {}
        self._env = env
        self._name = name
        self._seed = seed
        self._scale = noise_scale
        self._drift = stream(seed, name, "drift")
        self._walk = [0.0]  # of the response, at the start of each day
        self._remains: dict[str, Species] = {}

    def set_up(self, method: HplcMethod) -> None:
        """Calibrate a method that has never been used, as its qualification did."""
        if method.name not in self.factor:
            rng = stream(self._seed, self._name, "set-up", method.name)
            self.calibrated(method, [self.inject(method, s, rng)[1] for s in standards(method)])

    def named(self, method: HplcMethod, found: list[FoundPeak]) -> dict[str, FoundPeak]:
        """Return the peaks by the names of the windows they lie in."""
        return assign(found, self.windows[method.name], method.window_min)

    def inject(
        self, method: HplcMethod, species: Species, rng: np.random.Generator
    ) -> tuple[Floats, list[FoundPeak]]:
        """Inject, return the signal and the peaks found in it."""
        column = self.columns[method.name]
        shift, volume = rng.standard_normal(2) * self._scale
        factor = self.response() * (1.0 + INJECTION_ERROR * volume)
        before = self._remains.get(method.name, {})
        peaks = {
            column.aged(peak, RUN_TO_RUN * shift): method.area_per_ug
            * method.injection_ul
            * factor
            * (species.get(peak.name, 0.0) + CARRY_OVER * before.get(peak.name, 0.0))
            for peak in method.peaks
        }
        times_min = times_of(method)
        noise = max(method.noise_mau * self._scale, 1e-6)
        signal = synthesise(times_min, peaks, rng, noise, method.drift_mau_per_min * self._scale)
        column.n_injections += 1
        self._remains[method.name] = dict(species)
        found = find_peaks(times_min, signal)
        return signal, found

    def response(self) -> float:
        """Return the true response now, 1 when new: a walk that does not depend on its use."""
        days = float(self._env.now) / DAY_S
        while len(self._walk) < days + 2.0:
            self._walk.append(self._walk[-1] + float(self._drift.standard_normal()))
        before = int(days)
        step = self._walk[before + 1] - self._walk[before]
        walked = self._walk[before] + (days - before) * step
        return 1.0 + WALK_PER_SQRT_DAY * self._scale * walked

    def calibrated(self, method: HplcMethod, runs: list[list[FoundPeak]]) -> dict[str, Any]:
        """Set response factor and retention windows from the peaks of the standards.

        Raises:
            PeakMissing: a standard's peak is not where it could be; nothing has changed.
        """
        expected = {peak.name: peak.retention_min for peak in method.peaks}
        last = assign(runs[-1], expected, 2.0 * method.window_min)
        if method.main not in last:
            raise PeakMissing(f"no {method.main} peak in the standard of {method.name}")
        stretch = last[method.main].apex_min / expected[method.main]
        windows = {name: stretch * at for name, at in expected.items()}
        areas = [
            sum(one.area for one in assign(run, windows, method.window_min).values())
            for run in runs
        ]
        masses = [sum(s.values()) * method.injection_ul for s in standards(method)]
        x, y = np.array(masses), np.array(areas)
        slope = float(x @ y / (x @ x))
        r_squared = 1.0 - float(np.sum((y - slope * x) ** 2) / np.sum((y - y.mean()) ** 2))
        self.factor[method.name], self.windows[method.name] = slope, windows
        column = self.columns[method.name]
        return {
            "area_per_ug": round(slope, 6),
            "r_squared": round(r_squared, 6),
            "plates": round(last[method.main].plates, 1),
            "is_column_worn": column.is_worn,
            "column_injections": column.n_injections,
        }

    def reported(self, method: HplcMethod, assay: str, found: list[FoundPeak]) -> dict[str, Any]:
        """Return value, unit, quality and the areas it is made of."""
        named = self.named(method, found)
        spec, evaluate = method.assays[assay]
        areas = {name: round(one.area, 5) for name, one in named.items()}
        try:
            value = evaluate(named, self.factor[method.name], method.injection_ul)
        except PeakMissing:
            return {"value": spec.low, "unit": spec.unit, "quality": BAD, "areas": areas}
        within = min(max(value, spec.low), spec.high)
        is_cut_off = any(one.height_mau >= 0.98 * SATURATION_MAU for one in named.values())
        quality = GOOD if within == value and not is_cut_off else UNCERTAIN
        return {
            "value": round(within, 6),
            "unit": spec.unit,
            "quality": quality,
            "areas": areas,
        }


def standards(method: HplcMethod) -> list[Species]:
    """Return the compositions (g/L) of the calibration's injections."""
    return [{name: level * c for name, c in method.standard.items()} for level in LEVELS]


def times_of(method: HplcMethod) -> Floats:
    """Return the detector's sampling times, shape (n,), min."""
    rate_hz = method.rate_hz
    return np.arange(round(method.run_min * 60.0 * rate_hz)) / (60.0 * rate_hz)
