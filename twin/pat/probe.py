"""A sensor, described by its errors.

The kinds of error are those of the instruments of CC-sim (D. Sands): random error, systematic
error of the last calibration, drift as a slope in time, and a first-order lag given as the time to
98 % of a step. A drift that walks at random, the latency and the clipping at the measuring range
are added here.
"""

from __future__ import annotations

from dataclasses import dataclass

from twin.device import Signal


class BadProbe(ValueError):
    """A probe's errors can't be: the message says which and why."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe: absolute errors in the signal's unit, relative ones as a fraction of the value.

    Attributes:
        signal: what it shows, with its unit and measuring range.
        noise, noise_rel: standard deviation of each reading's random error.
        offset, offset_rel: standard deviation of the error left by the calibration it starts with.
        drift_per_sqrt_day: random walk of the offset; standard deviation after a day.
        t98_s: time in which it follows a step to 98 %.
        every: reads at every n-th point of the sampling grid.
        latency_s: a reading shows what was there this long ago.
        drift_per_year, drift_rel_per_year: standard deviation of a constant slope of the offset and
            of the sensitivity, drawn once per probe.

    Raises:
        BadProbe: an error, time or interval is negative or no number.
    """

    signal: Signal
    noise: float = 0.0
    noise_rel: float = 0.0
    offset: float = 0.0
    offset_rel: float = 0.0
    drift_per_sqrt_day: float = 0.0
    t98_s: float = 0.0
    every: int = 1
    latency_s: float = 0.0
    drift_per_year: float = 0.0
    drift_rel_per_year: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__[1:]:
            value = getattr(self, name)
            if not 0.0 <= value < float("inf"):
                raise BadProbe(
                    f"probe {self.signal.name!r}: {name} is {value!r}; must be 0 or more and finite"
                )
        if self.every < 1:
            raise BadProbe(
                f"probe {self.signal.name!r}: every is {self.every!r}; must be 1 or more"
            )
