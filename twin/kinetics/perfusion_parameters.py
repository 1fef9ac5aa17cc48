"""States, inputs, parameters and outputs of the CHO perfusion model, with units and sources.

Cells are counted in 1e9/L (the same number as 1e6/mL); published rates per cell are given here per
1e9 cells.  What no publication backs is named an assumption.
"""

from __future__ import annotations

from twin.kinetics.model import Input, Output, Parameter, State

TABLE = "QuarticGym MAbEnv docs, Table 6.1, after Kontoravdi 2008/2010 and Papathanasiou 2017"
CODE = "smpl code of the same model; its documentation prints 0.038"
SECONDARY = "secondary source, low confidence: teaching simulator after Wang 2022"
ASSUMED = "assumption"

PER_CELLS = "mmol/1e9 cells/h"

STATES = (
    State("viable_cells", "1e9/L", 0.0, "living cells", scale=10.0),
    State("dead_cells", "1e9/L", 0.0, "dead cells not yet lysed", scale=1.0),
    State("glucose", "mmol/L", 0.0, "glucose", scale=10.0),
    State("glutamine", "mmol/L", 0.0, "glutamine", scale=1.0),
    State("lactate", "mmol/L", 0.0, "lactate", scale=10.0),
    State("ammonia", "mmol/L", 0.0, "ammonia and ammonium", scale=1.0),
    State("product", "g/L", 0.0, "antibody in the vessel", scale=0.1),
    State("oxygen", "mmol/L", 0.0, "dissolved oxygen", scale=0.1),
    State("carbon_dioxide", "mmol/L", 0.0, "dissolved CO2, without bicarbonate", scale=1.0),
    State("temperature", "degC", 0.0, "temperature of the broth", scale=10.0),
    State("ph", "pH", 0.0, "pH of the broth", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=1.0),
    State("medium_used", "L", 0.0, "fresh medium pumped in so far", scale=1.0),
    State("harvested", "L", 0.0, "harvest drawn through the membrane so far", scale=1.0),
    State("product_harvested", "g", 0.0, "antibody in that harvest", scale=0.1),
    State("bled", "L", 0.0, "broth bled so far", scale=1.0),
    State("product_bled", "g", 0.0, "antibody lost with the bleed", scale=0.1),
)

INPUTS = (
    Input("medium_rate", "L/h", 0.0, "flow of fresh medium", 0.0, 2000.0),
    Input(
        "cspr_setpoint",
        "pL/cell/d",
        0.0,
        "fresh medium per cell, on top of medium_rate",
        0.0,
        1000.0,
    ),
    Input("medium_glucose", "mmol/L", 40.0, "glucose in the fresh medium", 0.0, 1000.0),
    Input("medium_glutamine", "mmol/L", 10.0, "glutamine in the fresh medium", 0.0, 200.0),
    Input(
        "bleed_rate",
        "L/h",
        0.0,
        "bleed at a fixed flow, never more than the fresh medium",
        0.0,
        2000.0,
    ),
    Input("viable_cells_setpoint", "1e9/L", 1000.0, "more cells than that are bled", 0.01, 1000.0),
    Input("volume_setpoint", "L", 1.0, "volume that the harvest pump holds", 1e-3, 20000.0),
    Input("harvest_limit", "1/h", 1.0, "most harvest per volume set-point and hour", 0.0, 10.0),
    Input("temperature_setpoint", "degC", 37.0, "temperature the vessel is held at", 4.0, 45.0),
    Input("ph_setpoint", "pH", 7.1, "pH the vessel is held at", 4.0, 10.0),
    Input("do_setpoint", "%", 40.0, "dissolved oxygen set-point, % of air saturation", 0.0, 400.0),
)

_GROWTH = (
    Parameter("mu_max", "1/h", 0.0284, "maximum growth rate at 37 degC", TABLE),
    Parameter("mu_slope", "1/degC", 0.0016 / 0.0284, "its change per degC, 33..37", TABLE),
    Parameter("mu_multiplier", "1", 1.0, "clone or medium; circulating code has 5", TABLE),
    Parameter("k_glc", "mmol/L", 0.75, "glucose half constant of growth", TABLE),
    Parameter("k_gln", "mmol/L", 0.075, "glutamine half constant of growth", CODE),
    Parameter("ki_lac", "mmol/L", 171.76, "lactate that halves growth", TABLE),
    Parameter("ki_amm", "mmol/L", 28.48, "ammonia that halves growth", TABLE),
)

_DEATH = (
    Parameter("k_d", "1/h", 0.0017, "maximum death rate by ammonia at 37 degC", TABLE),
    Parameter("k_d_slope", "1/degC", -0.0045 / 0.0017, "its published change, 33..37", TABLE),
    Parameter(
        "published_death",
        "1",
        0.0,
        "1: the published line by temperature; 0: death_cooling instead",
        "assumption: the line, fitted to two temperatures, has twelve times more death at 33 degC",
    ),
    Parameter("death_cooling", "1", 0.90, "death at 33 relative to 37 degC", SECONDARY),
    Parameter("kd_amm", "mmol/L", 1.76, "ammonia half constant of death", TABLE),
    Parameter("k_d_starved", "1/h", 0.030, "death rate without glucose", ASSUMED),
    Parameter("k_starved", "mmol/L", 0.20, "glucose that halves it", ASSUMED),
    Parameter("k_d_anoxic", "1/h", 0.040, "death rate without oxygen", ASSUMED),
    Parameter("k_anoxic", "mmol/L", 0.002, "oxygen that halves it (1 % of air)", ASSUMED),
    Parameter("k_d_heat", "1/h", 0.100, "death rate far above the heat limit", ASSUMED),
    Parameter("heat_limit", "degC", 40.0, "growth halves above this", ASSUMED),
    Parameter("heat_width", "degC", 0.25, "sharpness of the heat limit", ASSUMED),
)

_METABOLISM = (
    Parameter("y_x_glc", "1e9 cells/mmol", 0.26, "cells per glucose", TABLE),
    Parameter("y_x_gln", "1e9 cells/mmol", 0.80, "cells per glutamine", TABLE),
    Parameter("y_lac_glc", "mmol/mmol", 2.0, "lactate per glucose", TABLE),
    Parameter("y_amm_gln", "mmol/mmol", 0.45, "ammonia per glutamine", TABLE),
    Parameter("m_glc", PER_CELLS, 4.9e-5, "glucose for maintenance", TABLE),
    Parameter("k_maintenance", "mmol/L", 1.0e-3, "glucose that halves maintenance", ASSUMED),
    Parameter("a1", PER_CELLS, 3.4e-4, "glutamine for maintenance", TABLE),
    Parameter("a2", "mmol/L", 4.0, "glutamine half constant of maintenance", TABLE),
    Parameter("q_o2", PER_CELLS, 0.30, "oxygen uptake", "recalled: 0.2-0.4 pmol/cell/h for CHO"),
    Parameter("k_o2", "mmol/L", 0.004, "oxygen that halves uptake, growth, production", ASSUMED),
)

_PRODUCTION = (
    Parameter("q_mab", "g/1e9 cells/h", 6.59e-4, "antibody production (15.8 pg/cell/d)", TABLE),
    Parameter("productivity_ph", "pH", 7.1, "best pH for production", "recalled: Villiger 2016"),
    Parameter("productivity_ph_width", "pH", 0.2, "width of its bell", "recalled: Villiger 2016"),
    Parameter("growth_co2_onset", "mmHg", 80.0, "CO2 pressure that growth bears", SECONDARY),
    Parameter("growth_co2_slope", "1/mmHg", 0.010, "growth lost per mmHg above", SECONDARY),
    Parameter("productivity_co2_onset", "mmHg", 100.0, "CO2 that production bears", SECONDARY),
    Parameter("productivity_co2_slope", "1/mmHg", 0.008, "production lost per mmHg", SECONDARY),
)

CELL_PARAMETERS = (*_GROWTH, *_DEATH, *_METABOLISM, *_PRODUCTION)
"""What the cells do; these come first in the parameter vector, up to ``N_CELL``."""

FLOW_PARAMETERS = (
    # with less retention, bleeding more or less than harvesting hardly changes the cells
    Parameter("cell_retention", "1", 1.0, "share of cells the membrane keeps", ASSUMED, 0.1, 1.0),
    Parameter(
        "product_sieving", "1", 1.0, "antibody in the harvest relative to broth", ASSUMED, 0.0, 1.0
    ),
    Parameter("bleed_gain", "1/h", 0.5, "bleed per relative excess of cells", ASSUMED),
    Parameter("level_gain", "1/h", 2.0, "harvest per relative excess of volume", ASSUMED),
)
"""Membrane and pumps."""

GAS_PARAMETERS = (
    Parameter("rq", "1", 0.97, "CO2 formed per O2 taken up", "CC-sim: 0.97 +- 0.01"),
    Parameter("kla_min", "1/h", 2.0, "least oxygen transfer coefficient", ASSUMED),
    Parameter("kla_max", "1/h", 40.0, "most oxygen transfer coefficient", ASSUMED),
    Parameter("do_band", "%", 2.0, "proportional band of the DO controller", ASSUMED),
    Parameter("gas_pressure", "Pa", 101325.0, "pressure of the gas in the vessel", ASSUMED),
    Parameter("gas_oxygen_max", "1", 1.0, "most oxygen in the gas, which starts as air", ASSUMED),
    Parameter(
        "co2_stripping",
        "1",
        0.25,
        "transfer coefficient of CO2 relative to that of oxygen",
        "assumption between CC-sim's 0.95 and 0.095 (gas leaving saturated)",
    ),
    Parameter("gas_co2", "1", 0.0, "CO2 in the gas that comes in", ASSUMED),
)
"""Gas exchange."""

BROTH_PARAMETERS = (
    Parameter("k_lysis", "1/h", 0.008, "lysis of dead cells", ASSUMED),
    Parameter("k_gln_decay", "1/h", 0.0096, "glutamine decay", TABLE),
    Parameter("medium_co2", "mmol/L", 0.0, "dissolved CO2 in the fresh medium", ASSUMED),
    Parameter("tau_temperature", "h", 0.5, "time constant of the temperature loop", ASSUMED),
    Parameter("tau_ph", "h", 0.3, "time constant of the pH loop", ASSUMED),
    Parameter(
        "ph_control",
        "1",
        1.0,
        "1: pH held; 0: it drifts with ammonia as published",
        ASSUMED,
        0.0,
        1.0,
    ),
    Parameter("ph_zero", "pH", 7.1697, "constant of that drift", TABLE),
    Parameter("ph_amm", "L/mmol", 0.074028, "its weight of ammonia", TABLE),
    Parameter("ph_rest", "1", 0.968385, "its weight without ammonia", TABLE),
)
"""Chemistry of the broth and control of temperature and pH."""

PARAMETERS = (*CELL_PARAMETERS, *FLOW_PARAMETERS, *GAS_PARAMETERS, *BROTH_PARAMETERS)
N_CELL = len(CELL_PARAMETERS)
N_FLOW = N_CELL + len(FLOW_PARAMETERS)
N_GAS = N_FLOW + len(GAS_PARAMETERS)

OUTPUTS = (
    Output("viability", "%", "living cells of all that can be counted"),
    Output("dissolved_oxygen", "%", "dissolved oxygen, % of air saturation"),
    Output("pco2", "mmHg", "partial pressure of the dissolved CO2"),
    Output("our", "mmol/L/h", "oxygen uptake rate"),
    Output("cer", "mmol/L/h", "carbon dioxide evolution rate"),
    Output("kla", "1/h", "oxygen transfer coefficient set by the DO controller"),
    Output("gas_oxygen", "1", "oxygen in the gas set by the DO controller"),
    Output("mu", "1/h", "specific growth rate"),
    Output("death", "1/h", "specific death rate"),
    Output("q_product", "pg/cell/d", "specific production of antibody"),
    Output("perfusion_rate", "1/d", "fresh medium, vessel volumes per day (VVD)"),
    Output("cspr", "pL/cell/d", "cell-specific perfusion rate"),
    Output("bleed", "1/h", "bleed per volume"),
    Output("harvest", "1/h", "harvest per volume"),
    Output("harvest_titer", "g/L", "antibody in the harvest"),
    Output("space_time_yield", "g/L/d", "antibody formed per volume"),
    Output("harvested_yield", "g/L/d", "antibody harvested per volume"),
)

NO_EXTENSIONS: dict[str, float] = {
    "k_d_starved": 0.0,
    "k_d_anoxic": 0.0,
    "k_d_heat": 0.0,
    "heat_limit": 1.0e4,
    "q_o2": 0.0,
    "k_o2": 1.0e-9,
    "growth_co2_slope": 0.0,
    "productivity_co2_slope": 0.0,
    "published_death": 1.0,
}
"""Overrides that leave the published kinetics, their law of death included."""
