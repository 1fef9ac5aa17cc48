"""Environments of gymnasium: the contract, the reward's balances, ends, faults, refusals."""

import re
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.environments import (
    IDS,
    ActionRefused,
    CostRefused,
    EpisodeOver,
    FedBatchEnv,
    IndPenSimEnv,
    OptionRefused,
    PerfusionEnv,
)
from twin.environments.episode import Passed
from twin.environments.watched_culture import SAMPLE_ML
from twin.indpensim import Batch

ROOT = Path(__file__).parents[2]
ENVS = {"FedBatch": FedBatchEnv, "Perfusion": PerfusionEnv, "IndPenSim": IndPenSimEnv}
FREE = {
    FedBatchEnv: {"feed": 0.0, "glucose_solution": 0.0},
    PerfusionEnv: {"medium": 0.0},
    IndPenSimEnv: {"sugar_feed": 0.0, "oil_feed": 0.0, "paa_feed": 0.0, "aeration": 0.0},
}
each = pytest.mark.parametrize("kind", ENVS.values(), ids=ENVS)


def steps(env, n, policy=None):
    """What n steps (or fewer, if the episode ends) returned."""
    returned = []
    for _ in range(n):
        returned.append(env.step(policy(env) if policy else env.recipe_action()))
        if returned[-1][2] or returned[-1][3]:
            break
    return returned


def seen(env, observation, name):
    return observation[[signal.name for signal in env.signals].index(name)]


@pytest.mark.parametrize("name", IDS)
def test_gymnasiums_own_checker_has_nothing_to_say(name):
    """Warnings are errors in these tests."""
    check_env(gymnasium.make(name).unwrapped)
    check_env(gymnasium.make(name, render_mode="ansi").unwrapped)
    many = gymnasium.make_vec(name, num_envs=2, vectorization_mode="sync")
    many.action_space.seed(1)
    first, _ = many.reset(seed=[1, 2])
    assert not (first[0] == first[1]).all()
    for _ in range(3):
        observations, rewards, *_ = many.step(many.action_space.sample())
    alone = gymnasium.make(name)
    assert (alone.reset(seed=2)[0] == first[1]).all()
    assert observations.shape == (2, *alone.observation_space.shape)
    assert np.isfinite(rewards).all()


@each
def test_a_seed_stands_for_an_episode(kind):
    def episode(seed):
        env = kind()
        env.action_space.seed(3)
        began = [env.reset(seed=seed)[0]]
        returned = steps(env, 6, lambda env: env.action_space.sample())
        again = env.reset()[0]
        rows = [*began, *(one[0] for one in returned), again]
        return np.array(rows), [one[1] for one in returned]

    rows, rewards = episode(7)
    same_rows, same_rewards = episode(7)
    assert (rows == same_rows).all()
    assert rewards == same_rewards
    assert not (rows[-1] == rows[0]).all()  # the next episode is another one
    assert not (episode(8)[0][0] == rows[0]).all()


@each
def test_what_cannot_be_done_is_refused_and_nothing_happens(kind):
    env = kind()
    with pytest.raises(EpisodeOver, match="reset"):
        env.step(env.action_space.sample())
    with pytest.raises(EpisodeOver, match="reset"):
        env.recipe_action()
    env.reset(seed=1)
    right = env.recipe_action()
    first = env.setpoints[0].name
    for value, said in [
        (np.nan, "is nan"),
        (1.01, r"is 1\.\d+; must be -1 .* 1 "),
        (-np.inf, "is -inf"),
    ]:
        wrong = right.copy()
        wrong[0] = value
        with pytest.raises(ActionRefused, match=f"{first}' {said}"):
            env.step(wrong)
    with pytest.raises(ActionRefused, match=r"shape \(2,\); must be"):
        env.step(right[:2])
    with pytest.raises(ActionRefused, match=r"must be \d numbers"):
        env.step(["much"] * len(right))
    untouched, *_ = env.step(right)
    env.reset(seed=1)
    assert (env.step(right)[0] == untouched).all()
    for options, said in [
        ({"colour": 1}, "colour"),
        ({"noise_scale": -1.0}, "noise_scale"),
        ({"parameters": {"mu_q": 1.0}}, "no parameter 'mu_q'"),
        ({"fault": {"kind": "bias"}}, "fault"),
    ]:
        with pytest.raises(OptionRefused, match=said):
            env.reset(options=options)
        with pytest.raises(EpisodeOver):  # a refused reset leaves no episode to go on with
            env.step(right)
    with pytest.raises(OptionRefused, match="render_mode is 'human'"):
        kind(render_mode="human")
    with pytest.raises(CostRefused, match="no cost 'tea'; known"):
        kind(costs={"tea": 1.0})
    with pytest.raises(CostRefused, match="must be 0 or more"):
        kind(costs={next(iter(FREE[kind])): -1.0})


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        (FedBatchEnv, {"clone": "K9"}, "there is no 'K9'; known: K1, P2, G3"),
        (FedBatchEnv, {"medium": "tea"}, "there is no 'tea'"),
        (FedBatchEnv, {"fault": 3}, "must be a mapping"),
        (FedBatchEnv, {"fault": {"kind": "foam", "at_day": 1.0}}, "no input 'kla'"),
        (FedBatchEnv, {"fault": {"kind": "power_dip", "at_day": 1.0}}, "isn't possible"),
        (
            FedBatchEnv,
            {"fault": {"kind": "bias", "signal": "pH", "size": 0.1, "at_day": 1.0}},
            "no probe 'pH'",
        ),
        (FedBatchEnv, {"parameters": {"tau_ph": 0.0}}, "no finite numbers"),
        (PerfusionEnv, {"fault": {"kind": "contamination", "at_day": 1.0}}, "no contaminant"),
        (PerfusionEnv, {"clone": "K1"}, "clone"),
        (IndPenSimEnv, {"fault": 9}, "fault"),
    ],
)
def test_options_that_do_not_fit_are_named(kind, options, said):
    with pytest.raises(OptionRefused, match=said):
        kind(options=options).reset(seed=1)


@each
def test_actions_stand_for_physical_values(kind):
    env = kind()
    lows = {one.name: one.low for one in env.setpoints}
    highs = {one.name: one.high for one in env.setpoints}
    assert (env.action_for(**lows) == -1.0).all()
    assert env.setpoints_of(np.ones(len(highs))) == highs
    middle = env.setpoints_of(np.zeros(len(highs)))
    assert middle == pytest.approx({n: (lows[n] + highs[n]) / 2.0 for n in lows})
    name = env.setpoints[-1].name
    with pytest.raises(ActionRefused, match=f"{name!r} is missing"):
        env.action_for(**{n: v for n, v in lows.items() if n != name})
    with pytest.raises(ActionRefused, match=f"{name!r} is"):
        env.action_for(**{**lows, name: highs[name] * 1.1})


def test_the_fed_batch_reward_is_the_antibody_made():
    """It is in the vessel at the end, or was drawn with the samples."""
    env = FedBatchEnv(costs=FREE[FedBatchEnv], options={"noise_scale": 0.0})
    env.reset(seed=2)
    returned = steps(env, 14)
    assert [one[2:4] for one in returned] == [(False, False)] * 13 + [(False, True)]
    truth = returned[-1][4]["truth"]
    drawn_g = sum(seen(env, one[0], "titer") for one in returned) * SAMPLE_ML / 1000.0
    made_g = sum(one[1] for one in returned) * 3.0
    titer = seen(env, returned[-1][0], "titer")
    assert made_g == pytest.approx(truth["product"] * truth["volume"] + drawn_g, rel=1e-4)
    assert titer == pytest.approx(truth["product"], rel=1e-5)
    with pytest.raises(EpisodeOver):
        env.step(env.recipe_action())
    dear = FedBatchEnv(costs={"feed": 1.0, "glucose_solution": 1.0}, options={"noise_scale": 0.0})
    dear.reset(seed=2)
    paid = steps(dear, 14)
    flow = sum(seen(dear, one[0], "feed_flow") for one in paid) * 24.0 / 1000.0 / 3.0
    assert sum(one[4]["costs"]["feed"] for one in paid) == pytest.approx(flow, rel=1e-4)
    for one in paid:
        assert one[1] == pytest.approx(one[4]["product"] - sum(one[4]["costs"].values()))
    # what is paid for, and base, came in; the sample of reset() and 14 more were taken out
    came_l = 3.0 * sum(sum(one[4]["costs"].values()) for one in paid)
    end = paid[-1][4]["truth"]
    assert 3.0 + came_l + end["base_added"] - 15 * SAMPLE_ML / 1000.0 == pytest.approx(
        end["volume"], rel=1e-6
    )


def test_twelve_hours_a_step_is_the_same_process():
    day, half = FedBatchEnv(), FedBatchEnv(step_h=12.0)
    day.reset(seed=4, options={"noise_scale": 0.0})
    half.reset(seed=4, options={"noise_scale": 0.0})
    daily, halves = steps(day, 14), steps(half, 28)
    assert len(halves) == 28
    # one millilitre is drawn twice as often
    assert sum(o[1] for o in halves) == pytest.approx(sum(o[1] for o in daily), rel=5e-3)
    with pytest.raises(OptionRefused, match=r"step_h is 5.0 h; must be 12 or 24"):
        PerfusionEnv(step_h=5.0)


def test_the_perfusion_reward_is_the_antibody_harvested():
    env = PerfusionEnv(options={"volume_l": 2.0, "medium": "rich"})
    env.reset(seed=2)
    returned = steps(env, 30)
    assert returned[-1][2:4] == (False, True)
    truth = returned[-1][4]["truth"]
    made = sum(one[4]["product"] for one in returned)
    assert made == pytest.approx(truth["product_harvested"] / 2.0)
    costs = sum(one[4]["costs"]["medium"] for one in returned)
    assert costs == pytest.approx(0.05 * truth["medium_used"] / 2.0)
    assert sum(one[1] for one in returned) == pytest.approx(made - costs)
    assert truth["product_bled"] > 0.0


def test_the_published_recipe_makes_what_the_batch_makes():
    env = IndPenSimEnv(costs=FREE[IndPenSimEnv], options={"batch_seed": 1})
    env.reset(seed=5)
    returned = steps(env, 2000)
    result = Batch(seed=1).run()
    assert len(returned) == 1150
    assert returned[-1][2:4] == (False, True)
    # the recipe goes through an action in float32
    assert sum(one[1] for one in returned) == pytest.approx(result.yield_kg, rel=1e-4)
    assert returned[-1][0][0] == pytest.approx(230.0)


def test_costs_of_a_penicillin_step():
    env = IndPenSimEnv(controlled=["sugar_feed", "aeration"])
    env.reset(seed=1, options={"noise_scale": 0.0})
    observed, reward, *_, info = env.step(env.action_for(sugar_feed=100.0, aeration=50.0))
    assert info["costs"]["sugar_feed"] == pytest.approx(0.016 * 100.0 * 0.2)
    assert info["costs"]["aeration"] == pytest.approx(0.0003 * 50.0 * 60.0 * 0.2)
    assert info["costs"]["oil_feed"] == pytest.approx(0.06 * 22.0 * 0.2)  # the recipe's
    assert reward == pytest.approx(info["product"] - sum(info["costs"].values()))
    assert seen(env, observed, "aeration") == pytest.approx(50.0)
    for wrong in ((), ("sugar",), ("water", "water")):
        with pytest.raises(OptionRefused, match="each once"):
            IndPenSimEnv(controlled=wrong)


def extreme(**setpoints):
    """A policy: these values, the recipe for the rest."""
    return lambda env: env.action_for(**{**env.recipe(), **setpoints})


@pytest.mark.parametrize(
    ("kind", "options", "policy", "said"),
    [
        (FedBatchEnv, {}, extreme(temperature=31.0, feed_rate=0.0, glucose_setpoint=0.0), "viab"),
        (FedBatchEnv, {"medium": "lean"}, extreme(feed_rate=8.0), "overflows"),
        (FedBatchEnv, {"parameters": {"q_o2": -50.0}}, None, "can't be integrated"),
        (PerfusionEnv, {"parameters": {"k_d": 0.05}}, None, "viability"),
        (
            PerfusionEnv,
            {"fault": {"kind": "stuck_valve", "input": "harvest_limit", "value": 0.0, "at_day": 3}},
            None,
            "overflows",
        ),
        (
            PerfusionEnv,
            {
                "fault": {
                    "kind": "stuck_valve",
                    "input": "volume_setpoint",
                    "value": 1.0,
                    "at_day": 3.0,
                }
            },
            None,
            "drained",
        ),
        (PerfusionEnv, {"parameters": {"level_gain": -1e9}}, None, "can't be integrated"),
        (
            IndPenSimEnv,
            {},
            extreme(discharge=6000.0),
            r"holds \d+ L; the equations need at least 10000 L",
        ),
        (IndPenSimEnv, {}, extreme(water=1000.0), "overflows"),
    ],
)
def test_an_episode_that_ends_early_says_why(kind, options, policy, said):
    env = kind(options=options)
    env.reset(seed=1)
    returned = steps(env, 2000, policy)
    observed, reward, terminated, truncated, info = returned[-1]
    assert (terminated, truncated) == (True, False)
    assert re.search(said, info["reason"])
    assert observed in env.observation_space
    assert np.isfinite(reward)
    assert all(one[4]["reason"] == "" for one in returned[:-1])
    with pytest.raises(EpisodeOver):
        env.step(env.action_space.sample())


def test_an_end_before_its_time_on_the_last_step_is_no_planned_end(monkeypatch):
    env = FedBatchEnv()
    env.reset(seed=1)
    shown = env._show()
    monkeypatch.setattr(env, "_go_on", lambda _: (Passed(1.0, {"feed": 0.25}, "over", True), shown))
    assert env.step(env.recipe_action())[1:4] == (0.75, True, False)


def test_perfect_probes_show_the_truth():
    env = FedBatchEnv(options={"noise_scale": 0.0})
    env.reset(seed=1)
    observed, *_, info = steps(env, 5)[-1]
    truth = info["truth"]
    for name, state, scale in [
        ("raman_glucose", "glucose", 1.0),
        ("viability", "viability", 1.0),
        ("ammonia", "ammonia", 1.0),
        ("oxygen_uptake", "our", 1.0),
    ]:
        assert seen(env, observed, name) == pytest.approx(truth[state] * scale, rel=2e-3)
    batch = IndPenSimEnv(options={"noise_scale": 0.0})
    batch.reset(seed=1)
    observed, *_, info = steps(batch, 40)[-1]
    truth = info["truth"]
    assert seen(batch, observed, "temperature") == pytest.approx(truth["temperature"] - 273.15)
    assert seen(batch, observed, "co2_in_gas") == pytest.approx(truth["offgas_co2"] / 100.0)
    assert seen(batch, observed, "biomass") == pytest.approx(truth["biomass"], rel=0.05)  # late
    noisy = FedBatchEnv()
    noisy.reset(seed=1)
    observed, *_, info = steps(noisy, 5)[-1]
    wrong = seen(noisy, observed, "raman_glucose") - info["truth"]["glucose"]
    assert 1e-3 < abs(wrong) < 10.0


def test_faults_show_where_they_should():
    bias = {"kind": "bias", "signal": "ph", "size": 0.3, "at_day": 2.0}
    env = FedBatchEnv(options={"fault": bias, "noise_scale": 0.0})
    env.reset(seed=1)
    returned = steps(env, 4)
    assert returned[0][4]["faults"] == ""
    observed, *_, info = returned[-1]
    assert info["faults"] == "bias"
    assert seen(env, observed, "ph") == pytest.approx(7.0, abs=0.01)  # the loop trusts its probe
    assert info["truth"]["ph"] == pytest.approx(6.7, abs=0.01)

    # begins and ends between two looks at the limits
    failure = {"kind": "pump_failure", "at_day": 4.05, "for_h": 9.0}
    costs = []
    for fault in ([failure], []):
        env.reset(seed=1, options={"fault": fault})
        costs.append(steps(env, 5)[-1][4]["costs"]["feed"])
    assert costs[0] == pytest.approx((1.0 - 9.0 / 24.0) * costs[1], rel=1e-6)

    env.reset(seed=1, options={"fault": {"kind": "contamination", "at_day": 2.3}})
    returned = steps(env, 14)
    assert returned[1][4]["truth"]["contaminant"] == 0.0
    assert returned[2][4]["truth"]["contaminant"] > 1e-3
    assert returned[-1][2]

    held = {"kind": "stuck_valve", "input": "medium_rate", "at_day": 6.0}
    culture = PerfusionEnv(options={"fault": held, "noise_scale": 0.0})
    culture.reset(seed=1)
    flow = seen(culture, steps(culture, 6)[-1][0], "medium_flow")
    stopped = steps(culture, 1, extreme(perfusion_rate=3.0))[-1][0]
    assert seen(culture, stopped, "medium_flow") == pytest.approx(flow, rel=1e-3)


def test_a_sensor_fault_of_indpensim_shows_in_what_is_observed():
    """The loop is misled by what the probe shows: it shows the set-point, the truth is off."""
    env = IndPenSimEnv(options={"batch_seed": 1, "fault": 8, "noise_scale": 0.0})
    env.reset(seed=1)
    returned = steps(env, 850)
    apart = [one[4]["truth"]["ph"] - seen(env, one[0], "ph") for one in returned]
    assert apart[100] == pytest.approx(0.0, abs=1e-5)
    assert apart[499] == pytest.approx(0.05, abs=0.01)  # the electrode lags
    assert apart[849] == pytest.approx(0.1, abs=0.01)
    assert (returned[100][4]["faults"], returned[849][4]["faults"]) == ("", "fault 8")


@each
def test_what_is_rendered_is_what_is_observed(kind):
    env = kind(render_mode="ansi")
    with pytest.raises(EpisodeOver):
        env.render()
    env.reset(seed=1)
    lines = env.render().splitlines()
    assert [line.split()[0] for line in lines] == [signal.name for signal in env.signals]
    assert [line.split()[2] for line in lines] == [signal.unit for signal in env.signals]
    assert kind().render() is None


unit = st.one_of(st.sampled_from([-1.0, 1.0]), st.floats(-1.0, 1.0, width=32))


@each
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data(), seed=st.integers(0, 2**31))
def test_any_actions_within_the_bounds_give_numbers(kind, data, seed):
    env = kind()
    env.reset(seed=seed)
    actions = data.draw(
        st.lists(
            st.lists(unit, min_size=len(env.setpoints), max_size=len(env.setpoints)),
            min_size=1,
            max_size=12,
        )
    )
    for action in actions:
        observed, reward, terminated, _, info = env.step(np.array(action, np.float32))
        assert observed in env.observation_space
        assert np.isfinite(reward)
        assert np.isfinite(list(info["truth"].values())).all()
        if terminated:
            assert info["reason"]
            break


def test_an_environment_can_be_made_without_importing_the_twin():
    code = (
        "import sys, warnings; warnings.simplefilter('error')\n"
        "import gymnasium\n"
        f"for name in {list(IDS)!r}:\n"
        "    print(gymnasium.make(f'twin.environments:{name}').unwrapped.spec.id)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert said.stdout.split() == list(IDS), said.stderr


def test_only_the_environments_need_gymnasium():
    code = (
        "import sys\n"
        "import twin, twin.indpensim, twin.plant, twin.kinetics.cho_perfusion\n"
        "assert 'gymnasium' not in sys.modules\n"
        "sys.modules['gymnasium'] = None\n"  # as if it weren't installed
        "import twin.environments"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    last = said.stderr.splitlines()[-1]
    assert "GymnasiumMissing: twin.environments needs gymnasium" in last
    assert "pip install" in last
