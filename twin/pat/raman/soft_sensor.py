"""A soft sensor: a value from a spectrum, and whether to believe it.

PLS on cleaned spectra; the number of latent variables is the smallest whose error on cultures left
out is within `ENOUGH` of the best. A spectrum is judged by Hotelling's T2 and the Q residual,
against limits from the cultures left out, taken as a scaled chi-square (Box; Nomikos & MacGregor
1995, recalled): beyond the 99 % limit the value is uncertain; beyond `FAR` times the limit, on a
saturated detector or with too little light it is bad. `FAR`, `ENOUGH` and `LEAST_LIGHT` are
assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from twin.device import BAD, GOOD, UNCERTAIN, Codes, Floats
from twin.pat.raman.cleaning import Cleaning, learned
from twin.pat.raman.cultures import ANALYTES, CultureSpectra
from twin.pat.raman.pls import Pls, fit

ENOUGH = 1.02
FAR = 4.0
LEAST_LIGHT = 0.5  # of the dimmest calibration spectrum
CONFIDENCE = 0.99
MOST_LATENT = 12
N_FOLDS = 6


class BadCalibrationSet(ValueError):
    """No calibration can be made: the message says why."""


class WrongSpectra(ValueError):
    """Spectra don't fit the soft sensor: the message says what came and what would be right."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Values with their quality codes, and what they rest on, all (n,)."""

    values: Floats
    quality: Codes
    t2: Floats
    q: Floats


@dataclass(frozen=True, slots=True)
class SoftSensor:
    """A calibrated soft sensor.

    `rmsecv` is its error on cultures left out, against the assay; `cleaning` prepares spectra.
    """

    analyte: str
    unit: str
    n_latent: int
    rmsecv: float
    t2_limit: float
    q_limit: float
    cleaning: Cleaning
    _pls: Pls
    _least_light: float
    _full_scale: float

    def predict(self, counts: Floats) -> Prediction:
        """Return values of spectra (n, number of wavenumbers).

        Raises:
            WrongSpectra: not of the instrument it was calibrated on.
        """
        self.check(counts)
        return self.judge(counts, self.cleaning(_finite(counts)))

    def check(self, counts: Floats) -> None:
        """Raise WrongSpectra unless spectra have the length of those it was calibrated on."""
        if counts.ndim != 2 or counts.shape[1] != len(self.cleaning.sharp):
            raise WrongSpectra(
                f"spectra have the shape {counts.shape}; {self.analyte} was calibrated on "
                f"(n, {len(self.cleaning.sharp)})"
            )

    def judge(self, counts: Floats, clean: Floats) -> Prediction:
        """Return values of spectra that `cleaning` has been applied to, and those as they were."""
        values = self._pls.predict(clean, self.n_latent)
        t2, q = self._pls.distances(clean, self.n_latent)
        is_lost = ~np.isfinite(counts).all(axis=1) | (counts >= self._full_scale).any(axis=1)
        is_lost |= np.median(counts, axis=1) < self._least_light
        excess = np.maximum(t2 / self.t2_limit, q / self.q_limit)
        quality = np.where(excess > 1.0, UNCERTAIN, GOOD)
        quality = np.where((excess > FAR) | is_lost, BAD, quality).astype(np.uint8)
        return Prediction(values, quality, t2, q)


def predict_each(sensors: Iterable[SoftSensor], counts: Floats) -> dict[str, Prediction]:
    """Return what each soft sensor says of the same spectra, by analyte.

    Sensors that were calibrated with one cleaning share its work. Raises as `SoftSensor.predict`.
    """
    clean: dict[int, Floats] = {}
    found = {}
    for sensor in sensors:
        sensor.check(counts)
        key = id(sensor.cleaning)
        if key not in clean:
            clean[key] = sensor.cleaning(_finite(counts))
        found[sensor.analyte] = sensor.judge(counts, clean[key])
    return found


def _finite(counts: Floats) -> Floats:
    """Return spectra with those that hold no finite number set to zero, for arithmetic only."""
    is_whole = np.asarray(np.isfinite(counts).all(axis=1))
    return np.where(is_whole[:, None], counts, 0.0)


def calibrated(analyte: str, data: CultureSpectra, cleaning: Cleaning | None = None) -> SoftSensor:
    """Calibrate a soft sensor for one of `ANALYTES` on simulated cultures.

    Raises:
        BadCalibrationSet: an unknown analyte, or spectra from fewer than two cultures.
    """
    if analyte not in ANALYTES:
        raise BadCalibrationSet(f"no analyte {analyte!r}; there are {sorted(ANALYTES)}")
    cultures = np.unique(data.culture)
    if len(cultures) < 2:
        raise BadCalibrationSet(
            f"spectra of {len(cultures)} culture; at least 2 are needed to try each on the others"
        )
    used = cleaning or learned(data.counts)
    x, y = used(data.counts), data.assays[analyte]
    fold = np.searchsorted(cultures, data.culture) % min(N_FOLDS, len(cultures))
    left_out = np.empty((len(y), MOST_LATENT))
    t2, q = np.empty_like(left_out), np.empty_like(left_out)
    for k in np.unique(fold):
        out = fold == k
        pls = fit(x[~out], y[~out], MOST_LATENT)
        left_out[out] = pls.predict_each(x[out])
        for i in range(MOST_LATENT):
            t2[out, i], q[out, i] = pls.distances(x[out], i + 1)
    rmsecv = np.sqrt(np.mean((left_out - y[:, None]) ** 2, axis=0))
    n_latent = int(np.flatnonzero(rmsecv <= ENOUGH * rmsecv.min())[0]) + 1
    chosen = n_latent - 1
    return SoftSensor(
        analyte,
        ANALYTES[analyte].unit,
        n_latent,
        float(rmsecv[chosen]),
        _limit(t2[:, chosen]),
        _limit(q[:, chosen]),
        used,
        fit(x, y, n_latent),
        LEAST_LIGHT * float(np.median(data.counts, axis=1).min()),
        data.settings.full_scale,
    )


def _limit(distances: Floats) -> float:
    """Return the 99 % limit of squared distances, as g times a chi-square of h degrees."""
    from scipy.stats import chi2

    mean, variance = float(distances.mean()), float(distances.var())
    return variance / (2.0 * mean) * float(chi2.ppf(CONFIDENCE, 2.0 * mean**2 / variance))
