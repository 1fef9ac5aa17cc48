"""The liquid handler: draws samples from vessels, dilutes them into plates."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Protocol

import simpy

from twin.device import Device, Program, Property, Task, TaskFailed
from twin.plant.samples import Sample, SampleStore

DRAW_S = 600.0
PLATE_S = 1800.0


class SamplePort(Protocol):
    """The side of a vessel that gives samples."""

    def draw(self, volume_ml: float) -> Mapping[str, float] | None:
        """Take `volume_ml` out and return what it holds; None when the vessel has no culture."""
        ...


class LiquidHandler(Device):
    """One arm: a program at a time."""

    kind = "liquid_handler"

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        ports: Mapping[str, SamplePort],
        store: SampleStore,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self._ports = ports
        self._store = store
        self.programs = {
            "draw_sample": Program(
                "draw_sample",
                {
                    "vessel": Property(
                        "vessel", "", levels=tuple(ports), doc="vessel to draw from"
                    ),
                    "volume_ml": Property("volume_ml", "mL", 0.1, 50.0, doc="sample volume"),
                },
                "draw a sample from a vessel (10 min)",
            ),
            "prepare_plate": Program("prepare_plate", {}, "dilute samples into a plate (30 min)"),
        }

    def _run_draw_sample(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "drawing")
        vessel, volume_ml = str(task.properties["vessel"]), float(task.properties["volume_ml"])
        drawn_us = self.now_us()
        composition = self._ports[vessel].draw(volume_ml)
        yield self.env.timeout(DRAW_S)
        if composition is None:
            raise TaskFailed(f"{vessel} holds no culture or less than {volume_ml:g} mL", "empty")
        sample = Sample(f"S-{task.task_id}", vessel, drawn_us, volume_ml, composition)
        self._store.add(sample)
        task.result = {"sample": sample.sample_id, "drawn_us": drawn_us}

    def _run_prepare_plate(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "diluting")
        yield self.env.timeout(PLATE_S)
        task.result = {"samples": list(task.samples)}
