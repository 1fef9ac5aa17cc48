"""States, inputs, parameters and outputs of PenSim, with units and sources.

The constants are those of Birol, Undey & Cinar, Comput. Chem. Eng. 2002, 26, 1553 (the article
recalled, not read) as found in public implementations of it; energies in cal, temperatures in K.
"""

from __future__ import annotations

from twin.kinetics.model import Input, Output, Parameter, State

BIROL = "Birol et al. 2002, as in public implementations"
RECALLED = "Birol et al. 2002 (recalled)"
READ_ONCE = "one public implementation of Birol et al. 2002; others differ"
ASSUMED = "assumption"

STATES = (
    State("biomass", "g/L", 0.0, "mould", scale=10.0),
    State("substrate", "g/L", 0.0, "glucose", scale=1.0),
    State("oxygen", "g/L", 0.0, "dissolved oxygen, as published (1.16 when saturated)", scale=1.0),
    State("product", "g/L", 0.0, "penicillin (the titer)", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=100.0),
    State("carbon_dioxide", "mmol/L", 0.0, "carbon dioxide formed", scale=1.0),
    State("temperature", "K", 0.0, "temperature of the broth", scale=100.0),
    State("ph", "pH", 0.0, "pH of the broth", scale=1.0),
)

INPUTS = (
    Input(
        "feed_rate",
        "L/h",
        0.0,
        "flow of the substrate feed (0.042 in a fed-batch, recalled)",
        0.0,
        5.0,
    ),
    Input("feed_temperature", "K", 298.0, "temperature of the feed", 273.0, 330.0),
    Input("aeration", "L/h", 8.6, "air flow (recalled)", 0.0, 1000.0),
    Input("agitator_power", "W", 30.0, "power of the agitator (recalled)", 0.0, 1000.0),
    Input("temperature_setpoint", "K", 298.0, "temperature the broth is held at", 283.0, 313.0),
    Input("ph_setpoint", "pH", 5.0, "pH the broth is held at", 3.0, 9.0),
)

_GROWTH = (
    Parameter("mu_x", "1/h", 0.092, "highest growth rate", BIROL),
    Parameter("k_x", "g/g", 0.15, "Contois constant of growth", BIROL),
    Parameter("k_ox", "g/g", 2.0e-2, "oxygen limitation of growth", BIROL),
    Parameter("k_1", "mol/L", 1.0e-10, "acid at which growth suffers from base", BIROL),
    Parameter("k_2", "mol/L", 7.0e-5, "acid at which growth suffers from acid", BIROL),
    Parameter("k_g", "1", 7.0e3, "Arrhenius constant of growth", BIROL),
    Parameter("e_g", "cal/mol", 5100.0, "activation energy of growth", BIROL),
    Parameter("k_death", "1", 1.0e33, "Arrhenius constant of death", BIROL),
    Parameter("e_death", "cal/mol", 50000.0, "activation energy of death", BIROL),
    Parameter("y_xs", "g/g", 0.45, "biomass per substrate", BIROL),
    Parameter("y_xo", "g/g", 0.04, "biomass per oxygen", BIROL),
)

_PRODUCTION = (
    Parameter("mu_p", "1/h", 0.005, "penicillin formation", BIROL),
    Parameter("k_p", "g/L", 2.0e-4, "substrate half constant of formation", BIROL),
    Parameter("k_i", "g/L", 0.10, "substrate that inhibits formation", BIROL),
    Parameter("k_op", "1", 5.0e-4, "oxygen limitation of formation", BIROL),
    Parameter("n_op", "1", 3.0, "exponent of that limitation", BIROL),
    Parameter("y_ps", "g/g", 0.90, "penicillin per substrate", BIROL),
    Parameter("y_po", "g/g", 0.20, "penicillin per oxygen", BIROL),
    Parameter("k_hydrolysis", "1/h", 0.04, "hydrolysis of penicillin", BIROL),
)

_MAINTENANCE = (
    Parameter("m_x", "1/h", 0.014, "substrate for maintenance", BIROL),
    Parameter("m_o", "1/h", 0.467, "oxygen for maintenance", BIROL),
    Parameter("k_m_x", "g/L", 1.0e-4, "substrate that halves maintenance", ASSUMED),
    Parameter("k_m_o", "g/L", 1.0e-4, "oxygen that halves maintenance", ASSUMED),
)

CELL_PARAMETERS = (*_GROWTH, *_PRODUCTION, *_MAINTENANCE)
"""What the mould does; ``N_CELL`` of them come first in the parameter vector."""

VESSEL_PARAMETERS = (
    Parameter("feed_substrate", "g/L", 600.0, "glucose in the feed", BIROL),
    Parameter("oxygen_saturation", "g/L", 1.16, "dissolved oxygen when saturated", BIROL),
    Parameter("alpha_kla", "1/h", 70.0, "oxygen transfer at 1 L/h and 1 W/L", BIROL),
    Parameter("beta_kla", "1", 0.4, "exponent of the power in it", BIROL),
    Parameter("evaporation", "1/h", 2.5e-4, "evaporation constant", BIROL),
    Parameter("freezing", "K", 273.15, "freezing point of the broth", READ_ONCE),
    Parameter("boiling", "K", 373.15, "boiling point of the broth", READ_ONCE),
    Parameter("r_q1", "cal/g", 60.0, "heat of growth", BIROL),
    Parameter("r_q2", "cal/g/h", 1.6783e-4, "heat of maintenance", BIROL),
    Parameter("rho_cp", "cal/L/K", 1500.0, "heat capacity of the broth", BIROL),
    Parameter("rho_c_cpc", "cal/L/K", 1000.0, "heat capacity of the cooling water", BIROL),
    Parameter("a_heat", "cal/h/K", 1000.0, "heat transfer at 1 L/h of water", BIROL),
    Parameter("b_heat", "1", 0.60, "exponent of the water flow in it", BIROL),
    Parameter("cold_water", "K", 283.15, "cooling water", READ_ONCE),
    Parameter("hot_water", "K", 313.15, "heating water", READ_ONCE),
    Parameter("water_max", "L/h", 100.0, "most cooling and most heating water", ASSUMED),
    Parameter("temperature_band", "K", 0.5, "error at half of that flow", ASSUMED),
    Parameter("gamma", "mol/g", 1.0e-5, "acid formed with biomass", BIROL),
    Parameter("c_ab", "mol/L", 3.0, "strength of acid and base", BIROL),
    Parameter("titrant_max", "L/h", 5.0e-3, "most acid and most base", ASSUMED),
    Parameter("ph_band", "pH", 0.1, "error at half of that flow", ASSUMED),
    Parameter("alpha_1", "mmol/g", 0.143, "carbon dioxide of growth", BIROL),
    Parameter("alpha_2", "mmol/g/h", 4.0e-7, "carbon dioxide of maintenance", BIROL),
    Parameter("alpha_3", "mmol/L/h", 1.0e-4, "constant carbon dioxide", BIROL),
)
"""What happens around the mould: feed, gas, heat and pH."""

PARAMETERS = (*CELL_PARAMETERS, *VESSEL_PARAMETERS)
N_CELL = len(CELL_PARAMETERS)

OUTPUTS = (
    Output("mu", "1/h", "specific growth rate"),
    Output("dissolved_oxygen", "%", "dissolved oxygen, % of saturation"),
    Output("kla", "1/h", "oxygen transfer coefficient"),
    Output("heat", "cal/h", "heat set free by the mould"),
    Output("cooling_rate", "L/h", "flow of cooling water"),
    Output("heating_rate", "L/h", "flow of heating water"),
    Output("acid_rate", "L/h", "flow of acid"),
    Output("base_rate", "L/h", "flow of base"),
    Output("product_amount", "g", "penicillin in the vessel"),
)

START = {
    "biomass": 0.1,
    "substrate": 15.0,
    "oxygen": 1.16,
    "product": 0.0,
    "volume": 100.0,
    "carbon_dioxide": 0.5,
    "temperature": 298.0,
    "ph": 5.0,
}
"""The published inoculated batch."""

FED_BELOW_G_PER_L = 0.3
"""Substrate below which the batch is over and the feed starts: an event for the caller."""

BATCH_H = 400.0
"""How long a fed-batch runs."""
