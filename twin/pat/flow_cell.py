"""What a flow cell makes of a stream before its sensor errs: dead time, mixing, light and ions.

Lambert-Beer with stray light: A = -log10((10^-(eps c l) + s)/(1 + s)) levels off at -log10 s, so a
detector with 0.1 % stray light is blind above 3 AU (textbook). A lamp that ages gives less light
and more noise. Conductivity adds up ions (limiting molar conductivities at 25 degC, recalled), less
what they hinder each other (as the square root of their amount; the factor gives sodium chloride
its 16 mS/cm at 0.15 mol/L, recalled), and changes by 2 % per degC, which the transmitter takes out
with its own coefficient. Extinction is recalled; stray light, lamp and hold-up are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats

if TYPE_CHECKING:
    from numpy.random import Generator

IGG_EXTINCTION = 1.4  # AU per cm and g/L at 280 nm, recalled
ION_S_CM2_PER_MOL = {
    "na": 50.1,
    "k": 73.5,
    "cl": 76.3,
    "h2po4": 33.0,
    "acetate": 40.9,
    "tris": 29.0,
    "h": 349.8,
    "oh": 198.0,
}
HINDRANCE = 0.5  # per square root of mol/L of salt
PER_DEGC = 0.02


class BadStream(ValueError):
    """A stream can't be measured so: the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class FlowCell:
    """A flow cell: light path in cm, volume in mL that is mixed, tubing in mL that is not."""

    path_cm: float = 0.2
    volume_ml: float = 0.05
    tubing_ml: float = 0.5

    def seen(self, value: Floats, interval_s: float, flow_ml_per_min: float) -> Floats:
        """Return a property of the stream, (n,) on a grid, as it is in the cell.

        It held the first value before. Raises BadStream without flow.
        """
        if not flow_ml_per_min > 0.0:
            raise BadStream(f"flow is {flow_ml_per_min} mL/min; must be more than 0")
        from scipy.signal import lfilter

        per_s = flow_ml_per_min / 60.0
        rows = np.arange(len(value), dtype=float)
        late = np.interp(rows - self.tubing_ml / per_s / interval_s, rows, value)
        stays = np.exp(-interval_s * per_s / self.volume_ml)
        mixed, _ = lfilter([1.0 - stays], [1.0, -stays], late, zi=[stays * late[0]])
        return np.asarray(mixed)


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp whose light halves every `half_life_h` of use; stray light stays."""

    age_h: float = 0.0
    half_life_h: float = 2000.0
    stray: float = 1e-3
    noise: float = 1e-4  # of the transmission, with a new lamp

    def absorbance(self, true_au: Floats, rng: Generator) -> Floats:
        """Return the absorbance seen of a true one, (n,), with noise of the light."""
        light = 0.5 ** (self.age_h / self.half_life_h)
        transmission = (light * 10.0**-true_au + self.stray) / (light + self.stray)
        noise = self.noise / light * rng.standard_normal(len(true_au))
        return np.asarray(-np.log10(np.maximum(transmission + noise, 1e-6)))


def absorbance(
    protein_g_per_l: Floats, cell: FlowCell, extinction: float = IGG_EXTINCTION
) -> Floats:
    """Return the true absorbance of protein in a flow cell, AU, (n,)."""
    return protein_g_per_l * extinction * cell.path_cm


def conductivity(
    ions_mmol_per_l: Mapping[str, Floats],
    temperature_c: Floats | float = 25.0,
    compensation_per_degc: float = PER_DEGC,
) -> Floats:
    """Return the conductivity compensated to 25 degC, mS/cm, (n,), of ions in mmol/L.

    A compensation unlike the true 2 % per degC leaves an error away from 25 degC.

    Raises:
        BadStream: an unknown ion.
    """
    unknown = sorted(set(ions_mmol_per_l) - set(ION_S_CM2_PER_MOL))
    if unknown:
        raise BadStream(f"no conductivity of {unknown[0]!r}; known are {sorted(ION_S_CM2_PER_MOL)}")
    total = sum(ions_mmol_per_l.values(), np.zeros(1))
    free = sum((ION_S_CM2_PER_MOL[i] * c for i, c in ions_mmol_per_l.items()), np.zeros(1)) * 1e-3
    at_25 = free / (1.0 + HINDRANCE * np.sqrt(total / 2000.0))
    warm = np.asarray(temperature_c) - 25.0
    return np.asarray(at_25 * (1.0 + PER_DEGC * warm) / (1.0 + compensation_per_degc * warm))
