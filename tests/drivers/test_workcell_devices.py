"""The workcell's devices as the drivers show and drive them."""

from __future__ import annotations

import pytest

from drivers import PlantSpec, connect_twin, describe_plant
from drivers.instruments import (
    Agv,
    Analyzer,
    BloodGasAnalyzer,
    Hplc,
    LiquidHandler,
    MetaboliteAnalyzer,
    Osmometer,
    PlateReader,
    RobotArm,
)
from drivers.transport import CommandRefused
from twin.clock import run_virtual

EXTRA = (
    "hplcs",
    "osmometers",
    "blood_gas_analyzers",
    "metabolite_analyzers",
    "robot_arms",
    "agvs",
)
KINDS = {
    "HPLC1": Hplc,
    "OSM1": Osmometer,
    "BGA1": BloodGasAnalyzer,
    "MA1": MetaboliteAnalyzer,
    "ARM1": RobotArm,
    "AGV1": Agv,
}


def plant(**spec: object) -> PlantSpec:
    return PlantSpec.model_validate({"vessels": {"count": 1}, **spec})


FULL = plant(**{name: {"count": 1} for name in EXTRA})


def test_a_plant_has_none_of_them_unless_it_is_asked_for() -> None:
    assert list(describe_plant(plant())) == ["R01", "LH1", "PR1", "CC1"]


def test_each_describes_itself_with_programs_assays_and_signals() -> None:
    infos = describe_plant(FULL)
    assert list(infos) == ["R01", "LH1", "PR1", "CC1", *KINDS]
    assert {a.unit for a in infos["HPLC1"].assays.values()} == {"g/L", "%", "1"}
    assert infos["HPLC1"].programs["measure"].properties["assay"].levels == (
        "titer_protein_a",
        "monomer",
        "aggregates",
        "dar",
    )
    conditions = infos["PR1"].programs["elisa"].properties
    assert conditions["incubation_temperature"].result == "incubation_temperature"
    assert [p.name for p in conditions.values() if p.is_numeric] == [
        "incubation_min",
        "incubation_temperature",
        "conjugate_dilution",
    ]
    reach = infos["ARM1"].programs["move"].properties["target"].levels
    assert reach is not None
    assert {"LH1.7", "PR1.nest", "hotel.1", "dock.1", "waste"} <= set(reach)
    assert "waste" not in (infos["ARM1"].programs["move"].properties["source"].levels or ())
    assert infos["AGV1"].signals["battery"].unit == "%"


def test_no_assay_has_the_name_of_another() -> None:
    infos = describe_plant(FULL)
    names = [name for info in infos.values() for name in info.assays]
    assert len(names) == len(set(names))


def test_counts_and_failures_are_limited() -> None:
    assert [n for n in describe_plant(plant(hplcs={"count": 2})) if n.startswith("HPLC")] == [
        "HPLC1",
        "HPLC2",
    ]
    with pytest.raises(ValueError, match="less than or equal to 1"):
        plant(robot_arms={"count": 1, "failure": 1.5})


def test_a_plate_is_made_carried_and_read_through_the_drivers() -> None:
    async def main() -> dict[str, object]:
        it = (await connect_twin(FULL, seed=1, epoch_us=0)).instruments
        for name, kind in KINDS.items():
            assert isinstance(it[name], kind)
        handler, arm, reader = it["LH1"], it["ARM1"], it["PR1"]
        assert isinstance(handler, LiquidHandler)
        assert isinstance(arm, RobotArm)
        assert isinstance(reader, PlateReader)
        await handler.start_program("prepare_elisa", {}, "P")
        prepared = await handler.finished("P")
        assert prepared.state == "completed"
        await arm.move("LH1.7", "PR1.nest", "M")
        moved = await arm.finished("M")
        assert moved.result["labware"] == prepared.result["plate"]
        plate = str(prepared.result["plate"])
        await reader.start_program("elisa", {"plate": plate, "incubation_min": 30.0}, "E")
        read = await reader.finished("E")
        assert read.state == "completed", read.reason
        return dict(read.result)

    result = run_virtual(main())
    assert result["values"] == {}
    assert isinstance(result["z_prime"], float)


def test_a_queue_is_followed_and_refusals_reach_the_caller() -> None:
    async def main() -> list[str]:
        it = (await connect_twin(FULL, seed=1, epoch_us=0)).instruments
        hplc, bench = it["HPLC1"], it["OSM1"]
        assert isinstance(hplc, Hplc)
        assert isinstance(bench, Analyzer)
        await hplc.calibrate("protein_a", "C1")
        await hplc.calibrate("protein_a", "C2")
        phases = [s.phase async for s in hplc.follow("C2")]
        with pytest.raises(CommandRefused, match="no property 'speed'"):
            await it["ARM1"].start_program("move", {"speed": 1.0}, "M")
        await bench.measure("osmolality", ("nothing",), "T")
        assert (await bench.finished("T")).cause == "no_sample"
        return phases

    phases = run_virtual(main())
    assert phases[0] == "queued"
    assert phases[-1] == "calibrating"
