"""A vehicle that drives by itself: a mover with conveyor and battery. Figures are assumptions."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import simpy

from twin.device import Program, Series, Signal, Task, TaskFailed
from twin.workcell.movers import Mover
from twin.workcell.places import Places
from twin.workcell.station import Station
from twin.workcell.trace import Trace


class Agv(Mover):
    """A driverless vehicle with a conveyor, for longer ways; it runs on a battery."""

    kind = "agv"
    speed_m_per_s = 0.8
    transfer_s = 15.0
    percent_per_m = 0.05
    reserve_percent = 10.0
    charge_percent_per_s = 100.0 / 3600.0

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        places: Places,
        stations: tuple[Station, ...],
        seed: int,
        failure: float = 0.0,
    ) -> None:
        super().__init__(env, name, epoch_us, places, stations, seed, failure)
        self.battery_percent = 100.0
        self.signals = {
            "battery": Signal("battery", "%", 0.0, 100.0, doc="charge, noted after each trip")
        }
        self._trace = Trace(self.signals)
        self._trace.note(self.now_us(), battery=self.battery_percent)
        charge = Program("charge", {}, "charge the battery full")
        self.programs = {**self.programs, "charge": charge}

    def series(self, after_us: Mapping[str, int]) -> list[Series]:
        """Return the battery's charge after each trip."""
        return self._trace.series(after_us)

    def _run_charge(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "charging")
        yield self.env.timeout((100.0 - self.battery_percent) / self.charge_percent_per_s)
        self.battery_percent = 100.0
        self._trace.note(self.now_us(), battery=100.0)

    def _refuse_trip(self, metres: float) -> None:
        if self.battery_percent - metres * self.percent_per_m < self.reserve_percent:
            raise TaskFailed(
                f"{self.name} has {self.battery_percent:.0f} % of charge, too little for "
                f"{metres:.0f} m; charge it",
                "battery_low",
            )

    def _travelled(self, metres: float) -> None:
        self.battery_percent -= metres * self.percent_per_m
        self._trace.note(self.now_us(), battery=self.battery_percent)
