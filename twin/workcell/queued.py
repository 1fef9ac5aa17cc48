"""A device with a queue: a program started while another runs waits for its turn."""

from __future__ import annotations

from collections import deque

import simpy

from twin.device import Device, DeviceBusy, Task

QUEUE_SIZE = 64


class QueuedDevice(Device):
    """First come, first served. A waiting task is running, in its phase `queued`.

    Stopping the device stops what runs and empties the queue: after a stop nothing starts by
    itself.
    """

    def __init__(
        self, env: simpy.Environment, name: str, epoch_us: int, queue_size: int = QUEUE_SIZE
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.queue_size = queue_size
        self._waiting: deque[Task] = deque()

    @property
    def n_waiting(self) -> int:
        """How many tasks wait behind the one that runs."""
        return len(self._waiting)

    def abort(self, reason: str) -> None:
        """Stop the running program and all that wait for it."""
        while self._waiting:
            task = self._waiting.popleft()
            task.state, task.reason, task.cause = "aborted", reason, "operator"
            task.ended_us = self.now_us()
        self._announce()
        super().abort(reason)

    def _refuse_if_busy(self) -> None:
        if self.active is not None and len(self._waiting) >= self.queue_size:
            raise DeviceBusy(f"{self.name} has {self.queue_size} tasks waiting; its queue is full")

    def _launch(self, task: Task) -> None:
        if self.active is None:
            super()._launch(task)
            return
        self._waiting.append(task)
        self.enter(task, "queued")

    def _on_idle(self) -> None:
        if self._waiting:
            super()._launch(self._waiting.popleft())
