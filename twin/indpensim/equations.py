"""IndPenSim V2.02: the 33 equations of penicillin in a 100 m3 vessel (Goldrick et al. 2015, 2019).

Hyphae of four regions after Paul & Thomas 1996, vacuoles in size classes, gas transfer, heat and
acid.  Where the published program is odd the equations follow it, and say so: results are meant to
agree with it.  Its limits (``max``) are written exactly, ``tanh`` and logarithms as powers.

Not followed: above pH 7 the program turns the acid balance around, and [H+] runs into zero within
minutes; here the balance that it uses below pH 7 holds throughout, and [H+] stays positive.
"""

from __future__ import annotations

from typing import Any

from twin.indpensim.acid import MICRO, acid_slope, acidity
from twin.indpensim.gas_transfer import gas_phase
from twin.indpensim.heat import heat_balance, sugar_density
from twin.indpensim.hyphae import cell_rates
from twin.indpensim.laws import larger, logarithm
from twin.indpensim.parameters import (
    END_AIR,
    END_BROTH,
    END_FEEDS,
    END_GAS,
    END_GROWTH,
    END_HEAT,
    END_VACUOLES,
    END_YIELDS,
    PARAMETERS,
)
from twin.indpensim.quantities import INPUTS, OUTPUTS, STATES
from twin.indpensim.vacuoles import VACUOLES, dispersed
from twin.kinetics.laws import E
from twin.kinetics.model import KineticsModel, Values

PI = 3.141592653589793
LN_10 = 2.302585092994046
OXYGEN_PER_M3 = 85714.28571428572  # 60 * 32 g/mol / 22.4 L/mol, in mg and L
CO2_PER_M3 = 117857.14285714287  # 60 * 44 / 22.4
AIR_PER_M3 = 1293.3035714285716  # 28.97 / 22.4
ROOM_O2, ROOM_INERT, ROOM_CO2 = 0.204, 0.7902, 0.0330


def rates(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derivatives of the states per hour, in the order of ``STATES``."""
    # fmt: off
    (
        sugar_feed, oil_feed, aeration, _head_pressure, discharge, water, paa_feed, _coolant,
        _heating_water, base, acid, _agitation, ammonia_shots,
        d_mu_p, _d_mu_x, d_c_sugar, d_c_oil, _d_c_titrant, d_c_paa, _d_t_coolant, d_o2_air,
    ) = u
    (
        y_sx, y_sp, y_ox, y_op, m_o, q_co2, y_paa_p, y_paa_x, m_paa, y_nx, y_np, m_n, m_ph, y_q,
    ) = p[END_GROWTH:END_YIELDS]
    (
        c_sugar, c_oil, c_paa, n_paa, n_oil, n_shot, _rho_glucose, rho_oil, _rho_water, rho_paa,
    ) = p[END_YIELDS:END_FEEDS]
    (
        _alpha_kla, _kla_gas, _kla_power, _kla_viscosity, _kla_oil, kla_co2, _henry, _n_impellers,
        _power_number, _r_vessel, _r_impeller, holdup,
    ) = p[END_AIR:END_GAS]
    (
        k_visc_1, k_visc_2, t_visc_1, t_visc_2, k_visc_3, evaporation, t_boiling, t_freezing,
    ) = p[END_GAS:END_BROTH]
    (
        _h_evaporation, _t_feed, _t_water, _t_coolant, _t_heating, _t_room, _cp_feed, cp_broth,
        _u_jacket, _area_jacket, _alpha_coil, _beta_coil,
    ) = p[END_BROTH:END_HEAT]
    # fmt: on
    mu_v, mu_a, k_vac, delta_r, k_v, _d_v, r_0, delta_0 = p[:END_VACUOLES]
    o2_air, n2_air, co2_air = p[END_FEEDS:END_AIR]
    mu_p = p[END_VACUOLES]
    volume = x[4]
    biomass = x[11] + x[12] + x[13] + x[14]
    density, saturated, mean_pressure, kla, power = gas_phase(x, u, p)
    (
        mu,
        branched,
        extended,
        differentiated,
        degenerated,
        autolysed,
        upkeep,
        formed,
        hydrolysis,
        producing,
    ) = cell_rates(x, u, p, saturated)

    # liquids; as published, oil weighs but takes no volume, and the discharge dilutes nothing
    warmth = (x[7] - t_freezing) / (t_boiling - t_freezing)
    evaporated = volume * evaporation * (E ** (2.5 * warmth) - 1.0)
    inflow = sugar_feed + base + acid + water + paa_feed - evaporated
    dilution = inflow / volume
    rho_feed, _rho_water_again = sugar_density(u, p)
    weight_slope = sugar_feed * rho_feed / 1000.0 + oil_feed * rho_oil / 1000.0
    weight_slope = weight_slope + base + acid + water - discharge - evaporated
    weight_slope = weight_slope + paa_feed * rho_paa / 1000.0

    a0_slope = branched - differentiated - x[11] * dilution
    a1_slope = extended - branched + differentiated - degenerated - x[12] * dilution
    a3_slope = degenerated - autolysed - x[13] * dilution
    a4_slope = autolysed - x[14] * dilution
    growth = a0_slope + a1_slope + a3_slope + a4_slope
    net_formed = formed - hydrolysis * x[3]
    penicillin_slope = net_formed - x[3] * dilution

    # what growth and production need is published with the slopes, dilution included
    uptake = y_ox * growth + m_o * biomass + y_op * penicillin_slope
    transferred = kla * (saturated - x[1])
    air = aeration / 60.0
    gas = holdup * volume / 1000.0 * AIR_PER_M3
    carried = OXYGEN_PER_M3 * air
    leaving = carried * x[2] * n2_air / (1.0 - x[2] - x[27] / 100.0)
    entering = carried * (o2_air + d_o2_air) - 0.06 * transferred * volume / 1000.0
    henry_co2 = E ** (11.25 - 395.9 / (x[7] - 175.9)) / 4400.0
    co2_formed = (x[11] + x[12]) * q_co2 * volume

    reaction = y_q * volume / 1000.0 * (growth * y_ox + penicillin_slope * y_op)
    heat = larger(reaction, 0.0) + power + heat_balance(x, u, p, density, evaporated)
    rising = 1.0 / (1.0 + E ** (-k_visc_1 * (t - t_visc_1)))
    rising = rising / (1.0 + E ** (-k_visc_2 * (t - t_visc_2)))

    born = mu_v * producing / (k_vac + x[0])
    birth_size = PI / 6.0 * (r_0 + delta_0) ** 3 * VACUOLES
    last = dispersed(x[23], x[24], x[25], p)
    sour = branched + extended + autolysed + differentiated + m_ph * biomass + net_formed
    sugar_fed = sugar_feed * (c_sugar + d_c_sugar) + oil_feed * (c_oil + d_c_oil)
    nitrogen_fed = n_shot * ammonia_shots + n_paa * paa_feed + n_oil * oil_feed
    return (
        sugar_fed / volume
        - y_sx * (extended + branched)
        - upkeep
        - y_sp * formed
        - x[0] * dilution,
        transferred - uptake - x[1] * dilution,
        (entering - leaving) / gas,
        penicillin_slope,
        inflow - discharge / (density / 1000.0),
        weight_slope,
        acid_slope(x, u, p, sour) / MICRO,
        heat / (volume / 1000.0 * cp_broth * density),
        heat,
        3.0 * larger(x[11], 0.0) ** (1.0 / 3.0) * rising - k_visc_3 * water,
        biomass,
        a0_slope,
        a1_slope,
        a3_slope,
        a4_slope,
        born / birth_size - k_v * x[15],
        dispersed(x[15], x[16], x[17], p),
        dispersed(x[16], x[17], x[18], p),
        dispersed(x[17], x[18], x[19], p),
        dispersed(x[18], x[19], x[20], p),
        dispersed(x[19], x[20], x[21], p),
        dispersed(x[20], x[21], x[22], p),
        dispersed(x[21], x[22], x[23], p),
        dispersed(x[22], x[23], x[24], p),
        last,
        k_v * last / (2.0 * delta_r) - mu_a * x[25],
        born - k_v * x[15] * birth_size,
        (CO2_PER_M3 * air * (co2_air - x[27]) + co2_formed) / gas,
        kla * kla_co2 * (mean_pressure * x[27] / henry_co2 - x[28]) - x[28] * dilution,
        paa_feed * (c_paa + d_c_paa) / volume
        - y_paa_p * penicillin_slope
        - y_paa_x * growth
        - m_paa * x[3]
        - x[29] * dilution,
        nitrogen_fed / volume
        - y_nx * (branched + extended + differentiated + autolysed)
        - y_np * penicillin_slope
        - m_n * biomass
        - x[30] * dilution,
        mu_p + d_mu_p,
        mu,
    )


def algebraic(t: Any, x: Values, u: Values, p: Values) -> Values:
    """Derived quantities, in the order of ``OUTPUTS``."""
    _density, saturated, _mean_pressure, kla, _power = gas_phase(x, u, p)
    cells = cell_rates(x, u, p, saturated)
    inert = ROOM_INERT / (1.0 - x[2] - x[27] / 100.0)
    moist = ROOM_INERT / (1.0 - ROOM_O2 - x[27] / 100.0)
    return (
        x[11] + x[12] + x[13] + x[14],
        -logarithm(acidity(x)) / LN_10,
        saturated,
        kla,
        cells[0],
        cells[7],
        cells[8],
        32.0 / 22.4 * u[2] * (ROOM_O2 - x[2] * inert),
        44.0 / 22.4 * u[2] * 0.0065 * x[27] * (moist - ROOM_CO2),
    )


INDPENSIM = KineticsModel(
    name="indpensim",
    states=STATES,
    inputs=INPUTS,
    parameters=PARAMETERS,
    rates=rates,
    outputs=OUTPUTS,
    algebraic=algebraic,
    doc="industrial penicillin in a 100 m3 vessel: IndPenSim V2.02 (Goldrick et al.)",
)
"""The model; ``batch`` runs it with its recipe, controllers, disturbances and faults."""
