"""The sim transport: instruments that are devices of the twin in this process.

This is the one file of the orchestrator's side that knows the twin. It needs the loop of
`twin.clock`, whose environment is the clock the devices live on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict

from drivers.describe import (
    AssayInfo,
    InstrumentInfo,
    ProgramInfo,
    PropertyInfo,
    SignalInfo,
)
from drivers.instruments import Instrument, Lab, instrument_class
from drivers.reading import Quality, Reading, ReadingBatch
from drivers.transport import CommandRefused, TaskStatus, Value
from twin.clock import VirtualClock, VirtualTimeLoop, wait_for
from twin.device import Device, DeviceError, Task
from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec

__all__ = ["PlantSpec", "SimTransport", "connect_twin", "describe_plant"]


class SimTransport:
    """Carries the verbs of one instrument to a device of the twin."""

    is_durable = False  # the twin ends with this process and is rebuilt by replay

    def __init__(self, device: Device) -> None:
        self._device = device

    async def connect(self) -> InstrumentInfo:
        """Return the device's description."""
        return describe(self._device)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def read(self, signals: tuple[str, ...]) -> list[Reading]:
        """Return the latest reading of each signal; one never sampled is bad."""
        latest = {batch.signal: batch for batch in await self.collect({})}
        readings = []
        for name in signals:
            info = self._device.signals[name]
            batch = latest.get(name)
            if batch is None or not len(batch):
                now_us = self._device.now_us()
                readings.append(Reading(name, float("nan"), info.unit, now_us, Quality.BAD))
            else:
                readings.append(
                    Reading(
                        name,
                        float(batch.values[-1]),
                        info.unit,
                        int(batch.times_us[-1]),
                        Quality(int(batch.quality[-1])),
                    )
                )
        return readings

    async def collect(self, after_us: Mapping[str, int]) -> list[ReadingBatch]:
        """Return, per signal, the readings of the present run later than `after_us[signal]`."""
        return [
            ReadingBatch(s.signal, s.unit, s.times_us, s.values, s.quality)
            for s in self._device.series(after_us)
        ]

    async def start_program(
        self,
        program: str,
        properties: Mapping[str, Value],
        task_id: str,
        samples: tuple[str, ...] = (),
    ) -> None:
        """Start a program on the device."""
        try:
            self._device.start(program, properties, task_id, samples)
        except DeviceError as refused:
            raise CommandRefused(str(refused)) from refused

    async def task(self, task_id: str) -> TaskStatus | None:
        """Return what the device remembers of the task."""
        task = self._device.tasks.get(task_id)
        return None if task is None else _status(task)

    async def follow(self, task_id: str) -> AsyncIterator[TaskStatus]:
        """Yield the task's status at each phase it enters, until it is over."""
        device = self._device
        task = device.tasks[task_id]
        n_phases = 0
        while True:
            change = device.changed()
            if len(task.phases) != n_phases or task.is_over:
                n_phases = len(task.phases)
                yield _status(task)
                if task.is_over:
                    return
            await wait_for(change)

    async def abort(self, reason: str) -> None:
        """Stop the running program."""
        self._device.abort(reason)


async def connect_twin(spec: PlantSpec, *, seed: int, epoch_us: int) -> Lab:
    """Build the plant on the running virtual-time loop and connect to each of its devices.

    Raises:
        RuntimeError: the running loop is not a `twin.clock.VirtualTimeLoop`.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise RuntimeError("the in-process twin needs twin.clock.run_virtual, not asyncio.run")
    plant = Plant(loop.env, spec, seed=seed, epoch_us=epoch_us)
    instruments: dict[str, Instrument] = {}
    for name, device in plant.devices.items():
        transport = SimTransport(device)
        info = await transport.connect()
        instruments[name] = instrument_class(info.kind)(info, transport)
    return Lab(instruments, VirtualClock(loop.env, epoch_us))


def describe_plant(spec: PlantSpec) -> dict[str, InstrumentInfo]:
    """Return what each instrument of such a plant would say of itself, without running it."""
    import simpy

    plant = Plant(simpy.Environment(), spec, seed=0, epoch_us=0)
    return {name: describe(device) for name, device in plant.devices.items()}


def describe(device: Device) -> InstrumentInfo:
    """Return a device's description in the drivers' terms."""
    return InstrumentInfo(
        name=device.name,
        kind=device.kind,
        signals={name: SignalInfo(**asdict(s)) for name, s in device.signals.items()},
        programs={
            name: ProgramInfo(
                name,
                {key: PropertyInfo(**asdict(p)) for key, p in program.properties.items()},
                program.doc,
            )
            for name, program in device.programs.items()
        },
        assays={
            name: AssayInfo(name, a.unit, device.kind, a.low, a.high, a.doc)
            for name, a in device.assays.items()
        },
    )


def _status(task: Task) -> TaskStatus:
    return TaskStatus(
        task_id=task.task_id,
        program=task.program,
        state=task.state,
        phase=task.phases[-1][0] if task.phases else "",
        phases=tuple(task.phases),
        started_us=task.started_us,
        ended_us=task.ended_us,
        result=dict(task.result),
        reason=task.reason,
        cause=task.cause,
    )
