"""The CHO fed-batch model through the compiled integrator: accuracy, balances, and its demo."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, integrate_reference, outputs_at
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.cho_parameters import NO_EXTENSIONS
from twin.kinetics.clones import CLONES, K1
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import BASAL, MEDIA, RICH
from twin.kinetics.mixing import with_added

AT = {state.name: k for k, state in enumerate(CHO_FEDBATCH.states)}
OUTPUT = {output.name: k for k, output in enumerate(CHO_FEDBATCH.outputs)}
CULTURE_H = 336.0
V0 = 0.2

LOW = np.array([35.0, 31.0, 2.0, 6.8, 1.0, 1.0, 5.0, 0.3])
HIGH = np.array([37.5, 36.5, 9.0, 7.3, 6.0, 5.0, 40.0, 1.5])
CENTER = (36.8, 34.0, 5.0, 7.0, 3.0, 3.0, 25.0, 0.6)


class Reference:
    """The reference solver in the integrator's place."""

    def advance(self, x, u, p, t0_h, t1_h):
        return integrate_reference(CHO_FEDBATCH, x, u, p, t0_h, t1_h, rtol=1e-9, atol=1e-12)


def culture(recipe, medium=BASAL, clone=K1, solver=None, every_h=12.0, until_h=CULTURE_H, **named):
    """States at each event of a culture with feed, temperature shift and glucose topped up.

    ``recipe``: temperatures before and after the shift, its day, pH, feed in % of the initial
    volume per day and its first day, glucose set-point, seeding density.
    """
    grown, shifted, shift_day, ph, feed, feed_day, glucose, seeding = recipe
    solver = solver or Integrator(compiled(CHO_FEDBATCH))
    p = parameters_for(clone, medium, **named)
    x = np.array(initial_state(medium, viable_cells=seeding, volume_l=V0, temperature=grown, ph=ph))
    events = {*np.arange(0.0, until_h, every_h), shift_day * 24.0, feed_day * 24.0, until_h}
    times = sorted(t for t in events if t <= until_h)
    rows = [x]
    for t0, t1 in pairwise(times):
        if t0 % every_h == 0.0 and x[AT["glucose"]] < glucose:
            shot = x[AT["volume"]] * (glucose - x[AT["glucose"]]) / (2500.0 - glucose)
            x = np.array(with_added(CHO_FEDBATCH, tuple(x), shot, glucose=2500.0))
        u = CHO_FEDBATCH.inputs_with(
            **medium.feed(),
            feed_rate=feed / 100.0 * V0 / 24.0 if t0 >= feed_day * 24.0 else 0.0,
            temperature_setpoint=grown if t0 < shift_day * 24.0 else shifted,
            ph_setpoint=ph,
        )
        x, _ = solver.advance(x, u, p, t0, t1)
        rows.append(x)
    return np.array(rows)


def titer_and_viability(recipe, medium):
    x = culture(recipe, medium)[-1]
    u, p = CHO_FEDBATCH.inputs_with(), parameters_for(K1, medium)
    outputs = outputs_at(compiled(CHO_FEDBATCH), CULTURE_H, x, u, p)
    return x[AT["product"]], outputs[OUTPUT["viability"]]


@pytest.mark.parametrize(("weight", "titer"), [(1.0, 1.29), (0.0, 1.56)])
def test_without_extensions_it_is_the_published_model(weight, titer):
    # computed from the published table alone: 0.3e6/mL, 30 mM glucose, 6 mM glutamine, 2 mM
    # lactate, 1 mM ammonia, 2 L; 1.5 mL/h of 400 mM glucose and 60 mM glutamine from 72 h on
    p = CHO_FEDBATCH.parameters_with(**NO_EXTENSIONS, growth_productivity_weight=weight)
    start = {"viable_cells": 0.3, "glucose": 30.0, "glutamine": 6.0, "lactate": 2.0, "ammonia": 1.0}
    start |= {"oxygen": 0.2, "temperature": 37.0, "ph": 7.0, "volume": 2.0}
    x = np.array([start.get(name, 0.0) for name in AT])
    integrator = Integrator(compiled(CHO_FEDBATCH), rtol=1e-8)
    x, out = integrator.advance(x, CHO_FEDBATCH.inputs_with(), p, 0.0, 72.0, out_times=[48.0, 72.0])
    fed = CHO_FEDBATCH.inputs_with(feed_rate=1.5e-3, feed_glucose=400.0, feed_glutamine=60.0)
    x, late = integrator.advance(x, fed, p, 72.0, 240.0, out_times=[120.0, 144.0, 192.0])
    cells = np.concatenate([out, late])[:, AT["viable_cells"]]
    assert cells.round(2).tolist() == [1.23, 2.24, 5.42, 7.20, 7.11]
    assert x[AT["product"]].round(2) == titer


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_the_reference_solver(seed):
    rng = np.random.default_rng(seed)
    recipe = LOW + rng.random(8) * (HIGH - LOW)
    medium, clone = list(MEDIA.values())[seed % 3], list(CLONES.values())[seed % 3]
    got = culture(recipe, medium, clone, every_h=24.0)
    expected = culture(recipe, medium, clone, Reference(), every_h=24.0)
    scale = np.array([state.scale for state in CHO_FEDBATCH.states])
    error = np.abs(got - expected) / np.maximum(expected, 1e-3 * scale)
    assert error.max() <= 1e-5, (error.max(), list(AT)[error.max(axis=0).argmax()])


def test_default_tolerances_are_good_to_five_digits():
    coarse = culture(CENTER)
    fine = culture(CENTER, solver=Integrator(compiled(CHO_FEDBATCH), rtol=1e-10, atol=1e-12))
    assert coarse[-1] == pytest.approx(fine[-1], rel=1e-5, abs=1e-9)


def test_balances_close():
    p = parameters_for(K1, RICH, q_mab=0.0, base_stock=700.0)
    u = CHO_FEDBATCH.inputs_with(**RICH.feed(), feed_rate=4e-4, glucose_feed_rate=1e-4)
    x0 = np.array(initial_state(RICH, viable_cells=1.0, volume_l=V0))
    x0[AT["product"]], x0[AT["contaminant"]] = 1.5, 1e-6
    tight = Integrator(compiled(CHO_FEDBATCH), rtol=1e-11, atol=1e-13)
    x1, _ = tight.advance(x0, u, p, 0.0, CULTURE_H)
    fed, base = (4e-4 + 1e-4) * CULTURE_H, x1[AT["base_added"]]
    v1 = x1[AT["volume"]]
    assert base > 1e-3
    assert v1 == pytest.approx(V0 + fed + base, rel=1e-8)
    ions = x0[AT["ions"]] * V0 + 4e-4 * CULTURE_H * RICH.feed_ions + 700.0 * base
    assert x1[AT["ions"]] * v1 == pytest.approx(ions, rel=1e-8)
    assert x1[AT["product"]] * v1 == pytest.approx(1.5 * V0, rel=1e-8)


def test_a_culture_without_feed_starves_to_death():
    recipe = (*CENTER[:4], 0.0, 1.0, 0.0, 0.6)
    x = culture(recipe)
    assert x[-1, AT["glucose"]] < 0.05
    assert x[-1, AT["viable_cells"]] < 0.05 * x[:, AT["viable_cells"]].max()


def test_a_contaminant_takes_the_culture_over():
    start = np.array(initial_state(BASAL, viable_cells=3.0, volume_l=V0))
    start[AT["contaminant"]] = 1e-6
    p, u = parameters_for(K1, BASAL), CHO_FEDBATCH.inputs_with()
    model = compiled(CHO_FEDBATCH)
    x, out = Integrator(model).advance(start, u, p, 0.0, 96.0, out_times=[24.0, 48.0])
    dissolved = outputs_at(model, [24.0, 48.0], out, u, p)[:, OUTPUT["dissolved_oxygen"]]
    assert out[0, AT["contaminant"]] < 0.5 < out[1, AT["contaminant"]]
    assert out[1, AT["glucose"]] < 0.1
    assert dissolved[0] > 20.0
    assert x[AT["viable_cells"]] < 0.5 * start[AT["viable_cells"]]


@settings(deadline=None, max_examples=60)
@given(
    shares=st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8),
    medium=st.sampled_from(sorted(MEDIA)),
    clone=st.sampled_from(sorted(CLONES)),
    growth=st.floats(0.7, 1.3),
    kla_max=st.floats(2.0, 60.0),
)
def test_no_recipe_gives_negative_or_missing_numbers(shares, medium, clone, growth, kla_max):
    recipe = LOW + np.array(shares) * (HIGH - LOW)
    rows = culture(recipe, MEDIA[medium], CLONES[clone], growth=growth, kla_max=kla_max)
    assert np.isfinite(rows).all()
    assert rows.min() >= 0.0
    assert rows[:, AT["volume"]].max() < 0.5
    assert rows[:, AT["product"]].max() < 10.0


def test_the_demo_problem_has_something_to_find_and_something_to_avoid():
    better = (36.1, 33.0, 4.0, 7.05, 3.0, 3.0, 7.2, 0.9)
    denser = (37.2, 32.9, 3.4, 7.04, 3.1, 2.0, 7.4, 1.5)
    centre, centre_viability = titer_and_viability(CENTER, BASAL)
    best, best_viability = titer_and_viability(better, RICH)
    most, most_viability = titer_and_viability(denser, RICH)
    assert 2.5 < centre < 3.0
    assert centre_viability > 70.0
    assert 1.3 * centre < best < most < 4.5
    assert best_viability > 70.0 > most_viability
    salty, salty_viability = titer_and_viability(CENTER, RICH)
    assert salty < 0.75 * centre
    assert salty_viability < 50.0
