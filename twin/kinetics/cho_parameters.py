"""States, inputs, parameters and outputs of the CHO fed-batch model, with units and sources.

The first seventeen parameters are Table 2 of Kornecki & Strube, Bioengineering 2018, 5(1), 25.
Everything after them extends that model; what no publication backs is named an assumption.
Cells are counted in 1e9/L (the same number as 1e6/mL).
"""

from __future__ import annotations

from twin.kinetics.model import Input, Output, Parameter, State

KORNECKI = "Kornecki & Strube 2018, Table 2"
KONTORAVDI = "Kontoravdi 2010 / Papathanasiou 2017 (growth law 0.0016 T - 0.0308 1/h, 33..37 degC)"
SHIFT = "secondary source, low confidence: teaching simulator after Wang 2022"
SOLUBILITY = "air at 1 atm; with the solubility after CC-sim 0.218 mM at 37 degC"
ASSUMED = "assumption"

PER_CELLS = "mmol/1e9 cells/h"

STATES = (
    State("viable_cells", "1e9/L", 0.0, "living cells", scale=10.0),
    State("dead_cells", "1e9/L", 0.0, "dead cells not yet lysed", scale=1.0),
    State("glucose", "mmol/L", 0.0, "glucose", scale=10.0),
    State("glutamine", "mmol/L", 0.0, "glutamine; stands for the amino acids", scale=1.0),
    State("lactate", "mmol/L", 0.0, "lactate", scale=10.0),
    State("ammonia", "mmol/L", 0.0, "ammonia and ammonium", scale=1.0),
    State("product", "g/L", 0.0, "antibody (the titer)", scale=1.0),
    State("ions", "mmol/L", 0.0, "osmotically active solutes no cell consumes", scale=100.0),
    State("oxygen", "mmol/L", 0.0, "dissolved oxygen", scale=0.1),
    State("temperature", "degC", 0.0, "temperature of the broth", scale=10.0),
    State("ph", "pH", 0.0, "pH of the broth", scale=1.0),
    State("volume", "L", 0.0, "volume of the broth", scale=1.0),
    State("base_added", "L", 0.0, "base solution added so far by the pH loop", scale=0.1),
    State(
        "contaminant", "g/L", 0.0, "dry mass of a bacterial contaminant; 0 if sterile", scale=1.0
    ),
)

INPUTS = (
    Input("feed_rate", "L/h", 0.0, "flow of the main feed", 0.0, 200.0),
    Input("feed_glucose", "mmol/L", 400.0, "glucose in the main feed", 0.0, 5000.0),
    Input("feed_glutamine", "mmol/L", 60.0, "glutamine in the main feed", 0.0, 1000.0),
    Input(
        "feed_ions",
        "mmol/L",
        400.0,
        "other osmotically active solutes in the main feed",
        0.0,
        5000.0,
    ),
    Input("glucose_feed_rate", "L/h", 0.0, "flow of the concentrated glucose solution", 0.0, 200.0),
    Input(
        "glucose_stock",
        "mmol/L",
        2500.0,
        "glucose in the concentrated solution (450 g/L)",
        0.0,
        5000.0,
    ),
    Input("temperature_setpoint", "degC", 37.0, "temperature the vessel is held at", 4.0, 45.0),
    Input("ph_setpoint", "pH", 7.0, "pH the vessel is held at", 4.0, 10.0),
    Input("do_setpoint", "%", 40.0, "dissolved oxygen set-point, % of air saturation", 0.0, 400.0),
)

_KORNECKI_TABLE = (
    Parameter("mu_max", "1/h", 0.039, "maximum growth rate", KORNECKI),
    Parameter("k_d", "1/h", 0.004, "maximum death rate by lactate and ammonia", KORNECKI),
    Parameter("k_glc", "mmol/L", 1.00, "glucose half constant of growth", KORNECKI),
    Parameter("k_gln", "mmol/L", 0.047, "glutamine half constant of growth", KORNECKI),
    Parameter("ki_lac", "mmol/L", 43.0, "lactate that halves growth", KORNECKI),
    Parameter("ki_amm", "mmol/L", 6.51, "ammonia that halves growth", KORNECKI),
    Parameter("kd_lac", "mmol/L", 45.8, "lactate half constant of death", KORNECKI),
    Parameter("kd_amm", "mmol/L", 6.51, "ammonia half constant of death", KORNECKI),
    Parameter("y_x_glc", "1e9 cells/mmol", 0.357, "cells per glucose", KORNECKI),
    Parameter("y_x_gln", "1e9 cells/mmol", 0.974, "cells per glutamine", KORNECKI),
    Parameter("y_lac_glc", "mmol/mmol", 0.70, "lactate per glucose", KORNECKI),
    Parameter("y_amm_gln", "mmol/mmol", 0.67, "ammonia per glutamine", KORNECKI),
    Parameter("r_amm", PER_CELLS, 6.3e-3, "ammonia removal by the cells", KORNECKI),
    Parameter("m_glc", PER_CELLS, 69.2e-3, "glucose for maintenance", KORNECKI),
    Parameter("a1", PER_CELLS, 3.2e-3, "glutamine for maintenance", KORNECKI),
    Parameter("a2", "mmol/L", 2.1, "glutamine half constant of maintenance", KORNECKI),
    Parameter("q_mab", "g/1e9 cells/h", 1.51e-3, "antibody production (36 pg/cell/d)", KORNECKI),
)

_SUBSTRATE_LIMITS = (
    Parameter("k_maintenance", "mmol/L", 1.0e-3, "glucose that halves maintenance", ASSUMED),
    Parameter("k_amm_removal", "mmol/L", 0.1, "ammonia that halves its removal", ASSUMED),
)

_MULTIPLIERS = (
    Parameter("growth_multiplier", "1", 1.0, "medium and run effect on growth", ASSUMED),
    Parameter("productivity_multiplier", "1", 1.0, "medium and run effect on production", ASSUMED),
    Parameter(
        "growth_productivity_weight",
        "1",
        0.0,
        "0: production independent of growth; 1: the factor (1 - mu/mu_max)",
        "in use beside Kornecki & Strube 2018, which lists a constant rate only",
    ),
)

_TEMPERATURE = (
    Parameter("growth_slope", "1/degC", 0.0016 / 0.0284, "growth per degC at 37", KONTORAVDI),
    Parameter("heat_limit", "degC", 40.0, "growth halves above this", ASSUMED),
    Parameter("heat_width", "degC", 0.4, "sharpness of the heat limit", ASSUMED),
    Parameter("death_cooling", "1", 0.90, "death at 33 relative to 37 degC", SHIFT),
    Parameter("metabolism_cooling", "1", 0.80, "maintenance at 33 relative to 37 degC", ASSUMED),
    Parameter("shift_center", "degC", 34.5, "half of a shift's effects is reached here", ASSUMED),
    Parameter("shift_width", "degC", 0.6, "sharpness of a shift's effects", ASSUMED),
    Parameter(
        "growth_shift_loss",
        "1",
        0.3,
        "growth lost at 33 degC beyond the published line",
        "assumption, towards the recalled band of 0.3-0.6 of the growth at 37 degC",
    ),
    Parameter("productivity_cooling", "1", 1.35, "production at 33 relative to 37 degC", SHIFT),
    Parameter("cold_limit", "degC", 31.0, "production halves below this", ASSUMED),
    Parameter("cold_width", "degC", 0.7, "sharpness of the cold limit", ASSUMED),
)

_PH = (
    Parameter("growth_ph", "pH", 7.00, "best pH for growth", SHIFT),
    Parameter("growth_ph_width", "pH", 0.18, "width of the growth bell", SHIFT),
    Parameter("growth_ph_floor", "1", 0.75, "growth far from the best pH (1: no effect)", SHIFT),
    Parameter("productivity_ph", "pH", 7.05, "best pH for production", SHIFT),
    Parameter("productivity_ph_width", "pH", 0.20, "width of the production bell", SHIFT),
    Parameter("productivity_ph_floor", "1", 0.80, "production far from the best pH", SHIFT),
)

_OSMOLALITY = (
    Parameter("growth_osm", "mOsm/kg", 430.0, "osmolality that halves growth", ASSUMED),
    Parameter("productivity_osm", "mOsm/kg", 480.0, "half of the production loss", ASSUMED),
    Parameter("productivity_osm_loss", "1", 0.4, "share of production lost when high", ASSUMED),
    Parameter("k_d_osm", "1/h", 0.020, "death rate at very high osmolality", ASSUMED),
    Parameter("death_osm", "mOsm/kg", 450.0, "half of that death rate", ASSUMED),
    Parameter("osm_width", "mOsm/kg", 20.0, "sharpness of the three osmolality effects", ASSUMED),
)

_DEATH = (
    Parameter("k_d_basal", "1/h", 0.0002, "death rate without any stress", ASSUMED),
    Parameter("k_d_nutrient", "1/h", 0.006, "death rate without amino acids", ASSUMED),
    Parameter("k_nutrient", "mmol/L", 0.10, "glutamine that halves it", ASSUMED),
    Parameter("k_d_starved", "1/h", 0.030, "death rate without glucose", ASSUMED),
    Parameter("k_starved", "mmol/L", 0.20, "glucose that halves it", ASSUMED),
    Parameter("k_d_anoxic", "1/h", 0.040, "death rate without oxygen", ASSUMED),
    Parameter("k_anoxic", "mmol/L", 0.002, "oxygen that halves it (1 % of air)", ASSUMED),
    Parameter("k_d_heat", "1/h", 0.100, "death rate far above the heat limit", ASSUMED),
)

_METABOLISM = (
    Parameter("q_overflow", PER_CELLS, 0.04, "extra glucose uptake when it is plenty", ASSUMED),
    Parameter("k_overflow", "mmol/L", 25.0, "glucose half constant of that", ASSUMED),
    Parameter("y_lac_overflow", "mmol/mmol", 1.7, "lactate per extra glucose", ASSUMED),
    Parameter("q_lac_uptake", PER_CELLS, 0.090, "lactate re-uptake at 37 degC", ASSUMED),
    Parameter("k_lac_uptake", "mmol/L", 5.0, "lactate half constant of re-uptake", ASSUMED),
    Parameter("ki_lac_uptake", "mmol/L", 15.0, "glucose that halves re-uptake", ASSUMED),
    Parameter("lac_uptake_cooling", "1", 1.8, "re-uptake at 33 relative to 37 degC", SHIFT),
    Parameter("productivity_nutrient_weight", "1", 0.5, "production lost without feed", ASSUMED),
    Parameter("k_productivity_nutrient", "mmol/L", 0.10, "glutamine that halves it", ASSUMED),
    Parameter("productivity_glucose_weight", "1", 1.0, "production lost unfed", ASSUMED),
)

_OXYGEN = (
    Parameter("q_o2", PER_CELLS, 0.30, "oxygen uptake", "recalled: 0.2-0.4 pmol/cell/h for CHO"),
    Parameter("k_o2", "mmol/L", 0.004, "oxygen that halves uptake, growth, production", ASSUMED),
)

CELL_PARAMETERS = (
    *_KORNECKI_TABLE,
    *_SUBSTRATE_LIMITS,
    *_MULTIPLIERS,
    *_TEMPERATURE,
    *_PH,
    *_OSMOLALITY,
    *_DEATH,
    *_METABOLISM,
    *_OXYGEN,
)
"""What the cells do; ``N_CELL`` of them come first in the parameter vector."""

VESSEL_PARAMETERS = (
    Parameter("k_lysis", "1/h", 0.008, "lysis of dead cells", ASSUMED),
    Parameter("k_gln_decay", "1/h", 0.0096, "glutamine decay at 37 degC", "Kontoravdi 2008"),
    Parameter("gln_decay_q10", "1", 2.0, "decay's factor per 10 degC", ASSUMED),
    Parameter("neutralisation", "mmol/mmol", 0.6, "base per lactate formed", ASSUMED),
    Parameter("base_stock", "mmol/L", 1000.0, "strength of the base solution", ASSUMED),
    Parameter("rq", "1", 0.97, "CO2 formed per O2 taken up", "CC-sim: 0.97 +- 0.01"),
    Parameter("kla_min", "1/h", 1.0, "least oxygen transfer coefficient", ASSUMED),
    Parameter("kla_max", "1/h", 12.0, "most oxygen transfer coefficient", ASSUMED),
    Parameter("do_band", "%", 2.0, "proportional band of the DO controller", ASSUMED),
    Parameter("oxygen_pressure", "Pa", 21278.0, "O2 partial pressure of the gas", SOLUBILITY),
    Parameter("tau_temperature", "h", 0.5, "time constant of the temperature loop", ASSUMED),
    Parameter("tau_ph", "h", 0.3, "time constant of the pH loop", ASSUMED),
    Parameter("mu_contaminant", "1/h", 0.5, "growth rate of a contaminant", ASSUMED),
    Parameter("k_contaminant", "mmol/L", 0.5, "its glucose half constant", ASSUMED),
    Parameter("glc_contaminant", "mmol/g", 11.0, "glucose per dry mass", ASSUMED),
    Parameter("lac_contaminant", "mmol/g", 6.0, "acids (as lactate) per dry mass", ASSUMED),
    Parameter("o2_contaminant", "mmol/g", 15.0, "oxygen per dry mass", ASSUMED),
    Parameter("k_o2_contaminant", "mmol/L", 0.005, "its oxygen half constant", ASSUMED),
)
"""What happens around the cells: chemistry, gas transfer, control loops, a contaminant."""

PARAMETERS = (*CELL_PARAMETERS, *VESSEL_PARAMETERS)
N_CELL = len(CELL_PARAMETERS)

OUTPUTS = (
    Output("viability", "%", "living cells of all that can be counted"),
    Output("osmolality", "mOsm/kg", "sum of the dissolved solutes"),
    Output("dissolved_oxygen", "%", "dissolved oxygen, % of air saturation"),
    Output("our", "mmol/L/h", "oxygen uptake rate"),
    Output("cer", "mmol/L/h", "carbon dioxide evolution rate"),
    Output("kla", "1/h", "oxygen transfer coefficient set by the DO controller"),
    Output("mu", "1/h", "specific growth rate"),
    Output("death", "1/h", "specific death rate"),
    Output("q_product", "pg/cell/d", "specific production of antibody"),
    Output("q_glucose", PER_CELLS, "specific glucose uptake of the cells"),
    Output("base_rate", "L/h", "flow of the base solution"),
)

NO_EXTENSIONS: dict[str, float] = {
    "growth_slope": 0.0,
    "growth_shift_loss": 0.0,
    "heat_limit": 1.0e4,
    "death_cooling": 1.0,
    "productivity_cooling": 1.0,
    "cold_limit": -1.0e4,
    "metabolism_cooling": 1.0,
    "growth_ph_floor": 1.0,
    "productivity_ph_floor": 1.0,
    "growth_osm": 1.0e6,
    "productivity_osm_loss": 0.0,
    "k_d_osm": 0.0,
    "k_d_basal": 0.0,
    "k_d_nutrient": 0.0,
    "k_d_starved": 0.0,
    "k_d_anoxic": 0.0,
    "k_d_heat": 0.0,
    "k_lysis": 0.0,
    "k_gln_decay": 0.0,
    "q_overflow": 0.0,
    "q_lac_uptake": 0.0,
    "productivity_nutrient_weight": 0.0,
    "productivity_glucose_weight": 0.0,
    "neutralisation": 0.0,
    "q_o2": 0.0,
    "k_o2": 1.0e-9,
}
"""Overrides that switch every extension off and leave Kornecki & Strube's own model."""
