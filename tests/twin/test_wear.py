"""Wear: laws against their formulas, failures against their distributions, parts that are used."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import integrate, stats

from twin.lifetime import LifetimeRefused, Lognormal, Weibull
from twin.wear import (
    MECHANISMS,
    ActionRefused,
    ColumnAgeing,
    ImpellerBearing,
    LampAgeing,
    MembraneFouling,
    ProbeDrift,
    PumpTubing,
    SpargerClogging,
    Use,
    Wear,
)
from twin.wear.blocking_laws import (
    constant_reaching,
    measured_tmp_bar,
    resistance_ratio,
    transmembrane_pressure_bar,
)
from twin.wear.probe_drift import reading

LAWS = ("complete", "standard", "intermediate", "cake")
ALL = [pytest.param(made(), id=kind) for kind, made in MECHANISMS.items()]
HOURLY = Use(hours=1.0, litres=0.1, cycles=0.25, sterilisations=0.002)
# what each part does at the very end of its life, by its own threshold
AT_FAILURE = {
    "membrane_fouling": {"membrane_resistance": 5.0, "sieving": 1.0 / 1.2},
    "sparger_clogging": {"kla": 0.6},
    "pump_tubing": {"pump_flow": 0.88},
    "impeller_bearing": {"bearing_fault_index": 0.9, "impeller_speed": 1.0},
    "column_ageing": {"column_capacity": 0.8},
    "probe_drift": {"probe_slope": 0.9, "probe_zero": 0.15, "probe_response_time": 3.0},
    "lamp_ageing": {
        "lamp_intensity": 0.5,
        "absorbance_noise": 2.0**0.5,
        "absorbance": np.log10(2.0),
    },
}


def test_the_blocking_laws_give_the_values_of_their_formulas():
    assert resistance_ratio("complete", 0.02, 2.0, 10.0) == pytest.approx(1.25)
    assert resistance_ratio("standard", 0.05, 2.0, 5.0) == pytest.approx(16.0 / 9.0)
    assert resistance_ratio("intermediate", 0.01, 2.0, 50.0) == pytest.approx(np.e)
    assert resistance_ratio("cake", 0.1, 2.0, 10.0) == pytest.approx(5.0)
    assert resistance_ratio("complete", 0.02, 2.0, 60.0) == np.inf
    assert resistance_ratio("standard", 0.05, 2.0, 25.0) == np.inf


@pytest.mark.parametrize(("law", "power"), list(zip(LAWS, (2.0, 1.5, 1.0, 0.0), strict=True)))
def test_pressure_rises_with_the_power_of_pressure_that_defines_the_law(law, power):
    # at constant flux dP/dt is proportional to P^n with n = 2, 3/2, 1, 0
    time_h = np.linspace(0.0, 9.0, 2001)
    ratio = resistance_ratio(law, constant_reaching(law, 5.0, 2.0, 10.0), 2.0, time_h)
    slope = np.gradient(ratio, time_h)[1:-1] / ratio[1:-1] ** power
    assert slope == pytest.approx(slope[0], rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(LAWS), st.floats(1.01, 50.0), st.floats(0.1, 80.0), st.floats(0.5, 5000.0))
def test_a_constant_reaches_its_ratio_in_its_time(law, ratio, flux, time_h):
    constant = constant_reaching(law, ratio, flux, time_h)
    assert resistance_ratio(law, constant, flux, time_h) == pytest.approx(ratio, rel=1e-6)


def test_pressure_follows_darcy_and_is_measured_between_feed_retentate_and_permeate():
    # 2 L/m2/h of water through 3e13 1/m: 2/3.6e6 m/s * 1e-3 Pa s * 3e13 1/m
    assert transmembrane_pressure_bar(2.0, 1.0, 3e13) == pytest.approx(0.16667, rel=1e-4)
    assert measured_tmp_bar(0.30, 0.20, 0.05) == pytest.approx(0.20)


def test_a_column_of_a_hundred_or_three_hundred_cycles_loses_the_published_share_per_cycle():
    column = ColumnAgeing()
    assert column.rate_per_cycle(np.array([100.0, 300.0])) == pytest.approx(
        [2.2e-3, 7.4e-4], rel=0.02
    )
    assert column.capacity(np.arange(0, 200, 50), 100.0)[2] == pytest.approx(0.8)


@pytest.mark.parametrize(
    "lifetime", [Weibull(3.0, 1000.0), Weibull(0.8, 7.0), Lognormal(40.0, 0.5)]
)
def test_a_lifetime_agrees_with_itself(lifetime):
    ages = lifetime.quantile(np.array([0.05, 0.3, 0.6, 0.95]))
    assert lifetime.cdf(ages) == pytest.approx([0.05, 0.3, 0.6, 0.95])
    step = ages * 1e-6
    slope = (np.log(lifetime.survival(ages - step)) - np.log(lifetime.survival(ages + step))) / (
        2.0 * step
    )
    assert lifetime.hazard(ages) == pytest.approx(slope, rel=1e-5)
    mean, _ = integrate.quad(lambda age: float(lifetime.survival(age)), 0.0, np.inf, limit=200)
    assert lifetime.mean == pytest.approx(mean, rel=1e-5)
    assert lifetime.survival_after(ages[0], ages[1] - ages[0]) == pytest.approx(0.7 / 0.95)
    assert lifetime.survival(0.0) == 1.0


def test_a_lognormal_lifetime_has_the_stated_variation():
    lifetime = Lognormal(40.0, 0.5)
    second, _ = integrate.quad(lambda t: 2.0 * t * float(lifetime.survival(t)), 0.0, np.inf)
    assert np.sqrt(second / lifetime.mean**2 - 1.0) == pytest.approx(0.5, rel=1e-5)
    drawn = lifetime.draw(np.random.default_rng(1), 20_000)
    assert drawn.std() / drawn.mean() == pytest.approx(0.5, rel=0.05)


def test_a_lifetime_needs_sensible_parameters():
    with pytest.raises(LifetimeRefused, match="Weibull lifetime: scale is -1"):
        Weibull(2.0, -1.0)
    with pytest.raises(LifetimeRefused, match="cv is nan"):
        Lognormal(2.0, float("nan"))


@pytest.mark.parametrize("mechanism", ALL)
def test_health_falls_from_one_to_nought_just_when_the_threshold_is_reached(mechanism):
    lives = mechanism.lifetime.quantile(np.array([0.1, 0.5, 0.9]))
    ages = np.linspace(0.0, 1.2, 241)[:, None] * lives
    health = mechanism.health(ages, lives)
    assert health.shape == (241, 3)
    assert np.all(health[0] == 1.0)
    assert np.all(np.diff(health, axis=0) <= 0.0)
    assert np.all((health[1:199] > 0.0) & (health[1:199] < 1.0))
    assert np.all(health[201:] == 0.0)
    just_before = mechanism.effects(lives * (1.0 - 1e-9), lives, 0.0)
    assert set(just_before) == {quantity.name for quantity in mechanism.quantities}
    for name, value in AT_FAILURE[mechanism.kind].items():
        assert just_before[name] == pytest.approx(value, rel=1e-6), name


@pytest.mark.parametrize("mechanism", ALL)
def test_wear_is_plain_to_see_before_it_fails(mechanism):
    life = mechanism.lifetime.quantile(0.5)
    seen = mechanism.effects(0.8 * life, life, 0.0)
    for quantity in mechanism.quantities:
        if quantity.name == "impeller_speed":  # a bearing seizes without a warning in its speed
            continue
        new = 1.0 if quantity.operation == "multiply" else 0.0
        assert abs(seen[quantity.name] - new) > 0.04, quantity.name


@pytest.mark.parametrize("mechanism", ALL)
def test_failures_are_distributed_as_the_lifetime_says(mechanism):
    """Parts of 200 devices are used step by step until their health is gone."""
    step = float(mechanism.lifetime.quantile(0.5)) / 80.0
    per_step = {"L/m2": {"litres": step * getattr(mechanism, "area_m2", 1.0)}, "h": {"hours": step}}
    use = Use(**per_step.get(mechanism.age_unit, {"cycles": step}))
    assert mechanism.age_of(use) == pytest.approx(step)
    failed_at = []
    for n in range(200):
        part = Wear(mechanism, f"R{n:03d}", 5)
        steps = 0
        while not part.is_failed:
            assert part.health > 0.0
            part.advance(use)
            steps += 1
        assert part.health == 0.0
        failed_at.append((steps - 0.5) * step)
    assert stats.kstest(failed_at, mechanism.lifetime.cdf).pvalue > 0.01
    wrong = type(mechanism.lifetime)(*(1.25 * p for p in _parameters(mechanism.lifetime)))
    assert stats.kstest(failed_at, wrong.cdf).pvalue < 0.01


def _parameters(lifetime):
    if isinstance(lifetime, Weibull):
        return lifetime.shape, lifetime.scale
    return lifetime.median, lifetime.cv


def test_units_differ_between_devices_and_seeds_and_nothing_else_does():
    def lives(seed, devices):
        return [Wear(PumpTubing(), device, seed).life for device in devices]

    assert lives(1, ["A", "B"]) == lives(1, ["B", "A"])[::-1]
    assert len({*lives(1, ["A", "B"]), *lives(2, ["A", "B"])}) == 4
    assert Wear(PumpTubing(), "A", 1).life != Wear(ImpellerBearing(), "A", 1).life


@pytest.mark.parametrize("mechanism", ALL)
@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.0, 300.0), min_size=1, max_size=8), st.integers(0, 99))
def test_use_in_pieces_is_use_in_one(mechanism, hours, seed):
    parts, whole = Wear(mechanism, "R", seed), Wear(mechanism, "R", seed)
    for h in hours:
        parts.advance(Use(hours=h, litres=h / 8.0, cycles=h / 4.0, sterilisations=h / 100.0))
    h = sum(hours)
    whole.advance(Use(hours=h, litres=h / 8.0, cycles=h / 4.0, sterilisations=h / 100.0))
    assert parts.age == pytest.approx(whole.age, rel=1e-12)
    assert [e.value for e in parts.effects()] == pytest.approx([e.value for e in whole.effects()])


@pytest.mark.parametrize("mechanism", ALL)
def test_the_remaining_life_is_the_true_one(mechanism):
    part = Wear(mechanism, "R01", 8)
    part.advance(Use(hours=40.0, litres=1.0, cycles=10.0))
    left = part.rul_h(HOURLY)
    for share in (0.5, 0.499):
        part.advance(Use(**{k: v * share * left for k, v in HOURLY.model_dump().items()}))
    assert not part.is_failed
    assert part.rul_h(HOURLY) == pytest.approx(0.001 * left)
    part.advance(Use(**{k: v * 0.002 * left for k, v in HOURLY.model_dump().items()}))
    assert part.is_failed
    assert part.rul_h(HOURLY) == part.rul_h(Use()) == part.health == 0.0
    assert Wear(mechanism, "R01", 8).rul_h(Use()) == np.inf


def test_a_replaced_part_is_new_with_a_life_of_its_own():
    part = Wear(SpargerClogging(used_before=Use(hours=900.0)), "R01", 3)
    assert part.age == 900.0
    lives = [part.life]
    for _ in range(3):
        part.maintain("replace")
        assert part.health == 1.0
        assert part.effects()[0].value == 1.0
        lives.append(part.life)
    assert len(set(lives)) == 4
    assert part.generation == 3


def test_cleaning_takes_back_a_share_of_what_came_since_the_last_cleaning():
    part = Wear(MembraneFouling(cleaning_recovery=0.75), "R01", 3)
    rounds = []
    for _ in range(4):
        part.advance(Use(litres=4.71))  # 100 L/m2
        part.maintain("clean")
        part.maintain("clean")  # at once again: nothing more comes off
        rounds.append(part.age)
    assert rounds == pytest.approx([25.0, 50.0, 75.0, 100.0])
    assert all(a.maintain("clean") is None for a in (Wear(ColumnAgeing(), "C", 1),))


@pytest.mark.parametrize(
    ("mechanism", "quantity", "right"),
    [
        (PumpTubing(), "pump_flow", 1.0),
        (ProbeDrift(), "probe_slope", 1.0),
        (ProbeDrift(), "probe_zero", 0.0),
        (LampAgeing(), "absorbance", 0.0),
    ],
)
def test_recalibrating_hides_the_error_and_not_the_damage(mechanism, quantity, right):
    part = Wear(mechanism, "R01", 3)
    part.advance(Use(hours=0.6 * part.life))
    before = {effect.quantity: effect.value for effect in part.effects()}
    health = part.health
    part.maintain("recalibrate")
    after = {effect.quantity: effect.value for effect in part.effects()}
    assert before[quantity] != pytest.approx(right, abs=0.01)
    assert after[quantity] == pytest.approx(right)
    assert part.health == health
    part.advance(Use(hours=0.2 * part.life))
    assert {e.quantity: e.value for e in part.effects()}[quantity] != pytest.approx(right, abs=0.01)


def test_a_probe_accelerates_and_sterilising_ages_it():
    probe = ProbeDrift()
    slopes = probe.slope(np.linspace(0.0, 6000.0, 7), 6000.0)
    losses = np.array([a - b for a, b in pairwise(slopes)])
    assert losses / losses[0] == pytest.approx([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
    assert probe.age_of(Use(hours=10.0, sterilisations=2.0)) == 410.0
    assert reading(6.0, 0.9, 0.05) == pytest.approx(7.0 - 0.9 + 0.05)


@pytest.mark.parametrize("mechanism", ALL)
def test_no_age_gives_a_number_that_is_none(mechanism):
    lives = mechanism.lifetime.quantile(np.array([1e-6, 0.5, 1.0 - 1e-6]))[:, None]
    ages = np.array([0.0, 1e-9, 1.0, 1e4, 1e12])
    assert np.all(np.isfinite(mechanism.health(ages, lives)))
    for calibrated in ages:
        effects = mechanism.effects(ages, lives, calibrated)
        for name, value in effects.items():
            assert np.all(np.isfinite(value)), name


def test_a_seized_bearing_no_longer_turns():
    effects = ImpellerBearing().effects(np.array([99.0, 100.0]), 100.0, 0.0)
    assert effects["impeller_speed"].tolist() == [1.0, 0.0]


def test_a_burst_tube_delivers_nothing_and_cannot_be_calibrated():
    part = Wear(PumpTubing(), "R01", 3)
    part.advance(Use(hours=part.life))
    part.maintain("recalibrate")
    assert part.effects()[0].value == 0.0


def test_the_earlier_of_pressure_and_sieving_ends_a_module():
    by_pressure = MembraneFouling()
    by_sieving = MembraneFouling(sieving_sensitivity=0.3)
    assert by_pressure.end_ratio == pytest.approx(5.0)
    assert by_sieving.end_ratio == pytest.approx(1.0 + (1.0 / 0.7 - 1.0) / 0.3)
    assert by_sieving.effects(800.0, 800.0, 0.0)["sieving"] == pytest.approx(0.7)
    assert by_sieving.health(800.0, 800.0) == pytest.approx(0.0, abs=1e-12)


def test_a_plugged_module_keeps_finite_numbers():
    for law in LAWS:
        ratio = MembraneFouling(law=law).resistance(np.array([1000.0, 1200.0, 1e5]), 1000.0)
        assert np.all(np.isfinite(ratio))
        assert ratio[1] > 5.0


def test_what_means_nothing_is_refused():
    with pytest.raises(ActionRefused, match="impeller_bearing can't be maintained by 'clean'"):
        Wear(ImpellerBearing(), "R01", 1).maintain("clean")
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Use(hours=-1.0)
    with pytest.raises(ValidationError, match=r"tmp_limit_bar \(0.1\) is not above"):
        MembraneFouling(tmp_start_bar=0.2, tmp_limit_bar=0.1)
    with pytest.raises(ValidationError, match="Extra inputs"):
        LampAgeing(lifetime_h=3.0)
