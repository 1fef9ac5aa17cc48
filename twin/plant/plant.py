"""The plant: builds every device of a specification on one clock and lets faults loose."""

from __future__ import annotations

import simpy

from twin.device import Device, Task
from twin.plant.bioreactor import Bioreactor
from twin.plant.faults import DAY_S, Faults
from twin.plant.organism import load_organism
from twin.plant.spec import PlantSpec
from twin.plant.workcell import Workcell


class Plant:
    """Devices by name, in a fixed order; equal specification and seed give equal numbers."""

    def __init__(
        self, env: simpy.Environment, spec: PlantSpec, *, seed: int, epoch_us: int
    ) -> None:
        self.env = env
        self.spec = spec
        self.faults = Faults(seed)
        organism = load_organism(spec.organism)
        self.vessels = {
            name: Bioreactor(env, name, epoch_us, spec, organism, seed, self._on_culture)
            for name in spec.vessel_names()
        }
        self.devices: dict[str, Device] = dict(self.vessels)
        self.workcell = Workcell(
            env, spec, self.vessels, organism.assays, seed=seed, epoch_us=epoch_us
        )
        self.samples = self.workcell.samples
        self.devices |= self.workcell.devices
        for fault in spec.faults:
            if fault.device is not None and fault.at_day is not None:
                self.faults.schedule(self.vessels[fault.device], fault.kind, fault.at_day * DAY_S)

    def _on_culture(self, vessel: Bioreactor, task: Task) -> None:
        for fault in self.spec.faults:
            if fault.hazard_per_run is not None:
                self.faults.draw(vessel, task, fault.kind, fault.hazard_per_run)
