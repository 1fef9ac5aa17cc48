"""States, inputs and outputs of IndPenSim V2.02, in the units of its equations.

The units are those of the published program, but for the hydrogen ions (umol/L instead of mol/L)
and the vacuoles (1e12 per cm and L instead of 1): with numbers of similar size the linear systems
of the integration lose no digits.
"""

from __future__ import annotations

import math

from twin.kinetics.model import Input, Output, State

FREE = -math.inf  # nothing in the published equations holds such a state at zero

STATES = (
    State("substrate", "g/L", FREE, "sugar and oil as glucose", scale=0.1),
    State("oxygen", "mg/L", FREE, "dissolved oxygen", scale=10.0),
    State("offgas_oxygen", "mol/mol", FREE, "oxygen in the off-gas", scale=0.1),
    State("penicillin", "g/L", FREE, "penicillin (the titer)", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=1.0e4),
    State("weight", "kg", FREE, "weight of the broth", scale=1.0e4),
    State("hydrogen_ion", "umol/L", FREE, "hydrogen ions", scale=1.0),
    State("temperature", "K", 0.0, "temperature of the broth", scale=100.0),
    State("heat", "kJ", FREE, "sum of the heat flows since the start", scale=1.0e5),
    State("viscosity", "cP", FREE, "viscosity of the broth", scale=10.0),
    State("age", "g h/L", FREE, "integral of the biomass; over the biomass, its age", scale=100.0),
    State("a0", "g/L", FREE, "growing tips (region A0)", scale=1.0),
    State("a1", "g/L", FREE, "non-growing, producing biomass (region A1)", scale=1.0),
    State("a3", "g/L", FREE, "degenerated biomass (region A3)", scale=1.0),
    State("a4", "g/L", FREE, "autolysed biomass (region A4)", scale=1.0),
    *(
        State(f"n{j}", "1e12/cm/L", FREE, f"vacuoles of size class {j}", scale=1.0)
        for j in range(10)
    ),
    State("n_max", "1e12/cm/L", FREE, "vacuoles of the largest size", scale=1.0),
    State("phi0", "cm3/L", FREE, "volume of the vacuoles being born", scale=1.0e-2),
    State("offgas_co2", "%", FREE, "carbon dioxide in the off-gas", scale=1.0),
    State("dissolved_co2", "mg/L", FREE, "dissolved carbon dioxide, as published", scale=1.0),
    State("paa", "mg/L", FREE, "phenylacetic acid, the precursor", scale=1000.0),
    State("nitrogen", "mg/L", FREE, "nitrogen (ammonia)", scale=1000.0),
    State("mu_p_sum", "1", FREE, "integral of the production rate constant", scale=0.01),
    State("mu_x_sum", "1", FREE, "integral of the growth rate", scale=0.01),
)

INPUTS = (
    Input("sugar_feed", "L/h", 8.0, "flow of the sugar feed (Fs)"),
    Input("oil_feed", "L/h", 22.0, "flow of soybean oil (Foil)"),
    Input("aeration", "m3/min", 30.0, "air flow (Fg)"),
    Input("head_pressure", "bar", 0.6, "overpressure in the head space"),
    Input("discharge", "L/h", 0.0, "broth drawn off"),
    Input("water", "L/h", 0.0, "water for dilution (Fw)"),
    Input("paa_feed", "L/h", 5.0, "flow of phenylacetic acid (Fpaa)"),
    Input("coolant", "L/h", 1.0e-4, "flow of cooling water (Fc)"),
    Input("heating_water", "L/h", 1.0e-4, "flow of heating water (Fh)"),
    Input("base", "L/h", 0.0, "flow of base (Fb)"),
    Input("acid", "L/h", 0.0, "flow of acid (Fa)"),
    Input("agitation", "1/min", 100.0, "speed of the agitator"),
    Input("ammonia_shots", "kg/h", 0.0, "ammonia added by hand"),
    Input("d_mu_p", "1/h", 0.0, "disturbance of the production rate constant"),
    Input("d_mu_x", "1/h", 0.0, "disturbance of the highest growth rate"),
    Input("d_c_sugar", "g/L", 0.0, "disturbance of the sugar feed's strength"),
    Input("d_c_oil", "g/L", 0.0, "disturbance of the oil's strength"),
    Input("d_c_titrant", "mol/L", 0.0, "disturbance of the strength of acid and base"),
    Input("d_c_paa", "mg/L", 0.0, "disturbance of the strength of phenylacetic acid"),
    Input("d_t_coolant", "K", 0.0, "disturbance of the cooling water's temperature"),
    Input("d_o2_air", "mol/mol", 0.0, "disturbance of the oxygen in the air"),
)

OUTPUTS = (
    Output("biomass", "g/L", "all regions of the hyphae"),
    Output("ph", "pH", "pH of the broth"),
    Output("saturation", "mg/L", "dissolved oxygen in equilibrium with the gas"),
    Output("kla", "1/h", "oxygen transfer coefficient"),
    Output("mu", "1/h", "specific rate of extension"),
    Output("production", "g/L/h", "penicillin formed"),
    Output("hydrolysis", "1/h", "rate constant of the loss of penicillin"),
    Output("our", "as published", "oxygen uptake rate from the gas balance, in the authors' unit"),
    Output("cer", "as published", "CO2 evolution rate from the gas balance, in the authors' unit"),
)
