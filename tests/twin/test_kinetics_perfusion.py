"""The CHO perfusion model: computed steady states, identities, closed balances, sane limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, integrate_reference, outputs_at
from twin.kinetics.cho_perfusion import CHO_PERFUSION, co2_solubility
from twin.kinetics.perfusion_parameters import NO_EXTENSIONS
from twin.kinetics.perfusion_start import (
    initial_state,
    perfusion_inputs,
)

NAMES = [state.name for state in CHO_PERFUSION.states]
OUTPUTS = [output.name for output in CHO_PERFUSION.outputs]
LONG_H = 2400.0
PUBLISHED = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS)
AS_PRINTED = 0.038  # the glutamine half constant of the documentation's table


def named(x, outputs):
    return dict(zip(NAMES, x.tolist(), strict=True)) | dict(
        zip(OUTPUTS, outputs.tolist(), strict=True)
    )


def held(cells, medium_vvd, p=PUBLISHED, volume_l=2.0, start=0.5, **inputs):
    """Everything about a culture held at that density long enough to stand still."""
    u = perfusion_inputs(volume_l=volume_l, medium_vvd=medium_vvd, viable_cells=cells, **inputs)
    x0 = initial_state(viable_cells=start * cells, volume_l=volume_l)
    model = compiled(CHO_PERFUSION)
    x, _ = Integrator(model, rtol=1e-9).advance(x0, u, p, 0.0, LONG_H)
    return named(x, outputs_at(model, LONG_H, x, u, p))


@pytest.mark.parametrize(
    ("extensions", "tolerance"), [(NO_EXTENSIONS, 1.0), ({}, 2.0)], ids=["published", "default"]
)
def test_the_computed_steady_state_is_reached(extensions, tolerance):
    # 20e6 cells/mL at one volume a day of 40 mM glucose and 10 mM glutamine, at 37 degC
    at = held(20.0, 1.0, CHO_PERFUSION.parameters_with(**extensions))
    assert at["viable_cells"] == pytest.approx(20.0, rel=1e-6)
    assert at["volume"] == pytest.approx(2.0, rel=1e-6)
    assert at["glucose"] == pytest.approx(11.5, abs=0.05 * tolerance)
    assert at["glutamine"] == pytest.approx(0.59, abs=0.005 * tolerance)
    assert at["lactate"] == pytest.approx(57.0, abs=0.5)
    assert at["ammonia"] == pytest.approx(4.3, abs=0.05)
    assert at["mu"] == pytest.approx(0.0154, abs=5e-5)
    assert at["bleed"] == pytest.approx(0.0140, abs=5e-5 * tolerance)
    assert 1000.0 * at["product"] == pytest.approx(316.0, abs=0.5 * tolerance)
    assert at["cspr"] == pytest.approx(50.0, rel=1e-5)


@pytest.mark.parametrize(
    ("cells", "medium_vvd", "space_time_yield"),
    [(20.0, 1.0, 0.316), (40.0, 2.0, 0.633), (60.0, 3.0, 0.949)],
)
def test_space_time_yield_follows_density(cells, medium_vvd, space_time_yield):
    at = held(cells, medium_vvd)
    assert at["space_time_yield"] == pytest.approx(space_time_yield, abs=5e-4)
    assert at["space_time_yield"] == pytest.approx(at["q_product"] * cells / 1000.0, rel=1e-5)
    # without losses but the bleed, all that is formed leaves
    bled = at["product"] * at["bleed"] * 24.0
    assert at["harvested_yield"] + bled == pytest.approx(at["space_time_yield"], rel=1e-6)
    with_everything = held(cells, medium_vvd, CHO_PERFUSION.parameters_with())
    assert with_everything["space_time_yield"] == pytest.approx(space_time_yield, rel=5e-3)


def test_the_glutamine_constant_of_the_code_gives_the_computed_state_the_printed_one_does_not():
    printed = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, k_gln=AS_PRINTED)
    at = held(20.0, 1.0, printed)
    assert at["glutamine"] == pytest.approx(0.422, abs=1e-3)
    assert at["glucose"] == pytest.approx(10.85, abs=0.01)


def test_concentrations_depend_on_the_medium_per_cell_only():
    # glutamine's own decay goes by time, not by cell: without it the identity is exact
    exact = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, k_gln_decay=0.0)
    solutes = ("glucose", "glutamine", "lactate", "ammonia", "product")
    few, many = held(20.0, 1.0, exact), held(60.0, 3.0, exact)
    assert [many[s] for s in solutes] == pytest.approx([few[s] for s in solutes], rel=1e-5)
    other = held(20.0, 1.5, exact)
    assert other["glucose"] > 1.1 * few["glucose"]
    few, many = held(20.0, 1.0), held(60.0, 3.0)
    assert [many[s] for s in solutes] == pytest.approx([few[s] for s in solutes], rel=0.06)
    assert many["glucose"] == pytest.approx(11.34, abs=0.005)


@pytest.mark.parametrize("retention", [1.0, 0.98])
def test_what_grows_is_bled_or_leaks_through_the_membrane(retention):
    p = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, cell_retention=retention)
    at = held(40.0, 2.0, p)
    assert at["viable_cells"] == pytest.approx(40.0, rel=1e-6)
    leak = (1.0 - retention) * at["harvest"]
    assert at["bleed"] + leak == pytest.approx(at["mu"] - at["death"], rel=1e-5)
    assert at["bleed"] + at["harvest"] == pytest.approx(at["perfusion_rate"] / 24.0, rel=1e-5)


def test_a_fixed_bleed_finds_its_own_density():
    u = perfusion_inputs(volume_l=2.0, medium_vvd=1.0, bleed_vvd=0.24)
    x0 = initial_state(viable_cells=10.0, volume_l=2.0)
    model = compiled(CHO_PERFUSION)
    x, _ = Integrator(model, rtol=1e-9).advance(x0, u, PUBLISHED, 0.0, 2.0 * LONG_H)
    at = named(x, outputs_at(model, 0.0, x, u, PUBLISHED))
    assert at["bleed"] == pytest.approx(0.01, rel=1e-4)
    assert at["mu"] - at["death"] == pytest.approx(0.01, rel=1e-4)
    assert 20.0 < at["viable_cells"] < 30.0


def test_sieving_keeps_product_in_the_vessel():
    p = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, product_sieving=0.7)
    at = held(20.0, 1.0, p)
    formed = at["space_time_yield"] / 24.0
    assert at["product"] == pytest.approx(formed / (at["bleed"] + 0.7 * at["harvest"]), rel=1e-5)
    assert at["harvest_titer"] == pytest.approx(0.7 * at["product"])
    assert at["product"] > 1.2 * held(20.0, 1.0)["product"]


def test_medium_by_the_cell_follows_growth():
    u = perfusion_inputs(volume_l=2.0, cspr_setpoint=50.0, viable_cells=60.0)
    p = CHO_PERFUSION.parameters_with()
    model = compiled(CHO_PERFUSION)
    x0 = initial_state(viable_cells=1.0, volume_l=2.0)
    times = [48.0, 120.0, LONG_H]
    _, rows = Integrator(model).advance(x0, u, p, 0.0, LONG_H, out_times=times)
    outputs = outputs_at(model, times, rows, u, p)
    assert outputs[:, OUTPUTS.index("cspr")] == pytest.approx(50.0, rel=1e-9)
    assert outputs[-1, OUTPUTS.index("perfusion_rate")] == pytest.approx(3.0, rel=1e-5)
    assert outputs[0, OUTPUTS.index("perfusion_rate")] < 0.25
    assert rows[-1, NAMES.index("volume")] == pytest.approx(2.0, rel=1e-6)


def test_a_blocked_membrane_floods_the_vessel():
    u = perfusion_inputs(volume_l=2.0, medium_vvd=1.0, harvest_limit=0.01)
    x, _ = Integrator(compiled(CHO_PERFUSION)).advance(
        initial_state(viable_cells=1.0, volume_l=2.0), u, PUBLISHED, 0.0, 24.0
    )
    at = dict(zip(NAMES, x.tolist(), strict=True))
    assert at["harvested"] <= 0.01 * 2.0 * 24.0
    assert at["volume"] == pytest.approx(2.0 + 2.0 - 0.48, rel=1e-3)


def tight(x0, u, p, until_h):
    x, _ = Integrator(compiled(CHO_PERFUSION), rtol=1e-12, atol=1e-14).advance(
        x0, u, p, 0.0, until_h
    )
    return x


def test_balances_close():
    # not at rest: the vessel fills, bleeds, leaks, and its membrane holds product back
    p = CHO_PERFUSION.parameters_with(
        q_mab=0.0, cell_retention=0.97, product_sieving=0.8, k_gln_decay=0.0, m_glc=0.0
    )
    u = perfusion_inputs(volume_l=2.5, medium_vvd=2.0, bleed_vvd=0.3, viable_cells=15.0)
    x0 = list(initial_state(viable_cells=10.0, volume_l=2.0))
    x0[NAMES.index("product")] = 1.5
    end = dict(zip(NAMES, tight(x0, u, p, 240.0).tolist(), strict=True))
    assert end["bled"] > 0.1
    assert end["medium_used"] == pytest.approx(2.0 * 2.5 * 10.0, rel=1e-8)
    volume = 2.0 + end["medium_used"] - end["harvested"] - end["bled"]
    assert end["volume"] == pytest.approx(volume, rel=1e-8)
    product = end["product"] * end["volume"] + end["product_harvested"] + end["product_bled"]
    assert product == pytest.approx(1.5 * 2.0, rel=1e-8)


def test_carbon_and_nitrogen_wash_out_by_the_medium_alone():
    # glucose + lactate / yield and ammonia + yield * glutamine: no cell forms or consumes the sum
    p = CHO_PERFUSION.parameters_with(k_gln_decay=0.0)
    u = perfusion_inputs(volume_l=2.0, medium_vvd=1.2, viable_cells=20.0)
    x0 = initial_state(viable_cells=10.0, volume_l=2.0, glucose=25.0, glutamine=4.0)
    end = dict(zip(NAMES, tight(x0, u, p, 60.0).tolist(), strict=True))
    left = math.exp(-end["medium_used"] / 2.0)  # the volume stays at 2 L to 1e-8
    assert end["volume"] == pytest.approx(2.0, rel=1e-6)
    assert end["lactate"] > 20.0
    assert end["glucose"] + end["lactate"] / 2.0 == pytest.approx(40.0 - 15.0 * left, rel=1e-8)
    assert end["ammonia"] + 0.45 * end["glutamine"] == pytest.approx(
        0.45 * (10.0 - 6.0 * left), rel=1e-8
    )


def test_carbon_dioxide_is_what_breathing_makes_less_stripping_and_medium():
    at = held(40.0, 2.0, CHO_PERFUSION.parameters_with())
    assert at["our"] == pytest.approx(40.0 * 0.30, rel=0.01)
    assert at["cer"] == pytest.approx(0.97 * at["our"])
    out = (0.25 * at["kla"] + at["perfusion_rate"] / 24.0) * at["carbon_dioxide"]
    assert out == pytest.approx(at["cer"], rel=1e-6)
    assert at["dissolved_oxygen"] == pytest.approx(40.0, abs=4.0)
    assert 40.0 < at["pco2"] < 80.0
    assert co2_solubility(37.0, 133.322) == pytest.approx(0.0344, abs=5e-5)


def test_poor_stripping_slows_growth():
    bad = held(60.0, 3.0, CHO_PERFUSION.parameters_with(co2_stripping=0.15))
    good = held(60.0, 3.0, CHO_PERFUSION.parameters_with())
    assert good["pco2"] < 80.0 < 100.0 < bad["pco2"]
    assert bad["mu"] < 0.97 * good["mu"]
    assert bad["space_time_yield"] < 0.95 * good["space_time_yield"]


def test_ph_is_held_or_drifts_with_ammonia_as_published():
    free = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, ph_control=0.0)
    at = held(20.0, 1.0, free)
    law = 7.1697 - math.log10(0.074028 * at["ammonia"] + 0.968385)
    assert at["ph"] == pytest.approx(law, abs=1e-6)
    assert at["q_product"] == pytest.approx(15.816 * math.exp(-0.5 * ((law - 7.1) / 0.2) ** 2))


@settings(deadline=None, max_examples=60)
@given(
    cells=st.floats(0.1, 30.0),
    held_at=st.floats(1.0, 150.0),
    medium=st.lists(st.floats(0.0, 6.0), min_size=3, max_size=3),
    per_cell=st.floats(0.0, 100.0),
    bleed=st.floats(0.0, 2.0),
    limit=st.floats(0.0, 0.3),
    temperature=st.floats(31.0, 39.0),
    retention=st.floats(0.8, 1.0),
    sieving=st.floats(0.3, 1.0),
    kla_max=st.floats(5.0, 60.0),
)
def test_no_recipe_gives_negative_or_missing_numbers(
    cells, held_at, medium, per_cell, bleed, limit, temperature, retention, sieving, kla_max
):
    p = CHO_PERFUSION.parameters_with(
        cell_retention=retention, product_sieving=sieving, kla_max=kla_max
    )
    solver = Integrator(compiled(CHO_PERFUSION))
    x = np.array(initial_state(viable_cells=cells, volume_l=1.0))
    before = x
    for day, fresh in enumerate(medium):
        u = perfusion_inputs(
            volume_l=1.0,
            medium_vvd=fresh,
            bleed_vvd=bleed,
            viable_cells=held_at,
            cspr_setpoint=per_cell if day else 0.0,
            harvest_limit=limit if day == 1 else 1.0,
            temperature_setpoint=temperature,
        )
        x, _ = solver.advance(x, u, p, 120.0 * day, 120.0 * (day + 1))
        assert np.isfinite(x).all()
        assert x.min() >= 0.0
        for total in ("medium_used", "harvested", "product_harvested", "bled", "product_bled"):
            assert x[NAMES.index(total)] >= before[NAMES.index(total)] - 1e-9
        before = x


def test_it_agrees_with_the_reference_solver():
    u = perfusion_inputs(volume_l=1.0, medium_vvd=1.0, cspr_setpoint=10.0, viable_cells=40.0)
    x0 = initial_state(viable_cells=2.0, volume_l=1.0)
    p = CHO_PERFUSION.parameters_with(ph_control=0.5, product_sieving=0.9)
    got, _ = Integrator(compiled(CHO_PERFUSION)).advance(x0, u, p, 0.0, 336.0)
    expected, _ = integrate_reference(CHO_PERFUSION, x0, u, p, 0.0, 336.0, rtol=1e-10, atol=1e-12)
    assert got == pytest.approx(expected, rel=1e-5, abs=1e-8)
