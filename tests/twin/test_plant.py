"""The plant: vessels that run recipes by themselves, a workcell, faults with their truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import simpy
from pydantic import ValidationError

from twin.device import BadProperty, DeviceBusy, Task, UnknownProgram
from twin.plant.bioreactor import Bioreactor
from twin.plant.cho import BROTH_G_PER_L
from twin.plant.plant import Plant
from twin.plant.spec import FaultSpec, PlantSpec, ProbesSpec, VesselsSpec
from twin.workcell.samples import Sample

DAY_S = 86400.0
RECIPE: dict[str, float | str] = {
    "growth_temperature": 36.8,
    "production_temperature": 34.0,
    "shift_day": 5.0,
    "ph": 7.0,
    "feed_rate": 3.0,
    "feed_start_day": 3.0,
    "glucose_setpoint": 25.0,
    "seeding_density": 0.6,
    "medium": "basal",
}


def plant(seed: int = 1, **spec: Any) -> Plant:
    return Plant(simpy.Environment(), PlantSpec(**spec), seed=seed, epoch_us=0)


def grow(p: Plant, task_id: str = "C1", days: float = 16.0, **changes: float | str) -> Task:
    p.vessels["R01"].start("fed_batch", {**RECIPE, **changes}, task_id)
    p.env.run(until=p.env.now + days * DAY_S)
    return p.vessels["R01"].tasks[task_id]


def readings(p: Plant, vessel: str = "R01") -> dict[str, np.ndarray[Any, Any]]:
    return {s.signal: s.values for s in p.vessels[vessel].series({})}


def test_a_culture_goes_through_its_phases_and_makes_antibody() -> None:
    p = plant()
    task = grow(p)
    assert task.state == "completed"
    assert [name for name, _ in task.phases] == ["prepare", "growth", "production"]
    culture = p.vessels["R01"].culture
    assert culture is not None
    assert 0.5 < culture["product"] < 6.0
    assert task.result["shift_day"] == pytest.approx(5.0)
    assert task.result["feed_start_day"] == pytest.approx(3.0)
    assert task.result["feed_rate"] == pytest.approx(3.0, rel=0.15)


def test_equal_seeds_give_equal_readings_and_others_do_not() -> None:
    runs = []
    for seed in (7, 7, 8):
        p = plant(seed)
        grow(p)
        runs.append(readings(p))
    for signal in runs[0]:
        np.testing.assert_array_equal(runs[0][signal], runs[1][signal])
    assert not np.array_equal(runs[0]["ph"], runs[2]["ph"])


def test_reading_often_or_once_gives_the_same_numbers_within_solver_tolerance() -> None:
    once = plant(3)
    grow(once)
    often = plant(3)
    vessel = often.vessels["R01"]
    vessel.start("fed_batch", RECIPE, "C1")
    seen: dict[str, list[Any]] = {}
    latest: dict[str, int] = {}
    for _ in range(160):
        often.env.run(until=often.env.now + 0.1 * DAY_S)
        for s in vessel.series(latest):
            if len(s.times_us):
                latest[s.signal] = int(s.times_us[-1])
                seen.setdefault(s.signal, []).append(s.values)
    for signal, values in readings(once).items():
        np.testing.assert_allclose(values, np.concatenate(seen[signal]), rtol=1e-5, atol=1e-4)


def test_probes_read_at_their_own_rates_with_errors_as_set() -> None:
    p = plant(probes=ProbesSpec(noise_scale=0.0))
    grow(p)
    exact = readings(p)
    assert len(exact["temperature"]) == 14 * 96 + 1
    assert len(exact["raman_glucose"]) == 14 * 48 + 1
    noisy = plant()
    grow(noisy)
    spread = np.std(np.diff(readings(noisy)["raman_lactate"])) / np.sqrt(2)
    assert spread == pytest.approx(0.29 / 90.08 * 1000, rel=0.1)


def test_the_loop_holds_what_its_probe_shows_not_the_truth() -> None:
    p = plant()
    grow(p)
    late = readings(p)["ph"][-48:]
    assert np.mean(late) == pytest.approx(7.0, abs=0.01)
    culture = p.vessels["R01"].culture
    assert culture is not None
    assert abs(culture["ph"] - 7.0) > 0.002


def test_samples_take_volume_and_show_what_was_there() -> None:
    p = plant(probes=ProbesSpec(noise_scale=0.0))
    vessel = p.vessels["R01"]
    vessel.start("fed_batch", RECIPE, "C1")
    p.env.run(until=7 * DAY_S)
    before = vessel.present()["volume"]
    handler = p.devices["LH1"]
    handler.start("draw_sample", {"vessel": "R01", "volume_ml": 5.0}, "C2")
    p.env.run(until=p.env.now + 60.0)
    assert before - vessel.present()["volume"] == pytest.approx(0.005, abs=1e-4)
    p.env.run(until=p.env.now + 3600.0)
    sample = handler.tasks["C2"].result["sample"]
    p.devices["PR1"].start("measure", {"assay": "titer"}, "C3", (sample,))
    p.env.run(until=p.env.now + 4 * 3600.0)
    measured = p.devices["PR1"].tasks["C3"].result["values"][sample]
    assert measured["unit"] == "g/L"
    assert 0.0 < measured["value"] <= vessel.present()["product"]


def test_weight_follows_feed_and_top_ups() -> None:
    p = plant(probes=ProbesSpec(noise_scale=0.0))
    task = grow(p)
    weight = readings(p)["weight"]
    assert weight[-1] == pytest.approx(
        task.result["final_volume_ml"] * BROTH_G_PER_L / 1000.0, rel=1e-6
    )


def test_feeding_stops_before_the_vessel_overflows() -> None:
    p = plant(vessels=VesselsSpec(count=1, volume_ml=200.0, max_volume_ml=230.0))
    task = grow(p, feed_rate=6.0)
    assert task.state == "completed"
    culture = p.vessels["R01"].culture
    assert culture is not None
    base_ml = culture["base_added"] * 1000.0  # the pH loop goes on
    assert task.result["final_volume_ml"] <= 230.0 + base_ml


def test_the_densest_seeding_that_is_published_can_be_inoculated() -> None:
    limit = plant().vessels["R01"].programs["fed_batch"].properties["seeding_density"].high
    assert limit is not None
    assert grow(plant(), seeding_density=limit).state == "completed"


@pytest.mark.parametrize("kind", ["contamination", "pump_failure"])
def test_a_fault_ends_the_culture_as_failed_and_is_labelled(kind: str) -> None:
    p = plant(faults=(FaultSpec(kind=kind, device="R01", at_day=6.0),))
    task = grow(p)
    assert (task.state, task.cause) == ("failed", kind)
    assert [t.kind for t in p.faults.truth] == [kind]
    assert p.vessels["R01"].active is None


def test_contamination_shows_in_the_signals_before_it_is_found() -> None:
    p = plant(faults=(FaultSpec(kind="contamination", device="R01", at_day=6.0),))
    grow(p)
    seen = readings(p)
    before, after = slice(4 * 96, 5 * 96), slice(-96, None)
    assert seen["oxygen_uptake"][after].max() > 1.5 * seen["oxygen_uptake"][before].max()
    assert (
        seen["raman_glucose"][-24:].mean()
        < 0.5 * seen["raman_glucose"][2 * 96 : 2 * 96 + 48].mean()
    )


def test_a_fault_on_an_empty_vessel_does_nothing() -> None:
    p = plant(faults=(FaultSpec(kind="contamination", device="R02", at_day=6.0),))
    assert grow(p).state == "completed"
    assert p.faults.truth == []


def test_hazards_strike_about_as_often_as_stated() -> None:
    p = plant(
        vessels=VesselsSpec(count=40),
        faults=(FaultSpec(kind="contamination", hazard_per_run=0.5),),
        probes=ProbesSpec(interval_scale=48.0),
    )
    for name, vessel in p.vessels.items():
        vessel.start("fed_batch", RECIPE, f"C-{name}")
    p.env.run(until=16 * DAY_S)
    assert 10 <= len(p.faults.truth) <= 30


def test_a_task_id_is_started_once() -> None:
    p = plant()
    vessel = p.vessels["R01"]
    first = vessel.start("fed_batch", RECIPE, "C1")
    assert vessel.start("fed_batch", RECIPE, "C1") is first
    with pytest.raises(DeviceBusy, match="C1"):
        vessel.start("fed_batch", RECIPE, "C2")


@pytest.mark.parametrize(
    ("properties", "match"),
    [
        ({**RECIPE, "ph": 9.0}, "ph is 9.0 pH, outside"),
        ({**RECIPE, "medium": "tea"}, "medium is 'tea'"),
        ({**RECIPE, "ph": "low"}, "text 'low'"),
        ({**RECIPE, "colour": 1.0}, "no property 'colour'"),
        ({k: v for k, v in RECIPE.items() if k != "medium"}, "needs the property 'medium'"),
    ],
)
def test_a_device_refuses_bad_properties(properties: dict[str, Any], match: str) -> None:
    p = plant()
    with pytest.raises(BadProperty, match=match):
        p.vessels["R01"].start("fed_batch", properties, "C1")
    assert p.vessels["R01"].tasks == {}


def test_a_device_refuses_unknown_programs() -> None:
    with pytest.raises(UnknownProgram, match="no program 'dance'"):
        plant().vessels["R01"].start("dance", {}, "C1")


def test_abort_ends_the_culture_and_keeps_the_broth() -> None:
    p = plant()
    vessel = p.vessels["R01"]
    vessel.start("fed_batch", RECIPE, "C1")
    p.env.run(until=3 * DAY_S)
    vessel.abort("operator's wish")
    p.env.run(until=4 * DAY_S)
    assert (vessel.tasks["C1"].state, vessel.tasks["C1"].reason) == ("aborted", "operator's wish")
    assert isinstance(vessel, Bioreactor)
    assert vessel.culture is not None
    assert vessel.culture.age_h == pytest.approx(3 * 24 - 4.0)


def test_drawing_from_an_empty_vessel_fails() -> None:
    p = plant()
    handler = p.devices["LH1"]
    handler.start("draw_sample", {"vessel": "R01", "volume_ml": 1.0}, "C1")
    p.env.run(until=3600.0)
    assert (handler.tasks["C1"].state, handler.tasks["C1"].cause) == ("failed", "empty")


@pytest.mark.parametrize(
    ("part", "match"),
    [
        ({"vessels": {"volume_ml": 300.0, "max_volume_ml": 200.0}}, "must exceed"),
        ({"vessels": {"volume_ml": -1.0}}, "greater than 0"),
        ({"faults": [{"kind": "contamination"}]}, "give device and at_day"),
        ({"faults": [{"kind": "fire", "device": "R01", "at_day": 1.0}]}, "contamination"),
        ({"shakers": {}}, "Extra inputs"),
    ],
)
def test_a_plant_that_cannot_be_is_refused(part: dict[str, Any], match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        PlantSpec.model_validate(part)


def test_a_pump_that_fails_before_the_feed_starts_is_found_when_feed_is_missed() -> None:
    p = plant(faults=(FaultSpec(kind="pump_failure", device="R01", at_day=1.0),))
    task = grow(p, feed_start_day=3.0)
    assert (task.state, task.cause) == ("failed", "pump_failure")
    assert task.ended_us is not None
    fed_us = dict(task.phases)["growth"] + 3 * DAY_S * 1e6
    assert task.ended_us - fed_us == pytest.approx(4 * 3600 * 1e6)


def test_viability_is_a_share_and_never_out_of_range() -> None:
    p = plant()
    grow(p, days=1.5)
    vessel = p.vessels["R01"]
    counter = p.devices["CC1"]
    for i in range(20):
        composition = vessel.draw(0.1)
        assert composition is not None
        p.samples.add(Sample(f"S{i}", "R01", 0, 0.1, composition))
        counter.start("measure", {"assay": "viability"}, f"V{i}", (f"S{i}",))
        p.env.run(until=p.env.now + 900)
        (value,) = counter.tasks[f"V{i}"].result["values"].values()
        assert value["quality"] == 0
        assert value["value"] <= 100.0
