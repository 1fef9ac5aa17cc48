"""Virtual time: an asyncio event loop whose clock is a SimPy environment.

`loop.time()` is simulated seconds. Where an ordinary loop would sleep, this one lets SimPy run to
the next event or timer, so code written for a real lab runs weeks of culture in seconds, and in
the same order every time. The loop relies on the seams of asyncio: the selector it is
given, `call_soon`, `run_in_executor`, and the clock resolution.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

import simpy

T = TypeVar("T")

HOUR_S = 3600.0
DAY_S = 86400.0
US_PER_S = 1_000_000


class VirtualDeadlock(RuntimeError):
    """Nothing is left to happen, yet a coroutine still waits."""


class Clock(Protocol):
    """What the orchestrator asks about time."""

    is_virtual: bool

    def now_us(self) -> int:
        """Microseconds since the Unix epoch, UTC."""
        ...


class WallClock:
    """The computer's own clock."""

    is_virtual = False

    def now_us(self) -> int:
        """Microseconds since the Unix epoch, UTC."""
        return time.time_ns() // 1000


class VirtualClock:
    """The clock of a SimPy environment that starts at a given date."""

    is_virtual = True

    def __init__(self, env: simpy.Environment, epoch_us: int) -> None:
        self.env = env
        self.epoch_us = epoch_us

    def now_us(self) -> int:
        """Microseconds since the Unix epoch, UTC."""
        return self.epoch_us + round(float(self.env.now) * US_PER_S)


class _SimSelector(selectors.DefaultSelector):
    """Runs SimPy for as long as asyncio would have slept."""

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__()
        self._env = env
        self.is_woken = False  # a callback was scheduled while SimPy ran

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        self.is_woken = bool(ready)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        env = self._env
        if timeout is None:
            while not self.is_woken and env.peek() != float("inf"):
                env.step()
            if not self.is_woken:
                raise VirtualDeadlock(_waiting())
        else:
            end = env.now + timeout
            while not self.is_woken and env.peek() <= end:
                env.step()
            if not self.is_woken and end > env.now:
                env.run(until=end)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop on simulated time.

    Work handed to a thread (`asyncio.to_thread`, `run_in_executor`) runs at once and in place: an
    optimizer computes inside its step without moving the clock, and the order of events never
    depends on the machine.
    """

    def __init__(self, env: simpy.Environment | None = None) -> None:
        self.env = env if env is not None else simpy.Environment()
        self._sim_selector = _SimSelector(self.env)
        super().__init__(self._sim_selector)
        # asyncio fires a timer once now + resolution exceeds it. Its default, 1 ns, is lost in the
        # rounding of a float after 194 days, and the loop would spin for ever.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Simulated time in seconds."""
        return float(self.env.now)

    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """Schedule a callback, and tell the selector that SimPy must let it run first."""
        self._sim_selector.is_woken = True
        return super().call_soon(callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run `func` here and now; the future returned is already done."""
        future: asyncio.Future[T] = self.create_future()
        try:
            result = func(*args)
        except Exception as error:  # noqa: BLE001 - handed to the caller, as an executor does
            future.set_exception(error)
        else:
            future.set_result(result)
        return future


def wait_for(event: simpy.Event) -> asyncio.Future[Any]:
    """Await a SimPy event from a coroutine on the loop that drives its environment.

    Resolves to the event's value, or raises the exception it failed with.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def done(fired: simpy.Event) -> None:
        if future.done():
            return
        if fired.ok:
            future.set_result(fired.value)
        else:
            fired.defused = True
            future.set_exception(fired.value)

    if event.callbacks is None:  # already processed
        done(event)
    else:
        event.callbacks.append(done)
    return future


def run_virtual(main: Coroutine[Any, Any, T], env: simpy.Environment | None = None) -> T:
    """Run a coroutine to its end in virtual time; the counterpart of `asyncio.run`.

    Raises:
        VirtualDeadlock: the coroutine waits for something that will never happen.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(env)) as runner:
        return runner.run(main)


def _waiting() -> str:
    loop = asyncio.get_running_loop()
    names = sorted(task.get_name() for task in asyncio.all_tasks(loop))
    return f"no timer and no simulated event is left, and these tasks still wait: {names}"
