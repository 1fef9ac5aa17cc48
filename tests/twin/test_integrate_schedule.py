"""Whole schedules in compiled code: the same numbers as going from event to event by hand."""

import numpy as np
import pytest

from twin.integrate import (
    Event,
    IntegrationFailed,
    Integrator,
    WrongSchedule,
    WrongVector,
    compiled,
    follow_schedule,
    follow_schedules,
    schedule_of,
)
from twin.kinetics.bajpai_reuss import BAJPAI_REUSS
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import CLONES
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import BASAL
from twin.kinetics.mixing import with_added
from twin.kinetics.model import UnknownName
from twin.randomness import stream

FEED = {"glucose": 650.0, "glutamine": 60.0, "ions": 500.0}
N_RUNS = 5
HOURLY = np.arange(0.0, 337.0)


@pytest.fixture(scope="module")
def cho():
    return compiled(CHO_FEDBATCH)


def culture(bolus_l):
    """Daily boluses of the third day and later, a temperature shift on the fifth."""
    x0 = initial_state(BASAL, viable_cells=0.6, volume_l=0.2, temperature=36.8)
    u = CHO_FEDBATCH.inputs_with(**BASAL.feed(), temperature_setpoint=36.8)
    shift = {5: {"temperature_setpoint": 34.0}}
    events = [Event(24.0 * d, bolus_l, FEED, shift.get(d, {})) for d in range(3, 14)]
    return x0, schedule_of(CHO_FEDBATCH, 0.0, 336.0, u, events)


def by_hand(cho, x0, plan, p):
    """An Integrator from event to event, with the bolus mixed in by the twin's own function."""
    integrator = Integrator(cho)
    x, rows, solutes = np.array(x0), [np.array([x0])], FEED
    for k in range(plan.bolus_l.size):
        t0, t1 = plan.times_h[k], plan.times_h[k + 1]
        if plan.bolus_l[k] > 0.0:
            x = np.array(with_added(CHO_FEDBATCH, tuple(x.tolist()), plan.bolus_l[k], **solutes))
        grid = HOURLY[(t0 < HOURLY) & (t1 >= HOURLY)]
        x, out = integrator.advance(x, plan.inputs[k], p, t0, t1, out_times=grid)
        rows.append(out)
    return x, np.concatenate(rows)


def drawn():
    rng = stream(1, "schedules")
    clones = list(CLONES.values())
    ps = [
        parameters_for(clones[k % 3], BASAL, growth=float(rng.lognormal(0.0, 0.08)))
        for k in range(N_RUNS)
    ]
    return np.array(ps), rng.uniform(0.002, 0.01, N_RUNS)


def test_a_schedule_gives_the_numbers_of_going_by_hand(cho):
    x0, plan = culture(0.006)
    p = parameters_for(CLONES["K1"], BASAL)
    x, out = follow_schedule(cho, x0, plan, p, out_times=HOURLY)
    x_by_hand, out_by_hand = by_hand(cho, x0, plan, p)
    assert np.array_equal(x, x_by_hand)
    assert np.array_equal(out, out_by_hand)


def test_runs_of_an_ensemble_are_the_single_runs(cho):
    ps, boluses = drawn()
    x0, _ = culture(0.0)
    plans = [culture(float(bolus))[1] for bolus in boluses]
    x, out = follow_schedules(cho, x0, plans, ps, out_times=HOURLY)
    for k in range(N_RUNS):
        x_alone, out_alone = follow_schedule(cho, x0, plans[k], ps[k], out_times=HOURLY)
        assert np.array_equal(x[k], x_alone)
        assert np.array_equal(out[k], out_alone)
    assert len({float(row[0]) for row in x}) == N_RUNS


def test_one_schedule_serves_all_runs(cho):
    ps, _ = drawn()
    x0, plan = culture(0.005)
    x, _ = follow_schedules(cho, x0, plan, ps)
    again, _ = follow_schedules(cho, x0, [plan] * N_RUNS, ps)
    assert np.array_equal(x, again)


def test_boluses_at_one_moment_follow_each_other(cho):
    x0, _ = culture(0.0)
    u = CHO_FEDBATCH.inputs_with(**BASAL.feed())
    events = [Event(0.0, 0.01, {"glucose": 500.0}), Event(0.0, 0.02, {"product": 3.0})]
    plan = schedule_of(CHO_FEDBATCH, 0.0, 1e-9, u, events)
    x, _ = follow_schedule(cho, x0, plan, parameters_for(CLONES["K1"], BASAL))
    mixed = with_added(CHO_FEDBATCH, x0, 0.01, glucose=500.0)
    assert x == pytest.approx(with_added(CHO_FEDBATCH, mixed, 0.02, product=3.0), rel=1e-8)


@pytest.mark.parametrize(
    ("event", "error", "says"),
    [
        (Event(336.0, 0.01), WrongSchedule, "an event at 336.0 h"),
        (Event(1.0, -0.01), WrongSchedule, "a bolus of -0.01 L at 1.0 h"),
        (Event(1.0, 0.01, {"volume": 1.0}), UnknownName, "solute"),
        (Event(1.0, inputs={"feed": 1.0}), UnknownName, "input"),
    ],
)
def test_an_event_that_cannot_be_is_refused(event, error, says):
    with pytest.raises(error, match=says):
        schedule_of(CHO_FEDBATCH, 0.0, 336.0, CHO_FEDBATCH.inputs_with(), [event])


def test_schedules_that_do_not_fit_are_refused(cho):
    x0, plan = culture(0.005)
    p = parameters_for(CLONES["K1"], BASAL)
    other = schedule_of(BAJPAI_REUSS, 0.0, 336.0, BAJPAI_REUSS.inputs_with())
    with pytest.raises(WrongVector, match="a schedule of model"):
        follow_schedule(cho, x0, other, p)
    short = schedule_of(CHO_FEDBATCH, 0.0, 336.0, CHO_FEDBATCH.inputs_with())
    with pytest.raises(WrongVector, match="equally many events"):
        follow_schedules(cho, x0, [plan, short], p)
    with pytest.raises(WrongVector, match="2 schedules for 3 runs"):
        follow_schedules(cho, x0, [plan, plan], np.tile(p, (3, 1)))


def test_a_failure_says_which_run(cho):
    x0, plan = culture(0.005)
    ps = np.tile(parameters_for(CLONES["K1"], BASAL), (3, 1))
    with pytest.raises(IntegrationFailed, match="run 0 of the ensemble: more steps"):
        follow_schedules(cho, x0, plan, ps, max_steps=3)
