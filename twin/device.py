"""What every simulated instrument has: signals, programs, and tasks it remembers by their id.

A task id is given by whoever starts a program and is kept by the device, as a LADS instrument
keeps the supervisory task id: asking what became of an id is always answered, and starting the
same id twice starts it once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import simpy

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.uint8]]
Value = float | str
TaskState = Literal["running", "held", "completed", "failed", "aborted"]
GOOD, UNCERTAIN, BAD = 0, 1, 2
KEEP_TASKS = 256


class DeviceError(RuntimeError):
    """The device refused: the message says why, as its status code would."""


class DeviceBusy(DeviceError):
    """Another task is running."""


class UnknownProgram(DeviceError):
    """The device has no program of that name."""


class TaskFailed(Exception):
    """Raised inside a program that can't go on; `cause` is a short code."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class BadProperty(DeviceError):
    """A program property is missing, unknown, of the wrong type or out of its range."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A measured or settable quantity. `interval_s` is None for what is not sampled."""

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    is_writable: bool = False
    interval_s: float | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A parameter of a program: a number in `[low, high]`, or one of `levels`.

    `signal` and `phases`, or `result`, say where the value achieved can be read afterwards: the
    mean of a signal over phases of the task, or a key of the task's result.
    """

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    levels: tuple[str, ...] | None = None
    default: Value | None = None
    doc: str = ""
    signal: str | None = None
    phases: tuple[str, ...] = ()
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Something the device can run, with its properties."""

    name: str
    properties: Mapping[str, Property]
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Assay:
    """What an analyzer measures in a sample, and the range in which it can."""

    name: str
    unit: str
    low: float
    high: float
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one signal: times (µs since epoch), values, quality codes; shapes (n,)."""

    signal: str
    unit: str
    times_us: Ints
    values: Floats
    quality: Codes


@dataclass(slots=True)
class Task:
    """A program run. `phases` lists (name, start µs) in order; `result` is filled as it goes."""

    task_id: str
    program: str
    properties: Mapping[str, Value]
    samples: tuple[str, ...]
    started_us: int
    state: TaskState = "running"
    ended_us: int | None = None
    reason: str = ""
    cause: str = ""
    phases: list[tuple[str, int]] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing further will happen to this task."""
        return self.state in ("completed", "failed", "aborted")


class Device:
    """A simulated instrument on SimPy's clock.

    A subclass fills `signals`, `programs` and `assays`, and gives each program as a generator
    method `_run_<program>(task)`.
    """

    kind = "device"

    def __init__(self, env: simpy.Environment, name: str, epoch_us: int) -> None:
        self.env = env
        self.name = name
        self.epoch_us = epoch_us
        self.signals: Mapping[str, Signal] = MappingProxyType({})
        self.programs: Mapping[str, Program] = MappingProxyType({})
        self.assays: Mapping[str, Assay] = MappingProxyType({})
        self.tasks: dict[str, Task] = {}
        self.active: Task | None = None
        self._process: simpy.Process | None = None
        self._changed: simpy.Event = env.event()

    def now_us(self) -> int:
        """Time in µs since the epoch."""
        return self.epoch_us + round(float(self.env.now) * 1_000_000)

    def start(
        self,
        program: str,
        properties: Mapping[str, Value],
        task_id: str,
        samples: tuple[str, ...] = (),
    ) -> Task:
        """Start a program under `task_id`; a known id returns its task and starts nothing.

        Raises:
            UnknownProgram, BadProperty, DeviceBusy: nothing was started.
        """
        if task_id in self.tasks:
            return self.tasks[task_id]
        if program not in self.programs:
            raise UnknownProgram(f"{self.name} has no program {program!r}: {sorted(self.programs)}")
        self._refuse_if_busy()
        filled = _fill(self.name, self.programs[program], properties)
        task = Task(task_id, program, filled, samples, self.now_us())
        self._remember(task)
        self._launch(task)
        return task

    def changed(self) -> simpy.Event:
        """Return the event that fires at the next change of any task's phase or state."""
        return self._changed

    def abort(self, reason: str) -> None:
        """Stop the running program now; nothing happens when none runs."""
        if self._process is not None and self._process.is_alive:
            self._process.interrupt(Stopped("aborted", reason, "operator"))

    def series(self, after_us: Mapping[str, int]) -> list[Series]:
        """Return, per signal, the samples of the present run later than `after_us[signal]`."""
        return []

    def enter(self, task: Task, phase: str) -> None:
        """Note that the task has entered a phase."""
        task.phases.append((phase, self.now_us()))
        self._announce()

    def _refuse_if_busy(self) -> None:
        if self.active is not None:
            raise DeviceBusy(
                f"{self.name} is running {self.active.program} ({self.active.task_id})"
            )

    def _launch(self, task: Task) -> None:
        self.active = task
        self._process = self.env.process(self._drive(task))

    def _on_idle(self) -> None:
        """Do what is to be done once a program is over; a queue starts its next here."""

    def _remember(self, task: Task) -> None:
        """Keep a task by its id; of those that are over, the latest `KEEP_TASKS`."""
        self.tasks[task.task_id] = task
        while len(self.tasks) > KEEP_TASKS:
            oldest = next(iter(self.tasks))
            if not self.tasks[oldest].is_over:
                break
            del self.tasks[oldest]

    def _drive(self, task: Task) -> Generator[simpy.Event, Any, None]:
        try:
            yield from self._steps(task)
            task.state = "completed"
        except simpy.Interrupt as interrupt:
            stopped: Stopped = interrupt.cause
            task.state, task.reason, task.cause = stopped.state, stopped.reason, stopped.cause
            self._on_stopped(task)
        except TaskFailed as failed:
            task.state, task.reason, task.cause = "failed", failed.reason, failed.cause
            self._on_stopped(task)
        task.ended_us = self.now_us()
        self.active = None
        self._announce()
        self._on_idle()

    def _steps(self, task: Task) -> Generator[simpy.Event, Any, None]:
        run: Callable[[Task], Generator[simpy.Event, Any, None]]
        run = getattr(self, f"_run_{task.program}")
        yield from run(task)

    def _on_stopped(self, task: Task) -> None:
        """Bring the device into its safe state after a program ended early."""

    def _announce(self) -> None:
        event, self._changed = self._changed, self.env.event()
        event.succeed()


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a running program was ended early."""

    state: Literal["failed", "aborted"]
    reason: str
    cause: str


def _fill(device: str, program: Program, given: Mapping[str, Value]) -> dict[str, Value]:
    unknown = sorted(set(given) - set(program.properties))
    if unknown:
        raise BadProperty(f"{device}.{program.name} has no property {unknown[0]!r}")
    filled: dict[str, Value] = {}
    for name, spec in program.properties.items():
        value = given.get(name, spec.default)
        if value is None:
            raise BadProperty(f"{device}.{program.name} needs the property {name!r} ({spec.unit})")
        _check(f"{device}.{program.name}.{name}", spec, value)
        filled[name] = value
    return filled


def _check(where: str, spec: Property, value: Value) -> None:
    if spec.levels is not None:
        if value not in spec.levels:
            raise BadProperty(f"{where} is {value!r}, not one of {list(spec.levels)}")
        return
    if isinstance(value, str):
        if spec.low is not None or spec.high is not None:
            raise BadProperty(f"{where} is the text {value!r}, not a number in {spec.unit}")
        return
    low = -float("inf") if spec.low is None else spec.low
    high = float("inf") if spec.high is None else spec.high
    if not low <= value <= high:
        raise BadProperty(f"{where} is {value} {spec.unit}, outside {low} to {high}")
