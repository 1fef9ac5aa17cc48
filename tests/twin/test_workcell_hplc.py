"""HPLC: values integrated from the chromatogram, with drift, carry-over, ageing and a queue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import BAD, GOOD, UNCERTAIN, DeviceBusy, Task
from twin.kinetics.adc_distribution import binomial_distribution
from twin.workcell.chromatogram import SATURATION_MAU, Peak, area_per_mg, peak_shape, synthesise
from twin.workcell.hplc import Hplc
from twin.workcell.hplc_column import HALF_LIFE, Column
from twin.workcell.hplc_methods import HIC, HPLC_METHODS, PROTEIN_A, SEC
from twin.workcell.hplc_system import CARRY_OVER, HplcSystem
from twin.workcell.integration import find_peaks, resolution
from twin.workcell.samples import Sample, SampleStore

DAY_S = 86400.0


def system(seed: int = 1, noise: float = 1.0) -> Hplc:
    return Hplc(simpy.Environment(), "HPLC1", 0, SampleStore(), seed, noise)


def pool(product: float, aggregate: float = 0.02, fragment: float = 0.005) -> dict[str, float]:
    return {
        "product": product,
        "aggregate": aggregate * product,
        "fragment": fragment * product,
    }


def adc(mean_dar: float, antibody_g_per_l: float = 5.0) -> dict[str, float]:
    """An antibody whose bonds are loaded alike, as states of the conjugation model."""
    bonds, share = 2.0 * antibody_g_per_l / 150.0, mean_dar / 8.0
    one_kind = {"intact": (1.0 - share) * bonds, "open": 0.0, "one": 0.0, "two": share * bonds}
    return {f"{pair}_{k}": v for pair in ("hl", "hh") for k, v in one_kind.items()}


def measure(it: Hplc, assay: str, *compositions: dict[str, float], task_id: str = "T") -> Task:
    names = tuple(f"{task_id}-{n}" for n in range(len(compositions)))
    for name, composition in zip(names, compositions, strict=True):
        it._store.add(Sample(name, "V", 3, 1.0, composition))
    task = it.start("measure", {"assay": assay}, task_id, names)
    it.env.run()
    return task


def values(task: Task) -> list[float]:
    assert task.state == "completed", task.reason
    return [one["value"] for one in task.result["values"].values()]


def run(it: Hplc, program: str, method: str, task_id: str) -> Task:
    task = it.start(program, {"method": method}, task_id)
    it.env.run()
    return task


@given(
    retention=st.floats(2.0, 8.0),
    sigma=st.floats(0.03, 0.3),
    tail=st.floats(0.005, 0.4),
)
@settings(max_examples=50, deadline=None)
def test_a_peak_has_unit_area_and_its_mean_at_the_retention(
    retention: float, sigma: float, tail: float
) -> None:
    t = np.linspace(0.0, 30.0, 60_001)
    shape = peak_shape(t, Peak("p", retention, sigma, tail))
    assert np.all(np.isfinite(shape))
    assert np.all(shape >= 0.0)
    inside = retention > 6.0 * sigma
    if inside:
        assert np.trapezoid(shape, t) == pytest.approx(1.0, abs=2e-4)
        assert np.trapezoid(shape * t, t) == pytest.approx(retention, rel=1e-3)


def test_area_follows_beer_and_lambert() -> None:
    assert area_per_mg(1.4, 0.5) == pytest.approx(2800.0)  # mAU·min
    assert PROTEIN_A.area_per_ug == pytest.approx(0.7)


def test_peaks_are_found_with_their_areas_under_noise_and_drift() -> None:
    t = np.arange(1440) / 120.0
    peaks = {Peak("a", 6.2, 0.14, 0.06): 2.0, Peak("b", 7.6, 0.12, 0.05): 80.0}
    for seed in range(5):
        signal = synthesise(t, peaks, np.random.default_rng(seed), 0.03, 0.05)
        small, large = find_peaks(t, signal)
        assert large.area == pytest.approx(80.0, rel=0.005)
        assert small.area == pytest.approx(2.0, rel=0.03)
        assert large.apex_min == pytest.approx(7.58, abs=0.03)
        assert resolution(small, large) == pytest.approx(1.18 * 1.38 / (0.36 + 0.31), rel=0.1)
    assert find_peaks(t, synthesise(t, {}, np.random.default_rng(1), 0.03, 0.05)) == []


def test_titers_are_right_over_the_whole_range() -> None:
    true = [0.05, 0.3, 1.0, 4.0, 12.0]
    exact = values(measure(system(noise=0.0), "titer_protein_a", *map(pool, true)))
    carried = [CARRY_OVER * before for before in (4.0, *true[:-1])]
    np.testing.assert_allclose(exact, np.add(true, carried), rtol=0.01)
    errors = [
        np.divide(values(measure(system(seed), "titer_protein_a", *map(pool, true)))[2:], true[2:])
        for seed in range(8)
    ]
    assert 0.002 < np.std(errors) < 0.012  # an injection errs by 0.5 %, and so do the standards


def test_aggregates_and_monomer_are_shares_of_area() -> None:
    shares = [0.01, 0.03, 0.10]
    samples = [pool(2.0, aggregate=a) for a in shares]
    found = values(measure(system(), "aggregates", *samples))
    np.testing.assert_allclose(found, [100.0 * a for a in shares], rtol=0.05)
    monomer = values(measure(system(), "monomer", *samples))
    np.testing.assert_allclose(monomer, [100.0 * (1.0 - a - 0.005) for a in shares], atol=0.15)


@pytest.mark.parametrize("mean_dar", [1.0, 3.0, 4.0, 7.0])
def test_the_drug_load_and_its_distribution_come_out_of_the_peaks(mean_dar: float) -> None:
    task = measure(system(), "dar", adc(mean_dar))
    assert values(task) == [pytest.approx(mean_dar, abs=0.03)]
    areas = task.result["values"]["T-0"]["areas"]
    total = sum(areas.values())
    for n, share in enumerate(binomial_distribution(mean_dar)):
        assert areas.get(f"dar{n}", 0.0) / total == pytest.approx(share, abs=0.005)


def test_a_sample_without_the_states_is_refused_with_a_cause() -> None:
    task = measure(system(), "aggregates", {"product": 1.0})
    assert (task.state, task.cause) == ("failed", "no_analyte")
    assert "'aggregate'" in task.reason
    it = system()
    assert it.start("measure", {"assay": "dar"}, "N", ()).state == "running"
    it.start("measure", {"assay": "dar"}, "M", ("nowhere",))
    it._store.add(Sample("drop", "V", 0, 0.001, adc(4.0)))
    it.start("measure", {"assay": "dar"}, "O", ("drop",))
    it.env.run()
    assert [it.tasks[k].cause for k in "NMO"] == ["no_sample", "no_sample", "overdraw"]


def test_the_file_is_the_chromatogram_the_value_was_made_of() -> None:
    task = measure(system(), "titer_protein_a", pool(3.0))
    (file,) = task.result["files"]
    assert (file["name"], file["mime_type"]) == ("T-0-protein_a.csv", "text/csv")
    head, *rows = file["text"].splitlines()
    assert head == "time_min,absorbance_mau"
    t, y = np.array([row.split(",") for row in rows], dtype=float).T
    peak = (t > 1.4) & (t < 2.6)
    area = np.trapezoid(y[peak] - np.median(y[t > 3.0]), t[peak])
    (found,) = task.result["values"].values()
    assert area == pytest.approx(found["areas"]["antibody"], rel=0.02)


def test_an_injection_leaves_a_thousandth_to_the_next() -> None:
    it = system(noise=0.0)
    measure(it, "titer_protein_a", pool(10.0))
    carried = run(it, "blank", "protein_a", "B1").result["carried_over_ug"]["antibody"]
    assert carried == pytest.approx(CARRY_OVER * 10.0 * PROTEIN_A.injection_ul, rel=0.01)
    assert run(it, "blank", "protein_a", "B2").result["carried_over_ug"] == {}


def test_response_drifts_until_it_is_calibrated() -> None:
    before, after = [], []
    for seed in range(12):
        it = system(seed)
        measure(it, "titer_protein_a", pool(2.0), task_id="A")
        it.env.run(until=40 * DAY_S)
        true = it.system.response()
        (drifted,) = values(measure(it, "titer_protein_a", pool(2.0), task_id="B"))
        assert drifted / 2.0 == pytest.approx(true, abs=0.02)
        before.append(drifted / 2.0 - 1.0)
        report = run(it, "calibrate", "protein_a", "C").result
        assert report["r_squared"] > 0.999
        (now,) = values(measure(it, "titer_protein_a", pool(2.0), task_id="D"))
        after.append(now / 2.0 - 1.0)
    assert np.std(before) == pytest.approx(0.005 * np.sqrt(40.0), rel=0.6)
    assert np.std(after) < 0.4 * np.std(before)


def test_drift_does_not_depend_on_when_it_is_looked_at() -> None:
    def response(*days: float) -> float:
        env = simpy.Environment()
        it = HplcSystem(env, "H", 5, 1.0)
        for day in days:
            env.run(until=day * DAY_S)
            it.response()
        return it.response()

    assert response(9.3) == response(0.1, 2.5, 7.0, 9.3)


def test_a_column_ages_and_a_new_one_helps() -> None:
    it = system()
    measure(it, "aggregates", pool(2.0), task_id="A")
    new = run(it, "calibrate", "sec", "C1").result
    it.system.columns["sec"] = Column(round(0.8 * HALF_LIFE))
    old = run(it, "calibrate", "sec", "C2").result
    assert not new["is_column_worn"]
    assert old["is_column_worn"]
    assert old["plates"] < 0.75 * new["plates"]
    (traced,) = (s for s in it.series({}) if s.signal == "sec_plates")
    assert traced.values[-1] == pytest.approx(old["plates"], rel=0.05)
    run(it, "replace_column", "sec", "R")
    again = run(it, "calibrate", "sec", "C3").result
    assert again["plates"] == pytest.approx(new["plates"], rel=0.03)


def test_a_column_far_too_old_makes_the_result_bad_not_wrong() -> None:
    it = system()
    measure(it, "monomer", pool(2.0), task_id="A")
    it.system.columns["sec"] = Column(round(4.0 * HALF_LIFE))  # peaks leave their windows
    task = measure(it, "monomer", pool(2.0), task_id="B")
    (one,) = task.result["values"].values()
    assert one["quality"] == BAD


def test_what_cannot_be_measured_is_flagged() -> None:
    it = system()
    (high,) = measure(it, "titer_protein_a", pool(25.0), task_id="A").result["values"].values()
    assert (high["value"], high["quality"]) == (20.0, UNCERTAIN)
    run(it, "blank", "protein_a", "B")
    (none,) = measure(it, "titer_protein_a", pool(0.0), task_id="C").result["values"].values()
    assert (none["value"], none["quality"]) == (0.02, UNCERTAIN)
    assert synthesise(
        np.linspace(0, 4, 100), {Peak("p", 2.0, 0.1, 0.05): 1e5}, np.random.default_rng(0), 0.1, 0.1
    ).max() == pytest.approx(SATURATION_MAU)


def test_programs_wait_in_the_autosampler_in_their_order() -> None:
    it = system()
    for n in range(3):
        it._store.add(Sample(f"S{n}", "V", 0, 1.0, pool(2.0)))
        it.start("measure", {"assay": "titer_protein_a"}, f"T{n}", (f"S{n}",))
    assert it.n_waiting == 2
    assert [it.tasks[f"T{n}"].phases[-1][0] for n in (1, 2)] == ["queued", "queued"]
    it.start("measure", {"assay": "aggregates"}, "T3", ("S0",))
    it.env.run()
    ended = [it.tasks[f"T{n}"].ended_us for n in range(4)]
    minutes = np.divide(np.array(ended, dtype=float), 60e6)
    np.testing.assert_allclose(minutes, [4.0, 8.0, 12.0, 12.0 + 20.0 + 12.0])


def test_a_full_queue_refuses_and_a_stop_empties_it() -> None:
    it = Hplc(simpy.Environment(), "H", 0, SampleStore(), 1)
    it.queue_size = 2
    for n in range(3):
        it.start("blank", {"method": "sec"}, f"T{n}")
    with pytest.raises(DeviceBusy, match="queue is full"):
        it.start("blank", {"method": "sec"}, "T3")
    it.env.run(until=30.0)
    it.abort("leak")
    it.env.run()
    assert [it.tasks[f"T{n}"].state for n in range(3)] == ["aborted"] * 3
    assert it.active is None
    assert run(it, "blank", "sec", "T4").state == "completed"


def test_equal_seeds_give_equal_values_whatever_else_was_injected() -> None:
    def value(seed: int, *before: float) -> Any:
        it = system(seed)
        for n, titer in enumerate(before):
            measure(it, "aggregates", pool(titer), task_id=f"before{n}")
        it.env.run(until=DAY_S)
        return values(measure(it, "titer_protein_a", pool(2.0)))

    assert value(1, 3.0) == value(1, 4.0, 5.0)
    assert value(1, 3.0) != value(2, 3.0)


@given(
    assay=st.sampled_from(["titer_protein_a", "monomer", "aggregates", "dar"]),
    product=st.just(0.0) | st.floats(1e-9, 60.0),
    aggregate=st.floats(0.0, 0.6),
    fragment=st.floats(0.0, 0.3),
    mean_dar=st.floats(0.0, 8.0),
    n_injections=st.integers(0, 9000),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=60, deadline=None)
def test_any_sample_on_any_column_gives_a_value_in_range_or_a_cause(
    assay: str,
    product: float,
    aggregate: float,
    fragment: float,
    mean_dar: float,
    n_injections: int,
    seed: int,
) -> None:
    it = system(seed)
    it.system.set_up(it._method_of[assay])
    for name in it.system.columns:
        it.system.columns[name] = Column(n_injections)
    sample = {**pool(product, aggregate, fragment), **adc(mean_dar, product)}
    task = measure(it, assay, sample)
    if task.state == "failed":
        assert (task.cause, assay, product) == ("no_analyte", "dar", 0.0)
        return
    (one,) = task.result["values"].values()
    assert it.assays[assay].low <= one["value"] <= it.assays[assay].high


def test_methods_agree_with_themselves() -> None:
    for method in HPLC_METHODS:
        names = [peak.name for peak in method.peaks]
        assert method.main in names
        assert set(method.standard) <= set(names)
        assert max(peak.retention_min for peak in method.peaks) < 0.9 * method.run_min
    assert len(HIC.peaks) == 9
    assert replace(SEC, injection_ul=1.0).area_per_ug == SEC.area_per_ug
    assert values(measure(system(), "monomer", pool(2.0)))[0] > 90.0
    assert measure(system(), "monomer", pool(2.0)).result["values"]["T-0"]["quality"] == GOOD
