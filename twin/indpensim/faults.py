"""Faults 0 to 8 of IndPenSim: stuck flows during some samples, and two sensors that drift.

0 none; 1 aeration; 2 head pressure; 3 sugar feed; 4 base; 5 cooling water; 6 all of these;
7 temperature sensor; 8 pH sensor.  Samples count from 1, every 12 minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALL_PROCESS_FAULTS = 6
TEMPERATURE_SENSOR = 7
PH_SENSOR = 8
DRIFT_STARTS, DRIFT_ENDS = 200, 800
DRIFT: Mapping[int, float] = {TEMPERATURE_SENSOR: 0.4, PH_SENSOR: 0.1}


@dataclass(frozen=True, slots=True)
class Stuck:
    """An input that has one value from sample ``first`` to ``last``, both included."""

    input: str
    value: float
    first: int
    last: int


PROCESS_FAULTS: Mapping[int, tuple[Stuck, ...]] = {
    1: (Stuck("aeration", 20.0, 100, 120), Stuck("aeration", 20.0, 500, 550)),
    2: (Stuck("head_pressure", 2.0, 500, 520), Stuck("head_pressure", 2.0, 1000, 1200)),
    3: (
        Stuck("sugar_feed", 2.0, 100, 150),
        Stuck("sugar_feed", 20.0, 380, 460),
        Stuck("sugar_feed", 20.0, 1000, 1070),
    ),
    4: (Stuck("base", 5.0, 400, 420), Stuck("base", 10.0, 700, 800)),
    5: (Stuck("coolant", 2.0, 350, 450), Stuck("coolant", 10.0, 1200, 1350)),
}


class NoSuchFault(ValueError):
    """Faults are numbered 0 to 8."""

    def __init__(self, fault: object) -> None:
        super().__init__(f"there is no fault {fault!r}; must be 0 (none) .. {PH_SENSOR}")


def check(fault: int) -> None:
    """Raises NoSuchFault."""
    if fault not in range(PH_SENSOR + 1):
        raise NoSuchFault(fault)


def stuck(fault: int, sample: int) -> dict[str, float]:
    """The inputs that a fault holds at a sample, and their values."""
    numbers = PROCESS_FAULTS if fault == ALL_PROCESS_FAULTS else (fault,)
    return {
        one.input: one.value
        for number in numbers
        for one in PROCESS_FAULTS.get(number, ())
        if one.first <= sample <= one.last
    }


def sensor_error(fault: int, sensor: int, sample: int) -> float:
    """What the fault adds to the error of that sensor's loop (K or pH) at a sample.

    As published it is added to set-point minus measurement: the sensor reads too low.
    """
    if fault != sensor:
        return 0.0
    share = (sample - DRIFT_STARTS) / (DRIFT_ENDS - DRIFT_STARTS)
    return DRIFT[sensor] * min(max(share, 0.0), 1.0)
