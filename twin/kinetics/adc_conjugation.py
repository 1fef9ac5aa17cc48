"""Antibody-drug conjugation at interchain cysteines: reduction, conjugation, quench and washing.

Two heavy-light and two heavy-heavy disulfides per antibody are reduced by TCEP (one TCEP opens one
bond to two thiols), maleimide drug binds to the thiols one after the other, loses its maleimide to
water, and is caught by a quencher; diafiltration at constant volume washes small molecules out.
Bonds are independent of one another.  Structure recalled; parameters are not measured, see
``adc_parameters``.  Not described: TCEP reacting with maleimide, loss of drug once it is bound,
precipitation.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.adc_parameters import INPUTS, OUTPUTS, PARAMETERS, STATES
from twin.kinetics.model import KineticsModel, Values

REFERENCE_TEMPERATURE = 22.0
REFERENCE_PH = 7.0
TINY = 1.0e-12


def warmed(temperature: Any, q10: Any) -> Any:
    """Multiplier that is 1 at 22 degC and grows by ``q10`` per 10 degC."""
    return q10 ** ((temperature - REFERENCE_TEMPERATURE) / 10.0)


def dissociation(ph: Any, pka: Any) -> Any:
    """Dissociated share of a thiol relative to the one at pH 7."""
    return (1.0 + 10.0 ** (pka - REFERENCE_PH)) / (1.0 + 10.0 ** (pka - ph))


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    # fmt: off
    (
        hl_intact, hl_open, hl_one, hl_two, hh_intact, hh_open, hh_one, hh_two,
        tcep, tcep_oxide, drug, drug_hydrolysed, quencher, drug_quenched, volume,
        _drug_in_permeate, _antibody_in_permeate,
    ) = x
    drug_feed_rate, drug_stock, diafiltration_rate, temperature, ph = u
    (
        k_reduce_hl, k_reduce_hh, k_reoxidise, k_conjugate, k_hydrolyse, k_quench, thiol_pka,
        q10_reduce, q10_conjugate, q10_hydrolyse, sieving_small, sieving_antibody,
    ) = p
    # fmt: on
    reducing = warmed(temperature, q10_reduce)
    reacting = warmed(temperature, q10_conjugate) * dissociation(ph, thiol_pka)

    # two thiols of an open bond compete for drug, one is left of a half-loaded bond
    closing = k_reoxidise * reducing
    binding = k_conjugate * reacting * drug
    hl_reduced = k_reduce_hl * reducing * tcep * hl_intact
    hh_reduced = k_reduce_hh * reducing * tcep * hh_intact
    hl_first, hl_second = 2.0 * binding * hl_open, binding * hl_one
    hh_first, hh_second = 2.0 * binding * hh_open, binding * hh_one
    bound = hl_first + hl_second + hh_first + hh_second
    reduced = hl_reduced + hh_reduced
    hydrolysed = k_hydrolyse * warmed(temperature, q10_hydrolyse) * 10.0 ** (ph - REFERENCE_PH)
    hydrolysed = hydrolysed * drug
    quenched = k_quench * reacting * quencher * drug

    diluted = drug_feed_rate / volume
    small = diluted + sieving_small * diafiltration_rate / volume
    large = diluted + sieving_antibody * diafiltration_rate / volume
    free_drug = drug + drug_hydrolysed + drug_quenched
    bound_drug = hl_one + hh_one + 2.0 * (hl_two + hh_two)
    bonds = hl_intact + hl_open + hl_one + hl_two + hh_intact + hh_open + hh_one + hh_two
    return (
        closing * hl_open - hl_reduced - large * hl_intact,
        hl_reduced - closing * hl_open - hl_first - large * hl_open,
        hl_first - hl_second - large * hl_one,
        hl_second - large * hl_two,
        closing * hh_open - hh_reduced - large * hh_intact,
        hh_reduced - closing * hh_open - hh_first - large * hh_open,
        hh_first - hh_second - large * hh_one,
        hh_second - large * hh_two,
        -reduced - small * tcep,
        reduced - small * tcep_oxide,
        diluted * drug_stock - bound - hydrolysed - quenched - small * drug,
        hydrolysed - small * drug_hydrolysed,
        -quenched - small * quencher,
        quenched - small * drug_quenched,
        drug_feed_rate,
        diafiltration_rate * (sieving_small * free_drug + sieving_antibody * bound_drug),
        diafiltration_rate * sieving_antibody * bonds / 4.0,
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    hl_intact, hl_open, hl_one, hl_two, hh_intact, hh_open, hh_one, hh_two = x[:8]
    bonds = hl_intact + hl_open + hl_one + hl_two + hh_intact + hh_open + hh_one + hh_two
    antibody = bonds / 4.0
    one, two = hl_one + hh_one, hl_two + hh_two
    return (
        antibody,
        (one + 2.0 * two) / (antibody + TINY),
        2.0 * (hl_open + hh_open) + one,
        x[10] + x[11] + x[13],
        (hl_intact + hh_intact) / (antibody + TINY),
    )


ADC_CONJUGATION = KineticsModel(
    name="adc_conjugation",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="reduction, conjugation, quench and diafiltration of an interchain-cysteine ADC",
)
"""The model; reagents are added between intervals with ``adc_reactor.with_reagent``."""
