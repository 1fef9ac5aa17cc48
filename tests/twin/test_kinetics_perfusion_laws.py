"""The CHO perfusion model's laws at a point, its helpers, and what no state may do to it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.kinetics.cho_perfusion import CHO_PERFUSION, cell_rates, co2_solubility, smaller_of
from twin.kinetics.model import UnknownName
from twin.kinetics.perfusion_parameters import NO_EXTENSIONS
from twin.kinetics.perfusion_start import (
    NotPositive,
    cspr,
    flow_l_per_h,
    initial_state,
    perfusion_inputs,
    vvd,
)

NAMES = [state.name for state in CHO_PERFUSION.states]
OUTPUTS = [output.name for output in CHO_PERFUSION.outputs]
PUBLISHED = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS)


def values(**changes):
    base = dict(zip(NAMES, initial_state(viable_cells=20.0, volume_l=1.0), strict=True))
    base |= {"lactate": 50.0, "ammonia": 4.0, "product": 0.3, "carbon_dioxide": 1.0}
    return tuple((base | changes)[name] for name in NAMES)


def output(name, p=PUBLISHED, u=None, **changes):
    got = CHO_PERFUSION.algebraic(0.0, values(**changes), u or CHO_PERFUSION.inputs_with(), p)
    return got[OUTPUTS.index(name)]


def slope(name, p=PUBLISHED, u=None, **changes):
    got = CHO_PERFUSION.rates(0.0, values(**changes), u or CHO_PERFUSION.inputs_with(), p)
    return got[NAMES.index(name)]


def test_carbon_dioxide_slows_growth_and_production_beyond_what_they_bear():
    assert co2_solubility(37.0, 133.322) == pytest.approx(0.0344, abs=5e-5)
    p = CHO_PERFUSION.parameters_with()
    mm = co2_solubility(37.0, 133.322)
    for name, pressure in (("mu", 120.0), ("q_product", 150.0)):
        less = output(name, p, carbon_dioxide=pressure * mm) / output(name, p)
        assert less == pytest.approx(0.6, rel=1e-4)
        assert output(name, p, carbon_dioxide=79.0 * mm) == pytest.approx(output(name, p), rel=1e-6)
        assert output(name, p, carbon_dioxide=300.0 * mm) < 1e-3 * output(name, p)


def test_ph_is_held_at_its_set_point():
    assert slope("ph", ph=7.0) == pytest.approx(0.1 / 0.3)


def test_growth_follows_the_published_line_once_and_not_five_times():
    plenty = {"glucose": 1e6, "glutamine": 1e6, "lactate": 0.0, "ammonia": 0.0}
    for temperature in (33.0, 35.0, 37.0):
        mu = output("mu", temperature=temperature, **plenty)
        assert mu == pytest.approx(0.0016 * temperature - 0.0308, rel=2e-6)
    five = CHO_PERFUSION.parameters_with(**NO_EXTENSIONS, mu_multiplier=5.0)
    assert output("mu", five, **plenty) == pytest.approx(0.142, rel=1e-4)


def test_death_falls_on_cooling_unless_the_published_line_is_asked_for():
    ratio = 1.0 / (1.0 + (1.76 / 4.0) ** 2)
    for temperature in (33.0, 37.0):
        line = -0.0045 * temperature + 0.1682
        assert output("death", temperature=temperature) == pytest.approx(line * ratio, rel=1e-6)
    calm = CHO_PERFUSION.parameters_with(**(NO_EXTENSIONS | {"published_death": 0.0}))
    warm, cold = (output("death", calm, temperature=t) for t in (37.0, 33.0))
    assert warm == pytest.approx(output("death"), rel=1e-6)
    assert cold == pytest.approx(0.9 * warm, rel=1e-12)
    default = CHO_PERFUSION.parameters_with()
    cold = output("death", default, temperature=33.0)
    assert cold < output("death", default, temperature=37.0)


@pytest.mark.parametrize("stress", [{"glucose": 0.0}, {"oxygen": 0.0}, {"temperature": 42.0}])
def test_stress_kills(stress):
    p = CHO_PERFUSION.parameters_with()
    assert output("death", p, **stress) > 0.015 > 5.0 * output("death", p)


def test_helpers_speak_volumes_per_day():
    assert cspr(1.0, 20.0) == 50.0
    assert vvd(50.0, 60.0) == 3.0
    assert flow_l_per_h(2.4, 0.5) == pytest.approx(0.05)
    u = perfusion_inputs(volume_l=0.5, medium_vvd=2.4, temperature_setpoint=35.0)
    assert u[CHO_PERFUSION.input_index("medium_rate")] == pytest.approx(0.05)
    assert u[CHO_PERFUSION.input_index("volume_setpoint")] == 0.5
    assert u[CHO_PERFUSION.input_index("temperature_setpoint")] == 35.0
    assert output("perfusion_rate", u=perfusion_inputs(volume_l=1.0, medium_vvd=1.5)) == 1.5


def test_nonsense_is_refused():
    with pytest.raises(NotPositive, match="volume_l must be more than 0, got 0"):
        perfusion_inputs(volume_l=0.0)
    with pytest.raises(NotPositive, match="viable_cells must be more than 0"):
        perfusion_inputs(volume_l=1.0, viable_cells=math.nan)
    with pytest.raises(NotPositive, match="viable_cells"):
        cspr(1.0, 0.0)
    with pytest.raises(NotPositive, match="volume_l"):
        initial_state(viable_cells=1.0, volume_l=-1.0)
    with pytest.raises(UnknownName, match="did you mean 'medium_glucose'"):
        perfusion_inputs(volume_l=1.0, medium_glucos=3.0)


def test_every_parameter_of_the_published_table_says_so():
    table = {p.name for p in CHO_PERFUSION.parameters if "Table 6.1" in p.source}
    assert {"mu_max", "k_glc", "ki_lac", "y_x_glc", "m_glc", "q_mab", "kd_amm"} <= table
    assert "k_gln" not in table


@given(a=st.floats(0.0, 1e3), b=st.floats(0.0, 1e3))
def test_the_smaller_of_two(a, b):
    got = smaller_of(a, b)
    assert 0.0 <= got <= min(a, b)
    assert got == pytest.approx(min(a, b), rel=1e-3, abs=1e-9)


HIGH = {
    "viable_cells": 200.0,
    "dead_cells": 200.0,
    "glucose": 200.0,
    "glutamine": 50.0,
    "lactate": 200.0,
    "ammonia": 50.0,
    "product": 20.0,
    "oxygen": 1.2,
    "carbon_dioxide": 20.0,
    "temperature": 45.0,
    "ph": 14.0,
    "volume": 10.0,
    "medium_used": 100.0,
    "harvested": 100.0,
    "product_harvested": 100.0,
    "bled": 100.0,
    "product_bled": 100.0,
}
LOW = {"temperature": 5.0, "volume": 0.05}
amounts = st.floats(0.0, 1.0)


@given(
    shares=st.lists(amounts, min_size=len(NAMES), max_size=len(NAMES)),
    empty=st.sampled_from([n for n in NAMES if n not in ("temperature", "ph", "volume")]),
    medium=st.floats(0.0, 1.0),
    bleed=st.floats(0.0, 1.0),
    limit=st.floats(0.0, 1.0),
    switches=st.tuples(st.floats(0.1, 1.0), amounts, amounts, amounts),
)
def test_no_rate_takes_from_what_is_gone(shares, empty, medium, bleed, limit, switches):
    x = [
        LOW.get(name, 0.0) + share * (HIGH[name] - LOW.get(name, 0.0))
        for name, share in zip(NAMES, shares, strict=True)
    ]
    x[NAMES.index(empty)] = 0.0
    u = CHO_PERFUSION.inputs_with(medium_rate=medium, bleed_rate=bleed, harvest_limit=limit)
    retention, sieving, published, control = switches
    p = CHO_PERFUSION.parameters_with(
        cell_retention=retention,
        product_sieving=sieving,
        published_death=published,
        ph_control=control,
    )
    derivatives = CHO_PERFUSION.rates(0.0, tuple(x), u, p)
    assert all(math.isfinite(value) for value in derivatives)
    assert derivatives[NAMES.index(empty)] >= 0.0
    assert all(math.isfinite(v) for v in CHO_PERFUSION.algebraic(0.0, tuple(x), u, p))
    assert min(cell_rates(tuple(x), p)) >= 0.0


def test_the_same_equations_take_arrays_and_pyomo_variables():
    x, u, p = values(), perfusion_inputs(volume_l=1.0, medium_vvd=1.0), PUBLISHED
    expected = CHO_PERFUSION.rates(0.0, x, u, p)
    rows = CHO_PERFUSION.rates(0.0, tuple(np.full(3, v) for v in x), u, p)
    for row, value in zip(rows, expected, strict=True):
        assert np.broadcast_to(row, 3) == pytest.approx(np.full(3, value), rel=1e-12, abs=1e-15)
    pyo = pytest.importorskip("pyomo.environ")
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(len(x)), initialize=dict(enumerate(x)))
    m.u = pyo.Var(range(len(u)), initialize=dict(enumerate(u)))
    for function in (CHO_PERFUSION.rates, CHO_PERFUSION.algebraic):
        got = function(0.0, tuple(m.x[i] for i in m.x), tuple(m.u[i] for i in m.u), p)
        assert [pyo.value(e) for e in got] == pytest.approx(
            list(function(0.0, x, u, p)), rel=1e-10, abs=1e-15
        )
