"""What every signal fault has in common: it distorts the samples of a signal within a window.

A distortion is made anew for each window and may remember; it is given the window's samples in
order, in one piece or in many, and must return the same values either way.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from twin.declared import Selector
from twin.device import Floats, Ints
from twin.faults.fault import Fault
from twin.faults.occurrence import Window

if TYPE_CHECKING:
    from numpy.random import Generator

Distortion = Callable[[Ints, Floats], Floats]
"""Times in µs and values of samples in the window, both (n,), to distorted values, (n,)."""


class SignalFault(Fault):
    """A fault of what is read; the truth stays as it is."""

    signal: Selector = Field(description="Name of the signal, or * for each by itself")
    quality: Literal["good", "uncertain", "bad"] = Field(
        default="good", description="Best quality a distorted reading has; most faults stay unseen"
    )

    @abstractmethod
    def distortion(self, window: Window, before: tuple[Ints, Floats], rng: Generator) -> Distortion:
        """Return the distortion of a window.

        `before` holds times and values of the last samples before it: all of the last `memory_us`
        and the one before those, as far as there were any.
        """

    @property
    def memory_us(self) -> int:
        """How far back the distortion looks, µs."""
        return 0
