"""The sim transport: devices of the twin behind the instrument classes."""

from __future__ import annotations

import asyncio
import math

import pytest

from drivers import PlantSpec, connect_twin, describe_plant
from drivers.instruments import Bioreactor, CellCounter, Lab, LiquidHandler, PlateReader
from drivers.reading import Quality
from drivers.transport import CommandRefused, Transport
from twin.clock import DAY_S, run_virtual

RECIPE: dict[str, float | str] = {
    "growth_temperature": 36.8,
    "production_temperature": 34.0,
    "shift_day": 5.0,
    "feed_rate": 3.0,
    "feed_start_day": 3.0,
    "glucose_setpoint": 25.0,
    "seeding_density": 0.6,
    "medium": "basal",
}


async def lab(**spec: object) -> Lab:
    return await connect_twin(PlantSpec.model_validate(spec), seed=1, epoch_us=0)


def test_the_plant_describes_itself_without_running() -> None:
    infos = describe_plant(PlantSpec.model_validate({"vessels": {"count": 2}}))
    assert list(infos) == ["R01", "R02", "LH1", "PR1", "CC1"]
    properties = infos["R01"].programs["fed_batch"].properties
    assert properties["ph"].unit == "pH"
    assert properties["medium"].levels == ("basal", "rich", "lean")
    assert infos["PR1"].assays["titer"].unit == "g/L"
    assert infos["R01"].signals["temperature"].interval_s == 900.0


def test_each_kind_gets_its_class_and_a_transport() -> None:
    async def main() -> None:
        it = (await lab()).instruments
        assert isinstance(it["R01"], Bioreactor)
        assert isinstance(it["LH1"], LiquidHandler)
        assert isinstance(it["PR1"], PlateReader)
        assert isinstance(it["CC1"], CellCounter)
        assert isinstance(it["R01"]._transport, Transport)
        assert not it["R01"].is_durable

    run_virtual(main())


def test_a_culture_is_followed_phase_by_phase_to_its_end() -> None:
    async def main() -> list[tuple[str, str]]:
        vessel = (await lab()).instruments["R01"]
        await vessel.start_program("fed_batch", RECIPE, "C1")
        return [(s.phase, s.state) async for s in vessel.follow("C1")]

    assert run_virtual(main()) == [
        ("prepare", "running"),
        ("growth", "running"),
        ("production", "running"),
        ("production", "completed"),
    ]


def test_what_became_of_a_task_is_answered_by_its_id() -> None:
    async def main() -> None:
        vessel = (await lab()).instruments["R01"]
        assert await vessel.task("C1") is None
        await vessel.start_program("fed_batch", RECIPE, "C1")
        await vessel.start_program("fed_batch", RECIPE, "C1")  # again: nothing happens
        await asyncio.sleep(DAY_S)
        status = await vessel.task("C1")
        assert status is not None
        assert (status.state, status.phase) == ("running", "growth")

    run_virtual(main())


def test_collecting_goes_on_where_it_stopped_and_repeats_when_asked_again() -> None:
    async def main() -> None:
        vessel = (await lab()).instruments["R01"]
        await vessel.start_program("fed_batch", RECIPE, "C1")
        await asyncio.sleep(2 * DAY_S)
        first = {b.signal: b for b in await vessel.collect({})}
        seen = {name: int(b.times_us[-1]) for name, b in first.items()}
        assert all(len(b) == 0 for b in await vessel.collect(seen))
        await asyncio.sleep(DAY_S)
        new = {b.signal: b for b in await vessel.collect(seen)}
        again = {b.signal: b for b in await vessel.collect(seen)}
        assert len(new["ph"]) == 96
        assert new["ph"].times_us[0] > seen["ph"]
        assert (new["ph"].values == again["ph"].values).all()

    run_virtual(main())


def test_a_reading_carries_unit_time_and_quality_and_an_unread_signal_is_bad() -> None:
    async def main() -> None:
        the_lab = await lab()
        vessel = the_lab.instruments["R01"]
        (never,) = await vessel.read("ph")
        assert never.quality is Quality.BAD
        assert math.isnan(never.value)
        await vessel.start_program("fed_batch", RECIPE, "C1")
        await asyncio.sleep(DAY_S + 60)
        (ph,) = await vessel.read("ph")
        assert (ph.unit, ph.quality) == ("pH", Quality.GOOD)
        assert ph.value == pytest.approx(7.0, abs=0.05)
        assert 0 <= ph.age_s(the_lab.clock.now_us()) <= 900

    run_virtual(main())


def test_a_refusal_of_the_device_is_a_refusal_of_the_transport() -> None:
    async def main() -> None:
        vessel = (await lab()).instruments["R01"]
        with pytest.raises(CommandRefused, match="outside"):
            await vessel.start_program("fed_batch", {**RECIPE, "ph": 20.0}, "C1")
        assert await vessel.task("C1") is None

    run_virtual(main())


def test_abort_is_answered_at_once() -> None:
    async def main() -> str:
        vessel = (await lab()).instruments["R01"]
        await vessel.start_program("fed_batch", RECIPE, "C1")
        await asyncio.sleep(DAY_S)
        await vessel.abort("leak")
        return (await vessel.finished("C1")).reason

    assert run_virtual(main()) == "leak"


def test_the_in_process_twin_needs_virtual_time() -> None:
    with pytest.raises(RuntimeError, match="run_virtual"):
        asyncio.run(lab())
