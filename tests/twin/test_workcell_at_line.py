"""The at-line bench: errors per calibration and per sample, one hand for all analyzers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
import simpy

from twin.device import Task
from twin.kinetics.cho_fedbatch import osmolality
from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec
from twin.workcell.analyzer import Method
from twin.workcell.at_line import CALIBRATION_S, LOAD_S, AtLineAnalyzer
from twin.workcell.at_line_methods import (
    BLOOD_GAS_METHODS,
    CALIBRATED_COUNTER_METHODS,
    METABOLITE_METHODS,
    OSMOMETER_METHODS,
)
from twin.workcell.samples import Sample, SampleStore

BROTH = {
    "viable_cells": 10.0,
    "dead_cells": 1.0,
    "glucose": 20.0,
    "glutamine": 2.0,
    "lactate": 15.0,
    "ammonia": 4.0,
    "product": 2.0,
    "ions": 240.0,
    "oxygen": 0.0872,
    "carbon_dioxide": 1.5,
    "temperature": 37.0,
    "ph": 7.0,
}
ALL = (
    *OSMOMETER_METHODS,
    *BLOOD_GAS_METHODS,
    *METABOLITE_METHODS,
    *CALIBRATED_COUNTER_METHODS,
)


def analyzer(
    methods: tuple[Method, ...],
    seed: int = 1,
    noise: float = 1.0,
    env: simpy.Environment | None = None,
) -> AtLineAnalyzer:
    clock = env or simpy.Environment()
    loader = simpy.Resource(clock)
    return AtLineAnalyzer(clock, "A1", 0, "osmometer", methods, SampleStore(), loader, seed, noise)


def measure(it: AtLineAnalyzer, assay: str, n: int, task_id: str) -> Task:
    names = tuple(f"{task_id}-{i}" for i in range(n))
    for name in names:
        it._store.add(Sample(name, "R01", 0, 1.0, BROTH))
    task = it.start("measure", {"assay": assay}, task_id, names)
    it.env.run()
    return task


def values(task: Task) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    assert task.state == "completed", task.reason
    return np.array([one["value"] for one in task.result["values"].values()])


def truth(method: Method, broth: Mapping[str, float] = BROTH) -> float:
    return method.truth(broth)


@pytest.mark.parametrize("method", ALL, ids=lambda m: m.assay.name)
def test_random_and_systematic_error_are_those_of_the_table(method: Method) -> None:
    name, true = method.assay.name, truth(method)
    random_sd = np.hypot(method.random_rel * true, method.random)
    shared_sd = np.hypot(method.systematic_rel * true, method.systematic)
    means = []
    for seed in range(60):
        found = values(measure(analyzer((method,), seed), name, 30, "T"))
        means.append(found.mean())
        if seed == 0:
            many = values(measure(analyzer((method,), seed), name, 400, "M"))
            assert many.std() == pytest.approx(random_sd, rel=0.12)
    assert np.std(means) == pytest.approx(np.hypot(shared_sd, random_sd / 30**0.5), rel=0.3)
    assert np.mean(means) == pytest.approx(true, abs=4.0 * shared_sd / 60**0.5 + 1e-9)


def test_the_systematic_error_lasts_until_the_next_calibration() -> None:
    it = analyzer(METABOLITE_METHODS)
    first = values(measure(it, "glucose_at_line", 200, "T1")).mean()
    second = values(measure(it, "glucose_at_line", 200, "T2")).mean()
    assert second == pytest.approx(first, rel=0.015)
    it.start("calibrate", {}, "C")
    it.env.run()
    third = values(measure(it, "glucose_at_line", 200, "T3")).mean()
    assert abs(third / first - 1.0) > 0.02
    assert it.tasks["T2"].result["calibration"] + 1 == it.tasks["T3"].result["calibration"]


def test_an_old_calibration_is_renewed_before_the_run() -> None:
    it = analyzer(OSMOMETER_METHODS)
    it.env.run(until=86400.0)
    task = measure(it, "osmolality", 1, "T")
    assert [name for name, _ in task.phases] == ["calibrating", "loading", "measuring"]
    assert it.n_calibrations == 2
    assert task.ended_us == round(1e6 * (86400.0 + CALIBRATION_S + LOAD_S + 150.0))


def test_without_noise_the_truth_is_shown() -> None:
    for method in ALL:
        found = values(measure(analyzer((method,), noise=0.0), method.assay.name, 1, "T"))
        assert found[0] == pytest.approx(truth(method), abs=1e-6)
    assert truth(OSMOMETER_METHODS[0]) == 281.0
    x = [BROTH[k] for k in ("viable_cells", "dead_cells", "glucose", "glutamine")]
    x += [BROTH[k] for k in ("lactate", "ammonia", "product", "ions")]
    assert truth(OSMOMETER_METHODS[0]) == pytest.approx(osmolality(tuple(x)))
    assert truth(BLOOD_GAS_METHODS[0]) == pytest.approx(63.8, abs=0.2)  # 40 % of air: 0.0872 mM
    assert truth(BLOOD_GAS_METHODS[1]) == pytest.approx(1.5 / 0.0344, rel=0.01)


def test_a_fed_batch_sample_has_no_carbon_dioxide_and_says_so() -> None:
    it = analyzer(BLOOD_GAS_METHODS)
    broth = {k: v for k, v in BROTH.items() if k != "carbon_dioxide"}
    it._store.add(Sample("S", "R01", 0, 1.0, broth))
    task = it.start("measure", {"assay": "pco2"}, "T", ("S",))
    it.env.run()
    assert (task.state, task.cause) == ("failed", "no_analyte")
    assert "'carbon_dioxide'" in task.reason


def test_portions_are_taken_until_the_sample_is_used_up() -> None:
    it = analyzer(OSMOMETER_METHODS)
    it._store.add(Sample("S", "R01", 0, 0.25, BROTH))
    for n in range(3):
        it.start("measure", {"assay": "osmolality"}, f"T{n}", ("S",))
    it.env.run()
    assert [it.tasks[f"T{n}"].state for n in range(3)] == ["completed", "completed", "failed"]
    assert it.tasks["T2"].cause == "overdraw"


def test_one_hand_loads_all_analyzers_of_the_bench_in_turn() -> None:
    spec = {
        "vessels": {"count": 1},
        "osmometers": {"count": 2},
        "metabolite_analyzers": {"count": 1},
        "at_line": {"has_cell_counters": True},
    }
    p = Plant(simpy.Environment(), PlantSpec.model_validate(spec), seed=1, epoch_us=0)
    orders = (
        ("OSM1", "osmolality"),
        ("MA1", "igg_at_line"),
        ("CC1", "viability"),
        ("OSM2", "osmolality"),
    )
    for name, assay in orders:
        p.samples.add(Sample(f"S-{name}", "R01", 0, 2.0, BROTH))
        p.devices[name].start("measure", {"assay": assay}, "T", (f"S-{name}",))
    p.env.run()
    starts = [dict(p.devices[name].tasks["T"].phases)["measuring"] for name, _ in orders]
    assert starts == [round(1e6 * LOAD_S * (n + 1)) for n in range(4)]


def test_a_stop_at_the_hand_frees_it_for_the_others() -> None:
    env = simpy.Environment()
    loader, store = simpy.Resource(env), SampleStore()
    one, two = (
        AtLineAnalyzer(env, name, 0, "osmometer", OSMOMETER_METHODS, store, loader, 1)
        for name in ("O1", "O2")
    )
    for name, it in (("a", one), ("b", two)):
        store.add(Sample(name, "R01", 0, 1.0, BROTH))
        it.start("measure", {"assay": "osmolality"}, "T", (name,))
    env.run(until=10.0)
    one.abort("spill")
    env.run()
    assert (one.tasks["T"].state, two.tasks["T"].state) == ("aborted", "completed")
    assert dict(two.tasks["T"].phases)["measuring"] == round(1e6 * (10.0 + LOAD_S))
