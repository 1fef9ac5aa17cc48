"""Commands: what an instrument is told, written down before it is told.

Intent, with its id and deadline, goes to the ledger first (and to disk, when the instrument
outlives this process); then the command is sent under that id; then its acknowledgement and its
outcome are written. The id is the instrument's task id, so whatever happens in between can be
asked for afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from drivers.instruments import Instrument
from drivers.transport import CommandRefused, TaskStatus, Value
from sdl.engine.guard import WriteRefused, check_program
from sdl.engine.journal import Journal

DEADLINE_S = 60.0


class CommandFailed(RuntimeError):
    """A command was refused or what it started ended badly; `cause` is a short code."""

    def __init__(self, command_id: str, reason: str, cause: str) -> None:
        super().__init__(f"{command_id}: {reason}")
        self.command_id = command_id
        self.reason = reason
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the instrument has acknowledged."""

    command_id: str
    instrument: Instrument


async def send(
    journal: Journal,
    instrument: Instrument,
    program: str,
    properties: Mapping[str, Value],
    *,
    experiment: str,
    samples: tuple[str, ...] = (),
) -> Command:
    """Start a program on an instrument, with the write-ahead and the guard.

    Raises:
        CommandFailed: the guard or the instrument refused, or the deadline passed; recorded.
    """
    command_id = journal.next_id("C", 6)
    journal.record(
        "command.intended",
        command_id,
        instrument=instrument.name,
        verb=program,
        arguments={**properties, **({"samples": list(samples)} if samples else {})},
        experiment=experiment,
        deadline_us=journal.now_us() + round(DEADLINE_S * 1e6),
    )
    if instrument.is_durable:
        journal.flush()
    try:
        check_program(instrument.info, program, properties)
        async with asyncio.timeout(DEADLINE_S):
            await instrument.start_program(program, properties, command_id, samples)
    except WriteRefused as refused:
        raise _failed(journal, command_id, str(refused), "guard") from refused
    except CommandRefused as refused:
        raise _failed(journal, command_id, str(refused), "refused") from refused
    except TimeoutError as late:
        reason = f"{instrument.name} gave no answer within {DEADLINE_S:g} s"
        raise _failed(journal, command_id, reason, "deadline") from late
    journal.record("command.acknowledged", command_id)
    return Command(command_id, instrument)


async def follow(journal: Journal, command: Command) -> AsyncIterator[TaskStatus]:
    """Yield the status at each change and record the outcome when it is over."""
    async for status in command.instrument.follow(command.command_id):
        if status.is_over:
            _record_outcome(journal, status)
        yield status


async def finish(journal: Journal, command: Command) -> TaskStatus:
    """Wait for the outcome, record it and return it.

    Raises:
        CommandFailed: the task failed or was aborted.
    """
    status = await command.instrument.finished(command.command_id)
    _record_outcome(journal, status)
    if status.state != "completed":
        raise CommandFailed(command.command_id, status.reason, status.cause)
    return status


def _record_outcome(journal: Journal, status: TaskStatus) -> None:
    if status.state == "completed":
        journal.record("command.completed", status.task_id, result=dict(status.result))
    else:
        journal.record(
            "command.failed",
            status.task_id,
            state=status.state,
            reason=status.reason,
            cause=status.cause,
        )


def _failed(journal: Journal, command_id: str, reason: str, cause: str) -> CommandFailed:
    journal.record("command.failed", command_id, state="refused", reason=reason, cause=cause)
    return CommandFailed(command_id, reason, cause)
