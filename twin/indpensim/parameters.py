"""The constants of IndPenSim V2.02, with units and sources.

The values are those of the simulator that accompanies Goldrick et al., J. Biotechnol. 2015, 193, 70
and Comput. Chem. Eng. 2019, 130, 106471: its parameter list, as its public translations give it.
Some units are the authors' own and do not add up (see ``equations``); they are kept.
"""

from __future__ import annotations

from twin.kinetics.model import Parameter

GOLDRICK = "IndPenSim V2.02 parameter list (Goldrick et al. 2015, 2019)"
DRAWN = "IndPenSim V2.02: mean of the values drawn for each batch"

_VACUOLES = (
    Parameter("mu_v", "1/h", 1.71e-4, "formation of vacuoles", GOLDRICK),
    Parameter("mu_a", "1/h", 3.5e-3, "autolysis", GOLDRICK),
    Parameter("k_vac", "g/L", 0.05, "substrate half constant of vacuoles", GOLDRICK),
    Parameter("delta_r", "cm", 7.5e-5, "width of a size class of vacuoles", GOLDRICK),
    Parameter("k_v", "cm/h", 3.22e-5, "growth of vacuoles", GOLDRICK),
    Parameter("d_v", "cm2/h", 2.66e-11, "dispersion of vacuole sizes", GOLDRICK),
    Parameter("r_0", "cm", 1.5e-4, "smallest radius in the size classes", GOLDRICK),
    Parameter("delta_0", "cm", 1.0e-4, "added to it at birth", GOLDRICK),
)

_GROWTH = (
    Parameter("mu_p", "1/h", 0.041, "production rate constant", DRAWN),
    Parameter("mu_x", "1/h", 0.41, "highest rate of extension", DRAWN),
    Parameter("branching", "1", 0.4, "rate of branching per rate of extension", GOLDRICK),
    Parameter("s_width", "g/L", 0.0015, "width of the substrate window of production", GOLDRICK),
    Parameter("s_best", "g/L", 0.002, "best substrate concentration for production", GOLDRICK),
    Parameter("mu_diff", "g/L/h", 5.36e-3, "differentiation of A0 to A1", GOLDRICK),
    Parameter("beta_1", "g/L/h", 0.006, "loss of k_diff with the age of the culture", GOLDRICK),
    Parameter("k_b", "g/L", 0.05, "substrate half constant of branching", GOLDRICK),
    Parameter("k_diff", "g/L", 0.75, "differentiation constant of a young culture", GOLDRICK),
    Parameter("k_diff_low", "g/L", 0.09, "differentiation constant of an old culture", GOLDRICK),
    Parameter("k_e", "g/L", 0.009, "substrate half constant of extension", GOLDRICK),
    Parameter("rho_a0", "g/cm3", 0.35, "density of growing biomass", GOLDRICK),
    Parameter("rho_d", "g/cm3", 0.18, "density of degenerated biomass", GOLDRICK),
    Parameter("m_s", "1/h", 0.029, "substrate for maintenance", GOLDRICK),
    Parameter("o2_crit_x", "1", 0.1, "share of saturation that growth needs", GOLDRICK),
    Parameter("o2_crit_p", "1", 0.3, "share of saturation that production needs", GOLDRICK),
    Parameter("k_g", "1", 450.0, "Arrhenius constant of growth", GOLDRICK),
    Parameter("e_g", "J/mol", 14880.0, "activation energy of growth", GOLDRICK),
    Parameter("k_d", "1", 2.5e29, "Arrhenius constant of death", GOLDRICK),
    Parameter("e_d", "J/mol", 173250.0, "activation energy of death", GOLDRICK),
    Parameter("k_1", "mol/L", 1.0e-5, "acidity at which growth suffers", GOLDRICK),
    Parameter("k_2", "mol/L", 2.5e-8, "acidity below which growth suffers", GOLDRICK),
    Parameter("n_crit", "mg/L", 150.0, "nitrogen that growth needs", GOLDRICK),
    Parameter("paa_crit_x", "mg/L", 2400.0, "phenylacetic acid that stops growth", GOLDRICK),
    Parameter("paa_crit_p", "mg/L", 200.0, "phenylacetic acid production needs", GOLDRICK),
    Parameter("co2_crit", "1", 7570.0, "1000 times the dissolved CO2 that stops growth", GOLDRICK),
    Parameter("b_1", "1", -64.29, "hydrolysis of penicillin: constant", GOLDRICK),
    Parameter("b_2", "1", -1.825, "hydrolysis: pH", GOLDRICK),
    Parameter("b_3", "1/K", 0.3649, "hydrolysis: temperature", GOLDRICK),
    Parameter("b_4", "1", 0.1280, "hydrolysis: pH squared", GOLDRICK),
    Parameter("b_5", "1/K2", -4.9496e-4, "hydrolysis: temperature squared", GOLDRICK),
)

_YIELDS = (
    Parameter("y_sx", "g/g", 1.85, "substrate per biomass", GOLDRICK),
    Parameter("y_sp", "g/g", 0.9, "substrate per penicillin", GOLDRICK),
    Parameter("y_ox", "mg/g", 650.0, "oxygen per biomass", GOLDRICK),
    Parameter("y_op", "mg/g", 160.0, "oxygen per penicillin", GOLDRICK),
    Parameter("m_o", "mg/g/h", 17.5, "oxygen for maintenance", GOLDRICK),
    Parameter("q_co2", "1/h", 0.1353, "carbon dioxide per biomass", GOLDRICK),
    Parameter("y_paa_p", "mg/g", 187.5, "phenylacetic acid per penicillin", GOLDRICK),
    Parameter("y_paa_x", "mg/g", 45.0, "phenylacetic acid per biomass", GOLDRICK),
    Parameter("m_paa", "mg/g/h", 1.05, "phenylacetic acid lost per penicillin", GOLDRICK),
    Parameter("y_nx", "mg/g", 10.0, "nitrogen per biomass", GOLDRICK),
    Parameter("y_np", "mg/g", 80.0, "nitrogen per penicillin", GOLDRICK),
    Parameter("m_n", "mg/g/h", 0.03, "nitrogen for maintenance", GOLDRICK),
    Parameter("m_ph", "1/h", 0.0025, "acid formed by maintenance", GOLDRICK),
    Parameter("y_q", "kJ/g", 25.0, "heat per oxygen", GOLDRICK),
)

_FEEDS = (
    Parameter("c_sugar", "g/L", 600.0, "sugar in its feed", GOLDRICK),
    Parameter("c_oil", "g/L", 1000.0, "substrate in the oil", GOLDRICK),
    Parameter("c_paa", "mg/L", 530000.0, "phenylacetic acid in its feed", DRAWN),
    Parameter("n_paa", "mg/L", 150000.0, "nitrogen in that feed", DRAWN),
    Parameter("n_oil", "mg/L", 20000.0, "nitrogen in the oil", GOLDRICK),
    Parameter("n_shot", "mg/kg", 400000.0, "nitrogen in ammonia shots", GOLDRICK),
    Parameter("rho_glucose", "kg/m3", 1540.0, "density of sugar", GOLDRICK),
    Parameter("rho_oil", "kg/m3", 900.0, "density of oil", GOLDRICK),
    Parameter("rho_water", "kg/m3", 1000.0, "density of water", GOLDRICK),
    Parameter("rho_paa", "kg/m3", 1000.0, "density of the feed of phenylacetic acid", GOLDRICK),
)

_AIR = (
    Parameter("o2_air", "mol/mol", 0.21, "oxygen in the air", GOLDRICK),
    Parameter("n2_air", "mol/mol", 0.79, "nitrogen in the air", GOLDRICK),
    Parameter("co2_air", "%", 0.033, "carbon dioxide in the air", GOLDRICK),
)

_GAS = (
    Parameter("alpha_kla", "1", 85.0, "oxygen transfer: factor", DRAWN),
    Parameter("kla_gas", "1", 0.38, "oxygen transfer: exponent of the gas velocity", GOLDRICK),
    Parameter("kla_power", "1", 0.34, "oxygen transfer: exponent of power per volume", GOLDRICK),
    Parameter("kla_viscosity", "1", -0.38, "oxygen transfer: exponent of viscosity", GOLDRICK),
    Parameter("kla_oil", "1", 0.25, "oxygen transfer: exponent of the oil's share", GOLDRICK),
    Parameter("kla_co2", "1", 0.89, "transfer of carbon dioxide per that of oxygen", GOLDRICK),
    Parameter("henry", "bar L/mg", 0.0251, "Henry constant of oxygen", GOLDRICK),
    Parameter("n_impellers", "1", 3.0, "impellers", GOLDRICK),
    Parameter("power_number", "1", 5.0, "power number of an impeller", GOLDRICK),
    Parameter("r_vessel", "m", 2.1, "radius of the vessel", GOLDRICK),
    Parameter("r_impeller", "m", 0.85, "radius of an impeller", GOLDRICK),
    Parameter("holdup", "1", 0.1, "gas in the broth", GOLDRICK),
)

_BROTH = (
    Parameter("k_visc_1", "1/h", 1.0e-3, "rise of viscosity: first slope", GOLDRICK),
    Parameter("k_visc_2", "1/h", 1.0e-4, "rise of viscosity: second slope", GOLDRICK),
    Parameter("t_visc_1", "h", 1.0, "rise of viscosity: first moment", GOLDRICK),
    Parameter("t_visc_2", "h", 250.0, "rise of viscosity: second moment", GOLDRICK),
    Parameter("k_visc_3", "cP/L", 0.005, "viscosity lost with water", GOLDRICK),
    Parameter("evaporation", "1/h", 5.24e-4, "evaporation", GOLDRICK),
    Parameter("t_boiling", "K", 373.0, "boiling point", GOLDRICK),
    Parameter("t_freezing", "K", 273.0, "freezing point", GOLDRICK),
)

_HEAT = (
    Parameter("h_evaporation", "kJ/kg", 2430.7, "heat of evaporation", GOLDRICK),
    Parameter("t_feed", "K", 288.0, "temperature of the feed", GOLDRICK),
    Parameter("t_water", "K", 288.0, "temperature of the water", GOLDRICK),
    Parameter("t_coolant", "K", 285.0, "temperature of the cooling water", GOLDRICK),
    Parameter("t_heating", "K", 333.0, "temperature of the heating water", GOLDRICK),
    Parameter("t_room", "K", 290.0, "temperature of the room", GOLDRICK),
    Parameter("cp_feed", "kJ/kg/K", 5.9, "heat capacity of the feed", GOLDRICK),
    Parameter("cp_broth", "kJ/kg/K", 4.18, "heat capacity of water and broth", GOLDRICK),
    Parameter("u_jacket", "kJ/h/m2/K", 36.0, "heat loss of the jacket, as published", GOLDRICK),
    Parameter("area_jacket", "m2", 105.0, "area of the jacket", GOLDRICK),
    Parameter("alpha_coil", "1", 2451.8, "heat exchange of the coils: factor", GOLDRICK),
    Parameter("beta_coil", "1", 2.88, "heat exchange of the coils: exponent", GOLDRICK),
)

_ACID = (
    Parameter("gamma_1", "mol/g", 3.25e-7, "acid formed by growth and production", GOLDRICK),
    Parameter("gamma_2", "mol/L2", 2.5e-11, "acid brought by the feeds", GOLDRICK),
    Parameter("c_titrant", "mol/L", 0.033, "strength of acid and base", GOLDRICK),
    Parameter(
        "titrant_step",
        "h",
        0.005,
        "time for which the flows of acid and base enter the charge balance",
        "PenSimPy (sampling interval / 40); 0.01 (/ 20) in the MATLAB original (recalled)",
    ),
)

PARAMETERS = (
    *_VACUOLES,
    *_GROWTH,
    *_YIELDS,
    *_FEEDS,
    *_AIR,
    *_GAS,
    *_BROTH,
    *_HEAT,
    *_ACID,
)
END_VACUOLES = len(_VACUOLES)
END_GROWTH = END_VACUOLES + len(_GROWTH)
END_YIELDS = END_GROWTH + len(_YIELDS)
END_FEEDS = END_YIELDS + len(_FEEDS)
END_AIR = END_FEEDS + len(_AIR)
END_GAS = END_AIR + len(_GAS)
END_BROTH = END_GAS + len(_BROTH)
END_HEAT = END_BROTH + len(_HEAT)
"""Where the groups end in the parameter vector."""
