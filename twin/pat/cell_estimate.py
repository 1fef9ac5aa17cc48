"""Viable cells from capacitance: by one factor, or by the whole scan.

One factor, from counts of the growth phase, is what is mostly done; it counts swelling cells as
more cells. The scan also shows the characteristic frequency, so the radius, and takes the swelling
out. It costs noise, since N goes with the fourth power of the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats
from twin.pat.capacitance import POLARISATION_EXPONENT, Scan
from twin.pat.cole_cole import PF_PER_CM, Dispersion, cells_of, radius_of, relaxation

FC_HZ = np.geomspace(2e5, 3e6, 240)  # where the characteristic frequency is looked for


class NoCalibration(ValueError):
    """A factor can't be found from these counts."""


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Viable cells (1e9/L) per pF/cm of the difference between 1 and 10 MHz, above `zero`."""

    cells_per_pf: float
    zero_pf_per_cm: float

    def cells(self, scan: Scan) -> Floats:
        """Return the estimate, 1e9/L, (n,)."""
        return (scan.difference() - self.zero_pf_per_cm) * self.cells_per_pf


def one_factor(scan: Scan, counted: Floats) -> OneFactor:
    """Return the line through scans and counted viable cells (1e9/L, (n,)), best of growth.

    Raises:
        NoCalibration: fewer than three counts, or capacitance doesn't rise with them.
    """
    if len(counted) < 3:
        raise NoCalibration(f"{len(counted)} counts; at least 3 are needed")
    slope, zero = np.polyfit(counted, scan.difference(), 1)
    if slope <= 0.0:
        raise NoCalibration("capacitance doesn't rise with the counted cells")
    return OneFactor(float(1.0 / slope), float(zero))


def fitted(scan: Scan) -> Dispersion:
    """Return the Cole-Cole parameters of scans: linear ones by least squares on a grid of fc."""
    eps = scan.pf_per_cm / PF_PER_CM
    f = scan.frequencies_hz
    flat = np.column_stack([np.ones_like(f), (f / 1e5) ** -POLARISATION_EXPONENT])
    best = np.full(len(eps), np.inf)
    eps_inf, d_eps, fc = np.zeros(len(eps)), np.zeros(len(eps)), np.full(len(eps), FC_HZ[0])
    for trial, left in zip(FC_HZ, relaxation(f, FC_HZ), strict=True):
        design = np.column_stack([left, flat])
        solved = np.linalg.pinv(design) @ eps.T
        misfit = np.sum((design @ solved - eps.T) ** 2, axis=0)
        better = misfit < best
        best = np.where(better, misfit, best)
        d_eps, eps_inf = np.where(better, solved[0], d_eps), np.where(better, solved[1], eps_inf)
        fc = np.where(better, trial, fc)
    return Dispersion(eps_inf, d_eps, fc)


def by_scan(scan: Scan, n_smoothed: int = 25) -> Floats:
    """Return viable cells (1e9/L, (n,)) from whole scans, the radius smoothed over readings.

    Cells change size over days, so a running median of `n_smoothed` radii loses nothing.
    """
    from scipy.ndimage import median_filter

    found = fitted(scan)
    radius = median_filter(radius_of(found.fc_hz), size=n_smoothed, mode="nearest")
    return cells_of(found.d_eps, radius)
