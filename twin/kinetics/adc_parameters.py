"""States, inputs, parameters and outputs of the ADC conjugation model, and how unsure they are.

No measured rate constant of this chemistry could be read: every value is recalled or assumed, and
``PRIORS`` says how wide to draw those that matter.  Concentrations in mmol/L; 1/(mol/L)/s is
3.6 L/mmol/h.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from twin.kinetics.model import Input, Output, Parameter, State

ASSUMED = "assumption"
RECALLED = "recalled, no source read"
MM = "mmol/L"
SECOND_ORDER = "L/mmol/h"

STATES = (
    State("hl_intact", MM, 0.0, "heavy-light disulfides, intact", scale=0.1),
    State("hl_open", MM, 0.0, "those reduced, both thiols free", scale=0.1),
    State("hl_one", MM, 0.0, "those with one drug and one free thiol", scale=0.1),
    State("hl_two", MM, 0.0, "those with two drugs", scale=0.1),
    State("hh_intact", MM, 0.0, "heavy-heavy disulfides, intact", scale=0.1),
    State("hh_open", MM, 0.0, "those reduced, both thiols free", scale=0.1),
    State("hh_one", MM, 0.0, "those with one drug and one free thiol", scale=0.1),
    State("hh_two", MM, 0.0, "those with two drugs", scale=0.1),
    State("tcep", MM, 0.0, "reducing agent", scale=0.1),
    State("tcep_oxide", MM, 0.0, "reducing agent that is used up", scale=0.1),
    State("drug", MM, 0.0, "maleimide drug-linker, free and reactive", scale=0.1),
    State("drug_hydrolysed", MM, 0.0, "free drug-linker that has lost its maleimide", scale=0.1),
    State("quencher", MM, 0.0, "N-acetylcysteine", scale=0.1),
    State("drug_quenched", MM, 0.0, "free drug-linker bound to the quencher", scale=0.1),
    State("volume", "L", 0.0, "volume in the vessel", scale=1.0),
    State("drug_in_permeate", "mmol", 0.0, "drug in any form that was washed out", scale=0.1),
    State("antibody_in_permeate", "mmol", 0.0, "antibody that was lost in the wash", scale=0.1),
)

INPUTS = (
    Input("drug_feed_rate", "L/h", 0.0, "flow of the drug solution", 0.0, 100.0),
    Input("drug_stock", MM, 10.0, "drug in that solution", 0.0, 1000.0),
    Input(
        "diafiltration_rate",
        "L/h",
        0.0,
        "buffer in and permeate out, at constant volume",
        0.0,
        10000.0,
    ),
    Input("temperature", "degC", 22.0, "temperature of the vessel", 0.0, 45.0),
    Input("ph", "pH", 7.0, "pH of the buffer", 4.0, 10.0),
)

PARAMETERS = (
    Parameter("k_reduce_hl", SECOND_ORDER, 36.0, "reduction of heavy-light bonds", ASSUMED),
    Parameter("k_reduce_hh", SECOND_ORDER, 18.0, "reduction of heavy-heavy bonds", ASSUMED),
    Parameter("k_reoxidise", "1/h", 1.0e-3, "an open bond closes again", ASSUMED),
    Parameter("k_conjugate", SECOND_ORDER, 3600.0, "one thiol with drug, 22 degC, pH 7", RECALLED),
    Parameter("k_hydrolyse", "1/h", 0.1, "maleimide with water, 22 degC, pH 7", RECALLED),
    Parameter("k_quench", SECOND_ORDER, 3600.0, "quencher with drug, 22 degC, pH 7", ASSUMED),
    Parameter("thiol_pka", "pH", 8.3, "only the dissociated thiol reacts", RECALLED),
    Parameter("q10_reduce", "1", 2.0, "reduction's and re-oxidation's factor per 10 degC", ASSUMED),
    Parameter("q10_conjugate", "1", 2.0, "conjugation's and quench's factor per 10 degC", ASSUMED),
    Parameter("q10_hydrolyse", "1", 2.5, "hydrolysis' factor per 10 degC", ASSUMED),
    Parameter(
        "sieving_small", "1", 1.0, "permeate / retentate of small molecules", ASSUMED, 0.0, 1.0
    ),
    Parameter(
        "sieving_antibody", "1", 0.0, "permeate / retentate of the antibody", ASSUMED, 0.0, 1.0
    ),
)

OUTPUTS = (
    Output("antibody", MM, "antibody with any number of drugs"),
    Output("dar", "1", "mean number of drugs per antibody"),
    Output("free_thiols", MM, "thiols of the antibody that carry no drug"),
    Output("free_drug", MM, "drug not bound to antibody, in any form"),
    Output("intact_bonds", "1", "mean number of intact interchain bonds per antibody"),
)


@dataclass(frozen=True, slots=True)
class Prior:
    """A parameter's plausible range, to be drawn from uniformly in its logarithm."""

    low: float
    high: float
    source: str


PRIORS: Mapping[str, Prior] = MappingProxyType(
    {
        "k_reduce_hl": Prior(3.6, 360.0, ASSUMED),
        "k_reduce_hh": Prior(1.8, 360.0, ASSUMED),
        "k_reoxidise": Prior(1.0e-4, 0.1, ASSUMED),
        "k_conjugate": Prior(360.0, 36000.0, "recalled: 1e2 .. 1e4 L/mol/s"),
        "k_hydrolyse": Prior(0.036, 0.36, "recalled: 1e-5 .. 1e-4 1/s"),
        "k_quench": Prior(360.0, 36000.0, ASSUMED),
    }
)
"""Deliberately wide: a result that does not survive them is not a result of this model."""
