"""Who may use which instrument: requests are granted whole or wait, in the order they came.

A request for several instruments takes none until all are free, so two experiments can't hold
half of what each other needs. A later request may pass an earlier one only if it touches no kind
of instrument the earlier one waits for, so nothing starves. Urgent requests, for what can't wait
(a sample that is due), go before all others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from types import TracebackType

from drivers.instruments import Instrument


class NoSuchResource(LookupError):
    """The plant has fewer instruments of a kind than a request asks for."""


@dataclass
class Claim:
    """Instruments held; give them back one by one or all at the end of the `async with`."""

    pool: ResourcePool
    held: dict[str, list[Instrument]] = field(default_factory=dict)

    def one(self, kind: str) -> Instrument:
        """Return the held instrument of a kind."""
        return self.held[kind][0]

    def release(self, kind: str) -> None:
        """Give back the instruments of one kind and keep the others; harmless when not held."""
        instruments = self.held.pop(kind, [])
        self.pool.give_back(instruments)

    async def __aenter__(self) -> Claim:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for held in list(self.held):
            self.release(held)


@dataclass(slots=True)
class _Waiter:
    rank: tuple[bool, int]  # urgent ones first, then in order of request
    wanted: Mapping[str, int]
    future: asyncio.Future[dict[str, list[Instrument]]]


class ResourcePool:
    """The instruments of a lab, free or held."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._free: dict[str, list[Instrument]] = {}
        self._n: dict[str, int] = {}
        self._order: dict[str, int] = {}
        for i, instrument in enumerate(instruments):
            kind = instrument.info.kind
            self._free.setdefault(kind, []).append(instrument)
            self._n[kind] = self._n.get(kind, 0) + 1
            self._order[instrument.name] = i
        self._queues: dict[tuple[bool, frozenset[str]], deque[_Waiter]] = {}
        self._n_requests = 0

    async def claim(self, **wanted: int) -> Claim:
        """Wait for so many instruments of each kind, all at once.

        Use it as `async with await pool.claim(liquid_handler=1, plate_reader=1) as claim:`.

        Raises:
            NoSuchResource: the lab has fewer; waiting would be for ever.
        """
        return await self._claim(wanted, is_urgent=False)

    async def claim_urgent(self, **wanted: int) -> Claim:
        """Claim ahead of all claims that aren't urgent."""
        return await self._claim(wanted, is_urgent=True)

    async def _claim(self, wanted: Mapping[str, int], *, is_urgent: bool) -> Claim:
        for kind, n in wanted.items():
            if self._n.get(kind, 0) < n:
                raise NoSuchResource(f"{n} {kind} wanted, the plant has {self._n.get(kind, 0)}")
        future: asyncio.Future[dict[str, list[Instrument]]] = (
            asyncio.get_running_loop().create_future()
        )
        self._n_requests += 1
        queue = self._queues.setdefault((is_urgent, frozenset(wanted)), deque())
        queue.append(_Waiter((not is_urgent, self._n_requests), wanted, future))
        self._grant()
        try:
            return Claim(self, await future)
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                for instruments in future.result().values():
                    self.give_back(instruments)
            raise

    def give_back(self, instruments: list[Instrument]) -> None:
        """Make instruments free again and serve whoever waits."""
        for instrument in instruments:
            free = self._free[instrument.info.kind]
            free.append(instrument)
            free.sort(key=lambda i: self._order[i.name])
        if instruments:
            self._grant()

    def _grant(self) -> None:
        """Serve whoever can be, urgent and oldest first.

        Requests for the same kinds wait in one queue, of which only the head can be next, so the
        cost depends on the number of queues and not on how many wait.
        """
        heads = [(queue[0].rank, key) for key, queue in self._queues.items() if queue]
        heapify(heads)
        reserved: set[str] = set()
        while heads:
            _, key = heappop(heads)
            queue, kinds = self._queues[key], key[1]
            head = queue[0]
            if not head.future.cancelled():
                is_served = reserved.isdisjoint(kinds) and self._take(head)
                if not is_served:
                    reserved |= kinds
                    continue
            queue.popleft()
            if queue:
                heappush(heads, (queue[0].rank, key))

    def _take(self, waiter: _Waiter) -> bool:
        """Hand all that a waiter wants over; False, and nothing taken, when not all is free."""
        if any(len(self._free[kind]) < n for kind, n in waiter.wanted.items()):
            return False
        waiter.future.set_result(
            {kind: [self._free[kind].pop(0) for _ in range(n)] for kind, n in waiter.wanted.items()}
        )
        return True
