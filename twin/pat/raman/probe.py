"""A Raman probe in a vessel: the spectra it takes of a culture.

Light that reaches the detector, in photo-electrons: what the broth scatters and fluoresces, less
what cells and a clouding window hold back, plus the window's own sapphire bands, which neither of
the two dims, and a film on the window. To it come shot noise (the normal limit of Poisson), read
noise and cosmic spikes. The structure is the usual one of immersion probes; all figures are the
assumptions of `settings` and `bands`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.device import Floats
from twin.pat.raman import bands
from twin.pat.raman.composition import WrongComposition, checked
from twin.pat.raman.settings import BadSettings, RamanSettings

if TYPE_CHECKING:
    from numpy.random import Generator

Flags = np.ndarray[Any, np.dtype[np.bool_]]
DAY_S = 86400.0
AT = {name: i for i, name in enumerate(bands.NAMES)}
MOST_SPIKES = 6  # in one spectrum
SPIKE_SPREAD = 0.8  # of the logarithm of their size
N_SMOOTH = 4  # baseline terms


@dataclass(frozen=True, slots=True)
class Spectra:
    """Spectra with what is true of them.

    Attributes:
        times_s: (n,) middle of each collection; available_s: (n,) when it can be used.
        counts: (n, number of wavenumbers) photo-electrons.
        spikes: which points a cosmic event hit, like counts.
        window: (n,) share of light that the window lets through.
    """

    times_s: Floats
    available_s: Floats
    counts: Floats
    spikes: Flags
    window: Floats


class RamanProbe:
    """One probe during one batch; reading in one piece or in many gives the same spectra.

    Args:
        settings: the instrument.
        rng: where the batch's own baseline and all noise come from.
        start_s: when the culture began and the window was clean.
    """

    def __init__(self, settings: RamanSettings, rng: Generator, start_s: float = 0.0) -> None:
        self.settings = settings
        self.wavenumbers = settings.wavenumbers()
        self._start_s = self._last_s = start_s
        self._fouling = [(start_s, settings.fouling_per_day)]
        self._shot_rng, self._spike_rng, self._slow_rng = rng.spawn(3)
        s, axis = settings, self.wavenumbers
        z = rng.standard_normal(5 + N_SMOOTH)
        self._level = s.fluorescence * np.exp(s.fluorescence_cv * z[0])
        self._walked = 0.0
        self._throughput = np.exp(s.throughput_cv * z[1])
        u = 2.0 * (axis - axis[0]) / (axis[-1] - axis[0]) - 1.0
        smooth = np.polynomial.legendre.legvander(u, N_SMOOTH - 1)
        fading = np.exp(-(axis - axis[0]) / 900.0)  # fluorescence fades to the red; assumption
        buffer = s.buffer * (1.0 + s.buffer_cv * z[2]) * bands.spectrum(bands.BUFFER, axis)
        shift_cm = s.shift_cm * z[3]

        def moved(shape: Floats) -> Floats:
            """Shift a shape along the axis to first order."""
            return np.asarray(shape - shift_cm * np.gradient(shape, axis, axis=-1))

        self._pure = moved(bands.pure_spectra(axis))
        self._medium = moved(bands.spectrum(bands.WATER, axis) + buffer)
        sapphire = s.sapphire * np.exp(s.sapphire_cv * z[4])
        self._sapphire = sapphire * moved(bands.spectrum(bands.SAPPHIRE, axis))
        self._film = s.film * moved(bands.spectrum(bands.FILM, axis)) + s.film_fluorescence * fading
        self._fading = fading
        self._baseline = smooth @ (s.baseline * z[5:]) + 2.0 * s.baseline  # light is not negative

    def read(self, rows: Floats, times_s: Floats) -> Floats:
        """Return the spectra of a composition (n, number of components) at times (n,).

        Photo-electrons, (n, number of wavenumbers). Raises as `measure`.
        """
        return self.measure(rows, times_s).counts

    def measure(self, rows: Floats, times_s: Floats) -> Spectra:
        """Return the spectra with the labels of what disturbs them.

        Args:
            rows: composition in the order of `bands.NAMES`, (n, number of components).
            times_s: seconds of the same clock as `start_s`, (n,), rising, also from call to call.

        Raises:
            WrongComposition: wrong shapes, negative amounts, or times that go back.
        """
        rows, times_s = np.asarray(rows, dtype=float), np.asarray(times_s, dtype=float)
        checked(rows, times_s)
        if len(times_s) and times_s[0] < self._last_s:
            raise WrongComposition(
                f"the first time is {times_s[0]} s; must not be before {self._last_s} s, "
                f"where the probe has been read up to"
            )
        s = self.settings
        n, n_points = len(rows), len(self.wavenumbers)
        slow = self._slow_rng.standard_normal((n, 2))
        age_day = (times_s - self._start_s) / DAY_S
        window = self._window(times_s)
        light = self._throughput * (1.0 + s.throughput_noise * slow[:, 1])
        rate = self._light(rows, age_day, window, self._fluctuation(times_s, slow[:, 0]))
        exact = rate * (s.water_rate * s.integration_s * light)[:, None]
        z = self._shot_rng.standard_normal((n, n_points))
        counts = exact + z * np.sqrt(np.maximum(exact, 0.0) + s.read_noise**2)
        spikes = self._spikes(n)
        counts = np.clip(counts + spikes, 0.0, s.full_scale)
        return Spectra(times_s, times_s + s.latency_s, counts, spikes > 0.0, window)

    def foul(self, per_day: float, from_s: float) -> None:
        """Let the window cloud at another rate from a time on.

        Raises:
            WrongComposition: the time is before what has been read.
            BadSettings: the rate is negative or infinite.
        """
        if not 0.0 <= per_day < float("inf"):
            raise BadSettings(f"fouling is {per_day!r} per day; must be 0 or more and finite")
        if from_s < self._last_s:
            raise WrongComposition(
                f"fouling can't change at {from_s} s; read up to {self._last_s} s already"
            )
        self._fouling.append((from_s, per_day))

    def _window(self, times_s: Floats) -> Floats:
        """Return the share of light that the window lets through, (n,)."""
        depth, rate_before = np.zeros_like(times_s), 0.0
        for since_s, rate in self._fouling:
            depth += (rate - rate_before) * np.maximum(times_s - since_s, 0.0) / DAY_S
            rate_before = rate
        return np.asarray(np.exp(-depth))

    def _light(self, rows: Floats, age_day: Floats, window: Floats, wander: Floats) -> Floats:
        """Return the light on the detector in heights of the water band, (n, n_points)."""
        s = self.settings
        cells = rows[:, AT["viable_cells"]] + rows[:, AT["dead_cells"]]
        protein = rows[:, AT["antibody"]] + rows[:, AT["host_protein"]]
        glow = self._level + s.fluorescence_age * np.maximum(age_day, 0.0)
        glow = glow + s.fluorescence_protein * protein + s.fluorescence_cells * cells
        broth = np.tile(self._medium, (len(rows), 1))
        for amount, shape in zip(rows.T, self._pure, strict=True):
            broth += amount[:, None] * shape  # in this order, however many rows there are
        broth *= np.exp(-s.attenuation * cells)[:, None]
        broth += (s.scatter * cells + glow * np.exp(wander))[:, None] * self._fading
        broth += self._baseline
        return np.asarray(
            broth * window[:, None] + self._sapphire + (1.0 - window)[:, None] * self._film
        )

    def _fluctuation(self, times_s: Floats, z: Floats) -> Floats:
        """Return the random walk of the logarithm of the fluorescence, (n,)."""
        if not len(times_s):
            return times_s
        days = np.maximum(np.diff(times_s, prepend=self._last_s), 0.0) / DAY_S
        walk = self.settings.fluorescence_walk * np.sqrt(days) * z
        path = np.cumsum(np.concatenate([[self._walked], walk]))[1:]
        self._walked, self._last_s = float(path[-1]), float(times_s[-1])
        return np.asarray(path)

    def _spikes(self, n: int) -> Floats:
        """Return what cosmic events add, (n, n_points): each hits one point and its neighbour."""
        s, n_points = self.settings, len(self.wavenumbers)
        u = self._spike_rng.random((n, MOST_SPIKES, 3))
        hit = u[:, :, 0] < s.spikes_per_s * s.integration_s / MOST_SPIKES
        row, which = np.nonzero(hit)
        at = (u[row, which, 1] * (n_points - 1)).astype(np.int64)
        # logistic in place of normal: one uniform draw each, so that chunks don't matter
        share = np.maximum(u[row, which, 2], 1e-12)
        odds = np.log(share / (1.0 - share))
        size = s.spike_size * np.exp(SPIKE_SPREAD * odds / 1.7)
        added = np.zeros((n, n_points))
        np.add.at(added, (row, at), size)
        np.add.at(added, (row, at + 1), 0.3 * size)
        return added
