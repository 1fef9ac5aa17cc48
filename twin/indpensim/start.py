"""How a batch of IndPenSim starts and what disturbs it, drawn from a seed.

The draws are those of PenSimPy, so that its batches can be repeated.  For that they come from
NumPy's legacy generator and not, as elsewhere in this package, from a named stream: every value has
a generator of its own, seeded one further than the one before it, and the eight disturbances are
one filtered noise at eight scales.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.indpensim.equations import INDPENSIM
from twin.indpensim.quantities import INPUTS, STATES

FIRST_SEED = 31
VISCOSITY_AT_START = 4.0
KEPT, ADDED = 0.995, 0.005  # the filter: y = 0.995 y before + 0.005 noise
DISTURBANCE_SCALES = {
    "d_mu_p": 0.03,
    "d_mu_x": 0.25,
    "d_c_sugar": 1500.0,
    "d_c_oil": 300.0,
    "d_c_titrant": 0.2,
    "d_c_paa": 300000.0,
    "d_t_coolant": 100.0,
    "d_o2_air": 0.02,
}
"""Standard deviation of the noise before the filter, per input."""

NEVER_ZERO = ("volume", "hydrogen_ion", "temperature", "a0")


class StartRefused(ValueError):
    """A batch can't start like that; says which state and what would be right."""


@dataclass(frozen=True, slots=True)
class Start:
    """Initial states, by name and in the model's units, and parameters that differ per batch.

    States that are not named start at 0.
    """

    states: Mapping[str, float]
    parameters: Mapping[str, float]

    def vector(self) -> NDArray[np.float64]:
        """The initial states in the model's order, shape (33,).

        Raises:
            UnknownName: the model has no such state.
            StartRefused: a value is negative or not finite, or one that must be positive is not.
        """
        x = np.zeros(len(STATES))
        for name, value in self.states.items():
            if not (math.isfinite(value) and value >= 0.0):
                raise StartRefused(f"the start's {name} is {value!r}; must be finite and >= 0")
            x[INDPENSIM.state_index(name)] = value
        for name in NEVER_ZERO:
            if not x[INDPENSIM.state_index(name)] > 0.0:
                raise StartRefused(f"the start needs {name} above 0")
        return x


def draw_start(seed: int) -> Start:
    """The start that a seed stands for."""

    def drawn(offset: int, mean: float, deviation: float) -> float:
        generator = np.random.RandomState(FIRST_SEED + seed + offset)
        return mean + deviation * float(generator.randn(1)[0])

    biomass = drawn(0, 0.5, 0.05)
    values = {
        "substrate": drawn(2, 1.0, 0.1),
        "oxygen": drawn(3, 15.0, 0.5),
        "volume": drawn(5, 58000.0, 500.0),
        "weight": drawn(6, 62000.0, 500.0),
        "offgas_co2": drawn(7, 0.038, 0.001),
        "offgas_oxygen": drawn(8, 0.20, 0.05),
        "hydrogen_ion": 10.0 ** (6.0 - drawn(9, 6.5, 0.1)),
        "temperature": drawn(10, 297.0, 0.5),
        "a0": biomass / 3.0,
        "a1": biomass * 2.0 / 3.0,
        "paa": drawn(12, 1400.0, 50.0),
        "nitrogen": drawn(13, 1700.0, 50.0),
        "viscosity": VISCOSITY_AT_START,
    }
    return Start(
        states=values,
        parameters={
            "mu_x": drawn(0, 0.41, 0.025),
            "mu_p": drawn(1, 0.041, 0.0025),
            "alpha_kla": drawn(14, 85.0, 10.0),
            "c_paa": drawn(15, 530000.0, 20000.0),
            "n_paa": drawn(16, 150000.0, 2000.0),
        },
    )


def draw_disturbances(seed: int, samples: int) -> NDArray[np.float64]:
    """One row per sample: what is added to the inputs of ``DISTURBANCE_SCALES``."""
    noise = np.random.RandomState(seed).randn(samples)
    filtered = np.empty(samples)
    value = 0.0
    for k in range(samples):
        value = KEPT * value + ADDED * noise[k]
        filtered[k] = value
    return np.outer(filtered, list(DISTURBANCE_SCALES.values()))


DISTURBED = slice(len(INPUTS) - len(DISTURBANCE_SCALES), len(INPUTS))
"""Where the disturbances stand among the model's inputs: at the end, in that order."""
