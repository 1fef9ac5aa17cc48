"""Prepares spectra for regression: spikes out, slope away, scale equal.

Spikes are what a running median can't explain. Derivative after Savitzky & Golay 1964, standard
normal variate (SNV) after Barnes 1989 (both recalled).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.device import Floats

Flags = np.ndarray[Any, np.dtype[np.bool_]]
MAD_TO_SIGMA = 0.6745
N_MEDIAN = 5  # points; a spike has two


def peaks_left(counts: Floats) -> Floats:
    """Return what a running median takes off spectra (n, p): spikes, and tops of sharp bands."""
    from scipy.ndimage import median_filter

    return np.asarray(counts - median_filter(counts, size=(1, N_MEDIAN), mode="nearest"))


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Spike removal, first derivative and SNV.

    Attributes:
        sharp: (p,) what the running median usually takes off (the window's sharp bands), so that it
            isn't held for spikes.
        window, order: of the Savitzky-Golay filter, points (odd) and degree.
        threshold: a spike exceeds the median by so many times the spread in its spectrum.
    """

    sharp: Floats
    window: int = 15
    order: int = 2
    threshold: float = 7.0

    def __call__(self, counts: Floats) -> Floats:
        """Return spectra (n, p) ready for regression, (n, p - window + 1)."""
        return snv(derivative(self.without_spikes(counts), self.window, self.order))

    def find_spikes(self, counts: Floats) -> Flags:
        """Return which points of spectra (n, p) are hit, (n, p)."""
        left = peaks_left(counts)
        size = float(self.sharp @ self.sharp)
        if size > 0.0:
            left = left - np.outer(left @ self.sharp / size, self.sharp)
        centre = np.median(left, axis=1, keepdims=True)
        spread = np.median(np.abs(left - centre), axis=1, keepdims=True) / MAD_TO_SIGMA
        return np.asarray(left - centre > self.threshold * np.maximum(spread, 1e-12))

    def without_spikes(self, counts: Floats) -> Floats:
        """Return spectra (n, p) with the points that are hit interpolated from their neighbours."""
        hit = self.find_spikes(counts)
        hit[:, 1:] |= hit[:, :-1].copy()  # an event spills into the next point
        mended = counts.copy()
        points = np.arange(counts.shape[1], dtype=float)
        for i in np.flatnonzero(hit.any(axis=1)):
            good = ~hit[i]
            mended[i, hit[i]] = np.interp(points[hit[i]], points[good], counts[i, good])
        return mended


def learned(counts: Floats, window: int = 15, order: int = 2, threshold: float = 7.0) -> Cleaning:
    """Return the cleaning for an instrument that gave the spectra (n, p)."""
    return Cleaning(np.median(peaks_left(counts), axis=0), window, order, threshold)


def derivative(spectra: Floats, window: int, order: int) -> Floats:
    """Return the Savitzky-Golay first derivative per point, (n, p - window + 1): ends left out."""
    from scipy.signal import savgol_filter

    half = window // 2
    slopes = savgol_filter(spectra, window, order, deriv=1, axis=1)
    return np.asarray(slopes[:, half : spectra.shape[1] - half])


def snv(spectra: Floats) -> Floats:
    """Return each spectrum (n, p) with mean 0 and standard deviation 1; a flat one stays flat."""
    centred = spectra - spectra.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(spread > 0.0, spread, 1.0))
