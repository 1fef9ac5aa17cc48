"""Fills an ADC conjugation vessel and doses reagents in molar equivalents to the antibody.

Dosing mixes a stock solution in at once: an exact mass balance.
"""

from __future__ import annotations

import math

from twin.kinetics.adc_parameters import STATES
from twin.kinetics.model import UnknownName, Values

ANTIBODY_G_PER_MMOL = 150.0
"""Molar mass of an IgG, rounded (recalled)."""

REAGENTS = ("tcep", "drug", "quencher")
_AT = {state.name: position for position, state in enumerate(STATES)}
_CONCENTRATIONS = tuple(_AT[state.name] for state in STATES if state.unit == "mmol/L")
_VOLUME = _AT["volume"]
_BONDS = slice(_AT["hl_intact"], _AT["hh_two"] + 1)


class DoseRefused(ValueError):
    """A filling or a dose is not a sensible amount."""


def initial_state(*, antibody_g_per_l: float, volume_l: float) -> tuple[float, ...]:
    """The states of a vessel filled with unreduced antibody in buffer.

    Raises:
        DoseRefused: concentration or volume is not a positive number.
    """
    for what, value in (("antibody_g_per_l", antibody_g_per_l), ("volume_l", volume_l)):
        if not (math.isfinite(value) and value > 0.0):
            raise DoseRefused(f"{what} must be positive, got {value!r}")
    x = [0.0] * len(STATES)
    x[_AT["hl_intact"]] = x[_AT["hh_intact"]] = 2.0 * antibody_g_per_l / ANTIBODY_G_PER_MMOL
    x[_VOLUME] = volume_l
    return tuple(x)


def antibody_mmol(x: Values) -> float:
    """Antibody in the vessel, with any number of drugs."""
    return float(sum(x[_BONDS])) / 4.0 * float(x[_VOLUME])


def with_reagent(
    x: Values, reagent: str, *, equivalents: float, stock_mm: float
) -> tuple[float, ...]:
    """The states after dosing a reagent from a stock of ``stock_mm`` (mmol/L).

    ``equivalents`` are moles per mole of antibody in the vessel.

    Raises:
        UnknownName: the reagent is none of ``REAGENTS``.
        DoseRefused: the dose is negative, or the stock holds nothing.
    """
    if reagent not in REAGENTS:
        raise UnknownName("the ADC conjugation model", "reagent", reagent, REAGENTS)
    if not (math.isfinite(equivalents) and equivalents >= 0.0):
        raise DoseRefused(f"{reagent}: equivalents must not be negative, got {equivalents!r}")
    if not (math.isfinite(stock_mm) and stock_mm > 0.0):
        raise DoseRefused(f"{reagent}: stock_mm must be positive, got {stock_mm!r}")
    dose = equivalents * antibody_mmol(x)
    before = float(x[_VOLUME])
    after = before + dose / stock_mm
    mixed = [float(value) for value in x]
    for position in _CONCENTRATIONS:
        mixed[position] = mixed[position] * before / after
    mixed[_AT[reagent]] += dose / after
    mixed[_VOLUME] = after
    return tuple(mixed)
