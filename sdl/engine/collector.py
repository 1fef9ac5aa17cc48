"""The collector: fetches a vessel's readings while a culture runs and hands them to telemetry."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from drivers.instruments import Instrument
from drivers.reading import ReadingBatch
from sdl.engine.journal import Journal
from sdl.engine.waiting import elapsed_or_set

PERIOD_TWIN_S = 30 * 86_400.0  # of virtual time: nobody can watch the twin in between
PERIOD_S = 5.0


class Collector:
    """Readings of one experiment; `batches` keeps them by signal until the experiment is over."""

    def __init__(self, journal: Journal, experiment: str, vessel: Instrument) -> None:
        self._journal = journal
        self._experiment = experiment
        self._vessel = vessel
        self._period_s = PERIOD_S if vessel.is_durable else PERIOD_TWIN_S
        self._seen_us: dict[str, int] = {}
        self.batches: defaultdict[str, list[ReadingBatch]] = defaultdict(list)

    async def run(self, over: asyncio.Event) -> None:
        """Fetch period by period until `over` is set, and once more then."""
        while not await elapsed_or_set(self._period_s, over):
            await self._fetch()
        await self._fetch()

    async def _fetch(self) -> None:
        for batch in await self._vessel.collect(self._seen_us):
            if not len(batch):
                continue
            self._seen_us[batch.signal] = int(batch.times_us[-1])
            self.batches[batch.signal].append(batch)
            self._journal.telemetry.write(
                self._journal.state.campaign,
                self._experiment,
                self._vessel.name,
                batch.signal,
                batch.unit,
                batch.times_us,
                batch.values,
                batch.quality,
            )
