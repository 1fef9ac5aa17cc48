"""Counter-current capture: mass, what the second column is for, and the published upset."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.chromatography.breakthrough import breakthrough, dynamic_binding_capacity
from twin.chromatography.column import Bed, Column
from twin.chromatography.grid import Grid
from twin.chromatography.loading_controller import LoadingController
from twin.chromatography.pcc import Cycle, PccDesign, PccRefused, PeriodicCapture
from twin.chromatography.published_upset import (
    BED,
    COLUMN_L,
    CYCLE_LOAD_CONTROLLED_L,
    CYCLE_LOAD_L,
    DESIGN,
    FEED_AT_STATED_LOADS_G_PER_L,
    FEED_G_PER_L,
    FLOW_L_PER_MIN,
    LEAST_CYCLE_MIN,
    LOAD_L,
    OUTPUT_AFTER_STEP_MG,
    OUTPUT_BEFORE_MG,
    OUTPUT_CONTROLLED_MG,
    STEP_AT_CYCLE,
    upset,
)
from twin.chromatography.resin import PROTEIN_A

RESIDENCE_MIN = COLUMN_L / FLOW_L_PER_MIN
COARSE = Bed(PROTEIN_A, 20.0, 1e-3, Grid(60, 4))


def outputs(cycles):
    before = cycles[STEP_AT_CYCLE - 2].eluted_g
    return {cycle.number: cycle.eluted_g / before for cycle in cycles}


def test_the_published_upset_and_its_recovery():
    published_drop = OUTPUT_AFTER_STEP_MG / OUTPUT_BEFORE_MG  # 0.779
    published_recovery = OUTPUT_CONTROLLED_MG / OUTPUT_BEFORE_MG  # 0.965
    left_alone = outputs(upset(is_controlled=False))
    assert left_alone[3] == pytest.approx(left_alone[2], rel=1e-3)  # settled before the step
    assert left_alone[5] == pytest.approx(published_drop, abs=0.04)
    assert left_alone[12] == pytest.approx(0.8, abs=1e-3)  # no less can come of 80 % of the load
    cycles = upset(is_controlled=True)
    controlled = outputs(cycles)
    assert controlled[4] < 0.86
    assert controlled[5] >= 0.96
    assert controlled[5] == pytest.approx(published_recovery, abs=0.04)
    assert min(controlled[n] for n in range(5, 13)) > 0.98
    assert cycles[8].loaded_l == pytest.approx(CYCLE_LOAD_CONTROLLED_L, rel=0.01)
    assert cycles[2].minutes == pytest.approx(95.0, abs=0.5)
    assert DESIGN.least_load_l / FLOW_L_PER_MIN == pytest.approx(LEAST_CYCLE_MIN)


def test_two_columns_take_the_upset_alike():
    left_alone = outputs(upset(is_controlled=False, n_columns=2, n_cycles=7))
    cycles = upset(is_controlled=True, n_columns=2, n_cycles=7)
    controlled = outputs(cycles)
    assert left_alone[7] == pytest.approx(0.8, abs=1e-3)
    assert left_alone[5] < 0.82
    assert controlled[5] > 0.98
    # the feed waits while the loaded column is washed onto the other
    assert cycles[2].minutes == pytest.approx(CYCLE_LOAD_L / FLOW_L_PER_MIN + DESIGN.wash_min)


def test_the_feeds_of_the_upset_are_what_they_are_said_to_be():
    dynamic = dynamic_binding_capacity(BED, feed_g_per_l=FEED_G_PER_L, residence_min=RESIDENCE_MIN)
    per_column = CYCLE_LOAD_L / COLUMN_L * FEED_G_PER_L
    assert per_column == pytest.approx(dynamic, rel=0.1)
    stated = FEED_AT_STATED_LOADS_G_PER_L
    load = LOAD_L / COLUMN_L * stated
    curve = breakthrough(BED, feed_g_per_l=stated, residence_min=RESIDENCE_MIN, load_g_per_l=load)
    assert load - curve.passed_g_per_l[-1] == pytest.approx(
        CYCLE_LOAD_L / COLUMN_L * stated, rel=1e-3
    )


def test_much_breakthrough_onto_the_second_column_spreads_the_upset():
    left_alone = outputs(upset(is_controlled=False, feed_g_per_l=FEED_AT_STATED_LOADS_G_PER_L))
    assert left_alone[5] > 0.95
    assert left_alone[12] < 0.83


@settings(deadline=None, max_examples=15)
@given(
    n_columns=st.sampled_from((2, 3)),
    feeds=st.lists(st.tuples(st.floats(0.0, 0.05), st.floats(0.0, 6.0)), min_size=1, max_size=8),
    gain=st.floats(0.1, 1.0),
    life=st.sampled_from((None, 5.0)),
)
def test_all_that_was_fed_is_eluted_lost_or_held(n_columns, feeds, gain, life):
    design = PccDesign(COARSE, n_columns, 0.38e-3, 20e-3, 10.0, 30.0, life)
    controller = LoadingController(0.03, design.least_load_l, 60e-3, gain)
    capture = PeriodicCapture(design, controller)
    for volume_l, concentration in feeds:
        capture.push(volume_l, concentration)
    fed = math.fsum(volume * concentration for volume, concentration in feeds)
    out = math.fsum(cycle.eluted_g + cycle.lost_g for cycle in capture.cycles)
    assert out + capture.lost_g + capture.held_g == pytest.approx(fed, rel=1e-9, abs=1e-12)
    assert all(cycle.loaded_l > 0.0 for cycle in capture.cycles)
    fed_l = math.fsum(volume for volume, _ in feeds)
    taken = math.fsum(cycle.loaded_l for cycle in capture.cycles)
    assert taken + capture.cycle_load_l - capture.remaining_l == pytest.approx(fed_l, abs=1e-9)


@pytest.mark.parametrize("n_columns", [2, 3])
def test_the_second_column_catches_what_one_would_lose(n_columns):
    feed, load = 1.9, 36e-3
    single = Column(COARSE)
    lost_by_one = single.load(feed, FLOW_L_PER_MIN, load / FLOW_L_PER_MIN).mass_g
    capture = PeriodicCapture(replace(DESIGN, bed=COARSE, n_columns=n_columns))
    while len(capture.cycles) < 6:
        capture.push(capture.remaining_l, feed)
    assert lost_by_one > 0.03 * feed * load
    assert capture.cycles[-1].lost_g < 0.2 * lost_by_one


def test_worn_columns_lose_product_at_the_same_load():
    # in cycles that count for many
    capture = PeriodicCapture(replace(DESIGN, bed=COARSE, life_cycles=3.0))
    for _ in range(18):
        capture.push(capture.remaining_l, 1.9)
    lost = [cycle.lost_g / cycle.loaded_g for cycle in capture.cycles]
    assert lost[2] < 1e-3
    assert lost[-1] > 0.03


def test_a_short_cycle_and_nonsense_are_refused():
    with pytest.raises(PccRefused, match=r"at least 0\.03002 L"):
        replace(DESIGN, cycle_load_l=20e-3)
    with pytest.raises(PccRefused, match="2 or 3 columns"):
        replace(DESIGN, n_columns=4)
    with pytest.raises(PccRefused, match="gain"):
        LoadingController(1.0, 1.0, 2.0, gain=0.0)
    with pytest.raises(PccRefused, match="volume"):
        PeriodicCapture(DESIGN).push(-1.0, 1.0)
    empty = Cycle(1, 36e-3, 0.0, 0.0, 0.0, 95.0)
    assert LoadingController(1.0, 30e-3, 60e-3).next_load_l(empty) == 60e-3
