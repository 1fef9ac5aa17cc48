"""What can be seen of an IndPenSim batch: probes and soft sensors, every 12 minutes.

Errors of temperature, pH, dissolved oxygen, off-gas and flows are those of `twin.pat.catalogue`, in
the units of the process. Assumptions: the load cells, and the errors of the soft sensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from twin.device import Signal
from twin.pat.catalogue import CATALOGUE
from twin.pat.emulated import emulated
from twin.pat.probe import Probe

KELVIN = 273.15
PER_CENT = 0.01

Seen = Callable[[Mapping[str, float]], float]
"""From true states, inputs and outputs to what a perfect probe would show."""


def _as(kind: str, name: str, unit: str, low: float, high: float, doc: str) -> Probe:
    return replace(CATALOGUE[kind], signal=Signal(name, unit, low, high, doc=doc))


def _soft_sensor(name: str, unit: str, high: float, rmsep: float, doc: str) -> Probe:
    return emulated(Signal(name, unit, -0.1 * high, high, doc=doc), rmsep)


_ALL: tuple[tuple[Probe, Seen], ...] = (
    (CATALOGUE["temperature"], lambda true: true["temperature"] - KELVIN),
    (CATALOGUE["ph"], lambda true: true["ph"]),
    (
        _as("dissolved_oxygen", "dissolved_oxygen", "mg/L", 0.0, 60.0, "dissolved oxygen"),
        lambda true: true["oxygen"],
    ),
    (
        _as("pressure", "head_pressure", "bar", -0.5, 6.0, "overpressure in the head space"),
        lambda true: true["head_pressure"],
    ),
    (
        Probe(
            Signal("weight", "kg", 0.0, 200_000.0, doc="load cells, broth only"),
            noise=20.0,
            offset=50.0,
        ),
        lambda true: true["weight"],
    ),
    (CATALOGUE["oxygen_in_gas"], lambda true: true["offgas_oxygen"]),
    (CATALOGUE["co2_in_gas"], lambda true: true["offgas_co2"] * PER_CENT),
    (
        _as("gas_flow", "aeration", "m3/min", 0.0, 150.0, "air flow"),
        lambda true: true["aeration"],
    ),
    (
        _as("pump_flow", "sugar_feed", "L/h", 0.0, 300.0, "flow of the sugar feed"),
        lambda true: true["sugar_feed"],
    ),
    (_as("pump_flow", "base", "L/h", 0.0, 300.0, "flow of base"), lambda true: true["base"]),
    (
        _as("liquid_flow", "coolant", "L/h", 0.0, 2000.0, "flow of cooling water"),
        lambda true: true["coolant"],
    ),
    (
        _soft_sensor("penicillin", "g/L", 60.0, 0.5, "penicillin by a soft sensor"),
        lambda true: true["penicillin"],
    ),
    (
        _soft_sensor("biomass", "g/L", 60.0, 1.0, "biomass by a soft sensor"),
        lambda true: true["biomass"],
    ),
    (
        _soft_sensor("paa", "mg/L", 15_000.0, 50.0, "phenylacetic acid by a soft sensor"),
        lambda true: true["paa"],
    ),
    (
        _soft_sensor("nitrogen", "mg/L", 10_000.0, 50.0, "ammonia nitrogen by a soft sensor"),
        lambda true: true["nitrogen"],
    ),
)
PROBES: Mapping[str, tuple[Probe, Seen]] = {pair[0].signal.name: pair for pair in _ALL}
"""Probes by the name of their signal, each with what it sees."""
