"""Peaks found in a chromatogram: baseline, apexes, areas, plate counts, resolution.

It sees the signal only. The baseline is a straight line fitted to what is left when everything
above it has been cut away; peaks are split at the valley by a perpendicular.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.device import Floats

THRESHOLD = 10.0  # times the noise; a smaller bump is no peak
LEAST_QUIET = 0.1  # share of a run that must be free of peaks
FWHM_PER_SIGMA = 2.3548


@dataclass(frozen=True, slots=True)
class FoundPeak:
    """A peak: apex (min), height (mAU), area (mAU·min) and width at half height (min)."""

    apex_min: float
    height_mau: float
    area: float
    fwhm_min: float

    @property
    def plates(self) -> float:
        """Theoretical plates by the width at half height."""
        return 5.54 * (self.apex_min / self.fwhm_min) ** 2


def resolution(first: FoundPeak, second: FoundPeak) -> float:
    """Return the resolution of two peaks by their widths at half height."""
    return 1.18 * abs(second.apex_min - first.apex_min) / (first.fwhm_min + second.fwhm_min)


def baseline(times_min: Floats, signal: Floats) -> tuple[Floats, float]:
    """Return a straight baseline, shape (n,), and the noise (standard deviation, mAU)."""
    noise = float(1.4826 * np.median(np.abs(np.diff(signal))) / np.sqrt(2.0))
    quiet = np.ones(len(signal), dtype=bool)
    line = np.zeros_like(signal)
    for _ in range(30):
        slope, offset = np.polyfit(times_min[quiet], signal[quiet], 1)
        line = offset + slope * times_min
        above = np.abs(signal - line)
        limit = max(3.0 * noise, float(np.quantile(above[quiet], 0.8)))
        new = above <= limit
        if new.sum() < LEAST_QUIET * len(signal) or np.array_equal(new, quiet):
            break
        quiet = new
    return line, noise


def find_peaks(times_min: Floats, signal: Floats) -> list[FoundPeak]:
    """Return the peaks in order of time; shapes (n,) both."""
    from scipy.signal import find_peaks as local_maxima
    from scipy.signal import savgol_filter

    line, noise = baseline(times_min, signal)
    net = signal - line
    smooth = np.asarray(savgol_filter(net, 9, 2))
    apexes, _ = local_maxima(smooth, prominence=THRESHOLD * max(noise, 1e-6))
    if len(apexes) == 0:
        return []
    valleys = [int(a + np.argmin(smooth[a:b])) for a, b in pairwise(apexes)]
    edges = [0, *valleys, len(signal) - 1]
    return [
        _measured(times_min, net, smooth, int(apex), noise, edges[n], edges[n + 1])
        for n, apex in enumerate(apexes)
    ]


def assign(
    found: list[FoundPeak], expected_min: Mapping[str, float], window_min: float
) -> dict[str, FoundPeak]:
    """Return, per expected retention, the largest peak within the window around it."""
    named = {}
    for name, expected in expected_min.items():
        near = [one for one in found if abs(one.apex_min - expected) <= window_min]
        if near:
            named[name] = max(near, key=lambda one: one.area)
    return named


def _measured(
    times_min: Floats, net: Floats, smooth: Floats, apex: int, noise: float, low: int, high: int
) -> FoundPeak:
    start, end = _foot(smooth, apex, low, -1, noise), _foot(smooth, apex, high, 1, noise)
    part = slice(start, end + 1)
    area = float(np.trapezoid(net[part], times_min[part]))
    half = 0.5 * smooth[apex]
    left, right = _foot(smooth, apex, low, -1, half), _foot(smooth, apex, high, 1, half)
    fwhm = float(_crossing(times_min, smooth, right, -1, half)) - float(
        _crossing(times_min, smooth, left, 1, half)
    )
    step = float(times_min[1] - times_min[0])
    return FoundPeak(float(times_min[apex]), float(smooth[apex]), area, max(fwhm, step))


def _foot(smooth: Floats, apex: int, limit: int, step: int, level: float) -> int:
    """Return where the signal has fallen to a level, going from the apex to a limit."""
    i = apex
    while i != limit and smooth[i] > level:
        i += step
    return i


def _crossing(times_min: Floats, smooth: Floats, outside: int, step: int, level: float) -> float:
    """Return the time at which the signal crosses a level, between two samples."""
    inside = outside + step
    if not 0 <= inside < len(smooth):
        return float(times_min[outside])
    rise = smooth[inside] - smooth[outside]
    share = (level - smooth[outside]) / rise if rise else 0.0
    share = min(max(float(share), 0.0), 1.0)
    return float(times_min[outside] + share * (times_min[inside] - times_min[outside]))
