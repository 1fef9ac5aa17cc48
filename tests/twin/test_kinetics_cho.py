"""The CHO fed-batch equations: the published table, the published checks, and sane limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.kinetics import clones, media
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH, cell_rates, oxygen_solubility
from twin.kinetics.cho_parameters import NO_EXTENSIONS
from twin.kinetics.culture import (
    SEED_CULTURE,
    TooDense,
    initial_state,
    parameters_for,
)
from twin.kinetics.mixing import with_added
from twin.kinetics.model import UnknownName

# Kornecki & Strube, Bioengineering 2018, 5(1), 25, Table 2, per cell as printed
TABLE_2 = {
    "mu_max": 0.039,
    "k_d": 0.004,
    "k_glc": 1.0,
    "k_gln": 0.047,
    "ki_lac": 43.0,
    "ki_amm": 6.51,
    "kd_lac": 45.8,
    "kd_amm": 6.51,
    "y_x_glc": 0.357,
    "y_x_gln": 0.974,
    "y_lac_glc": 0.70,
    "y_amm_gln": 0.67,
    "r_amm": 6.3e-12 * 1e9,
    "m_glc": 69.2e-12 * 1e9,
    "a1": 3.2e-12 * 1e9,
    "a2": 2.1,
    "q_mab": 1.51e-12 * 1e9,
}
NAMES = [state.name for state in CHO_FEDBATCH.states]
AMMONIA_RELEASE = 5  # negative when more is bound by dying than growth sets free, as published
HEALTHY = {
    "viable_cells": 5.0,
    "dead_cells": 0.5,
    "glucose": 20.0,
    "glutamine": 3.0,
    "lactate": 10.0,
    "ammonia": 2.0,
    "product": 0.5,
    "ions": 240.0,
    "oxygen": 0.09,
    "temperature": 37.0,
    "ph": 7.0,
    "volume": 0.2,
    "base_added": 0.001,
    "contaminant": 0.0,
}


def states(**changes):
    return tuple((HEALTHY | changes)[name] for name in NAMES)


def slope(name, p=None, u=None, **changes):
    values = CHO_FEDBATCH.rates(
        0.0,
        states(**changes),
        u or CHO_FEDBATCH.inputs_with(),
        p or CHO_FEDBATCH.parameters_with(),
    )
    return values[NAMES.index(name)]


def output(name, p=None, u=None, **changes):
    values = CHO_FEDBATCH.algebraic(
        0.0,
        states(**changes),
        u or CHO_FEDBATCH.inputs_with(),
        p or CHO_FEDBATCH.parameters_with(),
    )
    return values[CHO_FEDBATCH.output_index(name)]


def test_defaults_and_clone_k1_are_the_published_table():
    defaults = CHO_FEDBATCH.parameters_with()
    k1 = parameters_for(clones.K1, media.BASAL)
    for name, value in TABLE_2.items():
        position = CHO_FEDBATCH.parameter_index(name)
        assert defaults[position] == pytest.approx(value, rel=1e-12)
        assert k1[position] == defaults[position]
        assert "Table 2" in CHO_FEDBATCH.parameters[position].source


def test_every_parameter_says_where_it_is_from():
    published = {p.name for p in CHO_FEDBATCH.parameters if not p.source.startswith("assumption")}
    assert set(TABLE_2) | {"growth_slope", "k_gln_decay", "rq", "oxygen_pressure"} <= published


def test_growth_follows_the_published_line_by_temperature():
    line_only = CHO_FEDBATCH.parameters_with(growth_shift_loss=0.0, heat_limit=1e4)
    for temperature in (33.0, 35.0, 37.0):
        ratio = output("mu", line_only, temperature=temperature) / output("mu", line_only)
        expected = (0.0016 * temperature - 0.0308) / 0.0284
        assert ratio == pytest.approx(expected, rel=1e-6)
    assert output("mu", temperature=33.0) / output("mu") < 0.0220 / 0.0284  # the shift's loss


def test_cooling_lowers_death_and_raises_production():
    # the published death law rises on cooling (0.0197 at 33, 0.0017 at 37 degC) and is not used
    calm = {"k_d_osm": 0.0, "k_d_starved": 0.0, "k_d_anoxic": 0.0, "k_d_heat": 0.0}
    p = CHO_FEDBATCH.parameters_with(**calm, cold_limit=-1e4)
    warm, cold = (output("death", p, temperature=t) for t in (37.0, 33.0))
    assert cold == pytest.approx(0.90 * warm, rel=1e-12)
    warm, cold = (output("q_product", p, temperature=t) for t in (37.0, 33.0))
    assert cold == pytest.approx(1.35 * warm, rel=1e-9)


def test_specific_production_of_k1_is_36_pg_per_cell_and_day():
    p = CHO_FEDBATCH.parameters_with(**NO_EXTENSIONS)
    assert output("q_product", p) == pytest.approx(36.24, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "center", "width", "floor"),
    [("mu", 7.00, 0.18, 0.75), ("q_product", 7.05, 0.20, 0.80)],
)
def test_ph_bells(name, center, width, floor):
    best = output(name, ph=center)
    one_width = output(name, ph=center + width) / best
    assert one_width == pytest.approx(floor + (1 - floor) * math.exp(-0.5), rel=1e-9)
    assert output(name, ph=5.0) / best == pytest.approx(floor, rel=1e-6)


def test_growth_suffers_from_salt_by_lactate_by_ammonia_and_without_oxygen():
    mu = output("mu")
    assert output("mu", ions=300.0) > 0.9 * mu
    assert 0.1 * mu < output("mu", ions=400.0) < 0.75 * mu
    assert output("mu", lactate=53.0) < 0.7 * mu
    assert output("mu", ammonia=8.51) < 0.7 * mu
    assert output("mu", oxygen=0.0) == 0.0


@pytest.mark.parametrize(
    "stress", [{"glucose": 0.0}, {"oxygen": 0.0}, {"temperature": 42.0}, {"ions": 500.0}]
)
def test_stress_kills(stress):
    assert output("death", **stress) > 0.015 > 5 * output("death")


def test_air_saturated_water_holds_0_218_mm_of_oxygen():
    assert oxygen_solubility(37.0, 21278.0) == pytest.approx(0.218, abs=5e-4)
    assert output("dissolved_oxygen", oxygen=oxygen_solubility(37.0, 21278.0)) == pytest.approx(100)


def test_oxygen_uptake_is_0_3_pmol_per_cell_and_hour():
    assert output("our", viable_cells=10.0) == pytest.approx(3.0, rel=0.01)
    assert output("cer") == pytest.approx(0.97 * output("our"))


def test_the_do_controller_stirs_harder_below_its_set_point():
    u = CHO_FEDBATCH.inputs_with(do_setpoint=40.0)
    at = [output("kla", u=u, oxygen=0.218 * share) for share in (0.1, 0.4, 0.9)]
    assert at == pytest.approx([12.0, 6.5, 1.0], rel=0.02)


def test_glutamine_decays_into_ammonia_without_cells():
    assert slope("glutamine", viable_cells=0.0) == pytest.approx(-0.0096 * 3.0)
    assert slope("ammonia", viable_cells=0.0) == pytest.approx(0.0096 * 3.0)


def test_lactate_is_taken_up_again_when_glucose_is_low():
    late = {"lactate": 40.0, "temperature": 33.0}
    assert slope("lactate", glucose=20.0, **late) > 0.0 > slope("lactate", glucose=1.0, **late)


def test_temperature_and_ph_follow_their_set_points():
    u = CHO_FEDBATCH.inputs_with(temperature_setpoint=33.0, ph_setpoint=6.9)
    assert slope("temperature", u=u) == pytest.approx(-4.0 / 0.5)
    assert slope("ph", u=u) == pytest.approx(-0.1 / 0.3)


def test_a_contaminant_eats_and_breathes():
    assert slope("contaminant") == 0.0
    assert slope("contaminant", contaminant=1.0) > 0.3
    assert slope("glucose", contaminant=1.0) < slope("glucose") - 3.0
    assert slope("oxygen", contaminant=1.0) < slope("oxygen") - 3.0


amounts = st.floats(0.0, 1.0)


@given(
    shares=st.lists(amounts, min_size=len(NAMES), max_size=len(NAMES)),
    empty=st.sampled_from([n for n in NAMES if n not in ("temperature", "ph", "volume")]),
    feed=st.floats(0.0, 0.01),
    clone=st.sampled_from(sorted(clones.CLONES)),
    medium=st.sampled_from(sorted(media.MEDIA)),
)
def test_no_rate_takes_from_what_is_gone(shares, empty, feed, clone, medium):
    high = {
        "viable_cells": 40.0,
        "dead_cells": 40.0,
        "glucose": 200.0,
        "glutamine": 40.0,
        "lactate": 150.0,
        "ammonia": 40.0,
        "product": 10.0,
        "ions": 800.0,
        "oxygen": 1.0,
        "temperature": 45.0,
        "ph": 14.0,
        "volume": 1.0,
        "base_added": 1.0,
        "contaminant": 20.0,
    }
    low = {"temperature": 5.0, "volume": 0.05}
    values = {
        name: low.get(name, 0.0) + share * (high[name] - low.get(name, 0.0))
        for name, share in zip(NAMES, shares, strict=True)
    }
    values[empty] = 0.0
    x = tuple(values[name] for name in NAMES)
    u = CHO_FEDBATCH.inputs_with(feed_rate=feed, glucose_feed_rate=feed, temperature_setpoint=30.0)
    p = parameters_for(clones.clone(clone), media.medium(medium))
    derivatives = CHO_FEDBATCH.rates(0.0, x, u, p)
    assert all(math.isfinite(value) for value in derivatives)
    assert derivatives[NAMES.index(empty)] >= 0.0
    assert all(math.isfinite(value) for value in CHO_FEDBATCH.algebraic(0.0, x, u, p))
    specific = cell_rates(x, p)
    assert min(rate for k, rate in enumerate(specific) if k != AMMONIA_RELEASE) >= -1e-15


def test_the_same_equations_take_arrays():
    glucose = np.linspace(0.0, 30.0, 5)
    x = tuple(
        glucose if name == "glucose" else value for name, value in zip(NAMES, states(), strict=True)
    )
    u, p = CHO_FEDBATCH.inputs_with(feed_rate=1e-3), CHO_FEDBATCH.parameters_with()
    together = CHO_FEDBATCH.rates(0.0, x, u, p)
    for k, value in enumerate(glucose):
        alone = CHO_FEDBATCH.rates(0.0, states(glucose=float(value)), u, p)
        got = [np.broadcast_to(one, glucose.shape)[k] for one in together]
        assert got == pytest.approx(list(alone), rel=1e-12, abs=1e-15)


def test_the_same_equations_take_pyomo_variables():
    pyo = pytest.importorskip("pyomo.environ")
    m = pyo.ConcreteModel()
    values = states(temperature=34.2, ph=6.93)
    m.x = pyo.Var(range(len(values)), initialize=dict(enumerate(values)))
    inputs = CHO_FEDBATCH.inputs_with(feed_rate=1e-3, temperature_setpoint=33.0)
    m.u = pyo.Var(range(len(inputs)), initialize=dict(enumerate(inputs)))
    m.mu_max = pyo.Param(initialize=0.035, mutable=True)
    p = (m.mu_max, *CHO_FEDBATCH.parameters_with()[1:])
    x, u = tuple(m.x[i] for i in m.x), tuple(m.u[i] for i in m.u)
    plain = CHO_FEDBATCH.parameters_with(mu_max=0.035)
    for function in (CHO_FEDBATCH.rates, CHO_FEDBATCH.algebraic):
        expressions = function(0.0, x, u, p)
        assert any(hasattr(e, "is_expression_type") for e in expressions)
        numbers = function(0.0, values, inputs, plain)
        assert [pyo.value(e) for e in expressions] == pytest.approx(list(numbers), rel=1e-12)


def test_an_inoculum_brings_its_spent_medium():
    x = dict(zip(NAMES, initial_state(media.RICH, viable_cells=1.5, volume_l=0.2), strict=True))
    share = 1.5 / SEED_CULTURE["viable_cells"]
    assert x["viable_cells"] == 1.5
    assert x["lactate"] == pytest.approx(share * SEED_CULTURE["lactate"])
    assert x["glucose"] == pytest.approx(
        share * SEED_CULTURE["glucose"] + (1 - share) * media.RICH.glucose
    )
    with pytest.raises(TooDense, match="seeding to 50"):
        initial_state(media.RICH, viable_cells=50.0, volume_l=0.2)


@given(volume=st.floats(0.0, 0.1), glucose=st.floats(0.0, 3000.0))
def test_a_bolus_adds_exactly_what_it_holds(volume, glucose):
    before = states()
    after = dict(zip(NAMES, with_added(CHO_FEDBATCH, before, volume, glucose=glucose), strict=True))
    assert after["volume"] == pytest.approx(0.2 + volume, rel=1e-14)
    assert after["glucose"] * after["volume"] == pytest.approx(20.0 * 0.2 + glucose * volume)
    assert after["product"] * after["volume"] == pytest.approx(0.5 * 0.2)
    assert after["ph"] == 7.0


def test_unknown_clones_media_and_solutes_are_named():
    with pytest.raises(UnknownName, match="no clone 'K2'; known: G3, K1, P2"):
        clones.clone("K2")
    with pytest.raises(UnknownName, match="no medium 'ritch'; did you mean 'rich'"):
        media.medium("ritch")
    with pytest.raises(UnknownName, match="no solute 'glucos'; did you mean 'glucose'"):
        with_added(CHO_FEDBATCH, states(), 0.01, glucos=1.0)
    with pytest.raises(UnknownName, match="no solute 'ph'"):
        with_added(CHO_FEDBATCH, states(), 0.01, ph=7.0)


def test_multipliers_of_medium_and_run_multiply():
    p = parameters_for(clones.P2, media.RICH, growth=1.1, productivity=0.9, k_lysis=0.5)
    at = CHO_FEDBATCH.parameter_index
    assert p[at("growth_multiplier")] == pytest.approx(1.1 * media.RICH.growth)
    assert p[at("productivity_multiplier")] == pytest.approx(0.9 * media.RICH.productivity)
    assert p[at("mu_max")] == clones.P2.overrides["mu_max"]
    assert p[at("k_lysis")] == 0.5
