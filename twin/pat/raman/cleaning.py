"""Prepares spectra for regression: spikes out, slope away, scale equal.

A spike is a point that stands out from its neighbours on both sides. Derivative after Savitzky &
Golay 1964, standard normal variate (SNV) after Barnes 1989 (both recalled).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.device import Floats

Flags = np.ndarray[Any, np.dtype[np.bool_]]
MAD_TO_SIGMA = 0.6745
SHARP_VARIES = 0.05  # share by which sharp bands differ between probes; assumption
REACH = (2, 3, 4)  # points away that are compared with; a spike has two points


class BadCleaning(ValueError):
    """A filter can't be: the message says why."""


def standing_out(counts: Floats) -> Floats:
    """Return how far points of spectra (n, p) stand out: spikes, and tops of sharp bands.

    Each is compared with the means of its neighbours a few points to both sides, so that a slope
    doesn't matter, and with the median of those means, so that a spike among them doesn't either.
    """
    n, wide = counts.shape[1], max(REACH)
    padded = np.pad(counts, ((0, 0), (wide, wide)), mode="reflect", reflect_type="odd")
    a, b, c = (
        0.5 * (padded[:, wide - k : wide - k + n] + padded[:, wide + k : wide + k + n])
        for k in REACH
    )
    median = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
    return np.asarray(counts - median)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """Spike removal, first derivative and SNV.

    Attributes:
        sharp: (p,) what usually stands out (the window's sharp bands), not to be held for spikes.
        window, order: of the Savitzky-Golay filter, points (odd) and degree.
        threshold: a spike stands out by so many times what is usual in its spectrum.
    """

    sharp: Floats
    window: int = 15
    order: int = 2
    threshold: float = 7.0

    def __post_init__(self) -> None:
        if self.window % 2 != 1 or not 0 < self.order < self.window <= len(self.sharp):
            raise BadCleaning(
                f"a window of {self.window} points with degree {self.order} for "
                f"{len(self.sharp)} wavenumbers; must be odd, above the degree, and no wider"
            )

    def __call__(self, counts: Floats) -> Floats:
        """Return spectra (n, p) ready for regression, (n, p - window + 1)."""
        return snv(derivative(self.without_spikes(counts), self.window, self.order))

    def find_spikes(self, counts: Floats) -> Flags:
        """Return which points of spectra (n, p) are hit, (n, p)."""
        left = standing_out(counts)
        size = float(self.sharp @ self.sharp)
        if size > 0.0:
            left = left - np.outer(left @ self.sharp / size, self.sharp)
        centre = np.median(left, axis=1, keepdims=True)
        spread = np.median(np.abs(left - centre), axis=1, keepdims=True) / MAD_TO_SIGMA
        least = self.threshold * np.maximum(spread, 1e-12) + SHARP_VARIES * self._sharp_near()
        return np.asarray(left - centre > least)

    def _sharp_near(self) -> Floats:
        from scipy.ndimage import maximum_filter

        return np.asarray(maximum_filter(np.abs(self.sharp), size=2 * max(REACH) + 1))

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
    return Cleaning(np.median(standing_out(counts), axis=0), window, order, threshold)


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
