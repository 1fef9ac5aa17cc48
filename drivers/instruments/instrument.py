"""What every instrument can do: describe itself, run programs by task id, give its readings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

from drivers.describe import InstrumentInfo
from drivers.reading import Reading, ReadingBatch
from drivers.transport import TaskStatus, Transport, Value


class Instrument:
    """An instrument behind a transport; its verbs are idempotent under the task id."""

    kind: ClassVar[str] = "instrument"

    def __init__(self, info: InstrumentInfo, transport: Transport) -> None:
        self.info = info
        self._transport = transport

    @property
    def name(self) -> str:
        """The instrument's name in the plant."""
        return self.info.name

    @property
    def is_durable(self) -> bool:
        """Whether it outlives this process."""
        return self._transport.is_durable

    async def close(self) -> None:
        """Let go of the instrument; what it runs goes on."""
        await self._transport.close()

    async def start_program(
        self,
        program: str,
        properties: Mapping[str, Value],
        task_id: str,
        samples: tuple[str, ...] = (),
    ) -> None:
        """Start a program under `task_id`; the same id again starts nothing.

        Raises:
            CommandRefused: the instrument said no, nothing was started.
        """
        await self._transport.start_program(program, properties, task_id, samples)

    async def task(self, task_id: str) -> TaskStatus | None:
        """Return what became of a task, None when it never arrived."""
        return await self._transport.task(task_id)

    def follow(self, task_id: str) -> AsyncIterator[TaskStatus]:
        """Yield the task's status at each change of phase, until it is over."""
        return self._transport.follow(task_id)

    async def finished(self, task_id: str) -> TaskStatus:
        """Wait until the task is over and return how it ended."""
        statuses = [status async for status in self._transport.follow(task_id)]
        return statuses[-1]

    async def read(self, *signals: str) -> list[Reading]:
        """Return the latest reading of each signal, with its quality and source time."""
        return await self._transport.read(signals)

    async def collect(self, after_us: Mapping[str, int]) -> list[ReadingBatch]:
        """Return, per signal, the readings of the present run later than `after_us[signal]`."""
        return await self._transport.collect(after_us)

    async def abort(self, reason: str) -> None:
        """Stop what it runs and go to the safe state; never blocked."""
        await self._transport.abort(reason)
