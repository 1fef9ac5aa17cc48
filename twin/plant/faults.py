"""Faults that happen to cultures, with the truth about them for those who test detectors."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from twin.randomness import stream

if TYPE_CHECKING:
    from twin.device import Task
    from twin.plant.bioreactor import Bioreactor

CONTAMINANT_G_PER_L = 1e-3  # what gets in; assumption
FOUND_AFTER_S = {"contamination": 24 * 3600.0, "pump_failure": 4 * 3600.0}  # assumption
REASON = {
    "contamination": "contamination: bacteria seen under the microscope",
    "pump_failure": "feed pump failure: weighed feed differs from commanded",
}
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class FaultTruth:
    """What really happened: kind, where, when, and to which task."""

    kind: str
    device: str
    task_id: str
    time_us: int


class Faults:
    """Injects the faults of a plant file."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.truth: list[FaultTruth] = []

    def schedule(self, vessel: Bioreactor, kind: str, at_s: float) -> None:
        """Let a fault happen to whatever the vessel runs at a time of the plant's clock."""
        vessel.env.process(self._later(vessel, kind, at_s, None))

    def draw(self, vessel: Bioreactor, task: Task, kind: str, probability: float) -> None:
        """Let a fault happen to a starting culture with a probability, at a uniform time in it."""
        rng = stream(self._seed, vessel.name, task.task_id, "hazard", kind)
        chance, share = rng.random(2)
        if chance < probability:
            at_s = vessel.env.now + share * float(task.properties["duration_day"]) * DAY_S
            vessel.env.process(self._later(vessel, kind, at_s, task))

    def _later(
        self, vessel: Bioreactor, kind: str, at_s: float, task: Task | None
    ) -> Generator[simpy.Event, Any, None]:
        yield vessel.env.timeout(max(0.0, at_s - vessel.env.now))
        struck = vessel.active
        if struck is None or vessel.culture is None or (task is not None and struck is not task):
            return
        self.truth.append(FaultTruth(kind, vessel.name, struck.task_id, vessel.now_us()))
        culture = vessel.present()
        if kind == "contamination":
            culture.set_state(contaminant=CONTAMINANT_G_PER_L)
        else:
            vessel.change_pump(0.0)
            if not vessel.feeding.triggered:  # nobody misses a feed that isn't due yet
                yield vessel.feeding
        yield vessel.env.timeout(FOUND_AFTER_S[kind])
        if vessel.active is struck:
            vessel.fail(REASON[kind], kind)
