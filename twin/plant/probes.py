"""The probes of a bioreactor and their errors.

How a probe errs is in `twin.pat`. Figures from the parameter set of CC-sim (D. Sands): noise and
response time of temperature, pH and dissolved oxygen, temperature offset, the weight's noise, pH
drift (there a slope, here a random walk that gets as far in a week), and the relative errors of the
gas readings and the DO offset, which there belong to a blood-gas analyser. Raman noise from
published prediction errors (Appl. Spectrosc. 2023, 77, 521), the offset half of it.

Assumptions: the DO drift as a random walk, the offset of the scale, the noise of the feed flow, the
drift of the Raman values, the absolute noise and the response time of the off-gas values, and all
of capacitance.
"""

from __future__ import annotations

from twin.device import Signal
from twin.pat.probe import Probe

GLUCOSE_G_PER_MOL = 180.16
LACTATE_G_PER_MOL = 90.08


def bioreactor_probes(interval_s: float, is_retaining: bool = False) -> tuple[Probe, ...]:
    """Return the probes of a bioreactor whose sampling grid has steps of `interval_s`.

    One that retains cells also has flow meters for harvest and bleed.
    """

    def signal(name: str, unit: str, low: float, high: float, doc: str, every: int = 1) -> Signal:
        return Signal(name, unit, low, high, interval_s=interval_s * every, doc=doc)

    probes: tuple[Probe, ...] = (
        Probe(
            signal("temperature", "degC", 0.0, 60.0, "culture temperature"),
            noise=0.01,
            offset=0.05,
            t98_s=30,
        ),
        Probe(
            signal("ph", "pH", 2.0, 12.0, "in-line pH electrode"),
            noise=0.001,
            offset=0.0054,
            drift_per_sqrt_day=0.0125,
            t98_s=300,
        ),
        Probe(
            signal("dissolved_oxygen", "%", 0.0, 200.0, "per cent of air saturation"),
            noise_rel=0.001,
            offset_rel=0.003,
            drift_per_sqrt_day=0.25,
            t98_s=60,
        ),
        Probe(
            signal("capacitance", "pF/cm", 0.0, 200.0, "viable biovolume at 1 MHz"),
            noise=0.05,
            noise_rel=0.05,
            offset_rel=0.05,
        ),
        Probe(
            signal("raman_glucose", "mmol/L", -10.0, 250.0, "soft sensor on Raman spectra", 2),
            noise=0.23 / GLUCOSE_G_PER_MOL * 1000,
            offset=0.115 / GLUCOSE_G_PER_MOL * 1000,
            drift_per_sqrt_day=0.1,
            every=2,
        ),
        Probe(
            signal("raman_lactate", "mmol/L", -10.0, 250.0, "soft sensor on Raman spectra", 2),
            noise=0.29 / LACTATE_G_PER_MOL * 1000,
            offset=0.145 / LACTATE_G_PER_MOL * 1000,
            drift_per_sqrt_day=0.1,
            every=2,
        ),
        Probe(
            signal("oxygen_uptake", "mmol/L/h", -1.0, 200.0, "from off-gas"),
            noise=0.01,
            noise_rel=0.003,
            offset_rel=0.005,
            t98_s=60,
        ),
        Probe(
            signal("carbon_evolution", "mmol/L/h", -1.0, 200.0, "from off-gas"),
            noise=0.01,
            noise_rel=0.005,
            offset_rel=0.01,
            t98_s=60,
        ),
        Probe(
            signal("weight", "g", 0.0, 5e6, "vessel content on a scale"), noise=0.02, offset=0.05
        ),
        Probe(signal("feed_flow", "mL/h", -1.0, 1e5, "from the feed scale"), noise=0.01),
    )
    if is_retaining:
        probes += tuple(
            Probe(
                signal(f"{flow}_flow", "mL/h", -1.0, 1e5, f"flow meter of the {flow}"), noise=0.01
            )
            for flow in ("harvest", "bleed")
        )
    return probes
