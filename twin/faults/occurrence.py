"""When a fault happens: at a stated time, or at random with a Weibull hazard.

A hazard renews itself: once a fault is over the part is as good as new, and the time to the next
one is drawn again. A fault without an end happens once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, Strict

from twin.declared import Contradiction, Declared
from twin.lifetime import Weibull

if TYPE_CHECKING:
    from numpy.random import Generator

US_PER_DAY: Final = 86_400_000_000
US_PER_H: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in µs since the epoch, its end excluded; `end_us` None for without end."""

    start_us: int
    end_us: int | None


class WeibullHazard(Declared):
    """A random time to the fault: survival exp(-(t/scale)^shape)."""

    shape: Annotated[float, Strict(), Field(ge=0.2, le=20)] = Field(
        description="1 for pure chance, above 1 for wear-out, below 1 for early failures"
    )
    scale_day: Annotated[float, Strict(), Field(ge=1e-3, le=1e6)] = Field(
        description="Days by which 63 % have had it"
    )

    @property
    def lifetime(self) -> Weibull:
        """The distribution of the time to the fault, in days."""
        return Weibull(self.shape, self.scale_day)


class Occurring(Declared):
    """A time or a hazard, and how long it lasts."""

    at_day: Annotated[float, Strict(), Field(ge=0, le=1e6)] | None = Field(
        default=None, description="Days after the start of the plant at which it begins"
    )
    weibull: WeibullHazard | None = Field(
        default=None, description="Random beginning, drawn again after each end"
    )
    for_h: Annotated[float, Strict(), Field(ge=1e-3, le=1e7)] | None = Field(
        default=None, description="Hours that it lasts; left out for ever"
    )

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Yield a beginning that is stated twice or not at all."""
        # a key that is missing here stands in the file with a faulty value
        n_stated = sum(given.get(key, "faulty") is not None for key in ("at_day", "weibull"))
        right = "give at_day (a time) or weibull (a hazard)"
        if n_stated == 0:
            yield Contradiction("at_day", "it doesn't say when", right)
        elif n_stated == 2:
            yield Contradiction(
                "weibull", "both at_day and weibull are given", f"{right}, not both"
            )

    def windows(self, epoch_us: int, rng: Generator) -> Iterator[Window]:
        """Yield the fault's windows in order, for ever if it recurs.

        `epoch_us` is the start of the plant; each random beginning takes one number of `rng`.
        """
        if self.weibull is None:
            assert self.at_day is not None  # one of the two is given
            yield self._window(epoch_us + round(self.at_day * US_PER_DAY))
            return
        after_us = epoch_us
        while True:
            wait_day = float(self.weibull.lifetime.draw(rng, 1)[0])
            window = self._window(after_us + round(wait_day * US_PER_DAY))
            yield window
            if window.end_us is None:
                return
            after_us = window.end_us

    def _window(self, start_us: int) -> Window:
        if self.for_h is None:
            return Window(start_us, None)
        return Window(start_us, start_us + max(1, round(self.for_h * US_PER_H)))
