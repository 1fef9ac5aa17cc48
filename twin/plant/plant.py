"""The plant: builds every device of a specification on one clock and lets faults loose."""

from __future__ import annotations

import simpy

from twin.device import Device, Task
from twin.plant.analyzer import COUNTER_METHODS, PLATE_METHODS, Analyzer
from twin.plant.bioreactor import Bioreactor
from twin.plant.faults import DAY_S, Faults
from twin.plant.liquid_handler import LiquidHandler
from twin.plant.samples import SampleStore
from twin.plant.spec import PlantSpec


class Plant:
    """Devices by name, in a fixed order; equal specification and seed give equal numbers."""

    def __init__(
        self, env: simpy.Environment, spec: PlantSpec, *, seed: int, epoch_us: int
    ) -> None:
        self.env = env
        self.spec = spec
        self.faults = Faults(seed)
        self.samples = SampleStore()
        self.vessels = {
            name: Bioreactor(env, name, epoch_us, spec, seed, self._on_culture)
            for name in spec.vessel_names()
        }
        self.devices: dict[str, Device] = dict(self.vessels)
        for i in range(spec.liquid_handlers.count):
            self._add(LiquidHandler(env, f"LH{i + 1}", epoch_us, self.vessels, self.samples))
        shared = (
            (spec.plate_readers.count, "PR", "plate_reader", PLATE_METHODS),
            (spec.cell_counters.count, "CC", "cell_counter", COUNTER_METHODS),
        )
        noise = spec.probes.noise_scale
        for count, prefix, kind, methods in shared:
            for i in range(count):
                name = f"{prefix}{i + 1}"
                self._add(Analyzer(env, name, epoch_us, kind, methods, self.samples, seed, noise))
        for fault in spec.faults:
            if fault.device is not None and fault.at_day is not None:
                self.faults.schedule(self.vessels[fault.device], fault.kind, fault.at_day * DAY_S)

    def _add(self, device: Device) -> None:
        self.devices[device.name] = device

    def _on_culture(self, vessel: Bioreactor, task: Task) -> None:
        for fault in self.spec.faults:
            if fault.hazard_per_run is not None:
                self.faults.draw(vessel, task, fault.kind, fault.hazard_per_run)
