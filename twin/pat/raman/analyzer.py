"""A Raman analyzer at a vessel: from a culture's states to readings of its soft sensors.

It is what a vessel needs: one probe for the batch, and soft sensors calibrated beforehand. They
don't see the states, only the spectra.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats
from twin.pat.raman.composition import composition
from twin.pat.raman.cultures import ANALYTES, culture_spectra
from twin.pat.raman.probe import RamanProbe, Spectra
from twin.pat.raman.settings import RamanSettings
from twin.pat.raman.soft_sensor import Prediction, SoftSensor, calibrated, predict_each
from twin.pat.raman.window import WindowCheck, quality_of

if TYPE_CHECKING:
    from numpy.random import Generator

N_CULTURES = 24


@dataclass(frozen=True, slots=True)
class RamanReadings:
    """Spectra with their times, and what each soft sensor says of them, by analyte.

    `clarity` (n,) is the window's, told from the spectra; it has its part in the quality.
    """

    spectra: Spectra
    clarity: Floats
    predictions: Mapping[str, Prediction]


class RamanAnalyzer:
    """Reads one culture; in one piece or in many spectra are the same, values to rounding.

    Args:
        sensors: soft sensors calibrated for `settings`.
        rng: where the batch's own baseline and all noise come from.
        start_s: when the culture began.
    """

    def __init__(
        self,
        sensors: Sequence[SoftSensor],
        rng: Generator,
        settings: RamanSettings | None = None,
        start_s: float = 0.0,
    ) -> None:
        self.sensors = tuple(sensors)
        self.probe = RamanProbe(settings or RamanSettings(), rng, start_s)
        self._window = WindowCheck(self.probe.wavenumbers)

    def read(self, states: Mapping[str, Floats], times_s: Floats) -> RamanReadings:
        """Return the readings of a culture's true states, each (n,), at times (n,).

        Raises:
            WrongComposition: a state is missing or negative, or times go back.
        """
        spectra = self.probe.measure(composition(states), times_s)
        clarity = self._window.clarity(spectra.counts)
        seen_through = quality_of(clarity)
        predictions = {
            name: replace(found, quality=np.maximum(found.quality, seen_through))
            for name, found in predict_each(self.sensors, spectra.counts).items()
        }
        return RamanReadings(spectra, clarity, predictions)


@lru_cache(maxsize=4)
def standard_sensors(
    seed: int, settings: RamanSettings | None = None, n_cultures: int = N_CULTURES
) -> tuple[SoftSensor, ...]:
    """Return soft sensors of all `ANALYTES`, calibrated on simulated cultures of a seed."""
    data = culture_spectra(n_cultures, seed, settings)
    first = calibrated(next(iter(ANALYTES)), data)
    others = (calibrated(name, data, first.cleaning) for name in list(ANALYTES)[1:])
    return (first, *others)
