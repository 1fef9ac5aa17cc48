"""PenSim: the figures computed from the published equations, and the traps in their text."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, integrate_reference, outputs_at
from twin.kinetics.pensim import PENSIM, heat_exchanged, initial_state
from twin.kinetics.pensim_parameters import BATCH_H, FED_BELOW_G_PER_L, START

AT = {state.name: k for k, state in enumerate(PENSIM.states)}
OUTPUT = {output.name: k for k, output in enumerate(PENSIM.outputs)}
P = PENSIM.parameters_with()


def states(**values):
    named = START | values
    return tuple(named[name] for name in AT)


def slope(name, u=None, p=P, **values):
    return PENSIM.rates(0.0, states(**values), u or PENSIM.inputs_with(), p)[AT[name]]


def output(name, u=None, **values):
    return PENSIM.algebraic(0.0, states(**values), u or PENSIM.inputs_with(), P)[OUTPUT[name]]


def batch(feed_rate, out_times=(200.0, 400.0), **inputs):
    """States at the end of the batch phase (45 h) and at later times."""
    integrator = Integrator(compiled(PENSIM), rtol=1e-8)
    x45, _ = integrator.advance(initial_state(), PENSIM.inputs_with(**inputs), P, 0.0, 45.0)
    u = PENSIM.inputs_with(feed_rate=feed_rate, **inputs)
    _, out = integrator.advance(x45, u, P, 45.0, BATCH_H, out_times=out_times)
    return x45, out


# computed with LSODA from the published equations at pH 5 and 298 K, fed from 45 h, maintenance
# switched off without substrate; figures recalled from the paper: X about 13, P about 1.3 - 1.4 g/L
@pytest.mark.parametrize(
    ("feed_rate", "biomass", "product"), [(0.042, 14.39, 1.631), (0.060, 19.40, 2.186)]
)
def test_a_fed_batch_ends_where_computed(feed_rate, biomass, product):
    _, out = batch(feed_rate)
    assert out[-1, AT["biomass"]] == pytest.approx(biomass, rel=1e-3)
    assert out[-1, AT["product"]] == pytest.approx(product, rel=1e-3)


def test_a_fed_batch_is_half_way_where_computed():
    _, out = batch(0.042)
    assert out[0, AT["biomass"]] == pytest.approx(12.68, rel=1e-3)
    assert out[0, AT["product"]] == pytest.approx(1.083, rel=1e-3)
    assert out[1, AT["volume"]] == pytest.approx(91.55, rel=1e-3)
    assert out[:, AT["temperature"]] == pytest.approx([298.0, 298.0], abs=0.01)
    assert out[:, AT["ph"]] == pytest.approx([5.0, 5.0], abs=0.01)


def test_the_batch_phase_ends_after_about_45_h():
    times = np.arange(30.0, 60.0, 0.1)
    u = PENSIM.inputs_with()
    integrator = Integrator(compiled(PENSIM))
    _, out = integrator.advance(initial_state(), u, P, 0.0, 60.0, out_times=times)
    over = times[np.argmax(out[:, AT["substrate"]] < FED_BELOW_G_PER_L)]
    assert 42.0 < over < 45.0


def test_it_agrees_with_the_reference_solver():
    u = PENSIM.inputs_with(feed_rate=0.05, temperature_setpoint=300.0, ph_setpoint=5.5)
    start = states(substrate=1.0, biomass=8.0, product=0.2)
    got, _ = Integrator(compiled(PENSIM), rtol=1e-8).advance(start, u, P, 0.0, 100.0)
    expected, _ = integrate_reference(PENSIM, start, u, P, 0.0, 100.0, rtol=1e-9)
    assert got == pytest.approx(expected, rel=1e-6)


def test_the_heat_of_growth_warms_as_much_at_any_temperature():
    # the misplaced parenthesis would multiply it by the difference to the water
    quiet = PENSIM.parameters_with(water_max=0.0)
    fast = {"biomass": 10.0, "substrate": 10.0}
    for temperature in (290.0, 300.0):
        heat = output("heat", temperature=temperature, **fast)
        mu = output("mu", temperature=temperature, **fast)
        assert heat == pytest.approx((60.0 * mu + 1.6783e-4) * 10.0 * 100.0)
        warming = slope("temperature", p=quiet, temperature=temperature, **fast)
        assert warming == pytest.approx(heat / (100.0 * 1500.0), rel=1e-9)


def test_water_exchanges_heat_as_published():
    # 1000 F^0.6 / (1 + 1000 F^-0.4 / 2000), by hand at 1 and 32 L/h
    assert heat_exchanged(1.0, 1000.0, 0.6, 1000.0) == pytest.approx(1000.0 / 1.5)
    assert heat_exchanged(32.0, 1000.0, 0.6, 1000.0) == pytest.approx(8000.0 / 1.125)
    assert heat_exchanged(0.0, 1000.0, 0.6, 1000.0) == pytest.approx(0.0, abs=1e-6)


def test_the_valves_hold_temperature_and_ph():
    u = PENSIM.inputs_with(temperature_setpoint=301.0, ph_setpoint=5.6)
    x, _ = Integrator(compiled(PENSIM)).advance(initial_state(), u, P, 0.0, 40.0)
    assert x[AT["temperature"]] == pytest.approx(301.0, abs=0.02)
    assert x[AT["ph"]] == pytest.approx(5.6, abs=0.02)
    assert slope("temperature", temperature=300.0) < 0.0 < slope("temperature", temperature=296.0)
    assert slope("ph", ph=5.4) < 0.0 < slope("ph", ph=4.6)
    assert output("base_rate", ph=4.9) == pytest.approx(2.5e-3, rel=1e-2)


def test_growth_sours_by_what_is_published():
    # d[H+]/dt = 1e-5 mol/g mu X at pH 5, where water itself matters by 1e-4
    p = PENSIM.parameters_with(titrant_max=0.0)
    souring = 1e-5 * output("mu", biomass=5.0) * 5.0
    expected = -souring / (1e-5 * math.log(10.0))
    assert slope("ph", p=p, biomass=5.0) == pytest.approx(expected, rel=2e-4)


def test_a_dilution_that_takes_more_acid_than_growth_gives_leaves_ph_finite():
    # printed, [H+] would turn negative within a second
    p = PENSIM.parameters_with(titrant_max=0.0, feed_substrate=0.0)
    u = PENSIM.inputs_with(feed_rate=1.0)
    start = states(biomass=20.0, substrate=0.0, oxygen=0.0, volume=50.0, ph=9.0)
    x, _ = Integrator(compiled(PENSIM)).advance(start, u, p, 0.0, 1.0)
    assert 9.0 < x[AT["ph"]] < 14.0


def test_carbon_dioxide_is_as_published():
    mu = output("mu", biomass=8.0)
    expected = 0.143 * mu * 8.0 + 4e-7 * 8.0 + 1e-4
    assert slope("carbon_dioxide", biomass=8.0) == pytest.approx(expected, rel=1e-9)


def test_oxygen_transfer_is_as_published():
    assert output("kla") == pytest.approx(70.0 * math.sqrt(8.6) * 0.3**0.4)
    assert output("dissolved_oxygen") == pytest.approx(100.0)


def test_volume_balance_closes_without_evaporation():
    p = PENSIM.parameters_with(evaporation=0.0, k_hydrolysis=0.0, mu_p=0.0, m_x=0.0, titrant_max=0)
    u = PENSIM.inputs_with(feed_rate=0.05)
    tight = Integrator(compiled(PENSIM), rtol=1e-11, atol=1e-13)
    x0 = states(substrate=5.0, product=1.0)
    x, _ = tight.advance(x0, u, p, 0.0, 200.0)
    volume = x[AT["volume"]]
    assert volume == pytest.approx(110.0, rel=1e-10)
    assert x[AT["product"]] * volume == pytest.approx(100.0, rel=1e-8)
    grown = x[AT["biomass"]] * volume - 10.0
    left = x[AT["substrate"]] * volume
    assert left + grown / 0.45 == pytest.approx(500.0 + 10.0 * 600.0, rel=1e-8)


@settings(deadline=None, max_examples=40)
@given(
    feed=st.lists(st.floats(0.0, 0.5), min_size=3, max_size=3),
    aeration=st.floats(0.0, 12.0),
    power=st.floats(0.0, 60.0),
    temperature=st.floats(290.0, 312.0),
    ph=st.floats(4.0, 7.5),
)
def test_no_recipe_gives_negative_or_missing_numbers(feed, aeration, power, temperature, ph):
    integrator = Integrator(compiled(PENSIM))
    x = np.array(initial_state())
    for k, rate in enumerate(feed):
        u = PENSIM.inputs_with(
            feed_rate=rate,
            aeration=aeration,
            agitator_power=power,
            temperature_setpoint=temperature,
            ph_setpoint=ph,
        )
        x, _ = integrator.advance(x, u, P, 130.0 * k, 130.0 * (k + 1))
        assert np.isfinite(x).all()
        assert x.min() >= 0.0
    assert np.isfinite(outputs_at(compiled(PENSIM), 390.0, x, u, P)).all()


@pytest.mark.parametrize("empty", ["biomass", "substrate", "oxygen", "product", "carbon_dioxide"])
def test_no_rate_takes_from_what_is_gone(empty):
    u = PENSIM.inputs_with(feed_rate=0.1)
    assert slope(empty, u=u, **{"biomass": 10.0, "product": 1.0, "ph": 5.2, empty: 0.0}) >= 0.0


def test_the_same_equations_take_pyomo_variables():
    pyo = pytest.importorskip("pyomo.environ")
    values, u = states(biomass=5.0, ph=4.9, temperature=298.2), PENSIM.inputs_with(feed_rate=0.04)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(len(values)), initialize=dict(enumerate(values)))
    x = tuple(m.x[i] for i in m.x)
    for function in (PENSIM.rates, PENSIM.algebraic):
        got = [pyo.value(e) for e in function(0.0, x, u, P)]
        assert got == pytest.approx(list(function(0.0, values, u, P)), rel=1e-12)
