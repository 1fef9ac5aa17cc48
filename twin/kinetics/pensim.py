"""PenSim: fed-batch penicillin in a 100 L vessel after Birol, Undey & Cinar 2002.

Four things differ from the text in circulation, each marked where it is done: the temperature
difference multiplies the heat exchanged only (a misplaced parenthesis), growth's acid enters the
charge balance (so that pH stays finite), the step of the pH controller is taken to zero, and
maintenance ends where there is nothing left.  Temperature and pH are held by proportional valves
(assumption) in place of the published controllers.  The feed is the caller's.
"""

from __future__ import annotations

from typing import Any

from twin.kinetics.laws import E, positive_part, saturation
from twin.kinetics.model import KineticsModel, Values
from twin.kinetics.pensim_parameters import INPUTS, N_CELL, OUTPUTS, PARAMETERS, START, STATES

GAS_CONSTANT = 1.987
LN_10 = 2.302585092994046
WATER_PRODUCT = 1.0e-14
TINY = 1.0e-12


def initial_state() -> tuple[float, ...]:
    """The states of the published batch right after inoculation."""
    return tuple(START[state.name] for state in STATES)


def cell_rates(x: Values, p: Values) -> Values:
    """Growth, penicillin formation, uptake of substrate and of oxygen (all 1/h or g/g/h)."""
    _biomass, substrate, oxygen, _product, _volume, _co2, temperature, ph = x
    # fmt: off
    (
        mu_x, k_x, k_ox, k_1, k_2, k_g, e_g, k_death, e_death, y_xs, y_xo,
        mu_p, k_p, k_i, k_op, n_op, y_ps, y_po, _k_hydrolysis,
        m_x, m_o, k_m_x, k_m_o,
    ) = p[:N_CELL]
    # fmt: on
    biomass = x[0] + TINY
    acid = 10.0 ** (-ph)
    rt = GAS_CONSTANT * temperature
    mu = mu_x / (1.0 + k_1 / acid + acid / k_2)
    mu = mu * (k_g * E ** (-e_g / rt) - k_death * E ** (-e_death / rt))
    mu = mu * saturation(substrate, k_x * biomass) * saturation(oxygen, k_ox * biomass)
    formation = mu_p * substrate / (k_p + substrate + substrate * substrate / k_i)
    formation = formation * saturation(oxygen**n_op, k_op * biomass)
    # as published maintenance goes on without substrate and without oxygen
    upkeep = m_x * saturation(substrate, k_m_x)
    breathing = m_o * saturation(oxygen, k_m_o)
    return (
        mu,
        formation,
        mu / y_xs + formation / y_ps + upkeep,
        mu / y_xo + formation / y_po + breathing,
    )


def heat_exchanged(flow: Any, a_heat: Any, b_heat: Any, rho_c_cpc: Any) -> Any:
    """Heat exchanged with a flow of water (L/h) per K of difference (cal/h/K)."""
    wet = flow + TINY
    return a_heat * wet**b_heat / (1.0 + a_heat * wet ** (b_heat - 1.0) / (2.0 * rho_c_cpc))


def vessel_rates(x: Values, u: Values, p: Values, mu: Any) -> Values:
    """What happens around the mould that grows at ``mu``.

    Returns:
        volume slope (L/h), kLa (1/h), heat set free (cal/h), flows of cooling and heating water,
        acid and base (L/h), slopes of temperature (K/h) and pH (1/h), evolution of carbon dioxide
        (mmol/L/h), substrate fed and oxygen transferred (g/L/h), dissolved oxygen (%).
    """
    biomass, _substrate, oxygen, _product, volume, _co2, temperature, ph = x
    feed_rate, feed_temperature, aeration, power, temperature_setpoint, ph_setpoint = u
    # fmt: off
    (
        feed_substrate, oxygen_saturation, alpha_kla, beta_kla, evaporation, freezing, boiling,
        r_q1, r_q2, rho_cp, rho_c_cpc, a_heat, b_heat, cold_water, hot_water, water_max,
        temperature_band, gamma, c_ab, titrant_max, ph_band, alpha_1, alpha_2, alpha_3,
    ) = p[N_CELL:]
    # fmt: on
    too_warm = positive_part(temperature - temperature_setpoint)
    too_cold = positive_part(temperature_setpoint - temperature)
    too_sour = positive_part(ph_setpoint - ph)
    too_basic = positive_part(ph - ph_setpoint)
    cooling_rate = water_max * saturation(too_warm, temperature_band)
    heating_rate = water_max * saturation(too_cold, temperature_band)
    base_rate = titrant_max * saturation(too_sour, ph_band)
    acid_rate = titrant_max * saturation(too_basic, ph_band)

    evaporated = evaporation * (E ** (5.0 * (temperature - freezing) / (boiling - freezing)) - 1.0)
    volume_slope = feed_rate + acid_rate + base_rate - evaporated * volume

    # Heat and carbon dioxide come with growth; the printed dX/dt would count dilution as well.
    heat = (r_q1 * mu + r_q2) * biomass * volume
    # The printed parenthesis lets the temperature difference multiply the heat of growth too.
    gained = heat_exchanged(heating_rate, a_heat, b_heat, rho_c_cpc) * (hot_water - temperature)
    lost = heat_exchanged(cooling_rate, a_heat, b_heat, rho_c_cpc) * (temperature - cold_water)
    temperature_slope = feed_rate / volume * (feed_temperature - temperature)
    temperature_slope = temperature_slope + (heat + gained - lost) / (volume * rho_cp)

    # Balance of the charge [OH-] - [H+].  The printed change over one controller step is its limit
    # for short steps; growth's acid, printed as a change of [H+] itself, can't make [H+] negative.
    acid = 10.0 ** (-ph)
    hydroxide = WATER_PRODUCT / acid
    charge_slope = c_ab * (base_rate - acid_rate) - (hydroxide - acid) * (base_rate + acid_rate)
    charge_slope = (charge_slope + gamma * feed_rate * biomass) / volume - gamma * mu * biomass
    kla = alpha_kla * aeration**0.5 * (power / volume) ** beta_kla
    return (
        volume_slope,
        kla,
        heat,
        cooling_rate,
        heating_rate,
        acid_rate,
        base_rate,
        temperature_slope,
        charge_slope / ((acid + hydroxide) * LN_10),
        (alpha_1 * mu + alpha_2) * biomass + alpha_3,
        feed_rate * feed_substrate / volume,
        kla * (oxygen_saturation - oxygen),
        100.0 * oxygen / oxygen_saturation,
    )


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    biomass, substrate, oxygen, product, volume, _co2, _temperature, _ph = x
    (k_hydrolysis,) = p[18:19]
    mu, formation, substrate_uptake, oxygen_uptake = cell_rates(x, p)
    vessel = vessel_rates(x, u, p, mu)
    dilution = vessel[0] / volume
    return (
        (mu - dilution) * biomass,
        vessel[10] - substrate_uptake * biomass - dilution * substrate,
        vessel[11] - oxygen_uptake * biomass - dilution * oxygen,
        formation * biomass - (k_hydrolysis + dilution) * product,
        vessel[0],
        vessel[9],
        vessel[7],
        vessel[8],
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    mu = cell_rates(x, p)[0]
    vessel = vessel_rates(x, u, p, mu)
    return (
        mu,
        vessel[12],
        vessel[1],
        vessel[2],
        vessel[3],
        vessel[4],
        vessel[5],
        vessel[6],
        x[3] * x[4],
    )


PENSIM = KineticsModel(
    name="pensim",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="fed-batch penicillin in a 100 L vessel, after Birol, Undey & Cinar 2002",
)
"""The model; constant inputs between events, a feed from ``FED_BELOW_G_PER_L`` on."""
