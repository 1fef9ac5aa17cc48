"""Raman values that a vessel has to earn: spectra of its culture, read by soft sensors.

The soft sensors were calibrated on simulated cultures of the plant's seed; they see spectra alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from twin.device import Codes, Floats
from twin.pat.raman.analyzer import RamanAnalyzer, standard_sensors
from twin.randomness import stream

SIGNALS: Mapping[str, str] = MappingProxyType(
    {"raman_glucose": "glucose", "raman_lactate": "lactate"}
)
"""The soft sensor's analyte by signal; both are in mmol/L."""


class SpectralValues:
    """The Raman signals of one culture; times must not go back from call to call."""

    def __init__(self, seed: int, vessel: str, task_id: str, start_s: float) -> None:
        rng = stream(seed, vessel, task_id, "raman")
        self._analyzer = RamanAnalyzer(standard_sensors(seed), rng, start_s=start_s)

    def read(
        self, states: Mapping[str, Floats], times_s: Floats
    ) -> dict[str, tuple[Floats, Codes]]:
        """Return values (mmol/L) and quality of each signal, from true states, all (n,)."""
        found = self._analyzer.read(states, times_s).predictions
        return {
            signal: (found[name].values, found[name].quality) for signal, name in SIGNALS.items()
        }
