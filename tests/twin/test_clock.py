"""Virtual time: asyncio code on SimPy's clock."""

from __future__ import annotations

import asyncio
import time

import pytest
import simpy

from twin.clock import DAY_S, VirtualClock, VirtualDeadlock, VirtualTimeLoop, run_virtual, wait_for


def test_a_year_of_sleeping_takes_no_time() -> None:
    async def main() -> float:
        await asyncio.sleep(365 * DAY_S)
        return asyncio.get_running_loop().time()

    began = time.perf_counter()
    assert run_virtual(main()) == 365 * DAY_S
    assert time.perf_counter() - began < 5.0


def test_simpy_events_and_asyncio_timers_interleave_in_order_of_time() -> None:
    env = simpy.Environment()
    seen: list[tuple[float, str]] = []

    def machine() -> simpy.events.ProcessGenerator:
        for _ in range(3):
            yield env.timeout(10)
            seen.append((env.now, "simpy"))

    async def person() -> None:
        for _ in range(3):
            await asyncio.sleep(7)
            seen.append((asyncio.get_running_loop().time(), "asyncio"))

    async def main() -> None:
        process = env.process(machine())
        await person()
        await wait_for(process)

    run_virtual(main(), env)
    assert seen == [
        (7, "asyncio"),
        (10, "simpy"),
        (14, "asyncio"),
        (20, "simpy"),
        (21, "asyncio"),
        (30, "simpy"),
    ]


def test_a_simpy_event_wakes_a_coroutine_at_its_own_time() -> None:
    env = simpy.Environment()

    async def main() -> tuple[object, float]:
        value = await wait_for(env.timeout(42.5, "done"))
        return value, asyncio.get_running_loop().time()

    assert run_virtual(main(), env) == ("done", 42.5)


def test_a_failed_simpy_event_raises_in_the_coroutine() -> None:
    env = simpy.Environment()

    def broken() -> simpy.events.ProcessGenerator:
        yield env.timeout(1)
        raise OSError("pump on fire")

    async def main() -> None:
        await wait_for(env.process(broken()))

    with pytest.raises(OSError, match="pump on fire"):
        run_virtual(main(), env)


def test_work_in_a_thread_runs_in_place_and_does_not_move_the_clock() -> None:
    async def main() -> tuple[int, float]:
        await asyncio.sleep(5)
        result = await asyncio.to_thread(sum, [1, 2, 3])
        return result, asyncio.get_running_loop().time()

    assert run_virtual(main()) == (6, 5)


def test_an_error_in_a_thread_reaches_the_caller() -> None:
    async def main() -> None:
        await asyncio.to_thread(int, "x")

    with pytest.raises(ValueError, match="invalid literal"):
        run_virtual(main())


def test_waiting_for_what_never_happens_is_named() -> None:
    async def main() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(VirtualDeadlock, match="still wait"):
        run_virtual(main())


def test_a_timeout_fires_at_its_time_while_simpy_goes_on() -> None:
    env = simpy.Environment()

    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(100):
                await wait_for(env.timeout(1000))
        return asyncio.get_running_loop().time()

    assert run_virtual(main(), env) == 100


def test_the_clock_counts_microseconds_from_its_epoch() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        clock = VirtualClock(loop.env, 1_000)
        await asyncio.sleep(1.5)
        return clock.now_us()

    assert run_virtual(main()) == 1_501_000


def test_two_runs_do_the_same_in_the_same_order() -> None:
    def once() -> list[tuple[float, int]]:
        env = simpy.Environment()
        resource = simpy.Resource(env, 3)
        log: list[tuple[float, int]] = []

        def job(i: int) -> simpy.events.ProcessGenerator:
            with resource.request() as request:
                yield request
                yield env.timeout(1 + i % 3)
            log.append((env.now, i))

        async def main() -> None:
            await asyncio.gather(*(wait_for(env.process(job(i))) for i in range(50)))

        run_virtual(main(), env)
        return log

    assert once() == once()
