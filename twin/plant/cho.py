"""CHO cells in a vessel: fed-batch, and perfusion where cells are retained."""

from __future__ import annotations

import numpy as np

from twin.device import Floats
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.model import KineticsModel
from twin.plant.fed_batch import FED_BATCH, fed_batch
from twin.plant.organism import Organism
from twin.plant.perfusion import PERFUSION, perfusion
from twin.plant.probes import bioreactor_probes
from twin.plant.process import Process, Seen, Truth, seen_as

BROTH_G_PER_L = 1020.0  # assumption
CAPACITANCE_PF_CM = 0.7  # per 1e6 cells/mL of the size at inoculation; assumption
CELL_GROWTH = 0.25  # biovolume per cell grows by this share over 14 days; assumption
ML_PER_L = 1000.0

LOOPS = {
    "temperature": "temperature_setpoint",
    "ph": "ph_setpoint",
    "dissolved_oxygen": "do_setpoint",
}


def _capacitance(truth: Truth) -> Floats:
    swelling = 1.0 + CELL_GROWTH * truth.age_day / 14.0
    return CAPACITANCE_PF_CM * truth["viable_cells"] * swelling


def _common(model: KineticsModel) -> dict[str, Seen]:
    return {
        "temperature": seen_as(model, "temperature"),
        "ph": seen_as(model, "ph"),
        "dissolved_oxygen": seen_as(model, "dissolved_oxygen"),
        "capacitance": _capacitance,
        "raman_glucose": seen_as(model, "glucose"),
        "raman_lactate": seen_as(model, "lactate"),
        "oxygen_uptake": seen_as(model, "our"),
        "carbon_evolution": seen_as(model, "cer"),
        "weight": seen_as(model, "volume", BROTH_G_PER_L),
    }


def _nothing(truth: Truth) -> Floats:
    return np.zeros_like(truth.age_day)


FED_BATCH_PROCESS = Process(
    program=FED_BATCH,
    run=fed_batch,
    model=CHO_FEDBATCH,
    seen={
        **_common(CHO_FEDBATCH),
        "feed_flow": lambda truth: (truth["feed_rate"] + truth["glucose_feed_rate"]) * ML_PER_L,
        "harvest_flow": _nothing,
        "bleed_flow": _nothing,
    },
    loops=LOOPS,
)
PERFUSION_PROCESS = Process(
    program=PERFUSION,
    run=perfusion,
    model=CHO_PERFUSION,
    seen={
        **_common(CHO_PERFUSION),
        "feed_flow": lambda truth: truth["perfusion_rate"] / 24.0 * truth["volume"] * ML_PER_L,
        "harvest_flow": lambda truth: truth["harvest"] * truth["volume"] * ML_PER_L,
        "bleed_flow": lambda truth: truth["bleed"] * truth["volume"] * ML_PER_L,
    },
    loops=LOOPS,
)
CHO = Organism(
    name="CHO",
    processes=(FED_BATCH_PROCESS,),
    probes=bioreactor_probes,
    retained=(PERFUSION_PROCESS,),
)
