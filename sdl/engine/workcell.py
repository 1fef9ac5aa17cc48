"""From vessel to number: draw a sample, prepare a plate where the assay needs one, measure."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.describe import AssayInfo
from drivers.instruments import Instrument, Lab, LiquidHandler, PlateReader
from drivers.reading import Quality
from drivers.transport import TaskStatus, Value
from sdl.engine.commands import finish, send
from sdl.engine.journal import Journal
from sdl.engine.resources import ResourcePool


class NoSuchAssay(LookupError):
    """No instrument of the lab offers the assay."""


@dataclass(frozen=True, slots=True)
class DrawnSample:
    """A sample on its way to the analyzers."""

    sample_id: str
    at_day: float
    drawn_us: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What an assay gave."""

    value: float
    unit: str
    quality: Quality
    assay: AssayInfo

    def settles(self, low: float | None, high: float | None) -> bool:
        """Whether it tells, good or not, on which side of a limit the truth lies.

        A value at an end of the assay's range says that the truth is there or beyond.
        """
        if self.quality == Quality.GOOD:
            return True
        if self.quality == Quality.BAD:
            return False
        limits = [limit for limit in (low, high) if limit is not None]
        is_below = self.value == self.assay.low and all(self.value < one for one in limits)
        is_above = self.value == self.assay.high and all(self.value > one for one in limits)
        return bool(limits) and (is_below or is_above)


@dataclass(frozen=True, slots=True)
class Workcell:
    """The shared instruments, as an experiment uses them."""

    lab: Lab
    pool: ResourcePool
    journal: Journal

    async def draw(
        self, vessel: Instrument, volume_ml: float, at_day: float, experiment: str
    ) -> DrawnSample:
        """Draw a sample; waits for a liquid handler, ahead of all plates.

        Raises:
            CommandFailed: the vessel is empty or a command was refused.
        """
        async with await self.pool.claim_urgent(liquid_handler=1) as claim:
            handler = claim.one("liquid_handler")
            assert isinstance(handler, LiquidHandler)
            properties: dict[str, Value] = {"vessel": vessel.name, "volume_ml": volume_ml}
            command = await send(
                self.journal, handler, "draw_sample", properties, experiment=experiment
            )
            result = (await finish(self.journal, command)).result
        return DrawnSample(str(result["sample"]), at_day, int(str(result["drawn_us"])))

    async def measure(self, sample: DrawnSample, assay: str, experiment: str) -> Measured:
        """Measure a sample, record the result and return it; waits for the instruments.

        A plate assay claims the liquid handler and the reader together, gives the handler back
        once the plate is filled and keeps the reader.

        Raises:
            NoSuchAssay: no instrument of the lab offers it.
            CommandFailed: an instrument refused or failed.
        """
        kind = self._kind_for(assay)
        wanted = {kind: 1}
        if kind == PlateReader.kind:
            wanted[LiquidHandler.kind] = 1
        async with await self.pool.claim(**wanted) as claim:
            ids = (sample.sample_id,)
            if LiquidHandler.kind in wanted:
                handler = claim.one(LiquidHandler.kind)
                plate = await send(
                    self.journal, handler, "prepare_plate", {}, experiment=experiment, samples=ids
                )
                await finish(self.journal, plate)
                claim.release(LiquidHandler.kind)
            analyzer = claim.one(kind)
            command = await send(
                self.journal,
                analyzer,
                "measure",
                {"assay": assay},
                experiment=experiment,
                samples=ids,
            )
            status = await finish(self.journal, command)
        return self._record(status, sample, assay, analyzer, experiment)

    def _kind_for(self, assay: str) -> str:
        for instrument in self.lab.instruments.values():
            if assay in instrument.info.assays:
                return instrument.info.kind
        raise NoSuchAssay(f"no instrument of the plant measures {assay!r}")

    def _record(
        self,
        status: TaskStatus,
        sample: DrawnSample,
        assay: str,
        analyzer: Instrument,
        experiment: str,
    ) -> Measured:
        values = status.result["values"]
        assert isinstance(values, dict)
        found = values[sample.sample_id]
        info = analyzer.info.assays[assay]
        measured = Measured(float(found["value"]), found["unit"], Quality(found["quality"]), info)
        self.journal.record(
            "result.recorded",
            experiment,
            sample=sample.sample_id,
            assay=assay,
            value=measured.value,
            unit=measured.unit,
            at_day=sample.at_day,
            source_time_us=sample.drawn_us,
            quality=measured.quality.name.lower(),
            instrument=analyzer.name,
        )
        return measured
