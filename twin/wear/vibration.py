"""Vibration of a stirrer bearing: what an accelerometer on its housing records, in windows.

Signal = shaft harmonics (unbalance, misalignment) + background noise + the fault. Each time a ball
rolls over a spall it strikes a short, damped ringing of the housing; strikes come at the defect
frequency with a little slip, at the inner race louder whenever the spall turns into the load
zone. The amplitude of the strikes is proportional to the fault index. Bearing frequencies are the
kinematic ones of any text; amplitudes, resonance and slip are assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from twin.lifetime import Floats

if TYPE_CHECKING:
    from numpy.random import Generator

Race = Literal["outer", "inner"]
RINGS = 12.0  # a strike is followed for so many time constants


class VibrationRefused(ValueError):
    """A recording can't be made: says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """Geometry of a ball bearing; the default is of the size of a 6205."""

    n_balls: int = 9
    ball_diameter_mm: float = 7.94
    pitch_diameter_mm: float = 39.04
    contact_angle_deg: float = 0.0

    @property
    def _slope(self) -> float:
        angle = math.cos(math.radians(self.contact_angle_deg))
        return self.ball_diameter_mm / self.pitch_diameter_mm * angle

    def bpfo_hz(self, rpm: float) -> float:
        """Ball pass frequency of the outer race: n/2 f (1 - d/D cos a)."""
        return self.n_balls / 2.0 * rpm / 60.0 * (1.0 - self._slope)

    def bpfi_hz(self, rpm: float) -> float:
        """Ball pass frequency of the inner race: n/2 f (1 + d/D cos a)."""
        return self.n_balls / 2.0 * rpm / 60.0 * (1.0 + self._slope)

    def bsf_hz(self, rpm: float) -> float:
        """Ball spin frequency: D/(2d) f (1 - (d/D cos a)²)."""
        ratio = self.pitch_diameter_mm / self.ball_diameter_mm
        return ratio / 2.0 * rpm / 60.0 * (1.0 - self._slope**2)

    def ftf_hz(self, rpm: float) -> float:
        """Cage frequency: f/2 (1 - d/D cos a)."""
        return rpm / 120.0 * (1.0 - self._slope)

    def defect_hz(self, race: Race, rpm: float) -> float:
        """Frequency of the strikes of a spall on a race."""
        return self.bpfo_hz(rpm) if race == "outer" else self.bpfi_hz(rpm)


@dataclass(frozen=True, slots=True)
class Accelerometer:
    """How a housing vibrates and is recorded; accelerations in g. All assumptions."""

    bearing: Bearing = Bearing()
    sampling_hz: float = 12000.0
    resonance_hz: float = 3000.0
    damping: float = 0.05  # of the ringing, as a share of the critical
    slip: float = 0.01  # standard deviation of a strike's interval, as a share of it
    noise_g: float = 0.05
    shaft_g: tuple[float, ...] = (0.05, 0.02, 0.01)  # at 1, 2, 3 times the shaft's frequency
    strike_g: float = 3.0  # first acceleration of a strike at fault index 1

    def __post_init__(self) -> None:
        if self.resonance_hz >= self.sampling_hz / 2.0:
            raise VibrationRefused(
                f"resonance_hz ({self.resonance_hz:g}) must be below half of sampling_hz "
                f"({self.sampling_hz:g}): sample faster"
            )

    def record(
        self,
        fault_index: float,
        rpm: float,
        rng: Generator,
        *,
        race: Race = "outer",
        duration_s: float = 1.0,
    ) -> Floats:
        """Return one window of acceleration in g, shape (round(duration_s * sampling_hz),).

        One generator serves one window: with a stream named after the window, windows are the
        same whichever of them are asked for.

        Raises:
            VibrationRefused: the speed or the duration is not above 0, or the index not in [0, 1].
        """
        if not (rpm > 0.0 and duration_s > 0.0 and 0.0 <= fault_index <= 1.0):
            raise VibrationRefused(
                f"rpm {rpm!r}, duration_s {duration_s!r} and fault_index {fault_index!r}: give a "
                "speed and a duration above 0 and an index from 0 to 1"
            )
        n = round(duration_s * self.sampling_hz)
        time_s = np.arange(n) / self.sampling_hz
        phases = rng.uniform(0.0, 2.0 * np.pi, len(self.shaft_g) + 2)
        signal = self.noise_g * rng.standard_normal(n)
        for k, amplitude in enumerate(self.shaft_g):
            signal += amplitude * np.sin(2.0 * np.pi * (k + 1) * rpm / 60.0 * time_s + phases[k])
        strikes = self._strikes(n, self.bearing.defect_hz(race, rpm), phases[-2], rng)
        if race == "inner":
            turn = 2.0 * np.pi * rpm / 60.0 * time_s + phases[-1]
            strikes *= 0.5 * (1.0 + np.cos(turn))  # in and out of the load zone
        return signal + self.strike_g * fault_index * self._ringing(strikes)

    def _strikes(self, n: int, defect_hz: float, phase: float, rng: Generator) -> Floats:
        """Return an impulse train of height 1, shape (n,)."""
        interval = self.sampling_hz / defect_hz
        count = int(n / interval * (1.0 + 10.0 * self.slip)) + 2
        slipped = 1.0 + self.slip * rng.standard_normal(count)
        at = interval * (phase / (2.0 * np.pi) - 1.0 + np.cumsum(slipped))
        train = np.zeros(n)
        inside = np.round(at[(at >= 0.0) & (at < n - 0.5)]).astype(np.int64)
        train[inside] = 1.0
        return train

    def _ringing(self, strikes: Floats) -> Floats:
        """Return the strikes convolved with a damped oscillation of the housing."""
        from scipy.signal import fftconvolve

        decay_per_s = 2.0 * np.pi * self.resonance_hz * self.damping
        n = max(1, round(RINGS / decay_per_s * self.sampling_hz))
        time_s = np.arange(n) / self.sampling_hz
        ring = np.exp(-decay_per_s * time_s) * np.cos(2.0 * np.pi * self.resonance_hz * time_s)
        rung: Floats = fftconvolve(strikes, ring)[: len(strikes)]
        return rung
