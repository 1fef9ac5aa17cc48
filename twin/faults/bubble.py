"""Bubble: gas on a probe's face, which then measures partly gas instead of broth.

A dissolved-oxygen probe under an air bubble tends to 100 % of air saturation, a capacitance probe
to 0. The covered share flickers from sample to sample; its spread is an assumption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, Strict

from twin.declared import Number
from twin.device import Floats, Ints
from twin.faults.occurrence import Window
from twin.faults.signal_fault import Distortion, SignalFault

if TYPE_CHECKING:
    from numpy.random import Generator


class Bubble(SignalFault):
    """A reading pulled towards what the probe shows in gas."""

    kind: Literal["bubble"] = "bubble"
    in_gas: Number = Field(
        default=0.0, description="What the probe shows in gas, in the signal's unit"
    )
    covered: Annotated[float, Strict(), Field(gt=0, le=1)] = Field(
        default=0.5, description="Largest share of the face that is covered"
    )
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """The largest covered share."""
        return self.covered

    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the flickering mixture: between half and all of the share."""

        def mix(times_us: Ints, values: Floats) -> Floats:
            share = self.covered * (0.5 + 0.5 * rng.random(len(values)))
            return values + share * (self.in_gas - values)

        return mix
