"""The four blocking laws: how transmembrane pressure rises at constant flux.

With flux J, time t and the pressure of the clean membrane P0 (standard forms; constants differ by
membrane and broth and are assumptions wherever they are given):

    complete      P/P0 = 1 / (1 - kb t)            kb in 1/h
    standard      P/P0 = (1 - ks J t / 2)^-2       ks in m²/L
    intermediate  P/P0 = exp(ki J t)               ki in m²/L
    cake          P/P0 = 1 + kc J² t               kc in h m⁴/L²

Complete and standard blocking end: every pore is shut at kb t = 1 and ks J t = 2.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from twin.lifetime import Floats

BlockingLaw = Literal["complete", "standard", "intermediate", "cake"]
LITRE_PER_M2_H_IN_M_PER_S = 1.0 / 3.6e6
PA_PER_BAR = 1e5


def resistance_ratio(
    law: BlockingLaw,
    constant: float | Floats,
    flux_l_per_m2_h: float | Floats,
    time_h: float | Floats,
) -> Floats:
    """Return P/P0, which at constant flux is also R_tot/R_m; inf once every pore is shut."""
    k, j, t = np.asarray(constant), np.asarray(flux_l_per_m2_h), np.asarray(time_h)
    if law == "intermediate":
        return np.asarray(np.exp(k * j * t))
    if law == "cake":
        return np.asarray(1.0 + k * j**2 * t)
    with np.errstate(divide="ignore"):
        if law == "complete":
            return np.asarray(1.0 / np.maximum(1.0 - k * t, 0.0))
        return np.asarray(np.maximum(1.0 - k * j * t / 2.0, 0.0) ** -2.0)


def constant_reaching(
    law: BlockingLaw,
    ratio: float | Floats,
    flux_l_per_m2_h: float | Floats,
    time_h: float | Floats,
) -> Floats:
    """Return the constant with which P/P0 is `ratio` (above 1) after a time."""
    r, j, t = np.asarray(ratio), np.asarray(flux_l_per_m2_h), np.asarray(time_h)
    if law == "complete":
        return np.asarray((1.0 - 1.0 / r) / t)
    if law == "standard":
        return np.asarray(2.0 * (1.0 - r**-0.5) / (j * t))
    if law == "intermediate":
        return np.asarray(np.log(r) / (j * t))
    return np.asarray((r - 1.0) / (j**2 * t))


def transmembrane_pressure_bar(
    flux_l_per_m2_h: float | Floats,
    viscosity_mpa_s: float | Floats,
    resistance_per_m: float | Floats,
) -> Floats:
    """Return J mu R_tot (Darcy) in bar."""
    velocity = np.asarray(flux_l_per_m2_h) * LITRE_PER_M2_H_IN_M_PER_S
    return np.asarray(velocity * np.asarray(viscosity_mpa_s) * 1e-3 * resistance_per_m / PA_PER_BAR)


def measured_tmp_bar(
    feed_bar: float | Floats, retentate_bar: float | Floats, permeate_bar: float | Floats
) -> Floats:
    """Return (p_feed + p_retentate)/2 - p_permeate, as pressure probes around a module see it."""
    return np.asarray((np.asarray(feed_bar) + retentate_bar) / 2.0 - permeate_bar)
