"""One experiment: claim a vessel, run the recipe in it, sample, measure, clean, give back.

The vessel runs its program by itself and the engine follows it, so a culture never waits for an
assay. Work on shared instruments is never cancelled half-way; a culture that fails only stops
further samples. What the instruments report as failed ends the experiment as failed, with the
cause.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.instruments import Bioreactor, Instrument
from drivers.reading import Quality
from drivers.transport import TaskStatus, Value
from sdl.campaign import CampaignFile
from sdl.engine.achieved import Achieved, achieved
from sdl.engine.collector import Collector
from sdl.engine.commands import CommandFailed, finish, follow, send
from sdl.engine.journal import Journal
from sdl.engine.resources import Claim, ResourcePool
from sdl.engine.tolerance import tolerances
from sdl.engine.waiting import elapsed_or_set
from sdl.engine.workcell import DrawnSample, Measured, Workcell

DAY_US = 86_400_000_000
HARVEST_VOLUME_ML = 1.0  # where the file plans no sample for the assay
CULTURE_PHASE = "growth"  # days of culture are counted from the start of this phase


class ExperimentFailed(RuntimeError):
    """The experiment gave no result; `cause` is a short code the failure policy can look at."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an experiment taught: inputs by factor as achieved, outputs by name as measured.

    An output whose assay gave a doubtful value (beyond its range) is not among them.
    """

    inputs: dict[str, Value]
    outputs: dict[str, float]


def _doubt(output: str, measured: Measured) -> str:
    quality = measured.quality.name.lower()
    return f"{output}: {measured.value:.4g} {measured.unit} is {quality}, left out of the outcome"


class Experiment:
    """One attempt at one proposal."""

    def __init__(
        self,
        file: CampaignFile,
        experiment_id: str,
        inputs: Mapping[str, Value],
        journal: Journal,
        pool: ResourcePool,
        workcell: Workcell,
        background: asyncio.TaskGroup,
    ) -> None:
        self.id = experiment_id
        self._file = file
        self._journal = journal
        self._pool = pool
        self._workcell = workcell
        self._background = background
        self._property_of = {name: f.sets or name for name, f in file.factors.items()}
        self._commanded: dict[str, Value] = {
            **file.recipe.settings,
            **{self._property_of[name]: value for name, value in inputs.items()},
        }
        self._at_harvest: dict[str, Measured] = {}

    async def run(self) -> Outcome:
        """Run to the end and return what was learnt.

        Raises:
            ExperimentFailed: the culture, its harvest sample or its assays failed.
        """
        claim = await self._pool.claim(bioreactor=1)
        vessel = claim.one("bioreactor")
        self._journal.record("experiment.started", self.id, vessel=vessel.name)
        collector = Collector(self._journal, self.id, vessel)
        over = asyncio.Event()
        failure: ExperimentFailed | None = None
        async with asyncio.TaskGroup() as group:  # an unforeseen error in any part ends them all
            group.create_task(collector.run(over))
            try:
                status = await self._culture(vessel, over, group)
                await self._harvest(vessel, group)
            except CommandFailed as failed:
                failure = ExperimentFailed(failed.reason, failed.cause)
            except ExperimentFailed as failed:
                failure = failed
            over.set()
            self._background.create_task(self._turn_around(vessel, claim))
        if failure is not None:
            raise failure
        return self._conclude(vessel, status, collector)

    async def _culture(
        self, vessel: Instrument, over: asyncio.Event, group: asyncio.TaskGroup
    ) -> TaskStatus:
        """Start the program and follow it to its end, sampling on the way."""
        command = await send(
            self._journal, vessel, self._file.recipe.program, self._commanded, experiment=self.id
        )
        sampling: asyncio.Task[None] | None = None
        status: TaskStatus | None = None
        async for status in follow(self._journal, command):
            if status.is_over:
                break
            self._journal.record("phase.changed", self.id, phase=status.phase)
            if status.phase == CULTURE_PHASE:
                start_us = status.phases[-1][1]
                sampling = group.create_task(self._sample(vessel, start_us, over, group))
        over.set()
        if sampling is not None:
            await sampling
        assert status is not None  # follow yields at least the present status
        if status.state != "completed":
            raise ExperimentFailed(status.reason, status.cause)
        return status

    async def _sample(
        self, vessel: Instrument, start_us: int, over: asyncio.Event, group: asyncio.TaskGroup
    ) -> None:
        """Draw the planned samples before harvest, each at its day of culture."""
        duration_day = self._duration_day(vessel)
        planned = sorted(
            (day, sample.assay, sample.volume_ml)
            for sample in self._file.recipe.samples
            for day in sample.at_day
            if day < duration_day
        )
        for day, assay, volume_ml in planned:
            wait_s = (start_us + round(day * DAY_US) - self._journal.now_us()) / 1e6
            if await elapsed_or_set(wait_s, over):
                return
            try:
                drawn = await self._workcell.draw(vessel, volume_ml, day, self.id)
            except CommandFailed as failed:
                self._alarm(f"no {assay} sample on day {day:g}: {failed.reason}")
                continue
            group.create_task(self._in_process(drawn, assay))

    async def _in_process(self, sample: DrawnSample, assay: str) -> None:
        try:
            await self._workcell.measure(sample, assay, self.id)
        except CommandFailed as failed:
            self._alarm(f"{assay} of day {sample.at_day:g} not measured: {failed.reason}")

    async def _harvest(self, vessel: Instrument, group: asyncio.TaskGroup) -> None:
        """Draw one sample per output's assay and start measuring them."""
        duration_day = self._duration_day(vessel)
        for assay in dict.fromkeys(output.assay for output in self._file.outputs.values()):
            drawn = await self._workcell.draw(vessel, self._volume_ml(assay), duration_day, self.id)
            group.create_task(self._at_end(drawn, assay))

    def _duration_day(self, vessel: Instrument) -> float:
        """Return the day of harvest: as commanded, or the program's default."""
        default = vessel.info.programs[self._file.recipe.program].properties["duration_day"].default
        return float(self._commanded.get("duration_day", default))  # type: ignore[arg-type]

    def _volume_ml(self, assay: str) -> float:
        planned = [s.volume_ml for s in self._file.recipe.samples if s.assay == assay]
        return max(planned, default=HARVEST_VOLUME_ML)

    async def _at_end(self, sample: DrawnSample, assay: str) -> None:
        try:
            self._at_harvest[assay] = await self._workcell.measure(sample, assay, self.id)
        except CommandFailed as failed:
            self._alarm(f"{assay} at harvest not measured: {failed.reason}")

    async def _turn_around(self, vessel: Instrument, claim: Claim) -> None:
        """Clean the vessel and give it back; one that can't be cleaned is kept out of use."""
        assert isinstance(vessel, Bioreactor)
        duration_h = self._file.recipe.turnaround_h
        try:
            command = await send(
                self._journal, vessel, "clean", {"duration_h": duration_h}, experiment=self.id
            )
            await finish(self._journal, command)
        except CommandFailed as failed:
            self._alarm(f"{vessel.name} is out of use, cleaning failed: {failed.reason}")
            return
        claim.release("bioreactor")

    def _conclude(self, vessel: Instrument, status: TaskStatus, collector: Collector) -> Outcome:
        missing = [n for n, o in self._file.outputs.items() if o.assay not in self._at_harvest]
        if missing:
            raise ExperimentFailed(f"not measured at harvest: {', '.join(missing)}", "assay")
        measured = {n: self._at_harvest[o.assay] for n, o in self._file.outputs.items()}
        doubtful = {n: m for n, m in measured.items() if not self._is_telling(n, m)}
        outputs = {n: m.value for n, m in measured.items() if n not in doubtful}
        found = self._achieved(vessel, status, collector)
        self._journal.record(
            "experiment.completed",
            self.id,
            achieved=found.values,
            commanded=self._commanded,
            outputs=outputs,
            telemetry_digest=self._journal.telemetry.seal(self._journal.state.campaign, self.id),
            flags=found.flags + [_doubt(name, one) for name, one in doubtful.items()],
        )
        inputs = {name: found.values[key] for name, key in self._property_of.items()}
        return Outcome(inputs, outputs)

    def _is_telling(self, output: str, measured: Measured) -> bool:
        """Whether a value may be told: a good one, or for a mere limit one that settles it."""
        spec = self._file.outputs[output]
        if spec.goal is not None:
            return measured.quality == Quality.GOOD
        return measured.settles(spec.min, spec.max)

    def _achieved(self, vessel: Instrument, status: TaskStatus, collector: Collector) -> Achieved:
        program = vessel.info.programs[self._file.recipe.program]
        return achieved(program, self._commanded, status, collector.batches, tolerances(self._file))

    def _alarm(self, message: str) -> None:
        self._journal.record("alarm.raised", self.id, message=message)
