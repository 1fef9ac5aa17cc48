"""The seam between an instrument class and the wire.

A transport carries the verbs of one instrument. It keeps no state that matters: what became of a
program is asked of the instrument, by the task id that the instrument keeps.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from drivers.describe import InstrumentInfo
from drivers.reading import Reading, ReadingBatch

Value = float | str
TaskState = Literal["running", "held", "completed", "failed", "aborted"]


class InstrumentError(RuntimeError):
    """The instrument, or the way to it, refused; the message says which and why."""


class CommandRefused(InstrumentError):
    """The instrument answered no: nothing was started or changed."""


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """What became of a program run, as the instrument knows it.

    `phases` are (name, start µs) in order. `cause` is a short code of why it failed
    ("contamination"), `reason` the sentence for a person.
    """

    task_id: str
    program: str
    state: TaskState
    phase: str
    phases: tuple[tuple[str, int], ...]
    started_us: int
    ended_us: int | None
    result: Mapping[str, object]
    reason: str = ""
    cause: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing further will happen to this task."""
        return self.state in ("completed", "failed", "aborted")


@runtime_checkable
class Transport(Protocol):
    """How the verbs of one instrument reach it."""

    @property
    def is_durable(self) -> bool:
        """Whether the instrument outlives the controller, so that intent must be on disk first."""
        ...

    async def connect(self) -> InstrumentInfo:
        """Open the way to the instrument and return its description."""
        ...

    async def close(self) -> None:
        """Let go; the instrument goes on with what it runs."""
        ...

    async def read(self, signals: tuple[str, ...]) -> list[Reading]:
        """Return the present value of each signal."""
        ...

    async def collect(self, after_us: Mapping[str, int]) -> list[ReadingBatch]:
        """Return the readings of the present run, oldest first: per signal those taken later than
        `after_us[signal]`, all of them for a signal not named.

        Asking again with the same times returns the same readings: this is also the way to fill a
        gap after a lost connection or a restart.
        """
        ...

    async def start_program(
        self,
        program: str,
        properties: Mapping[str, Value],
        task_id: str,
        samples: tuple[str, ...] = (),
    ) -> None:
        """Start a program under `task_id`; starting the same id again starts nothing.

        Raises:
            CommandRefused: nothing was started.
        """
        ...

    async def task(self, task_id: str) -> TaskStatus | None:
        """Return what became of a task, None when the instrument never heard of it."""
        ...

    def follow(self, task_id: str) -> AsyncIterator[TaskStatus]:
        """Yield the task's status at each phase it enters, until it is over."""
        ...

    async def abort(self, reason: str) -> None:
        """Stop the running program and go to the safe state; never blocked, never queued."""
        ...
