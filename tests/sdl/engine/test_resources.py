"""Resources: whole requests, in order, without starvation."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import InstrumentInfo
from drivers.instruments import Instrument
from drivers.transport import Transport
from sdl.engine.resources import NoSuchResource, ResourcePool
from twin.clock import run_virtual


def pool(**kinds: int) -> ResourcePool:
    nothing: MappingProxyType[str, Any] = MappingProxyType({})
    return ResourcePool(
        Instrument(
            InstrumentInfo(f"{kind}{i}", kind, nothing, nothing, nothing), cast(Transport, None)
        )
        for kind, n in kinds.items()
        for i in range(n)
    )


def test_a_request_is_granted_whole_or_waits() -> None:
    async def main() -> list[str]:
        resources = pool(arm=1, reader=1)
        log: list[str] = []

        async def job(name: str, seconds: float, **wanted: int) -> None:
            async with await resources.claim(**wanted):
                log.append(f"{name}+")
                await asyncio.sleep(seconds)
                log.append(f"{name}-")

        await asyncio.gather(
            job("a", 10, arm=1), job("b", 5, arm=1, reader=1), job("c", 1, reader=1)
        )
        return log

    # b waits for the arm and must not be overtaken at the reader by c
    assert run_virtual(main()) == ["a+", "a-", "b+", "b-", "c+", "c-"]


def test_a_later_request_may_pass_when_it_touches_nothing_the_earlier_waits_for() -> None:
    async def main() -> list[str]:
        resources = pool(arm=1, reader=1, counter=1)
        log: list[str] = []

        async def job(name: str, seconds: float, **wanted: int) -> None:
            async with await resources.claim(**wanted):
                await asyncio.sleep(seconds)
                log.append(name)

        await asyncio.gather(
            job("a", 10, arm=1), job("b", 5, arm=1, reader=1), job("c", 1, counter=1)
        )
        return log

    assert run_virtual(main()) == ["c", "a", "b"]


def test_part_of_a_claim_can_be_given_back_early() -> None:
    async def main() -> float:
        resources = pool(arm=1, reader=1)
        async with await resources.claim(arm=1, reader=1) as claim:
            claim.release("arm")
            async with await resources.claim(arm=1):
                pass
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == 0.0


def test_asking_for_more_than_there_is_fails_at_once() -> None:
    async def main() -> None:
        await pool(arm=1).claim(arm=2)

    with pytest.raises(NoSuchResource, match="2 arm wanted, the plant has 1"):
        run_virtual(main())


def test_a_cancelled_request_leaves_nothing_held() -> None:
    async def main() -> None:
        resources = pool(arm=1)
        async with await resources.claim(arm=1):
            waiting = asyncio.create_task(resources.claim(arm=1))
            await asyncio.sleep(1)
            waiting.cancel()
        async with asyncio.timeout(1), await resources.claim(arm=1):
            pass

    run_virtual(main())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 20), st.integers(0, 30)),
        min_size=1,
        max_size=25,
    )
)
def test_never_held_twice_and_everyone_is_served(jobs: list[tuple[int, int, int, int]]) -> None:
    async def main() -> None:
        resources = pool(arm=2, reader=2)
        held: dict[str, int] = {}

        async def job(arms: int, readers: int, seconds: int, start: int) -> None:
            await asyncio.sleep(start)
            wanted = {k: n for k, n in (("arm", arms), ("reader", readers)) if n}
            async with await resources.claim(**wanted) as claim:
                names = [i.name for held_ in claim.held.values() for i in held_]
                for name in names:
                    held[name] = held.get(name, 0) + 1
                    assert held[name] == 1
                await asyncio.sleep(seconds)
                for name in names:
                    held[name] -= 1

        await asyncio.gather(*(job(*j) for j in jobs))

    run_virtual(main())


def test_an_urgent_request_goes_first_but_never_takes_what_is_held() -> None:
    async def main() -> list[str]:
        resources = pool(handler=1)
        log: list[str] = []

        async def plate(name: str) -> None:
            async with await resources.claim(handler=1):
                await asyncio.sleep(10)
                log.append(name)

        async def sample(name: str) -> None:
            await asyncio.sleep(1)
            async with await resources.claim_urgent(handler=1):
                log.append(name)

        await asyncio.gather(plate("p1"), plate("p2"), plate("p3"), sample("s1"), sample("s2"))
        return log

    assert run_virtual(main()) == ["p1", "s1", "s2", "p2", "p3"]
