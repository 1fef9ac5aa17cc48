"""Calibration of a probe against a reference that errs as well.

What is shown is a slope and an offset applied to the raw reading. A one-point calibration moves
the offset, a two-point calibration both, so that the probe shows what the reference says. Drift up
to then is gone (of a drifted sensitivity, a one-point calibration removes what it does at its own
point); the reference's systematic error stays in. Blood-gas analyser figures: CC-sim (D. Sands),
whose author flags the systematic ones as of low confidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats

if TYPE_CHECKING:
    from numpy.random import Generator


class BadCalibration(ValueError):
    """A calibration that can't be done: the message says why."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Errors of a reference method; relative ones as a fraction of the value."""

    name: str
    random: float = 0.0
    random_rel: float = 0.0
    systematic: float = 0.0
    systematic_rel: float = 0.0

    def instrument(self, rng: Generator) -> ReferenceInstrument:
        """Return one instrument of the kind, with its systematic errors drawn."""
        z = rng.standard_normal(2)
        return ReferenceInstrument(
            self, float(self.systematic * z[0]), float(self.systematic_rel * z[1])
        )


@dataclass(frozen=True, slots=True)
class ReferenceInstrument:
    """A reference with its own systematic error, which every calibration against it shares."""

    reference: Reference
    offset: float
    offset_rel: float

    def says(self, truth: float, rng: Generator) -> float:
        """Return what the reference says of a true value."""
        z = rng.standard_normal()
        random = (self.reference.random + self.reference.random_rel * abs(truth)) * z
        return float(truth * (1.0 + self.offset_rel) + self.offset + random)


BLOOD_GAS_OXYGEN = Reference("blood-gas analyser, O2", random_rel=0.003, systematic_rel=0.005)
BLOOD_GAS_CO2 = Reference("blood-gas analyser, CO2", random_rel=0.005, systematic_rel=0.01)
BLOOD_GAS_PH = Reference("blood-gas analyser, pH", random=0.005, systematic=0.002)
BUFFER_PH = Reference("pH buffers", random=0.005, systematic=0.005)  # assumption


class Corrections:
    """Slope and offset that a probe's transmitter applies, from each calibration on."""

    def __init__(self) -> None:
        self._made: list[tuple[int, float, float]] = []  # from step, slope, offset

    def at(self, step: int) -> tuple[float, float]:
        """Return slope and offset in force at a grid step."""
        for since, slope, offset in reversed(self._made):
            if step >= since:
                return slope, offset
        return 1.0, 0.0

    def add(self, step: int, raw: Floats, reference: Floats) -> None:
        """Fit to one or two points, (1,) or (2,), from `step` on.

        Raises:
            BadCalibration: not one or two points, or two with the same raw reading.
        """
        slope, offset = self.at(step)
        if len(raw) == 1:
            offset = float(reference[0] - slope * raw[0])
        elif len(raw) == 2 and raw[0] != raw[1]:
            slope = float((reference[1] - reference[0]) / (raw[1] - raw[0]))
            offset = float(reference[0] - slope * raw[0])
        else:
            raise BadCalibration(
                f"a calibration takes one point or two that differ; the raw readings were "
                f"{[float(value) for value in raw]}"
            )
        self._made.append((step, slope, offset))

    def apply(self, first_step: int, raw: Floats) -> Floats:
        """Return what is shown of the raw readings of steps from `first_step` on, (n,)."""
        shown = np.array(raw, dtype=float)
        for since, slope, offset in self._made:
            start = max(since - first_step, 0)
            shown[start:] = slope * raw[start:] + offset
        return shown
