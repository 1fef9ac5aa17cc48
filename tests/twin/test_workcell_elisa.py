"""ELISA: the curve, what conditions do to it, and a plate from sample to concentration."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import BAD, GOOD, UNCERTAIN, Task
from twin.randomness import stream
from twin.workcell.elisa_analysis import NoControls, analyse, z_prime
from twin.workcell.elisa_conditions import Conditions, true_curve
from twin.workcell.elisa_optics import Optics, read_plate, saturated
from twin.workcell.labware import LABWARE_TYPES, Labware
from twin.workcell.liquid_handler import LiquidHandler
from twin.workcell.logistic4 import Logistic4, NoFit, fit_logistic4
from twin.workcell.places import Places
from twin.workcell.plate_reader import QUALITY, PlateReader
from twin.workcell.samples import Sample, SampleStore

USUAL = Conditions(60.0, 25.0, 4000.0)


class Bench:
    """A handler and a reader, and samples of given titers (g/L)."""

    def __init__(self, titers: Mapping[str, float], seed: int = 1, noise: float = 1.0) -> None:
        self.env = simpy.Environment()
        self.store, self.places = SampleStore(), Places()
        for name, titer in titers.items():
            self.store.add(Sample(name, "R01", 7, 1.0, {"product": titer}))
        common = (self.places, seed, noise)
        self.handler = LiquidHandler(self.env, "LH1", 0, {}, self.store, *common)
        self.reader = PlateReader(self.env, "PR1", 0, self.store, *common)
        self.samples = tuple(titers)

    def plate(self, task_id: str = "P", **properties: float | str) -> Task:
        task = self.handler.start("prepare_elisa", properties, task_id, self.samples)
        self.env.run()
        return task

    def read(self, plate: str, task_id: str = "E", **properties: float | str) -> Task:
        task = self.reader.start("elisa", {"plate": plate, **properties}, task_id)
        self.env.run()
        return task

    def assay(self, dilution: float = 20_000.0, **conditions: float) -> dict[str, Any]:
        prepared = self.plate(dilution=dilution)
        assert prepared.state == "completed", prepared.reason
        task = self.read(prepared.result["plate"], **conditions)
        assert task.state == "completed", task.reason
        return task.result


CURVES = st.builds(
    lambda bottom, span, ec50, slope: Logistic4(bottom, bottom + span, ec50, slope),
    st.floats(0.02, 0.3),
    st.floats(0.8, 4.0),
    st.floats(2e-5, 2e-4),
    st.floats(0.7, 1.6),
)


@given(curve=CURVES)
@settings(max_examples=40, deadline=None)
def test_a_curve_is_found_again_from_its_points_and_inverts(curve: Logistic4) -> None:
    x = np.repeat(np.array([0.0, *(4e-4 / 2.5**n for n in range(7))]), 2)
    found = fit_logistic4(x, curve.at(x))
    np.testing.assert_allclose(found.at(x), curve.at(x), rtol=2e-3)
    for concentration in (1e-5, 5e-5, 2e-4):
        assert curve.inverse(float(curve.at(concentration))) == pytest.approx(concentration)
    assert curve.inverse(curve.bottom) == 0.0
    assert curve.inverse(curve.top) == math.inf


def test_standards_without_a_curve_are_refused() -> None:
    with pytest.raises(NoFit, match="no rise"):
        fit_logistic4(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.ones(5))
    with pytest.raises(NoFit, match="four concentrations"):
        fit_logistic4(np.array([0.0, 1.0, 1.0, 2.0, 3.0]), np.arange(5.0) + 1.0)


def test_conditions_trade_sensitivity_for_background() -> None:
    usual = true_curve(USUAL)
    long = true_curve(Conditions(180.0, 25.0, 4000.0))
    assert long.ec50 < usual.ec50
    assert long.bottom > usual.bottom
    strong = true_curve(Conditions(60.0, 25.0, 1000.0))
    assert strong.top > usual.top
    assert strong.bottom > usual.bottom
    hot = true_curve(Conditions(60.0, 44.0, 4000.0))
    assert hot.top - hot.bottom < usual.top - usual.bottom


def test_half_of_the_coat_is_taken_at_the_limits_of_the_binding_law() -> None:
    at_25 = [true_curve(Conditions(t, 25.0, 4000.0)).ec50 / 150_000.0 for t in (1e9, 5.0)]
    assert at_25[0] == pytest.approx(1.0e-10, rel=1e-3)
    assert at_25[1] == pytest.approx(math.log(2.0) / (4.0e5 * 300.0), rel=0.02)


def test_stray_light_saturates_the_reader() -> None:
    seen = saturated(np.array([0.5, 2.0, 6.0]), 1e-4)
    np.testing.assert_allclose(seen[:2], [0.5, 2.0], atol=0.005)
    assert 3.9 < seen[2] <= 4.0


def test_a_perfect_plate_reads_back_what_was_in_the_samples() -> None:
    titers = {"a": 0.6, "b": 2.0, "c": 5.0}
    result = Bench(titers, noise=0.0).assay(incubation_temperature=22.0)
    for name, titer in titers.items():
        assert result["values"][name]["value"] == pytest.approx(titer, rel=0.02)
        assert result["values"][name]["quality"] == GOOD
        assert result["values"][name]["drawn_us"] == 7


def test_a_real_plate_is_right_within_its_errors_and_its_controls_say_so() -> None:
    errors, primes = [], []
    for seed in range(6):
        result = Bench({"a": 1.0, "b": 2.0, "c": 4.0}, seed=seed).assay()
        found = [result["values"][name]["value"] for name in "abc"]
        errors += list(np.array(found) / (1.0, 2.0, 4.0) - 1.0)
        primes.append(result["z_prime"])
    assert 0.03 < np.std(errors) < 0.15
    assert 0.5 < np.mean(primes) < 0.9
    assert result["lloq_ng_per_ml"] < 20.0 < 100.0 < result["uloq_ng_per_ml"]


def test_samples_outside_the_limits_are_flagged_at_the_limit() -> None:
    result = Bench({"low": 0.001, "fine": 2.0, "high": 200.0}).assay()
    values = result["values"]
    assert [values[n]["flag"] for n in ("low", "fine")] == ["below_lloq", "ok"]
    assert values["high"]["flag"] in ("above_uloq", "saturated")
    assert values["low"]["quality"] == values["high"]["quality"] == UNCERTAIN
    assert values["low"]["value"] == pytest.approx(result["lloq_ng_per_ml"] * 1e-6 * 20_000, 1e-3)


def test_poor_conditions_show_in_the_controls() -> None:
    good = Bench({"a": 2.0}).assay()
    poor = Bench({"a": 2.0}).assay(
        incubation_min=5.0, incubation_temperature=18.0, conjugate_dilution=50_000.0
    )
    assert poor["z_prime"] < good["z_prime"] - 0.1
    assert poor["signal_window_od"] < 0.5 * good["signal_window_od"]


def test_the_rim_of_a_warm_plate_reads_high() -> None:
    plate = Labware("P", LABWARE_TYPES["plate_96"])
    for well in plate.kind.wells:
        plate.add(well, 100.0, {"product": 1e-4})

    def excess(temperature_c: float) -> float:
        conditions = Conditions(60.0, temperature_c, 4000.0)
        seen = read_plate(plate, conditions, stream(1, "x"), Optics(scale=0.0))
        rim = np.mean([od for w, od in seen.items() if plate.kind.is_edge(w)])
        return float(rim / np.mean([od for w, od in seen.items() if not plate.kind.is_edge(w)]))

    assert excess(37.0) == pytest.approx(1.0 + 0.004 * 15.0 * (1 - math.exp(-1.0)), rel=0.01)
    assert excess(22.0) == pytest.approx(1.0, abs=1e-3)


def test_z_prime_is_that_of_its_definition() -> None:
    labels = {f"w{n}": {"role": role} for n, role in enumerate(["high"] * 3 + ["low"] * 3)}
    ods = dict(zip(labels, [1.9, 2.0, 2.1, 0.05, 0.1, 0.15], strict=True))
    assert z_prime(ods, labels) == pytest.approx(1 - 3 * (0.1 + 0.05) / 1.9)
    with pytest.raises(NoControls, match="3 high, 0 low"):
        z_prime({w: od for w, od in ods.items() if w < "w3"}, labels)


def test_a_plate_without_any_good_standard_says_so() -> None:
    labels: dict[str, Mapping[str, float | str]] = {}
    ods = {}
    for n, level in enumerate([*(4e-4 / 2.5**n for n in range(7)), 0.0]):
        for k, od in enumerate((0.4, 2.4)):  # duplicates that have nothing to do with each other
            labels[f"s{n}{k}"] = {"role": "standard", "g_per_l": level}
            ods[f"s{n}{k}"] = od - 0.05 * n
    for n, role in enumerate(["high", "high", "low", "low"]):
        labels[f"c{n}"], ods[f"c{n}"] = {"role": role}, 0.1 + n
    labels["x"] = {"role": "sample", "sample": "S", "dilution": 10.0, "drawn_us": 0.0}
    ods["x"] = 2.4
    found = analyse(ods, labels, 3.5)
    assert math.isnan(found.lloq_g_per_l)
    assert found.samples["S"].flag == "no_range"
    assert found.samples["S"].value_g_per_l <= 10.0 * 4e-4
    assert QUALITY["no_range"] == BAD


def test_a_plate_is_read_once_and_only_where_it_is() -> None:
    bench = Bench({"a": 2.0})
    plate = bench.plate().result["plate"]
    assert bench.read("LH1-nothing-9", "E0").cause == "no_labware"
    empty = bench.handler.deck.renew("LH1.8", "plate_96", 0.0).labware_id
    assert bench.read(empty, "E1").cause == "plate_used"
    bench.places.move(bench.reader.nest, "LH1.8")
    assert bench.read(plate, "E2").state == "completed"
    assert bench.places.find(plate) == "waste"
    assert bench.read(plate, "E3").cause == "plate_used"


def test_a_well_filled_by_someone_else_is_read_but_not_evaluated() -> None:
    bench = Bench({"a": 2.0}, noise=0.0)
    plate = bench.plate().result["plate"]
    to_plate = {"source": "LH1.4", "target": "LH1.7", "target_well": "H12", "volume_ul": 100.0}
    bench.handler.start("transfer", to_plate, "X")
    bench.env.run()
    task = bench.read(plate)
    assert task.state == "completed"
    assert "H12,unknown," in task.result["files"][0]["text"]
    assert list(task.result["values"]) == ["a"]
    same = bench.plate("Q", plate="LH1.6", block="LH1.6")
    assert same.cause == "plate_used"


def test_a_plate_is_not_taken_away_while_it_is_being_filled() -> None:
    bench = Bench({"a": 2.0})
    plate = bench.handler.deck.on("LH1.7").labware_id
    bench.handler.start("prepare_elisa", {}, "P", bench.samples)
    bench.env.run(until=60.0)
    bench.reader.start("elisa", {"plate": plate}, "E")
    bench.env.run(until=61.0)
    assert bench.reader.tasks["E"].cause == "interlock"
    bench.handler.abort("stop")
    bench.env.run()
    assert not bench.handler.deck.on("LH1.7").is_in_use


def test_a_block_can_be_used_once_and_a_sample_must_be_there() -> None:
    bench = Bench({"a": 2.0})
    assert bench.plate("P1").state == "completed"
    assert bench.plate("P2").cause == "plate_used"
    other = Bench({"a": 2.0})
    other.store.discard("a")
    assert other.plate().cause == "overdraw"
    third = Bench({})
    third.store.add(Sample("x", "V", 0, 1.0, {"drug": 1.0}))
    third.samples = ("x",)
    assert third.plate().cause == "no_analyte"


def test_a_full_plate_takes_32_samples() -> None:
    assert Bench({f"s{n}": 2.0 for n in range(32)}).plate().state == "completed"
    assert Bench({f"s{n}": 2.0 for n in range(33)}).plate().cause == "plate_used"


def test_the_file_holds_every_well_and_equal_seeds_read_equally() -> None:
    first, again = (Bench({"a": 2.0}, seed=3).assay() for _ in range(2))
    assert first == again
    (file,) = first["files"]
    assert file["mime_type"] == "text/csv"
    assert len(file["text"].splitlines()) == 1 + 16 + 16 + 2
    assert Bench({"a": 2.0}, seed=4).assay()["z_prime"] != first["z_prime"]
