"""What can be seen of a CHO culture: probes in the vessel, and a sample at the end of each step.

The probes are those of the plant's bioreactors, without their capacitance: cells come from a soft
sensor with the published error instead. The sample goes to a cell counter and a plate reader, whose
results are taken to be there at once (assumption; the plate assays last 1.5 h).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from twin.device import Floats, Signal
from twin.pat.emulated import PUBLISHED_RMSEP, emulated
from twin.pat.probe import Probe
from twin.plant.probes import bioreactor_probes
from twin.workcell.analyzer import COUNTER_METHODS, PLATE_METHODS

GRID_S = 900.0
BROTH_G_PER_L = 1020.0  # assumption, as in the plant
ML_PER_L = 1000.0
HOURS_PER_DAY = 24.0

Seen = Callable[[Mapping[str, Floats]], Floats]
"""From true states, inputs and outputs over time to what a perfect probe would show, (n,)."""

_PLANT = {probe.signal.name: probe for probe in bioreactor_probes(GRID_S)}
_CELLS = emulated(
    Signal("soft_sensor_cells", "1e6/mL", -10.0, 300.0, doc="viable cells by a soft sensor"),
    PUBLISHED_RMSEP["viable_cell_density"][0],
)


def _flow_meter(name: str, doc: str) -> Probe:
    """A meter as that of the plant's feed."""
    meter = _PLANT["feed_flow"]
    return replace(meter, signal=replace(meter.signal, name=name, doc=doc))


_COMMON: Mapping[str, tuple[Probe, Seen]] = {
    "temperature": (_PLANT["temperature"], lambda true: true["temperature"]),
    "ph": (_PLANT["ph"], lambda true: true["ph"]),
    "dissolved_oxygen": (_PLANT["dissolved_oxygen"], lambda true: true["dissolved_oxygen"]),
    "soft_sensor_cells": (_CELLS, lambda true: true["viable_cells"]),
    "raman_glucose": (_PLANT["raman_glucose"], lambda true: true["glucose"]),
    "raman_lactate": (_PLANT["raman_lactate"], lambda true: true["lactate"]),
    "oxygen_uptake": (_PLANT["oxygen_uptake"], lambda true: true["our"]),
    "carbon_evolution": (_PLANT["carbon_evolution"], lambda true: true["cer"]),
    "weight": (_PLANT["weight"], lambda true: true["volume"] * BROTH_G_PER_L),
}
FED_BATCH_PROBES: Mapping[str, tuple[Probe, Seen]] = {
    **_COMMON,
    "feed_flow": (
        _PLANT["feed_flow"],
        lambda true: (true["feed_rate"] + true["glucose_feed_rate"]) * ML_PER_L,
    ),
}
PERFUSION_PROBES: Mapping[str, tuple[Probe, Seen]] = {
    **_COMMON,
    "medium_flow": (
        _flow_meter("medium_flow", "fresh medium"),
        lambda true: true["perfusion_rate"] / HOURS_PER_DAY * true["volume"] * ML_PER_L,
    ),
    "harvest_flow": (
        _flow_meter("harvest_flow", "harvest through the membrane"),
        lambda true: true["harvest"] * true["volume"] * ML_PER_L,
    ),
    "bleed_flow": (
        _flow_meter("bleed_flow", "broth bled"),
        lambda true: true["bleed"] * true["volume"] * ML_PER_L,
    ),
}
"""Probes by the name of their signal, each with what it sees."""

ASSAYS = tuple(
    method
    for method in (*COUNTER_METHODS, *PLATE_METHODS)
    if method.assay.name in ("viability", "viable_cell_density", "titer", "ammonia")
)
"""What is measured in the sample."""


def observed(probes: Mapping[str, tuple[Probe, Seen]], most_days: float) -> tuple[Signal, ...]:
    """Everything that an agent sees, in its order: the time, the probes, the assays."""
    return (
        Signal("time", "d", 0.0, most_days, doc="since inoculation"),
        *(probe.signal for probe, _ in probes.values()),
        *(Signal(a.name, a.unit, a.low, a.high, doc=a.doc) for a in (m.assay for m in ASSAYS)),
    )
