"""A vessel under a scenario: worn parts, distorted readings, broken equipment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import simpy
from pydantic import ValidationError

from twin.device import Task
from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec

DAY_S = 86400.0
RECIPE: dict[str, float | str] = {
    "growth_temperature": 36.8,
    "production_temperature": 34.0,
    "shift_day": 5.0,
    "feed_rate": 3.0,
    "feed_start_day": 3.0,
    "glucose_setpoint": 25.0,
    "seeding_density": 0.6,
    "medium": "basal",
    "duration_day": 8.0,
}
Arrays = dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]


def plant(*faults: dict[str, Any], wear: tuple[dict[str, Any], ...] = (), **more: Any) -> Plant:
    scenario = {"name": "test", "seed": 5, "faults": list(faults), "wear": list(wear)}
    spec = {"vessels": {"count": 2}, "scenario": scenario, **more}
    return Plant(simpy.Environment(), PlantSpec.model_validate(spec), seed=1, epoch_us=0)


def grow(p: Plant, looks_at_days: tuple[float, ...] = (), **changes: float | str) -> Task:
    for name in ("R01", "R02"):
        p.vessels[name].start("fed_batch", {**RECIPE, **changes}, f"T{name}")
    for day in (*looks_at_days, 10.0):
        p.env.run(until=day * DAY_S)
        p.vessels["R01"].series({})
    return p.vessels["R01"].tasks["TR01"]


def read(p: Plant, vessel: str = "R01") -> Arrays:
    return {s.signal: (s.times_us, s.values) for s in p.vessels[vessel].series({})}


def window(of: Arrays, signal: str, start_day: float, end_day: float) -> np.ndarray[Any, Any]:
    times, values = of[signal]
    inside = (times >= start_day * DAY_S * 1e6) & (times < end_day * DAY_S * 1e6)
    return values[inside]


def test_an_empty_scenario_changes_nothing() -> None:
    bare = Plant(
        simpy.Environment(),
        PlantSpec.model_validate({"vessels": {"count": 2}}),
        seed=1,
        epoch_us=0,
    )
    with_none = plant()
    grow(bare)
    grow(with_none)
    for signal, (_, values) in read(bare).items():
        np.testing.assert_array_equal(values, read(with_none)[signal][1])


BIAS = {"kind": "bias", "device": "R01", "signal": "temperature", "at_day": 2.0, "size": 1.5}

SILENCE = {"kind": "lost_communication", "device": "R01", "is_buffered": False}


def test_a_biased_probe_misleads_its_loop_and_no_other_vessel() -> None:
    p = plant({**BIAS, "for_h": 48.0})
    grow(p)
    shown = window(read(p), "temperature", 2.6, 3.9)
    assert shown.mean() == pytest.approx(36.8, abs=0.05)  # the loop holds what it is shown
    before, after = (window(read(p), "capacitance", *span) for span in ((0, 2), (4.1, 5)))
    assert len(before)
    assert len(after)
    culture = p.vessels["R01"].culture
    assert culture is not None
    sound = plant()
    grow(sound)
    assert window(read(p), "temperature", 2.01, 2.3).max() > 37.2  # until the broth has cooled
    np.testing.assert_array_equal(
        read(p, "R02")["temperature"][1], read(sound, "R02")["temperature"][1]
    )
    labels = p.plan.labels({"R01": ["temperature"]}, 10**15) if p.plan else []
    assert [(one.kind, one.signal) for one in labels] == [("bias", "temperature")]


def test_readings_are_the_same_in_pieces_as_in_one() -> None:
    faults = (
        {**BIAS, "for_h": 48.0},
        {"kind": "freeze", "device": "R01", "signal": "ph", "at_day": 3.3, "for_h": 20.0},
        {**SILENCE, "at_day": 4.0, "for_h": 6.0},
    )
    wear = ({"kind": "probe_drift", "device": "R01", "life_h": 500.0},)
    once, often = plant(*faults, wear=wear), plant(*faults, wear=wear)
    grow(once)
    grow(often, (1.1, 2.05, 3.4, 4.1, 5.7))
    for signal, (times, values) in read(once).items():
        np.testing.assert_array_equal(times, read(often)[signal][0])
        # a look divides the integration, which changes it by its tolerance
        np.testing.assert_allclose(values, read(often)[signal][1], rtol=1e-4, atol=1e-4)


def test_a_frozen_probe_stands_still() -> None:
    p = plant({"kind": "freeze", "device": "R01", "signal": "ph", "at_day": 3.0, "for_h": 24.0})
    grow(p)
    assert np.ptp(window(read(p), "ph", 3.01, 3.99)) == 0.0
    assert np.ptp(window(read(p), "ph", 4.5, 6.0)) > 0.0


def test_lost_communication_loses_readings_and_nothing_else() -> None:
    p = plant({**SILENCE, "at_day": 3.0, "for_h": 24.0})
    task = grow(p)
    assert task.state == "completed"
    assert len(window(read(p), "temperature", 3.01, 3.99)) == 0
    assert len(window(read(p), "temperature", 4.01, 4.99)) >= 94


def test_a_pump_that_delivers_less_feeds_less() -> None:
    sound, weak = plant(), plant(
        {"kind": "pump_failure", "device": "R01", "at_day": 3.0, "input": "feed_rate",
         "delivered": 0.5}
    )  # fmt: skip
    ratio = float(grow(weak).result["feed_volume_ml"]) / float(grow(sound).result["feed_volume_ml"])
    assert ratio == pytest.approx(0.5, abs=0.03)


def test_worn_tubing_and_a_clogged_sparger_show_in_the_process() -> None:
    wear = (
        {"kind": "pump_tubing", "device": "R01", "life_scale_h": 400.0},
        {"kind": "sparger_clogging", "device": "R01", "life_h": 150.0},
    )
    sound, worn = plant(), plant(wear=wear)
    fed = [float(grow(p).result["feed_volume_ml"]) for p in (sound, worn)]
    assert fed[1] < fed[0]
    vessel = worn.vessels["R01"]
    assert all(part.health < 1.0 for part in vessel.condition.parts)
    assert vessel.culture is not None
    healthy = sound.vessels["R01"].culture
    assert healthy is not None
    assert vessel.culture.parameter("kla_max") < 0.9 * healthy.parameter("kla_max")
    before = [part.age for part in vessel.condition.parts]
    vessel.start("clean", {"duration_h": 1.0}, "TC")
    worn.env.run(until=worn.env.now + DAY_S)
    # a sterilisation ages the sparger; tubing is not sterilised in place by itself
    assert vessel.condition.parts[0].age >= before[0]


def test_contamination_grows() -> None:
    p = plant({"kind": "contamination", "device": "R01", "at_day": 2.0, "inoculum_g_per_l": 1e-3})
    grow(p, duration_day=5.0)
    ill, well = (p.vessels[name].culture for name in ("R01", "R02"))
    assert ill is not None
    assert well is not None
    assert ill["contaminant"] > 0.1
    assert well["contaminant"] == 0.0


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({**BIAS, "device": "R09"}, "no device 'R09'"),
        ({**BIAS, "signal": "temprature"}, "temperature"),
        (
            {"kind": "stuck_valve", "device": "R01", "at_day": 1.0, "input": "acid"},
            "no culture of this plant has the input 'acid'",
        ),
    ],
)
def test_what_means_nothing_in_the_plant_is_refused(fault: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        plant(fault)
