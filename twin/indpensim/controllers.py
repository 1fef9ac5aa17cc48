"""The loops of IndPenSim: pH by acid and base, temperature by two waters, phenylacetic acid.

Each is a PID law in velocity form, asked once per sample.  Three oddities of the published program
are kept, since its batches are the reference: the previous error of the pH loop lacks the
set-point, the heater goes on from the flow of the *cooling* water, and a loop that is not in charge
lets its flow die away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.indpensim.equations import INDPENSIM
from twin.indpensim.recipe import SAMPLE_H

PH_SETPOINT = 6.5
TEMPERATURE_SETPOINT = 298.0
PAA_SETPOINT = 1200.0
DEAD_BAND = 0.05
LEAST_WATER = 1.0e-4
PAA_FROM_H = 10.0
LEAST_INTEGRAL_H = 1.0e-7
LEAST_DERIVATIVE_H = 1.0e-3
HYDROGEN_ION, TEMPERATURE, PAA_STATE = (
    INDPENSIM.state_index(name) for name in ("hydrogen_ion", "temperature", "paa")
)
BASE_FLOW, ACID_FLOW, COOLANT, HEATING_WATER = (
    INDPENSIM.input_index(name) for name in ("base", "acid", "coolant", "heating_water")
)


class Recent(NamedTuple):
    """The last three samples of a measurement; where there were fewer, the oldest stands in."""

    now: float
    before: float
    earlier: float
    n_samples: int = 0

    @staticmethod
    def starting(value: float) -> Recent:
        """Only the initial state is known."""
        return Recent(value, value, value)

    def then(self, value: float) -> Recent:
        """One sample later; the first sample replaces the initial state."""
        if self.n_samples == 0:
            return Recent(value, value, value, 1)
        return Recent(value, self.now, self.before, self.n_samples + 1)


@dataclass(frozen=True, slots=True)
class Pid:
    """A PID law in velocity form with its output held within limits."""

    gain: float
    integral_h: float
    derivative_h: float
    high: float

    def next(self, output: float, error: float, error_before: float, seen: Recent) -> float:
        """The output after ``output``, between 0 and ``high``."""
        change = error - error_before
        if self.integral_h > LEAST_INTEGRAL_H:
            change += error * SAMPLE_H / self.integral_h
        if self.derivative_h > LEAST_DERIVATIVE_H:
            bend = seen.now - 2.0 * seen.before + seen.earlier
            change -= self.derivative_h / SAMPLE_H * bend
        return min(max(output + self.gain * change, 0.0), self.high)


BASE = Pid(gain=8.0e-2, integral_h=4.0e-5, derivative_h=8.0, high=225.0)
ACID = Pid(gain=8.0e-2, integral_h=12.5, derivative_h=0.125, high=225.0)
COOLING = Pid(gain=-300.0, integral_h=1.6, derivative_h=0.005, high=1500.0)
HEATING = Pid(gain=50.0, integral_h=0.05, derivative_h=1.0, high=1500.0)
PAA = Pid(gain=0.1, integral_h=0.5, derivative_h=0.0, high=150.0)


def titrate(seen: Recent, sensor_error: float, base: float, acid: float) -> tuple[float, float]:
    """Flows of base and acid (L/h) after those before; ``seen`` is the pH."""
    error = PH_SETPOINT - seen.now + sensor_error
    # as published: from the third sample on the set-point is missing here
    error_before = error if seen.n_samples < 2 else sensor_error - seen.before
    if error >= -DEAD_BAND:
        return BASE.next(base, error, error_before, seen), 0.0
    return 0.5 * base, ACID.next(acid, error, error_before, seen)


def temper(seen: Recent, sensor_error: float, cool: float, heat: float) -> tuple[float, float]:
    """Flows of cooling and heating water (L/h) after those before; ``seen`` in K."""
    error = TEMPERATURE_SETPOINT - seen.now + sensor_error
    error_before = TEMPERATURE_SETPOINT - seen.before + sensor_error
    if error <= DEAD_BAND:
        cool, heat = COOLING.next(cool, error, error_before, seen), 0.1 * heat
    else:
        # as published: the heater goes on from the flow of cooling water
        cool, heat = 0.3 * cool, HEATING.next(cool, error, error_before, seen)
    return max(cool, LEAST_WATER), max(heat, LEAST_WATER)


def feed_paa(seen: Recent, flow: float) -> float:
    """Flow of phenylacetic acid (L/h) after ``flow``; ``seen`` in mg/L."""
    return PAA.next(flow, PAA_SETPOINT - seen.now, PAA_SETPOINT - seen.before, seen)


class Loops:
    """The loops of one batch with what they remember: measurements and their own last flows.

    ``x`` are the model's states, ``u`` its inputs, of which those that the loops set are changed.
    """

    def __init__(self, x: NDArray[np.float64]) -> None:
        self._ph = Recent.starting(ph_of(x))
        self._temperature = Recent.starting(float(x[TEMPERATURE]))
        self._paa = Recent.starting(float(x[PAA_STATE]))

    def observe(self, x: NDArray[np.float64]) -> None:
        """Take the measurements at the end of a sample."""
        self._ph = self._ph.then(ph_of(x))
        self._temperature = self._temperature.then(float(x[TEMPERATURE]))
        self._paa = self._paa.then(float(x[PAA_STATE]))

    def act(self, u: NDArray[np.float64], ph_error: float, temperature_error: float) -> None:
        """Set the flows of acid, base and both waters from those before in ``u``."""
        base, acid = titrate(self._ph, ph_error, float(u[BASE_FLOW]), float(u[ACID_FLOW]))
        cool, heat = temper(
            self._temperature, temperature_error, float(u[COOLANT]), float(u[HEATING_WATER])
        )
        u[BASE_FLOW], u[ACID_FLOW], u[COOLANT], u[HEATING_WATER] = base, acid, cool, heat

    def next_paa(self, flow: float) -> float:
        """Flow of phenylacetic acid (L/h) after ``flow``."""
        return feed_paa(self._paa, flow)


def ph_of(x: NDArray[np.float64]) -> float:
    """PH of the broth."""
    return 6.0 - math.log10(x[HYDROGEN_ION])
