"""A chromatogram from what was injected: peaks, baseline, noise, and a detector that saturates.

A peak is an exponentially modified Gaussian, the usual form of a tailing peak. Its area follows
from the Beer-Lambert law: at flow F, m mg of a protein of extinction e give an area of e l m / F
(AU·min) with a path l of 1 cm. So nothing but the integrated signal tells how much was there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats

PATH_CM = 1.0
SATURATION_MAU = 2500.0
WANDER_MIN = 0.5  # the baseline wanders over such times, by as much as it is noisy; assumption
WANDER_PER_NOISE = 1.0


@dataclass(frozen=True, slots=True)
class Peak:
    """Retention and width of a peak, min: `sigma_min` of the Gaussian, `tail_min` of the decay."""

    name: str
    retention_min: float
    sigma_min: float
    tail_min: float


def peak_shape(times_min: Floats, peak: Peak) -> Floats:
    """Return a peak of unit area at times, shape (n,), 1/min; its apex is near the retention."""
    from scipy.special import erfcx

    sigma, tail = peak.sigma_min, peak.tail_min
    u = (times_min - (peak.retention_min - tail)) / sigma  # the mean stays at the retention
    z = (sigma / tail - u) / np.sqrt(2.0)
    near = np.exp(-0.5 * u**2) * erfcx(np.maximum(z, -25.0))
    # where z is very negative erfcx overflows; there only the exponential tail is left
    far = 2.0 * np.exp(np.minimum(0.5 * (sigma / tail) ** 2 - u * sigma / tail, 0.0))
    return np.asarray(np.where(z < -25.0, far, near) / (2.0 * tail), dtype=float)


def area_per_mg(extinction_ml_per_mg_cm: float, flow_ml_per_min: float) -> float:
    """Return the area of one mg, mAU·min."""
    return 1000.0 * extinction_ml_per_mg_cm * PATH_CM / flow_ml_per_min


def synthesise(
    times_min: Floats,
    peaks: dict[Peak, float],
    rng: np.random.Generator,
    noise_mau: float,
    drift_mau_per_min: float,
) -> Floats:
    """Return the detector's signal, shape (n,), mAU, for peaks with their areas (mAU·min)."""
    signal = np.zeros_like(times_min)
    for peak, area in peaks.items():
        signal += area * peak_shape(times_min, peak)
    offset, slope = rng.standard_normal(2)
    signal += noise_mau * 5.0 * offset + drift_mau_per_min * slope * times_min
    knots_min = np.arange(0.0, times_min[-1] + WANDER_MIN, WANDER_MIN)
    wander = rng.standard_normal(len(knots_min))
    signal += WANDER_PER_NOISE * noise_mau * np.interp(times_min, knots_min, wander)
    signal += noise_mau * rng.standard_normal(len(times_min))
    return np.minimum(signal, SATURATION_MAU)
