"""Assays of the at-line bench: osmometer, blood-gas and metabolite analyzer, cell counter.

Errors after the assay table of CC-sim (D. Sands; flagged there as partly of low confidence): blood
gas O2 0.3 % random and 0.5 % systematic, CO2 0.5 % and 1 %, pH 0.005 and 0.002; metabolites and
IgG 5 % and 8 %; osmolality 2 and 1 mOsm; cells 5 % and 3 %, viability 1.5 and 2 points. Durations
and volumes are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.device import Assay
from twin.workcell.analyzer import COUNTER_METHODS, Method

PA_PER_MMHG = 133.322

SOLUTES = ("glucose", "glutamine", "lactate", "ammonia", "ions")


def _osmolality(c: Mapping[str, float]) -> float:
    """Return the sum of solutes, 1 mM taken as 1 mOsm/kg."""
    return sum(c[name] for name in SOLUTES)


def _oxygen_mmhg(c: Mapping[str, float]) -> float:
    """Return pO2 by the solubility of CC-sim, mol/m3/Pa."""
    return c["oxygen"] / (1.58e-5 - 1.5e-7 * c["temperature"]) / PA_PER_MMHG


def _carbon_dioxide_mmhg(c: Mapping[str, float]) -> float:
    """Return pCO2 by the solubility of CC-sim, mol/m3/Pa."""
    return c["carbon_dioxide"] / (4.839e-4 - 6.1e-6 * c["temperature"]) / PA_PER_MMHG


def _metabolite(name: str, state: str, unit: str, high: float, doc: str) -> Method:
    return Method(
        Assay(name, unit, 0.0, high, doc),
        lambda c: c[state],
        0.05,
        0.08,
        per_sample_s=240.0,
        needs=(state,),
        volume_ml=0.1,
    )


OSMOMETER_METHODS = (
    Method(
        Assay("osmolality", "mOsm/kg", 0.0, 2000.0, "freezing point"),
        _osmolality,
        0.0,
        0.0,
        random=2.0,
        systematic=1.0,
        per_sample_s=150.0,
        needs=SOLUTES,
        volume_ml=0.1,
    ),
)
BLOOD_GAS_METHODS = (
    Method(
        Assay("po2", "mmHg", 0.0, 800.0, "amperometric, at the temperature of the broth"),
        _oxygen_mmhg,
        0.003,
        0.005,
        per_sample_s=120.0,
        needs=("oxygen", "temperature"),
        volume_ml=0.2,
    ),
    Method(
        Assay("pco2", "mmHg", 0.0, 400.0, "potentiometric, at the temperature of the broth"),
        _carbon_dioxide_mmhg,
        0.005,
        0.01,
        per_sample_s=120.0,
        needs=("carbon_dioxide", "temperature"),
        volume_ml=0.2,
    ),
    Method(
        Assay("ph_at_line", "pH", 6.0, 8.0, "glass electrode"),
        lambda c: c["ph"],
        0.0,
        0.0,
        random=0.005,
        systematic=0.002,
        per_sample_s=120.0,
        needs=("ph",),
        volume_ml=0.2,
    ),
)
METABOLITE_METHODS = (
    _metabolite("glucose_at_line", "glucose", "mmol/L", 150.0, "enzymatic, photometric"),
    _metabolite("glutamine_at_line", "glutamine", "mmol/L", 20.0, "enzymatic, photometric"),
    _metabolite("ammonia_at_line", "ammonia", "mmol/L", 50.0, "enzymatic, photometric"),
    _metabolite("igg_at_line", "product", "g/L", 20.0, "turbidimetric"),
)
CELL_STATES = ("viable_cells", "dead_cells")
CALIBRATED_COUNTER_METHODS = tuple(
    replace(
        method,
        needs=CELL_STATES,
        volume_ml=0.6,
        systematic=2.0 if method.assay.name == "viability" else method.systematic,
    )
    for method in COUNTER_METHODS
)
