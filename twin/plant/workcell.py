"""A workcell built of its parts: handlers, analyzers, stations and movers on one clock.

Positions are a plausible floor plan (assumption): the cell within three metres, the store thirty
metres away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import simpy

from twin.device import Device
from twin.plant.spec import PlantSpec
from twin.workcell.agv import Agv
from twin.workcell.analyzer import COUNTER_METHODS, Analyzer, Method
from twin.workcell.at_line import AtLineAnalyzer
from twin.workcell.at_line_methods import (
    BLOOD_GAS_METHODS,
    CALIBRATED_COUNTER_METHODS,
    METABOLITE_METHODS,
    OSMOMETER_METHODS,
)
from twin.workcell.hplc import Hplc
from twin.workcell.liquid_handler import LiquidHandler, SamplePort
from twin.workcell.movers import RobotArm
from twin.workcell.places import WASTE, Places
from twin.workcell.plate_reader import PlateReader
from twin.workcell.samples import SampleStore
from twin.workcell.station import Station

N_HOTEL, N_DOCK, N_STORE = 10, 2, 20


class Workcell:
    """The devices by name, in a fixed order, with the samples and places they share."""

    def __init__(
        self,
        env: simpy.Environment,
        spec: PlantSpec,
        ports: Mapping[str, SamplePort],
        assays: tuple[Method, ...] = (),
        *,
        seed: int,
        epoch_us: int,
    ) -> None:
        self.env = env
        self.spec = spec
        self.samples = SampleStore()
        self.places = Places()
        self._loader = simpy.Resource(env)  # the hand of the at-line bench
        self._common = (seed, spec.probes.noise_scale)
        self._epoch_us = epoch_us
        self._assays = assays
        self.devices: dict[str, Device] = {}
        for device in self._built(ports):
            self.devices[device.name] = device

    def _built(self, ports: Mapping[str, SamplePort]) -> Iterator[Device]:
        yield from self._basic(ports)
        yield from self._extra()
        if self.spec.robot_arms.count or self.spec.agvs.count:
            yield from self._movers()

    def _basic(self, ports: Mapping[str, SamplePort]) -> Iterator[Device]:
        env, epoch_us, (seed, noise) = self.env, self._epoch_us, self._common
        for name in _names("LH", self.spec.liquid_handlers.count):
            yield LiquidHandler(env, name, epoch_us, ports, self.samples, self.places, seed, noise)
        for name in _names("PR", self.spec.plate_readers.count):
            yield PlateReader(
                env, name, epoch_us, self.samples, self.places, seed, noise, self._assays
            )
        for name in _names("CC", self.spec.cell_counters.count):
            if self.spec.at_line.has_cell_counters:
                yield self._at_line(name, "cell_counter", CALIBRATED_COUNTER_METHODS)
            else:
                store = self.samples
                yield Analyzer(
                    env, name, epoch_us, "cell_counter", COUNTER_METHODS, store, seed, noise
                )

    def _extra(self) -> Iterator[Device]:
        spec = self.spec
        for name in _names("HPLC", spec.hplcs.count):
            yield Hplc(self.env, name, self._epoch_us, self.samples, *self._common)
        at_line = (
            (spec.osmometers.count, "OSM", "osmometer", OSMOMETER_METHODS),
            (spec.blood_gas_analyzers.count, "BGA", "blood_gas_analyzer", BLOOD_GAS_METHODS),
            (spec.metabolite_analyzers.count, "MA", "metabolite_analyzer", METABOLITE_METHODS),
        )
        for count, prefix, kind, methods in at_line:
            for name in _names(prefix, count):
                yield self._at_line(name, kind, methods)

    def _at_line(self, name: str, kind: str, methods: tuple[Method, ...]) -> AtLineAnalyzer:
        return AtLineAnalyzer(
            self.env,
            name,
            self._epoch_us,
            kind,
            methods,
            self.samples,
            self._loader,
            *self._common,
            calibration_s=3600.0 * self.spec.at_line.calibration_h,
        )

    def _movers(self) -> Iterator[Device]:
        arms, agvs, seed = self.spec.robot_arms, self.spec.agvs, self._common[0]
        dock = self._shelf("dock", N_DOCK, (-1.0, 1.5))
        if arms.count:
            hotel = self._shelf("hotel", N_HOTEL, (-1.0, 0.0))
            waste = Station(self.env, WASTE, self.places, (WASTE,), (0.0, -1.0), opening_s=0.0)
            reach = (*self._served(), hotel, dock, waste)
            for name in _names("ARM", arms.count):
                yield RobotArm(
                    self.env, name, self._epoch_us, self.places, reach, seed, arms.failure
                )
        if agvs.count:
            far = (dock, self._shelf("store", N_STORE, (30.0, 10.0)))
            for name in _names("AGV", agvs.count):
                yield Agv(self.env, name, self._epoch_us, self.places, far, seed, agvs.failure)

    def _served(self) -> list[Station]:
        """Give each handler and reader a door for the arm."""
        served = []
        for n, device in enumerate(self.devices.values()):
            if isinstance(device, LiquidHandler):
                names, row_m = device.deck.slots, 0.0
            elif isinstance(device, PlateReader):
                names, row_m = (device.nest,), 1.5
            else:
                continue
            device.station = Station(
                self.env, device.name, self.places, names, (1.0 * n, row_m), device
            )
            served.append(device.station)
        return served

    def _shelf(self, name: str, n: int, position_m: tuple[float, float]) -> Station:
        names = tuple(f"{name}.{i + 1}" for i in range(n))
        for place in names:
            self.places.add_place(place)
        return Station(self.env, name, self.places, names, position_m, opening_s=0.0)


def _names(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{i + 1}" for i in range(count)]
