"""The general rate model: capacities computed elsewhere, closed balances, exact linear algebra."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.chromatography.ageing import LONG_LIFE_CYCLES, capacity_factor, cycles_until
from twin.chromatography.breakthrough import breakthrough, dynamic_binding_capacity
from twin.chromatography.column import Bed, Column, _constants, _geometry
from twin.chromatography.grid import Grid, GridRefused
from twin.chromatography.isotherm import bound_g_per_l, static_capacity_g_per_l
from twin.chromatography.resin import (
    PROTEIN_A,
    PROTEIN_A_LENGTH_CM,
    PROTEIN_A_VOLUME_L,
    ResinRefused,
)

BED = Bed(PROTEIN_A, PROTEIN_A_LENGTH_CM, PROTEIN_A_VOLUME_L)
COMPUTED_ON = Grid(40, 8, upwind=1.0)
"""Grid of the values computed elsewhere with an ordinary BDF solver."""


@pytest.mark.parametrize(
    ("feed", "residence", "expected"),
    [(1.0, 2.4, 52.0), (1.0, 4.0, 61.5), (1.0, 6.0, 66.8), (0.5, 4.0, 55.8), (3.0, 4.0, 67.3)],
)
def test_dynamic_capacity_on_the_grid_of_the_reference(feed, residence, expected):
    bed = replace(BED, grid=COMPUTED_ON)
    got = dynamic_binding_capacity(bed, feed_g_per_l=feed, residence_min=residence)
    assert got == pytest.approx(expected, abs=0.06)


def test_dynamic_capacity_on_our_own_grid_is_converged():
    finest_of_reference = 62.2  # 80 x 12, upwind
    got = dynamic_binding_capacity(BED, feed_g_per_l=1.0, residence_min=4.0)
    assert got == pytest.approx(finest_of_reference, rel=0.02)
    fine = replace(BED, grid=Grid(160, 20))
    finer = dynamic_binding_capacity(fine, feed_g_per_l=1.0, residence_min=4.0)
    assert got == pytest.approx(finer, rel=2e-3)
    coarse = dynamic_binding_capacity(
        replace(BED, grid=Grid(80, 12, upwind=1.0)), feed_g_per_l=1.0, residence_min=4.0
    )
    assert coarse == pytest.approx(finest_of_reference, abs=0.05)


def test_the_reading_that_keeps_bound_amounts_per_bead_has_less_capacity():
    # as printed, beads hold cp + q / pore_share; here pore_share cp + q
    usual = replace(BED, resin=replace(PROTEIN_A, open_share=PROTEIN_A.pore_share))
    got = dynamic_binding_capacity(usual, feed_g_per_l=1.0, residence_min=4.0)
    assert got == pytest.approx(58.1, abs=0.2)
    bound = sum(bound_g_per_l(usual.resin, 1e9)) * usual.resin.bead_share
    assert bound == pytest.approx(78.9, abs=0.05)


def test_a_breakthrough_is_quick_and_keeps_mass():
    breakthrough(BED, feed_g_per_l=1.0, residence_min=4.0)
    started = time.perf_counter()
    curve = breakthrough(BED, feed_g_per_l=1.0, residence_min=4.0)
    assert time.perf_counter() - started < 0.5
    assert BED.grid.n_states == 1600
    assert abs(curve.imbalance) < 1e-12
    assert curve.share.min() > -1e-6
    assert (np.diff(curve.share) > -1e-6).all()
    assert curve.passed_g_per_l[-1] < curve.load_g_per_l[-1]


def test_a_saturated_column_holds_what_the_isotherm_says():
    column = Column(Bed(PROTEIN_A, 10.0, 2.0))
    column.load(2.0, 0.5, 4000.0)
    assert column.held_g / 2.0 == pytest.approx(static_capacity_g_per_l(PROTEIN_A, 2.0), rel=1e-3)
    assert column.outlet_g_per_l == pytest.approx(2.0, rel=1e-3)
    held = column.held_g
    assert column.empty() == held
    assert column.held_g == 0.0


def test_linear_systems_are_solved_exactly():
    from twin.chromatography.general_rate import factorize, rates, solve

    bed = Bed(PROTEIN_A, 2.0, 1.0, Grid(7, 3))
    rng = np.random.default_rng(3)
    n = bed.grid.n_states + 1
    inward, outward, weights = _geometry(bed)
    constants = _constants(bed, 4.0, 1.3, 0.9)
    shape = (bed.grid.n_cells, bed.grid.n_shells)
    x, b = rng.uniform(0.1, 5.0, n), rng.normal(size=n)
    g = 0.7
    lu, result = np.empty(n), b.copy()
    factorize(x, constants, inward, outward, *shape, g, lu)
    solve(lu, x, constants, inward, outward, *shape, g, result)

    def rate(y):
        out = np.empty(n)
        rates(y, constants, inward, outward, *shape, out)
        return out

    # the rates are quadratic, so a central difference of any width is exact
    jacobian_times = (rate(x + result) - rate(x - result)) / 2.0
    assert g * result - jacobian_times == pytest.approx(b, abs=1e-9)
    # what goes in, less what leaves, is what the column gains
    velocity, inlet = 4.0, 1.3
    gained = weights @ rate(x)[:-1] * bed.length_cm
    assert gained == pytest.approx(velocity * inlet - rate(x)[-1], rel=1e-12)


@settings(deadline=None, max_examples=25)
@given(
    feeds=st.lists(st.floats(0.0, 8.0), min_size=1, max_size=5),
    residence=st.floats(0.5, 20.0),
    minutes=st.floats(0.1, 300.0),
    factor=st.floats(0.3, 1.0),
)
def test_mass_is_kept_under_any_sequence_of_loads(feeds, residence, minutes, factor):
    column = Column(Bed(PROTEIN_A, 20.0, 1.0, Grid(60, 4)), capacity_factor=factor)
    loaded = left = 0.0
    for feed in feeds:
        passed = column.load(feed, 1.0 / residence, minutes)
        loaded += feed * minutes / residence
        left += passed.mass_g
    assert left + column.held_g == pytest.approx(loaded, rel=1e-10, abs=1e-12)
    assert passed.outlet.shape == (0, 2)


def test_ageing_lowers_the_dynamic_capacity():
    worn = capacity_factor(150.0)
    assert capacity_factor(LONG_LIFE_CYCLES) == pytest.approx(0.8)
    assert cycles_until(worn) == pytest.approx(150.0)
    assert -np.log(capacity_factor(1.0)) == pytest.approx(7.4e-4, rel=0.01)
    assert -np.log(capacity_factor(1.0, 100.0)) == pytest.approx(2.2e-3, rel=0.02)
    new = dynamic_binding_capacity(BED, feed_g_per_l=1.0, residence_min=4.0)
    old = dynamic_binding_capacity(BED, feed_g_per_l=1.0, residence_min=4.0, capacity_factor=worn)
    # mass transfer takes its toll whatever the capacity, so the dynamic one falls faster
    assert old / new == pytest.approx(0.872, abs=0.005)
    assert old / new < worn


def test_what_makes_no_sense_is_refused():
    with pytest.raises(GridRefused, match="take 59 or more"):
        Bed(PROTEIN_A, 20.0, 1.0, Grid(40, 8))
    with pytest.raises(ResinRefused, match="pore_share must be at most 1"):
        replace(PROTEIN_A, pore_share=1.2)
    with pytest.raises(ResinRefused, match="the flow must be positive"):
        Column(BED).load(1.0, 0.0, 1.0)
    with pytest.raises(ResinRefused, match="capacity_factor"):
        Column(BED, capacity_factor=1.2)
    with pytest.raises(ResinRefused, match="runs to"):
        breakthrough(BED, feed_g_per_l=1.0, residence_min=4.0, load_g_per_l=10.0).load_at(0.5)
