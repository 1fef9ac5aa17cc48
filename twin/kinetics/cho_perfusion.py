"""CHO perfusion culture: Kontoravdi / Papathanasiou kinetics in a vessel with cell retention.

Growth, uptake, by-products and the laws by temperature and pH are those of the published model with
its growth rate as printed (circulating code has it five times).  Fresh medium comes in; broth is
bled, and harvest leaves through a membrane that keeps cells and lets solutes pass, so no recycle
of solutes appears (the term printed for glutamine's is wrong).  Added: death by hunger, anoxia and
heat, oxygen and CO2 transfer, CO2's effect, control of volume, cells and medium per cell.
The published law of death rises on cooling, against most reports; ``published_death`` selects it.
Bicarbonate is left out.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.cho_fedbatch import (
    AIR_OXYGEN_PRESSURE,
    PG_PER_CELL_DAY,
    TINY,
    oxygen_solubility,
)
from twin.kinetics.laws import (
    REFERENCE_TEMPERATURE,
    E,
    depletion2,
    falling,
    inhibition,
    on_cooling,
    positive_part,
    saturation,
    saturation2,
)
from twin.kinetics.model import KineticsModel, Values
from twin.kinetics.perfusion_parameters import (
    INPUTS,
    N_CELL,
    N_FLOW,
    N_GAS,
    OUTPUTS,
    PARAMETERS,
    STATES,
)

AIR_OXYGEN = 0.21
PA_PER_MMHG = 133.322
PL_PER_CELL = 1000.0
HOURS_PER_DAY = 24.0
LN_10 = 2.302585092994046


def co2_solubility(temperature: Any, pressure: Any) -> Any:
    """Dissolved CO2 (mM) in equilibrium with that CO2 partial pressure (Pa); after CC-sim."""
    return (4.839e-4 - 6.1e-6 * temperature) * pressure


def co2_pressure(x: Values) -> Any:
    """Partial pressure of the dissolved CO2 (mmHg)."""
    return x[8] / (co2_solubility(x[9], 1.0) * PA_PER_MMHG)


def smaller_of(a: Any, b: Any) -> Any:
    """Smooth ``min`` of two non-negative numbers: never negative, never above either, 0 with one.

    At most 0.05 % below (where ``a = b``).
    """
    return 2.0 * (1.0 - 2.5e-7) * a * b / (a + b + ((a - b) ** 2 + 1.0e-6 * a * b) ** 0.5 + TINY)


def cell_rates(x: Values, p: Values) -> Values:
    """Specific rates of the cells.

    Returns:
        growth (1/h), death (1/h), uptake of glucose and glutamine, release of lactate and ammonia
        (mmol/1e9 cells/h), production (g/1e9 cells/h), uptake of oxygen (mmol/1e9 cells/h).
    """
    (glc, gln, lac, amm) = x[2:6]
    (oxygen, _co2, temperature, ph) = x[7:11]
    # fmt: off
    (
        mu_max, mu_slope, mu_multiplier, k_glc, k_gln, ki_lac, ki_amm,
        k_d, k_d_slope, published_death, death_cooling, kd_amm,
        k_d_starved, k_starved, k_d_anoxic, k_anoxic, k_d_heat, heat_limit, heat_width,
        y_x_glc, y_x_gln, y_lac_glc, y_amm_gln, m_glc, k_maintenance, a1, a2, q_o2, k_o2,
        q_mab, productivity_ph, productivity_ph_width,
        growth_co2_onset, growth_co2_slope, productivity_co2_onset, productivity_co2_slope,
    ) = p[:N_CELL]
    # fmt: on
    warmer = temperature - REFERENCE_TEMPERATURE
    heat = falling(temperature, heat_limit, heat_width)
    breathing = saturation2(oxygen, k_o2)
    pressure = co2_pressure(x)
    growth_co2 = growth_co2_slope * positive_part(pressure - growth_co2_onset)
    productivity_co2 = productivity_co2_slope * positive_part(pressure - productivity_co2_onset)

    mu = mu_multiplier * mu_max * positive_part(1.0 + mu_slope * warmer)
    mu = mu * saturation(glc, k_glc) * saturation(gln, k_gln)
    mu = mu * inhibition(lac, ki_lac) * inhibition(amm, ki_amm)
    mu = mu * heat * breathing * positive_part(1.0 - growth_co2)

    printed = k_d * positive_part(1.0 + k_d_slope * warmer)
    reported = k_d * on_cooling(temperature, death_cooling)
    poisoned = published_death * printed + (1.0 - published_death) * reported
    death = poisoned * saturation2(amm, kd_amm)
    death = death + k_d_starved * depletion2(glc, k_starved)
    death = death + k_d_anoxic * depletion2(oxygen, k_anoxic) + k_d_heat * (1.0 - heat)

    # as published, maintenance goes on without glucose
    glc_uptake = mu / y_x_glc + m_glc * saturation(glc, k_maintenance)
    gln_uptake = mu / y_x_gln + a1 * saturation(gln, a2)
    production = q_mab * E ** (-0.5 * ((ph - productivity_ph) / productivity_ph_width) ** 2)
    production = production * breathing * positive_part(1.0 - productivity_co2)
    return (
        mu,
        death,
        glc_uptake,
        gln_uptake,
        y_lac_glc * glc_uptake,
        y_amm_gln * gln_uptake,
        production,
        q_o2 * breathing,
    )


def flow_rates(x: Values, u: Values, p: Values, net_growth: Any) -> Values:
    """Fresh medium, bleed and harvest per volume (1/h).

    The bleed is what the cells' net growth and their excess over the set-point ask for, at most the
    fresh medium; the harvest is what else keeps the volume, at most its limit.
    """
    medium_rate, cspr, _glc, _gln, bleed_rate, most_cells, volume_setpoint, harvest_limit = u[:8]
    (cell_retention, _product_sieving, bleed_gain, level_gain) = p[N_CELL:N_FLOW]
    cells, volume = x[0], x[11]
    medium = medium_rate / volume + cspr * cells / (PL_PER_CELL * HOURS_PER_DAY)
    # what net growth brings beyond what the bleed takes leaves with the harvest if cells leak:
    # net growth = bleed + (1 - retention) * (medium - bleed)
    leak = 1.0 - cell_retention
    held = (net_growth - leak * medium) / (cell_retention + TINY)
    bleed = bleed_rate / volume + positive_part(held + bleed_gain * (cells / most_cells - 1.0))
    bleed = smaller_of(bleed, medium)
    surplus = positive_part(medium - bleed + level_gain * (volume / volume_setpoint - 1.0))
    harvest = smaller_of(surplus, harvest_limit * volume_setpoint / volume)
    return (medium, bleed, harvest)


def gas_rates(x: Values, u: Values, p: Values, q_o2: Any) -> Values:
    """Gas exchange; a DO controller stirs harder and enriches the gas with oxygen together.

    Returns:
        dissolved oxygen (%), kLa (1/h), oxygen in the gas, oxygen uptake, oxygen transferred, CO2
        evolution, CO2 stripped (mmol/L/h).
    """
    (oxygen, co2, temperature) = x[7:10]
    (
        rq,
        kla_min,
        kla_max,
        do_band,
        gas_pressure,
        gas_oxygen_max,
        co2_stripping,
        gas_co2,
    ) = p[N_FLOW:N_GAS]
    dissolved = 100.0 * oxygen / oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE)
    demand = falling(dissolved, u[10], do_band)
    kla = kla_min + (kla_max - kla_min) * demand
    enriched = AIR_OXYGEN + (gas_oxygen_max - AIR_OXYGEN) * demand
    our = q_o2 * x[0]
    return (
        dissolved,
        kla,
        enriched,
        our,
        kla * (oxygen_solubility(temperature, enriched * gas_pressure) - oxygen),
        rq * our,
        co2_stripping * kla * (co2 - co2_solubility(temperature, gas_co2 * gas_pressure)),
    )


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    xv, xd, glc, gln, lac, amm, product, oxygen, co2, temperature, ph, volume = x[:12]
    (_medium_rate, _cspr, medium_glc, medium_gln) = u[:4]
    (cell_retention, product_sieving, _bleed_gain, _level_gain) = p[N_CELL:N_FLOW]
    (
        k_lysis,
        k_gln_decay,
        medium_co2,
        tau_temperature,
        tau_ph,
        ph_control,
        ph_zero,
        ph_amm,
        ph_rest,
    ) = p[N_GAS:]
    mu, death, q_glc, q_gln, q_lac, q_amm, q_mab, q_o2 = cell_rates(x, p)
    medium, bleed, harvest = flow_rates(x, u, p, mu - death)
    _do, _kla, _gas, our, oxygen_in, cer, co2_out = gas_rates(x, u, p, q_o2)

    # What passes the membrane freely is diluted by the fresh medium alone; what is kept in part
    # is concentrated again by the harvest that leaves without it.
    cell_dilution = medium - cell_retention * harvest
    product_dilution = medium - (1.0 - product_sieving) * harvest
    decayed = k_gln_decay * gln
    air_saturated = oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE)
    # relaxes to pH = ph_zero - log10(ph_amm amm + ph_rest)
    acid = 10.0 ** (ph_zero - ph) / (ph_amm * amm + ph_rest)
    drift = (acid - 1.0) / LN_10
    return (
        (mu - death - cell_dilution) * xv,
        death * xv - (k_lysis + cell_dilution) * xd,
        medium * (medium_glc - glc) - q_glc * xv,
        medium * (medium_gln - gln) - q_gln * xv - decayed,
        q_lac * xv - medium * lac,
        q_amm * xv + decayed - medium * amm,
        q_mab * xv - product_dilution * product,
        medium * (air_saturated - oxygen) + oxygen_in - our,
        medium * (medium_co2 - co2) + cer - co2_out,
        (u[8] - temperature) / tau_temperature,
        (ph_control * (u[9] - ph) + (1.0 - ph_control) * drift) / tau_ph,
        (medium - bleed - harvest) * volume,
        medium * volume,
        harvest * volume,
        product_sieving * harvest * volume * product,
        bleed * volume,
        bleed * volume * product,
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu, death, _glc, _gln, _lac, _amm, q_mab, q_o2 = cell_rates(x, p)
    medium, bleed, harvest = flow_rates(x, u, p, mu - death)
    dissolved, kla, enriched, our, _oxygen_in, cer, _co2_out = gas_rates(x, u, p, q_o2)
    (_cell_retention, product_sieving, _bleed_gain, _level_gain) = p[N_CELL:N_FLOW]
    titer = product_sieving * x[6]
    vvd = medium * HOURS_PER_DAY
    return (
        100.0 * x[0] / (x[0] + x[1] + TINY),
        dissolved,
        co2_pressure(x),
        our,
        cer,
        kla,
        enriched,
        mu,
        death,
        q_mab * PG_PER_CELL_DAY,
        vvd,
        vvd * PL_PER_CELL / (x[0] + TINY),
        bleed,
        harvest,
        titer,
        q_mab * x[0] * HOURS_PER_DAY,
        titer * harvest * HOURS_PER_DAY,
    )


CHO_PERFUSION = KineticsModel(
    name="cho_perfusion",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="CHO perfusion culture with cell retention, bleed, harvest and gas exchange, after "
    "Kontoravdi and Papathanasiou.",
)
"""The model; a litre at 37 degC with nothing flowing unless inputs say so."""
