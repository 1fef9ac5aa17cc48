"""The sensors of a plant, each by its errors.

Figures of temperature, pH, dissolved oxygen, gas analyser (there a blood-gas analyser), mass-flow
controller, pump, flowmeter and scale: parameter set of CC-sim (D. Sands), whose author flags some
as of low confidence. One stored version of it has 30 s for the pH electrode, another 5 min, which
is used here. pH and DO begin calibrated against a blood-gas analyser; the drift of pH is a slope
of 1.73 per year (0.033 a week), that of the DO sensitivity 10 % per year. Assumptions: pressure,
conductivity, ultraviolet absorbance, the scale's offset, the mass-flow controller's noise,
measuring ranges, and response times not named above.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twin.device import Signal
from twin.pat.probe import Probe

_PROBES = (
    Probe(
        Signal("temperature", "degC", 0.0, 130.0, doc="resistance thermometer"),
        noise=0.01,
        offset=0.05,
        t98_s=30.0,
    ),
    Probe(
        Signal("ph", "pH", 2.0, 12.0, doc="in-line pH electrode"),
        noise=0.001,
        offset=0.0054,
        drift_per_year=1.73,
        t98_s=300.0,
    ),
    Probe(
        Signal("dissolved_oxygen", "%", 0.0, 200.0, doc="per cent of air saturation"),
        noise_rel=0.001,
        offset_rel=0.0058,
        drift_rel_per_year=0.10,
        t98_s=60.0,
    ),
    Probe(
        Signal("pressure", "bar", 0.0, 6.0, doc="headspace or line, absolute"),
        noise=0.001,
        offset=0.002,
        drift_per_year=0.005,
        t98_s=1.0,
    ),
    Probe(
        Signal("weight", "g", 0.0, 5e6, doc="vessel content on a scale"), noise=0.02, offset=0.05
    ),
    Probe(
        Signal("gas_flow", "L/h", 0.0, 1e6, doc="mass-flow controller, standard litres"),
        noise_rel=0.001,
        offset_rel=0.005,
        t98_s=2.0,
    ),
    Probe(
        Signal("pump_flow", "mL/h", 0.0, 1e7, doc="peristaltic pump, from its speed"),
        offset_rel=0.03,
    ),
    Probe(
        Signal("liquid_flow", "L/min", 0.0, 1e3, doc="flowmeter"),
        noise_rel=0.05,
        offset=0.03,
        t98_s=2.0,
    ),
    Probe(
        Signal("oxygen_in_gas", "mol/mol", 0.0, 1.0, doc="dried off-gas"),
        noise_rel=0.003,
        offset_rel=0.005,
        t98_s=60.0,
    ),
    Probe(
        Signal("co2_in_gas", "mol/mol", 0.0, 0.3, doc="dried off-gas"),
        noise_rel=0.005,
        offset_rel=0.01,
        t98_s=60.0,
    ),
    Probe(
        Signal("uv280", "AU", 0.0, 2.0, doc="ultraviolet absorbance at 280 nm in a flow cell"),
        noise=0.0005,
        offset=0.001,
        offset_rel=0.01,
        drift_per_sqrt_day=0.002,
        t98_s=2.0,
    ),
    Probe(
        Signal("conductivity", "mS/cm", 0.0, 200.0, doc="in a flow cell, at 25 degC"),
        noise_rel=0.002,
        offset_rel=0.01,
        t98_s=5.0,
    ),
)
CATALOGUE = {probe.signal.name: probe for probe in _PROBES}


class UnknownProbe(ValueError):
    """The catalogue has no probe of that name."""


def probes(names: Iterable[str], interval_s: float) -> tuple[Probe, ...]:
    """Return probes of the catalogue by name, sampled every `interval_s`.

    Raises:
        UnknownProbe: no such probe.
    """
    found = []
    for name in names:
        if name not in CATALOGUE:
            raise UnknownProbe(f"no probe {name!r} in the catalogue: {sorted(CATALOGUE)}")
        probe = CATALOGUE[name]
        found.append(replace(probe, signal=replace(probe.signal, interval_s=interval_s)))
    return tuple(found)
