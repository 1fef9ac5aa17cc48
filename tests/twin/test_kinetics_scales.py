"""Vessel scales: what they hand to the CHO fed-batch model and what that does to a culture."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from twin.integrate import Integrator, compiled
from twin.kinetics import clones, media
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.mixing import with_added
from twin.kinetics.model import UnknownName
from twin.kinetics.scales import (
    BENCH,
    MINI_BIOREACTOR,
    PILOT,
    PRODUCTION,
    SCALES,
    parameters_at,
    scale,
)

AT = {state.name: k for k, state in enumerate(CHO_FEDBATCH.states)}
CENTER = (36.8, 34.0, 5.0, 7.0, 3.0, 3.0, 25.0, 0.6)
LOW = np.array([35.0, 31.0, 2.0, 6.8, 1.0, 1.0, 5.0, 0.3])
HIGH = np.array([37.5, 36.5, 9.0, 7.3, 6.0, 5.0, 40.0, 1.5])


def titer(recipe, vessel, until_h=336.0, every_h=12.0):
    """Titer after 14 days: feed by the litre, temperature shift, glucose topped up."""
    grown, shifted, shift_day, ph, feed, feed_day, glucose, seeding = recipe
    volume = vessel.volume_l
    p = parameters_at(vessel, clones.K1, media.BASAL)
    solver = Integrator(compiled(CHO_FEDBATCH))
    x = initial_state(media.BASAL, viable_cells=seeding, volume_l=volume, temperature=grown, ph=ph)
    events = {*np.arange(0.0, until_h, every_h), shift_day * 24.0, feed_day * 24.0, until_h}
    for t0, t1 in pairwise(sorted(events)):
        if t0 % every_h == 0.0 and x[AT["glucose"]] < glucose:
            shot = x[AT["volume"]] * (glucose - x[AT["glucose"]]) / (2500.0 - glucose)
            x = with_added(CHO_FEDBATCH, tuple(x), shot, glucose=2500.0)
        u = CHO_FEDBATCH.inputs_with(
            **media.BASAL.feed(),
            feed_rate=feed / 100.0 * volume / 24.0 if t0 >= feed_day * 24.0 else 0.0,
            temperature_setpoint=grown if t0 < shift_day * 24.0 else shifted,
            ph_setpoint=ph,
        )
        x, _ = solver.advance(x, u, p, t0, t1)
    return x[AT["product"]]


def test_there_are_four_vessels_from_a_quarter_litre_to_two_thousand():
    assert [vessel.volume_l for vessel in SCALES.values()] == [0.25, 3.0, 200.0, 2000.0]
    for vessel in SCALES.values():
        assert scale(vessel.name) is vessel
        assert vessel.source.startswith("assumption")
        assert 0.0 < vessel.kla_min < vessel.kla_max
        assert 30.0 < vessel.pco2 < 120.0
    for smaller, larger in pairwise(SCALES.values()):
        assert smaller.mixing_time_s < larger.mixing_time_s
    for smaller, larger in pairwise((BENCH, PILOT, PRODUCTION)):
        assert smaller.kla_max > larger.kla_max
        assert smaller.kla_co2 > larger.kla_co2


def test_an_unknown_scale_gets_a_suggestion():
    with pytest.raises(UnknownName, match="no scale 'bench_3L'; did you mean 'bench_3l'"):
        scale("bench_3L")


@pytest.mark.parametrize("clone", clones.CLONES.values(), ids=lambda clone: clone.name)
def test_the_mini_bioreactor_is_the_models_own_defaults(clone):
    got = parameters_at(MINI_BIOREACTOR, clone, media.RICH, growth=1.1)
    assert got == parameters_for(clone, media.RICH, growth=1.1)


def test_a_clones_own_parameters_survive_every_scale():
    for vessel in SCALES.values():
        for clone in clones.CLONES.values():
            assert not set(clone.overrides) & set(vessel.overrides)


def test_mixing_and_carbon_dioxide_act_as_stated():
    # 0.3 mmol/1e9 cells/h * 7e9 cells/L * 80 s / 4 rounds
    assert PRODUCTION.oxygen_lost == pytest.approx(0.3 * 7.0 * 20.0 / 3600.0)
    assert PRODUCTION.dissolved_co2 == pytest.approx(0.97 * 0.3 * 7.0 / 0.68)
    assert PRODUCTION.pco2 == pytest.approx(87.0, abs=0.2)
    assert PRODUCTION.growth == pytest.approx(1.0 - 0.010 * (PRODUCTION.pco2 - 80.0))
    assert PRODUCTION.productivity == BENCH.growth == BENCH.productivity == 1.0
    extra = PRODUCTION.dissolved_co2 - MINI_BIOREACTOR.dissolved_co2
    base = 0.6 + 10.0**0.64 * extra / 30.0
    assert PRODUCTION.overrides["neutralisation"] == pytest.approx(base)
    assert BENCH.overrides["neutralisation"] < 0.6
    lost = PRODUCTION.oxygen_lost - MINI_BIOREACTOR.oxygen_lost
    assert PRODUCTION.overrides["k_o2"] == pytest.approx(0.004 + lost)


def test_multipliers_and_overrides_come_last():
    at = CHO_FEDBATCH.parameter_index
    p = parameters_at(PRODUCTION, clones.K1, media.RICH, growth=1.1, productivity=0.9, kla_max=33.0)
    assert p[at("kla_max")] == 33.0
    assert p[at("kla_min")] == PRODUCTION.kla_min
    assert p[at("growth_multiplier")] == pytest.approx(1.1 * media.RICH.growth * PRODUCTION.growth)
    assert p[at("productivity_multiplier")] == pytest.approx(0.9 * media.RICH.productivity)
    stuffy = replace(PRODUCTION, kla_co2=0.45)
    assert stuffy.pco2 > 130.0
    assert stuffy.productivity == pytest.approx(1.0 - 0.008 * (stuffy.pco2 - 100.0))
    p = parameters_at(stuffy, clones.K1, media.BASAL)
    assert p[at("productivity_multiplier")] == stuffy.productivity
    with pytest.raises(UnknownName, match="kla_mx"):
        parameters_at(PRODUCTION, clones.K1, media.RICH, kla_mx=3.0)


def test_the_centre_recipe_loses_titer_towards_production():
    mini, bench, pilot, production = (titer(CENTER, vessel) for vessel in SCALES.values())
    assert mini == pytest.approx(2.82, abs=0.02)
    assert bench > mini > pilot > production
    assert 0.75 * mini < production < 0.90 * mini


def test_scales_resemble_each_other_and_are_not_the_same():
    rng = np.random.default_rng(5)
    recipes = LOW + rng.random((60, 8)) * (HIGH - LOW)
    mini, pilot, production = (
        np.array([titer(recipe, vessel) for recipe in recipes])
        for vessel in (MINI_BIOREACTOR, PILOT, PRODUCTION)
    )

    def ranked(values):
        return np.argsort(np.argsort(values))

    near = np.corrcoef(ranked(mini), ranked(pilot))[0, 1]
    far = np.corrcoef(ranked(mini), ranked(production))[0, 1]
    assert near > far > 0.6
    ratio = production / mini
    assert ratio.std() > 0.02
