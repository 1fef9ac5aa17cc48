"""Permittivity of a suspension of living cells over frequency.

Cole-Cole: eps(f) = eps_inf + d_eps / (1 + (j f/fc)^(1 - alpha)), with d_eps = (9/4) r Cm phi / eps0
and phi = (4/3) pi r^3 N (both recalled): what is seen is biovolume times radius, N r^4. The
characteristic frequency is that of a spherical shell, fc = 1/(2 pi r Cm (1/s_in + 1/(2 s_out)))
(Schwan, recalled). Membrane capacitance, conductivities and alpha are assumptions in the usual
range for animal cells. Dead cells have leaky membranes and don't count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats

EPS0_F_PER_M = 8.8541878128e-12
PF_PER_CM = EPS0_F_PER_M * 1e10  # relative permittivity 1 as capacitance per length
MEMBRANE_F_PER_M2 = 0.01
INSIDE_S_PER_M = 0.5
OUTSIDE_S_PER_M = 1.5
ALPHA = 0.1
WATER_PERMITTIVITY = 75.0


@dataclass(frozen=True, slots=True)
class Dispersion:
    """Cole-Cole parameters, each (n,): permittivities without unit, frequency in Hz."""

    eps_inf: Floats
    d_eps: Floats
    fc_hz: Floats


def dispersion(viable_cells: Floats, radius_um: Floats) -> Dispersion:
    """Return the dispersion of viable cells (1e9/L) of a radius (um), both (n,)."""
    radius_m = radius_um * 1e-6
    phi = 4.0 / 3.0 * np.pi * radius_m**3 * viable_cells * 1e12
    d_eps = 2.25 * radius_m * MEMBRANE_F_PER_M2 * phi / EPS0_F_PER_M
    return Dispersion(np.full_like(d_eps, WATER_PERMITTIVITY), d_eps, fc_of(radius_um))


def fc_of(radius_um: Floats) -> Floats:
    """Return the characteristic frequency (Hz) of cells of a radius (um)."""
    slowness = 1.0 / INSIDE_S_PER_M + 0.5 / OUTSIDE_S_PER_M
    return np.asarray(1.0 / (2.0 * np.pi * radius_um * 1e-6 * MEMBRANE_F_PER_M2 * slowness))


def radius_of(fc_hz: Floats) -> Floats:
    """Return the radius (um) of cells with a characteristic frequency (Hz)."""
    return fc_of(fc_hz)  # the product of the two is constant, so one hyperbola serves both ways


def cells_of(d_eps: Floats, radius_um: Floats) -> Floats:
    """Return the viable cells (1e9/L) that make a dispersion of height `d_eps` at a radius (um)."""
    one = dispersion(np.ones_like(radius_um), radius_um).d_eps
    return np.asarray(d_eps / one)


def relaxation(frequencies_hz: Floats, fc_hz: Floats) -> Floats:
    """Return the share of d_eps left at each frequency, (n, number of frequencies)."""
    x = (1j * frequencies_hz[None, :] / fc_hz[:, None]) ** (1.0 - ALPHA)
    return np.asarray((1.0 / (1.0 + x)).real)


def permittivity(frequencies_hz: Floats, cells: Dispersion) -> Floats:
    """Return the relative permittivity of a suspension, (n, number of frequencies)."""
    left = relaxation(frequencies_hz, cells.fc_hz)
    return np.asarray(cells.eps_inf[:, None] + cells.d_eps[:, None] * left)
