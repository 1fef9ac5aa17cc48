"""The compiled integrator on problems whose answers are known."""

import math
from itertools import pairwise

import numpy as np
import pytest

from twin.integrate import (
    IntegrationFailed,
    Integrator,
    WrongVector,
    compiled,
    ensemble,
    integrate,
    outputs_at,
)
from twin.integrate.linear import factorize, solve
from twin.kinetics.model import Input, KineticsModel, Output, Parameter, State

FREE = -math.inf


def parameter(name, value):
    return Parameter(name, "1", value, "", "assumption")


def linear(t, x, u, p):
    """Two coupled modes, -1 and -stiff, around a supply."""
    a, b = x
    (stiff,) = p
    return (-a + stiff * b + u[0], -stiff * b - b * 0.5)


def sum_of_both(t, x, u, p):
    return (x[0] + x[1], t * x[0])


LINEAR = KineticsModel(
    name="linear",
    states=(State("a", "1", FREE, ""), State("b", "1", FREE, "")),
    inputs=(Input("supply", "1/h", 0.0, ""),),
    parameters=(parameter("stiff", 40.0),),
    rates=linear,
    doc="a stiff linear system",
    outputs=(Output("sum", "1", ""), Output("moment", "h", "")),
    algebraic=sum_of_both,
)


def linear_answer(t, a0, b0, stiff=40.0):
    fast = stiff + 0.5
    share = stiff * b0 / (fast - 1.0)
    return (a0 + share) * math.exp(-t) - share * math.exp(-fast * t), b0 * math.exp(-fast * t)


def hyperbola(t, x, u, p):
    """Prothero-Robinson: pulled towards 1 / (1 + t), stiffly, with the time in the equation."""
    curve = 1.0 / (1.0 + t)
    return (-p[0] * (x[0] - curve) - curve * curve,)


HYPERBOLA = KineticsModel(
    name="hyperbola",
    states=(State("y", "1", FREE, ""),),
    inputs=(),
    parameters=(parameter("pull", 50.0),),
    rates=hyperbola,
    doc="a stiff system that depends on time",
)


def robertson(t, x, u, p):
    a, b, c = x
    return (
        -0.04 * a + 1e4 * b * c,
        0.04 * a - 1e4 * b * c - 3e7 * b * b,
        3e7 * b * b,
    )


ROBERTSON = KineticsModel(
    name="robertson",
    states=tuple(State(n, "1", 0.0, "", scale=s) for n, s in (("a", 1), ("b", 1e-5), ("c", 1))),
    inputs=(),
    parameters=(),
    rates=robertson,
    doc="Robertson's chemical kinetics",
)


def trouble(t, x, u, p):
    """Blows up, runs dry or leaves the numbers, by choice of the parameters."""
    grow, drain, root = p
    return (grow * x[0] * x[0] - drain + root * (1.0 - x[0]) ** 0.5,)


TROUBLE = KineticsModel(
    name="trouble",
    states=(State("y", "1", 0.0, ""),),
    inputs=(),
    parameters=(parameter("grow", 0.0), parameter("drain", 0.0), parameter("root", 0.0)),
    rates=trouble,
    doc="equations that can't be integrated to the end",
)


def used_up(t, x, u, p):
    """Taken at a constant rate until it is gone."""
    return (-x[0] / (p[0] + x[0]),)


USED_UP = KineticsModel(
    name="used_up",
    states=(State("y", "1", 0.0, ""),),
    inputs=(),
    parameters=(parameter("half", 1e-6),),
    rates=used_up,
    doc="a substrate that runs out",
)


def fixed_step_error(model, x0, p, t0, t1, n_steps, answer):
    """Error at the end with steps of one size: tolerances so wide that nothing is rejected."""
    x1, _ = integrate(
        compiled(model),
        x0,
        model.inputs_with(),
        p,
        t0,
        t1,
        rtol=1e9,
        max_step_h=(t1 - t0) / n_steps,
    )
    return abs(x1[0] - answer)


def steady_steps(monkeypatch):
    """Start with the longest step, so that all steps are equal."""
    monkeypatch.setattr("twin.integrate.run.FIRST_STEP_H", math.inf)


@pytest.mark.parametrize("model", ["linear", "hyperbola"])
def test_the_order_is_four(model, monkeypatch):
    steady_steps(monkeypatch)
    if model == "linear":
        problem, x0, p, t1 = LINEAR, (1.0, 0.5), (4.0,), 2.0
        answer = linear_answer(t1, *x0, stiff=4.0)[0]
    else:
        problem, x0, p, t1 = HYPERBOLA, (0.5,), (2.0,), 2.0
        answer = 1.0 / 3.0 + (0.5 - 1.0) * math.exp(-2.0 * t1)
    errors = [fixed_step_error(problem, x0, p, 0.0, t1, n, answer) for n in (8, 16, 32)]
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    assert orders == pytest.approx([4.0, 4.0], abs=0.35)


def test_the_order_between_steps_is_three_or_better(monkeypatch):
    steady_steps(monkeypatch)
    errors = []
    for n in (8, 16, 32):
        times = (np.arange(n) + 0.37) * 2.0 / n
        _, out = integrate(
            compiled(LINEAR), (1.0, 0.5), (0.0,), (4.0,), 0.0, 2.0,
            rtol=1e9, max_step_h=2.0 / n, out_times=times,
        )  # fmt: skip
        answers = [linear_answer(t, 1.0, 0.5, 4.0)[0] for t in times]
        errors.append(np.abs(out[:, 0] - answers).max())
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    assert min(orders) > 2.7


def test_a_stiff_linear_problem_is_exact_within_tolerance():
    times = np.linspace(0.0, 5.0, 11)
    x1, out = integrate(
        compiled(LINEAR),
        (1.0, 0.5),
        (0.0,),
        (1e6,),
        0.0,
        5.0,
        out_times=times,
        rtol=1e-8,
        atol=1e-10,
    )
    answers = np.array([linear_answer(t, 1.0, 0.5, 1e6) for t in times])
    assert out == pytest.approx(answers, abs=3e-7)
    assert x1 == pytest.approx(answers[-1], abs=3e-8)
    assert out[0].tolist() == [1.0, 0.5]


def test_robertson_over_eleven_decades():
    # reference values: test set for initial value problem solvers (Bari), and Hairer & Wanner
    robertson_model = compiled(ROBERTSON)
    x, _ = integrate(robertson_model, (1.0, 0.0, 0.0), (), (), 0.0, 40.0, rtol=1e-8, atol=1e-10)
    assert x == pytest.approx([0.7158270688, 9.185534765e-6, 0.2841637457], rel=1e-6)
    x, _ = integrate(robertson_model, x, (), (), 40.0, 1e11, rtol=1e-8, atol=1e-14)
    assert x == pytest.approx([0.2083340149701e-7, 0.8333360770335e-13, 0.9999999791665], rel=1e-4)
    assert x.sum() == pytest.approx(1.0, abs=1e-9)


def test_steps_are_carried_from_one_interval_to_the_next():
    steady = Integrator(compiled(LINEAR), rtol=1e-7)
    x = np.array([1.0, 0.5])
    for k in range(10):
        x, _ = steady.advance(x, (0.0,), (40.0,), k * 0.5, (k + 1) * 0.5)
    assert steady.step_h > 0.05
    assert x == pytest.approx(linear_answer(5.0, 1.0, 0.5), abs=1e-6)


def test_the_callers_states_are_left_alone_and_read_only_arrays_are_taken():
    x0, u = np.array([1.0, 0.5]), np.zeros(1)
    x0.flags.writeable = u.flags.writeable = False
    integrate(compiled(LINEAR), x0, u, (40.0,), 0.0, 1.0)
    assert x0.tolist() == [1.0, 0.5]


def test_an_empty_interval_changes_nothing():
    x1, out = integrate(compiled(LINEAR), (1.0, 0.5), (0.0,), (40.0,), 3.0, 3.0, out_times=[3.0])
    assert x1.tolist() == out[0].tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("p", "reason"),
    [
        ((1.0, 0.0, 0.0), "step size needed|not finite"),
        ((0.0, 1.0, 0.0), "below its lower limit"),
        ((0.0, -1.0, 1.0), "not finite|step size needed"),
    ],
)
def test_what_cant_be_integrated_is_named(p, reason):
    with pytest.raises(IntegrationFailed, match=f"model 'trouble' at .* h: .*({reason})") as caught:
        integrate(compiled(TROUBLE), (0.9,), (), p, 0.0, 10.0)
    assert caught.value.state == "y"
    assert 0.0 <= caught.value.t_h < 10.0


def test_too_many_steps_is_named():
    with pytest.raises(IntegrationFailed, match="more steps than allowed"):
        integrate(compiled(LINEAR), (1.0, 0.5), (0.0,), (40.0,), 0.0, 100.0, max_steps=5)


@pytest.mark.parametrize("half", [1e-4, 1e-7, 1e-10])
def test_a_state_that_is_used_up_never_falls_below_its_limit(half):
    x1, out = integrate(
        compiled(USED_UP), (1.0,), (), (half,), 0.0, 3.0, out_times=np.linspace(0.9, 3.0, 500)
    )
    assert out.min() >= 0.0
    assert 0.0 <= x1[0] <= 1e-8


@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize("n", [1, 2, 14, 33])
def test_linear_systems_are_solved_with_pivoting_and_without_zeros(n, share):
    rng = np.random.default_rng(n)
    a = rng.normal(size=(n, n)) * (rng.random((n, n)) < share) + np.eye(n)[::-1] * 10.0
    a[0, 0] = 0.0 if n > 1 else 1.0
    b = rng.normal(size=(3, n))
    answer = np.linalg.solve(a, b[1])
    listing, others = np.empty((n, n + 2), np.int64), b[[0, 2]].copy()
    by_columns = a.T.copy()
    assert factorize(by_columns, listing)
    solve(by_columns, listing, b[1])
    assert b[1] == pytest.approx(answer, rel=1e-10)
    assert (b[[0, 2]] == others).all()
    assert not factorize(np.zeros((n, n)), listing)
    assert not factorize(np.full((n, n), math.nan), listing)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x0": (1.0,)}, "states: shape"),
        ({"x0": (1.0, math.nan)}, "states: number 1 is not finite"),
        ({"u": ()}, "inputs: shape"),
        ({"p": (1.0, 2.0)}, "parameters: shape"),
        ({"t1_h": -1.0}, "doesn't go forward"),
        ({"t1_h": math.inf}, "doesn't go forward"),
        ({"out_times": [0.5, 0.2]}, "out_times must ascend"),
        ({"out_times": [2.0]}, "out_times must ascend"),
        ({"rtol": 0.0}, "rtol must be positive"),
        ({"atol": (1.0, 0.0)}, "absolute tolerances must be positive"),
    ],
)
def test_arguments_that_dont_fit_are_refused(changes, said):
    arguments = {"x0": (1.0, 0.5), "u": (0.0,), "p": (40.0,), "t0_h": 0.0, "t1_h": 1.0} | changes
    with pytest.raises(WrongVector, match=said):
        integrate(compiled(LINEAR), **arguments)


def test_an_ensemble_gives_the_numbers_of_single_runs_to_the_bit():
    rng = np.random.default_rng(5)
    x0s, ps = rng.uniform(0.1, 2.0, (7, 2)), rng.uniform(1.0, 1e4, (7, 1))
    times = [0.1, 0.2, 1.0]
    x1s, outs = ensemble(compiled(LINEAR), x0s, (0.3,), ps, 0.0, 1.0, out_times=times)
    for k in range(7):
        x1, out = integrate(compiled(LINEAR), x0s[k], (0.3,), ps[k], 0.0, 1.0, out_times=times)
        assert x1.tobytes() == x1s[k].tobytes()
        assert out.tobytes() == outs[k].tobytes()


def test_a_run_of_an_ensemble_that_fails_is_named():
    ps = [(0.0, 0.0, 0.0), (0.0, 1.0, 0.0)]
    with pytest.raises(IntegrationFailed, match="run 1 of the ensemble") as caught:
        ensemble(compiled(TROUBLE), (0.5,), (), ps, 0.0, 10.0)
    assert caught.value.member == 1
    with pytest.raises(WrongVector, match="parameters: shape"):
        ensemble(compiled(TROUBLE), np.ones((3, 1)), (), ps, 0.0, 1.0)


def test_outputs_follow_the_algebraic_function():
    times = [0.0, 2.0]
    rows = outputs_at(compiled(LINEAR), times, [(1.0, 2.0), (3.0, 4.0)], (0.0,), (40.0,))
    assert rows.tolist() == [[3.0, 0.0], [7.0, 6.0]]
    assert outputs_at(compiled(LINEAR), 2.0, (3.0, 4.0), (0.0,), (40.0,)).tolist() == [7.0, 6.0]
    with pytest.raises(WrongVector, match="declares no outputs"):
        outputs_at(compiled(TROUBLE), 0.0, (1.0,), (), (0.0, 0.0, 0.0))
