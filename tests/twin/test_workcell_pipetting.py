"""Decks: what is pipetted, what is refused, and that no liquid appears or vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import Task
from twin.randomness import stream
from twin.workcell.deck import Deck, NoTips
from twin.workcell.labware import EDGE_EVAPORATION, LABWARE_TYPES, Labware, Overflow
from twin.workcell.liquid_handler import LiquidHandler
from twin.workcell.pipetting import CHANNELS, PipettingError, StrokeTooSmall, channel_for, strokes
from twin.workcell.places import Places
from twin.workcell.samples import Overdrawn, Sample, SampleStore


def handler(seed: int = 1, noise: float = 1.0) -> LiquidHandler:
    env = simpy.Environment()
    return LiquidHandler(env, "LH1", 0, {}, SampleStore(), Places(), seed, noise)


def run(it: LiquidHandler, program: str, task_id: str, **properties: Any) -> Task:
    task = it.start(program, properties, task_id)
    it.env.run()
    return task


def test_errors_are_within_the_standard_at_the_nominal_volume() -> None:
    for channel in CHANNELS:
        v = channel.nominal_ul
        means = []
        for seed in range(200):
            error = PipettingError(stream(seed, "cal"), 1.0)
            rng = stream(seed, "strokes")
            moved = np.array([error.moved_ul(v, rng) for _ in range(20)])
            means.append(moved.mean() - v)
            if seed == 0:
                many = np.array([error.moved_ul(v, rng) for _ in range(2000)])
                assert many.std() == pytest.approx(channel.random_limit_ul / 2, rel=0.1)
        assert np.std(means) == pytest.approx(channel.systematic_limit_ul / 2, rel=0.15)


def test_small_volumes_err_more_in_proportion() -> None:
    channel = CHANNELS[1]
    relative = [channel.random_sd_ul(v) / v for v in (20.0, 100.0, 200.0)]
    assert relative == sorted(relative, reverse=True)
    assert relative[0] > 2.0 * relative[-1]


def test_volumes_are_split_into_strokes_of_the_smallest_tip_that_will_do() -> None:
    assert [channel_for(v).nominal_ul for v in (5.0, 50.0, 50.1, 999.0)] == [50, 50, 200, 1000]
    assert strokes(1500.0) == [750.0, 750.0]
    with pytest.raises(StrokeTooSmall, match="least is 1"):
        strokes(0.5)


WELLS = st.sampled_from(["A1", "A2", "H12", "D7"])
MOVE = st.tuples(st.integers(0, 1), WELLS, st.integers(0, 1), WELLS, st.floats(1.0, 400.0))


@given(moves=st.lists(MOVE, max_size=60), seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_whatever_is_pipetted_volume_and_solute_are_conserved(
    moves: list[tuple[int, str, int, str, float]], seed: int
) -> None:
    places = Places()
    deck = Deck("D", 5, places, PipettingError(stream(seed, "c"), 1.0), stream(seed, "s"))
    for slot, kind in zip(deck.slots, ("tips_50", "tips_200", "tips_1000"), strict=False):
        deck.renew(slot, kind, 0.0)
    plates = [deck.renew(slot, "plate_96", 0.0) for slot in deck.slots[3:]]
    for well in ("A1", "A2", "H12", "D7"):
        plates[0].add(well, 300.0, {"product": 2.0})
        plates[1].add(well, 200.0, {"salt": 1.0})
    n_done = 0
    for i, a, j, b, volume in moves:
        try:
            deck.transfer(plates[i], a, plates[j], b, volume)
            n_done += 1
        except (Overdrawn, Overflow, NoTips):
            pass
    wells = [p[w] for p in plates for w in p.kind.wells]
    assert sum(w.volume_ul for w in wells) == pytest.approx(2000.0, rel=1e-12)
    assert sum(w.amount("product") for w in wells) == pytest.approx(2400e3, rel=1e-12)
    assert sum(w.amount("salt") for w in wells) == pytest.approx(800e3, rel=1e-12)
    assert all(0.0 <= w.volume_ul <= 360.0 + 1e-6 for w in wells)
    assert deck.n_tips_used >= n_done
    assert deck.n_tips_used + sum(deck.n_tips(c.nominal_ul) for c in CHANNELS) == 3 * 96


def test_water_evaporates_more_at_the_rim_and_leaves_the_solute() -> None:
    plate = Labware("P", LABWARE_TYPES["plate_96"])
    for well in ("A1", "D6"):
        plate.add(well, 100.0, {"product": 1.0})
    plate.settle(10 * 3600.0)
    lost = {well: 100.0 - plate[well].volume_ul for well in ("A1", "D6")}
    assert lost["A1"] == pytest.approx(EDGE_EVAPORATION * lost["D6"])
    assert lost["D6"] > 0.0
    assert plate["A1"].amount("product") == pytest.approx(100e3)
    assert sum(lost.values()) == pytest.approx(plate.evaporated_ul)
    plate.is_lidded = True
    plate.settle(1000 * 3600.0)
    assert plate["D6"].volume_ul == pytest.approx(100.0 - lost["D6"])


def test_what_a_deck_cannot_do_is_a_task_that_failed_with_a_cause() -> None:
    it = handler()
    to_plate = {"target": "LH1.7", "target_well": "A1"}
    cases = [
        ("overdraw", {"source": "LH1.6", "source_well": "A1", "volume_ul": 10.0, **to_plate}),
        ("no_well", {"source": "LH1.4", "source_well": "B1", "volume_ul": 10.0, **to_plate}),
        ("no_well", {"source": "LH1.1", "source_well": "A1", "volume_ul": 10.0, **to_plate}),
        ("no_labware", {"source": "LH1.8", "source_well": "A1", "volume_ul": 10.0, **to_plate}),
        ("overflow", {"source": "LH1.4", "source_well": "A1", "volume_ul": 400.0, **to_plate}),
    ]
    for n, (cause, properties) in enumerate(cases):
        task = run(it, "transfer", f"T{n}", **properties)
        assert (task.state, task.cause) == ("failed", cause), task.reason
    assert it.deck.on("LH1.7")["A1"].volume_ul == 0.0


def test_the_dead_volume_of_a_tube_stays_in_it() -> None:
    it = handler(noise=0.0)
    properties = {"source": "LH1.5", "target": "LH1.6", "target_well": "A1"}
    dead = LABWARE_TYPES["tube_rack_24"].dead_ul
    assert run(it, "transfer", "T1", **properties, volume_ul=1800.0 - dead).state == "completed"
    assert run(it, "transfer", "T2", **properties, volume_ul=2.0).cause == "overdraw"


def test_tips_run_out_as_data_and_a_new_rack_helps() -> None:
    it = handler()
    for n in range(96):
        assert run(it, "transfer", f"T{n}", source="LH1.4", target="LH1.6", volume_ul=10.0).state
    before = it.deck.on("LH1.6")["A1"].volume_ul
    out = run(it, "transfer", "T96", source="LH1.4", target="LH1.6", volume_ul=10.0)
    assert (out.cause, out.result["n_tips"]) == ("no_tips", 0)
    assert it.deck.on("LH1.6")["A1"].volume_ul == pytest.approx(before, abs=1.0)
    run(it, "restock", "R1", slot="LH1.1", labware="tips_50")
    again = run(it, "transfer", "T97", source="LH1.4", target="LH1.6", volume_ul=10.0)
    assert (again.state, again.result["n_tips"]) == ("completed", 1)


def test_a_dilution_series_halves_with_the_error_of_its_strokes() -> None:
    for noise, tolerance in ((0.0, 5e-4), (1.0, 0.06)):
        it = handler(noise=noise)
        block = it.deck.on("LH1.6")
        block.add("A1", 1000.0, {"product": 1.0})
        task = run(
            it, "dilution_series", "D", plate="LH1.6", factor=2.0, n_steps=5.0, volume_ul=1000.0
        )
        assert task.state == "completed"
        found = [block[f"A{n}"].solutes["product"] for n in range(1, 7)]
        # without pipetting error only evaporation is left
        np.testing.assert_allclose(found, [0.5**n for n in range(6)], rtol=tolerance)
        assert task.result["n_tips"] == 6  # one for all diluent, one per step
    short = run(
        it, "dilution_series", "E", plate="LH1.6", factor=2.0, n_steps=12.0, volume_ul=100.0
    )
    assert short.cause == "no_well"


def test_a_384_plate_is_filled_with_one_tip() -> None:
    it = handler()
    run(it, "restock", "R", slot="LH1.8", labware="plate_384")
    task = run(it, "fill_plate", "F", plate="LH1.8", volume_ul=50.0)
    assert (task.state, task.result["n_transfers"], task.result["n_tips"]) == ("completed", 384, 1)
    volumes = [it.deck.on("LH1.8")[w].volume_ul for w in LABWARE_TYPES["plate_384"].wells]
    assert np.mean(volumes) == pytest.approx(50.0, rel=0.06)  # less what evaporated meanwhile
    assert volumes[0] < volumes[-1]


def test_equal_seeds_pipette_equally() -> None:
    def moved(seed: int, task_id: str) -> float:
        task = run(
            handler(seed), "transfer", task_id, source="LH1.4", target="LH1.7", volume_ul=50.0
        )
        return float(task.result["moved_ul"])

    assert moved(4, "T") == moved(4, "T")
    assert len({moved(4, "T"), moved(5, "T"), moved(4, "U")}) == 3


def test_portions_of_a_sample_add_up_and_no_more_can_be_taken() -> None:
    store = SampleStore()
    store.add(Sample("S", "R01", 0, 1.0, {"product": 1.0}))
    for _ in range(4):
        assert store.take("S", 0.25).volume_ml == 0.25
    with pytest.raises(Overdrawn, match="is not there"):
        store.take("S", 0.25)
    store.add(Sample("S", "R01", 0, 0.1, {}))
    with pytest.raises(Overdrawn, match=r"holds 0\.1 mL"):
        store.take("S", 0.2)
    assert store.get("S") is not None
