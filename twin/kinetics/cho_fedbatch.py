"""CHO fed-batch culture: the equations of Kornecki & Strube 2018, extended for process decisions.

Added to the published Monod model: temperature (growth after Kontoravdi; its death law, fitted to
two temperatures and rising on cooling, is not used), pH, osmolality, oxygen transfer and control,
lysis, death by hunger, anoxia and heat, glutamine decay, overflow and re-uptake of lactate, base
addition, and a bacterial contaminant.  Every extension is a parameter that can switch it off
(``NO_EXTENSIONS``); where each number comes from is stated with it in ``cho_parameters``.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.cho_parameters import INPUTS, N_CELL, OUTPUTS, PARAMETERS, STATES
from twin.kinetics.laws import (
    REFERENCE_TEMPERATURE,
    SHIFTED_TEMPERATURE,
    bell,
    depletion2,
    falling,
    inhibition,
    on_cooling,
    positive_difference,
    positive_part,
    saturation,
    saturation2,
)
from twin.kinetics.model import KineticsModel, Values

TINY = 1.0e-12
AIR_OXYGEN_PRESSURE = 21278.0
PG_PER_CELL_DAY = 24000.0


def oxygen_solubility(temperature: Any, pressure: Any) -> Any:
    """Dissolved oxygen (mM) in equilibrium with a gas of that O2 partial pressure (Pa)."""
    return (1.58e-5 - 1.5e-7 * temperature) * pressure


def osmolality(x: Values) -> Any:
    """Sum of the dissolved solutes (mOsm/kg, taking 1 mM of each as 1 mOsm/kg)."""
    return x[2] + x[3] + x[4] + x[5] + x[7]


def cell_rates(x: Values, p: Values) -> Values:
    """Specific rates of the cells.

    Returns:
        growth (1/h), death (1/h), uptake of glucose and glutamine (mmol/1e9 cells/h),
        release of lactate and of ammonia, re-uptake of lactate, removal of ammonia, production
        (g/1e9 cells/h), uptake of oxygen.
    """
    _xv, _xd, glc, gln, lac, amm, _product, _ions, oxygen, temperature, ph, _v, _base, _con = x
    # fmt: off
    (
        mu_max, k_d, k_glc, k_gln, ki_lac, ki_amm, kd_lac, kd_amm, y_x_glc, y_x_gln, y_lac_glc,
        y_amm_gln, r_amm, m_glc, a1, a2, q_mab,
        k_maintenance, k_amm_removal,
        growth_multiplier, productivity_multiplier, growth_productivity_weight,
        growth_slope, heat_limit, heat_width, death_cooling, metabolism_cooling,
        shift_center, shift_width, growth_shift_loss, productivity_cooling, cold_limit, cold_width,
        growth_ph, growth_ph_width, growth_ph_floor,
        productivity_ph, productivity_ph_width, productivity_ph_floor,
        growth_osm, productivity_osm, productivity_osm_loss, k_d_osm, death_osm, osm_width,
        k_d_basal, k_d_nutrient, k_nutrient, k_d_starved, k_starved, k_d_anoxic, k_anoxic, k_d_heat,
        q_overflow, k_overflow, y_lac_overflow,
        q_lac_uptake, k_lac_uptake, ki_lac_uptake, lac_uptake_cooling,
        productivity_nutrient_weight, k_productivity_nutrient, productivity_glucose_weight,
        q_o2, k_o2,
    ) = p[:N_CELL]
    # fmt: on
    osm = osmolality(x)
    heat = falling(temperature, heat_limit, heat_width)
    warm = falling(REFERENCE_TEMPERATURE, shift_center, shift_width)
    cold = falling(SHIFTED_TEMPERATURE, shift_center, shift_width)
    shifted = (falling(temperature, shift_center, shift_width) - warm) / (cold - warm)
    breathing = saturation2(oxygen, k_o2)

    # growth: published limits and inhibitions, then temperature, pH, osmolality, oxygen
    mu_potential = mu_max * growth_multiplier
    mu = mu_potential * saturation(glc, k_glc) * saturation(gln, k_gln)
    mu = mu * inhibition(lac, ki_lac) * inhibition(amm, ki_amm)
    mu = mu * positive_part(1.0 + growth_slope * (temperature - REFERENCE_TEMPERATURE)) * heat
    mu = mu * positive_part(1.0 - growth_shift_loss * shifted)
    mu = mu * bell(ph, growth_ph, growth_ph_width, growth_ph_floor)
    mu = mu * falling(osm, growth_osm, osm_width) * breathing

    cooled = on_cooling(temperature, death_cooling)
    poisoned = k_d * saturation(lac, kd_lac) * saturation(amm, kd_amm) * cooled
    death = poisoned + (k_d_basal + k_d_nutrient * inhibition(gln, k_nutrient)) * cooled
    death = death + k_d_starved * depletion2(glc, k_starved)
    death = death + k_d_anoxic * depletion2(oxygen, k_anoxic)
    death = death + k_d_osm * (1.0 - falling(osm, death_osm, osm_width)) + k_d_heat * (1.0 - heat)

    # The paper's uptake follows mu - mu_d, cut at zero.  What dying saves is taken off where it
    # can't make uptake negative or go on without substrate: off maintenance for glucose, by a
    # smooth cut for glutamine.  (Ammonia needs no cut: without ammonia nothing is poisoned.)
    net = positive_difference(mu, poisoned)
    metabolism = on_cooling(temperature, metabolism_cooling)
    upkeep = (m_glc * metabolism - poisoned / y_x_glc) * saturation(glc, k_maintenance)
    overflow = q_overflow * metabolism * saturation2(glc, k_overflow)
    glc_uptake = mu / y_x_glc + upkeep + overflow
    gln_uptake = net / y_x_gln + a1 * metabolism * saturation(gln, a2)
    lac_release = y_lac_glc * (mu / y_x_glc + upkeep) + y_lac_overflow * overflow
    amm_release = y_amm_gln * (mu - poisoned) / y_x_gln
    amm_uptake = r_amm * saturation(amm, k_amm_removal)
    lac_uptake = q_lac_uptake * on_cooling(temperature, lac_uptake_cooling)
    lac_uptake = lac_uptake * saturation(lac, k_lac_uptake) * inhibition(glc, ki_lac_uptake)

    production = q_mab * productivity_multiplier * productivity_cooling**shifted
    production = production * falling(cold_limit, temperature, cold_width)
    production = production * bell(
        ph, productivity_ph, productivity_ph_width, productivity_ph_floor
    )
    salty = 1.0 - falling(osm, productivity_osm, osm_width)
    production = production * (1.0 - productivity_osm_loss * salty) * breathing
    unfed = productivity_nutrient_weight * inhibition(gln, k_productivity_nutrient)
    hungry = productivity_glucose_weight * depletion2(glc, k_starved)
    production = production * (1.0 - unfed) * (1.0 - hungry)
    production = production * positive_part(1.0 - growth_productivity_weight * mu / mu_potential)

    return (
        mu,
        death,
        glc_uptake,
        gln_uptake,
        lac_release,
        amm_release,
        lac_uptake,
        amm_uptake,
        production,
        q_o2 * metabolism * breathing,
    )


def vessel_rates(x: Values, u: Values, p: Values, acid_release: Any, oxygen_uptake: Any) -> Values:
    """What happens around the cells, given what they release and take up (mmol/L/h).

    Returns:
        lysis (1/h), glutamine decay (1/h), base flow (L/h), base added (mmol/L/h), kLa (1/h),
        dissolved oxygen (%), oxygen uptake of everything alive (mmol/L/h), CO2 evolution
        (mmol/L/h), slope of the dissolved oxygen (mmol/L/h), slopes of temperature (degC/h) and
        pH (1/h), growth of the contaminant (1/h), its glucose uptake (mmol/L/h), acids formed by
        cells and contaminant (mmol/L/h).
    """
    _xv, _xd, glc, _gln, _lac, _amm, _prod, _ions, oxygen, temperature, ph, volume, _base, con = x
    _f, _f_glc, _f_gln, _f_ions, _g, _stock, temperature_setpoint, ph_setpoint, do_setpoint = u
    # fmt: off
    (
        k_lysis, k_gln_decay, gln_decay_q10, neutralisation, base_stock,
        rq, kla_min, kla_max, do_band, oxygen_pressure, tau_temperature, tau_ph,
        mu_contaminant, k_contaminant, glc_contaminant, lac_contaminant, o2_contaminant,
        k_o2_contaminant,
    ) = p[N_CELL:]
    # fmt: on
    con_growth = mu_contaminant * saturation(glc, k_contaminant)
    acids = acid_release + lac_contaminant * con_growth * con
    base = neutralisation * acids
    our = oxygen_uptake + o2_contaminant * con_growth * con * saturation(oxygen, k_o2_contaminant)
    dissolved = 100.0 * oxygen / oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE)
    kla = kla_min + (kla_max - kla_min) * falling(dissolved, do_setpoint, do_band)
    transfer = kla * (oxygen_solubility(temperature, oxygen_pressure) - oxygen)
    return (
        k_lysis,
        k_gln_decay * gln_decay_q10 ** ((temperature - REFERENCE_TEMPERATURE) / 10.0),
        base * volume / base_stock,
        base,
        kla,
        dissolved,
        our,
        rq * our,
        transfer - our,
        (temperature_setpoint - temperature) / tau_temperature,
        (ph_setpoint - ph) / tau_ph,
        con_growth,
        glc_contaminant * con_growth * con,
        acids,
    )


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    xv, xd, glc, gln, lac, amm, product, ions, _o2, _temperature, _ph, volume, _base, con = x
    feed_rate, feed_glc, feed_gln, feed_ions, glc_feed_rate, glc_stock, _t_set, _ph_set, _do_set = u
    mu, death, q_glc, q_gln, q_lac, q_amm, lac_uptake, amm_uptake, q_mab, q_o2 = cell_rates(x, p)
    (
        lysis,
        gln_decay,
        base_rate,
        base,
        _kla,
        _dissolved,
        _our,
        _cer,
        oxygen_slope,
        temperature_slope,
        ph_slope,
        con_growth,
        con_glc_uptake,
        acids,
    ) = vessel_rates(x, u, p, q_lac * xv, q_o2 * xv)

    feed = feed_rate / volume
    glc_feed = glc_feed_rate / volume
    dilution = feed + glc_feed + base_rate / volume
    return (
        (mu - death - dilution) * xv,
        death * xv - (lysis + dilution) * xd,
        feed * feed_glc + glc_feed * glc_stock - q_glc * xv - con_glc_uptake - dilution * glc,
        feed * feed_gln - q_gln * xv - (gln_decay + dilution) * gln,
        acids - lac_uptake * xv - dilution * lac,
        (q_amm - amm_uptake) * xv + gln_decay * gln - dilution * amm,
        q_mab * xv - dilution * product,
        feed * feed_ions + base - dilution * ions,
        oxygen_slope,
        temperature_slope,
        ph_slope,
        dilution * volume,
        base_rate,
        (con_growth - dilution) * con,
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu, death, q_glc, _q_gln, q_lac, _q_amm, _lac, _amm, q_mab, q_o2 = cell_rates(x, p)
    vessel = vessel_rates(x, u, p, q_lac * x[0], q_o2 * x[0])
    return (
        100.0 * x[0] / (x[0] + x[1] + TINY),
        osmolality(x),
        vessel[5],
        vessel[6],
        vessel[7],
        vessel[4],
        mu,
        death,
        q_mab * PG_PER_CELL_DAY,
        q_glc,
        vessel[2],
    )


CHO_FEDBATCH = KineticsModel(
    name="cho_fedbatch",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="CHO fed-batch culture after Kornecki & Strube 2018, with temperature, pH, osmolality, "
    "oxygen, death and lysis, by-products and feeding.",
)
"""The model; its parameter defaults are those of clone K1 in a medium without multipliers."""
