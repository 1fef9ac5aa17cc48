"""What can be seen of a CHO culture: probes in the vessel, and a sample at the end of each step.

The probes are those of the plant's bioreactors, without their capacitance: cells come from a soft
sensor with the published error instead. The sample goes to a cell counter and a plate reader, whose
results are taken to be there at once (assumption; the plate assays last 1.5 h).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from twin.device import Signal
from twin.pat.emulated import PUBLISHED_RMSEP, emulated
from twin.pat.probe import Probe
from twin.plant.cho import FED_BATCH_PROCESS, PERFUSION_PROCESS
from twin.plant.probes import bioreactor_probes
from twin.plant.process import Process, Seen, seen_as
from twin.workcell.analyzer import COUNTER_METHODS, PLATE_METHODS

GRID_S = 900.0

_PLANT = {probe.signal.name: probe for probe in bioreactor_probes(GRID_S, is_retaining=True)}
_CELLS = emulated(
    Signal("soft_sensor_cells", "1e6/mL", -10.0, 300.0, doc="viable cells by a soft sensor"),
    PUBLISHED_RMSEP["viable_cell_density"][0],
)


_BOTH = (
    "temperature",
    "ph",
    "dissolved_oxygen",
    "soft_sensor_cells",
    "raman_glucose",
    "raman_lactate",
    "oxygen_uptake",
    "carbon_evolution",
    "weight",
)


def _probe(process: Process, name: str) -> tuple[Probe, Seen]:
    if name == "soft_sensor_cells":
        return _CELLS, seen_as(process.model, "viable_cells")
    if name == "medium_flow":  # the feed's meter, which in perfusion is on the fresh medium
        meter = _PLANT["feed_flow"]
        signal = replace(meter.signal, name=name, doc="fresh medium")
        return replace(meter, signal=signal), process.seen["feed_flow"]
    return _PLANT[name], process.seen[name]


FED_BATCH_PROBES: Mapping[str, tuple[Probe, Seen]] = {
    name: _probe(FED_BATCH_PROCESS, name) for name in (*_BOTH, "feed_flow")
}
PERFUSION_PROBES: Mapping[str, tuple[Probe, Seen]] = {
    name: _probe(PERFUSION_PROCESS, name)
    for name in (*_BOTH, "medium_flow", "harvest_flow", "bleed_flow")
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
