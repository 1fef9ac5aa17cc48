"""The Raman bands of what is in a culture, and the spectrum of each component.

Band positions without a remark are recalled assignments (glucose 1125, 1060-1070, 911-915 and
518 cm-1; lactate 854-860, 1044, 1085, 1450; glutamine 1336, 850-900; phenylalanine 1003; amide I
1650; amide III 1240-1260; water 1640; sapphire 418 and 750). A * in `COMPONENTS` marks positions
taken for a plausible shape only. All heights and widths are assumptions: heights are relative to
the water band at 1640 cm-1, per unit of the component, and were set so that calibrated soft sensors
err about as much as published ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats

LORENTZ_SHARE = 0.3  # of each pseudo-Voigt band; assumption


@dataclass(frozen=True, slots=True)
class Band:
    """A band: position and full width at half height in cm-1, height relative to its component."""

    at: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Component:
    """What contributes to a spectrum in proportion to its concentration.

    `strength` is the height of a band of relative height 1 per `unit`, in water bands.
    """

    name: str
    unit: str
    strength: float
    bands: tuple[Band, ...]


COMPONENTS = (
    Component(
        "glucose",
        "mmol/L",
        1.0e-3,
        (
            Band(518, 18, 0.50),
            Band(913, 16, 0.40),
            Band(1065, 22, 0.75),
            Band(1125, 20, 1.00),
            Band(1365, 32, 0.45),  # *
            Band(1460, 30, 0.30),  # *
        ),
    ),
    Component(
        "lactate",
        "mmol/L",
        0.6e-3,
        (
            Band(857, 13, 1.00),
            Band(1044, 15, 0.45),
            Band(1085, 15, 0.40),
            Band(1420, 24, 0.45),  # *
            Band(1450, 22, 0.60),
        ),
    ),
    Component("glutamine", "mmol/L", 0.8e-3, (Band(875, 40, 0.55), Band(1336, 22, 1.00))),
    Component(
        "glutamate",
        "mmol/L",
        0.8e-3,
        (Band(865, 34, 0.50), Band(1345, 24, 0.80), Band(1410, 26, 0.90)),  # *
    ),
    Component("phenylalanine", "mmol/L", 4.0e-3, (Band(1003, 8, 1.00), Band(1031, 10, 0.30))),
    Component(
        "antibody",
        "g/L",
        4.0e-3,
        (
            Band(1003, 9, 0.50),
            Band(1240, 36, 0.60),
            Band(1450, 28, 0.75),  # *
            Band(1550, 14, 0.25),  # *
            Band(1668, 34, 1.00),  # * amide I of beta sheets
        ),
    ),
    Component(
        "host_protein",
        "g/L",
        4.0e-3,
        (
            Band(1003, 9, 0.45),
            Band(1258, 42, 0.55),
            Band(1450, 28, 0.80),  # *
            Band(1650, 40, 1.00),
        ),
    ),
    Component(
        "viable_cells",
        "1e9/L",
        0.6e-3,
        (
            Band(785, 14, 0.70),  # * nucleic acids
            Band(1003, 9, 0.50),
            Band(1095, 26, 0.50),  # * phosphate backbone
            Band(1305, 34, 0.60),  # * lipids
            Band(1450, 26, 1.00),  # *
            Band(1655, 36, 0.90),
        ),
    ),
    Component(
        "dead_cells",
        "1e9/L",
        0.4e-3,
        (
            Band(785, 16, 0.35),  # *
            Band(1003, 9, 0.60),
            Band(1255, 42, 0.60),
            Band(1450, 28, 0.80),  # *
            Band(1652, 40, 1.00),
        ),
    ),
)
NAMES = tuple(component.name for component in COMPONENTS)

WATER = (Band(450, 320, 0.35), Band(1640, 95, 1.00))  # the librational background at 450: *
SAPPHIRE = (Band(418, 9, 1.00), Band(750, 12, 0.60))
BUFFER = (Band(876, 20, 0.5), Band(989, 14, 1.0), Band(1077, 22, 0.7), Band(1280, 60, 0.4))  # *
FILM = (  # * slime and protein on a clouded window
    Band(480, 30, 0.8),
    Band(845, 24, 0.7),
    Band(940, 24, 0.7),
    Band(1003, 10, 0.4),
    Band(1250, 50, 0.5),
    Band(1450, 30, 0.8),
    Band(1655, 42, 1.0),
)


def spectrum(bands: tuple[Band, ...], wavenumbers: Floats) -> Floats:
    """Return the sum of pseudo-Voigt bands on an axis of wavenumbers (cm-1), both (n,)."""
    total = np.zeros_like(wavenumbers)
    for band in bands:
        x2 = ((wavenumbers - band.at) / (0.5 * band.width)) ** 2
        gauss, lorentz = np.exp(-np.log(2.0) * x2), 1.0 / (1.0 + x2)
        total += band.height * ((1.0 - LORENTZ_SHARE) * gauss + LORENTZ_SHARE * lorentz)
    return total


def pure_spectra(wavenumbers: Floats) -> Floats:
    """Return the spectrum of one unit of each component, (number of components, n)."""
    return np.array([c.strength * spectrum(c.bands, wavenumbers) for c in COMPONENTS])
