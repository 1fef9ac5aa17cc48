"""Benchmark processes with a known optimum: their vectors and traps, and the problems as data."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.integrate import Integrator, compiled, integrate_reference
from twin.kinetics.known_optima import (
    CAPPED_PENICILLIN,
    KNOWN_OPTIMA,
    PENICILLIN,
    SECRETED_PROTEIN,
    OptimalControlProblem,
    ProblemInvalid,
)
from twin.kinetics.model import UnknownName

TWO_STEPS = ((28.0, 20.0), (132.0, 9.038462))
PROBLEMS = pytest.mark.parametrize("problem", KNOWN_OPTIMA.values(), ids=lambda p: p.name)


def final(problem, steps, solver=None, **overrides):
    """Final states under a feed of (until, rate) steps."""
    p = problem.model.parameters_with(**overrides)
    solver = solver or Integrator(compiled(problem.model), rtol=1e-9, atol=1e-11)
    x = np.array(problem.x0)
    for (t0, _), (t1, feed) in pairwise([(0.0, 0.0), *steps]):
        x, _ = solver.advance(x, problem.model.inputs_with(feed_rate=feed), p, t0, t1)
    return x


class Reference:
    """The reference solver in the integrator's place."""

    def __init__(self, model):
        self.model = model

    def advance(self, x, u, p, t0_h, t1_h):
        return integrate_reference(self.model, x, u, p, t0_h, t1_h, rtol=1e-11, atol=1e-13)


# figures computed with SciPy's LSODA at rtol 1e-9 from the printed equations, before this code


def test_vector_of_park_and_ramirez():
    x = final(SECRETED_PROTEIN, [(15.0, 0.5)])
    # printed to 1e-6, which for glucose is 1.2e-5 of it
    assert x == pytest.approx([3.308161, 3.764750, 2.603820, 0.086229, 8.5], rel=1e-5, abs=5e-7)
    assert SECRETED_PROTEIN.objective(x) == pytest.approx(28.119372, rel=1e-6)
    x = final(SECRETED_PROTEIN, [(15.0, 1.0)])
    assert SECRETED_PROTEIN.objective(x) == pytest.approx(21.517253, rel=1e-6)


def test_vectors_of_bajpai_and_reuss():
    x = final(PENICILLIN, [(132.0, 11.363636)])
    assert x == pytest.approx([30.44071, 8.348950, 0.0037994, 10.0], rel=1e-5)
    assert PENICILLIN.objective(x) == pytest.approx(83.4895, rel=1e-5)
    assert PENICILLIN.objective(final(PENICILLIN, TWO_STEPS)) == pytest.approx(87.749, rel=1e-5)


def test_vector_of_srinivasan():
    x = final(CAPPED_PENICILLIN, [(150.0, 0.03)])
    assert x == pytest.approx([3.527888, 0.0119210, 1.421675, 154.5], rel=1e-5)
    assert CAPPED_PENICILLIN.objective(x) == x[2]


@PROBLEMS
@pytest.mark.parametrize("seed", [1, 2])
def test_a_jumping_feed_agrees_with_the_reference_solver(problem, seed):
    rng = np.random.default_rng(seed)
    low, high = problem.input_bounds["feed_rate"]
    feeds = low + 0.1 * high * rng.random(5)
    until = np.linspace(0.0, problem.horizon_h, 6)[1:]
    steps = [(float(t), float(f)) for t, f in zip(until, feeds, strict=True)]
    got, expected = final(problem, steps), final(problem, steps, Reference(problem.model))
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-10)


def test_what_is_to_be_beaten_is_reached_by_its_policy():
    feeds = np.arange(0.600, 0.620, 0.001)
    reached = [
        SECRETED_PROTEIN.objective(final(SECRETED_PROTEIN, [(15.0, feed)])) for feed in feeds
    ]
    assert max(reached) == pytest.approx(SECRETED_PROTEIN.to_beat, rel=1e-5)
    assert feeds[np.argmax(reached)] == pytest.approx(0.609)
    two_steps = PENICILLIN.objective(final(PENICILLIN, TWO_STEPS))
    assert two_steps == pytest.approx(PENICILLIN.to_beat, rel=1e-5)


def test_the_published_shape_of_a_capped_feed_beats_the_local_optimum():
    # feed up to the cap on biomass, pause, then just what the capped mould turns into penicillin
    rise = [(11.0 * k, 0.0277 * (0.095 / 0.0277) ** ((k - 0.5) / 7.0)) for k in range(1, 8)]
    x = final(CAPPED_PENICILLIN, [*rise, (81.0, 0.0), (150.0, 0.0099)])
    assert CAPPED_PENICILLIN.to_beat < x[2] < CAPPED_PENICILLIN.known_optimum
    assert x[0] < 3.7


def test_penicillin_needs_substrate_though_printed_otherwise():
    x = final(CAPPED_PENICILLIN, [(150.0, 0.0)])
    assert 0.0 <= x[1] < 1e-7
    assert x[2] < 0.25
    fed = [(150.0, 0.03)]
    printed = final(CAPPED_PENICILLIN, fed, k_formation=0.0)
    assert final(CAPPED_PENICILLIN, fed) == pytest.approx(printed, rel=2e-6)


@PROBLEMS
@settings(deadline=None, max_examples=40)
@given(shares=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_no_feed_within_bounds_gives_negative_or_missing_numbers(problem, shares):
    low, high = problem.input_bounds["feed_rate"]
    until = np.linspace(0.0, problem.horizon_h, 5)[1:]
    x = final(problem, [(t, low + s * (high - low)) for t, s in zip(until, shares, strict=True)])
    assert np.isfinite(x).all()
    assert x.min() >= 0.0


def test_yields_are_those_printed_for_bajpai_and_reuss():
    # without maintenance and hydrolysis, substrate = biomass / 0.47 + penicillin / 1.2
    x = final(PENICILLIN, TWO_STEPS, maintenance=0.0, k_decay=0.0)
    grown = x[0] * x[3] - 1.5 * 7.0
    fed = 28.0 * 20.0 + 104.0 * 9.038462
    assert fed == pytest.approx(x[2] * x[3] + grown / 0.47 + x[1] * x[3] / 1.2, rel=1e-8)


def test_yields_are_those_printed_for_srinivasan():
    x = final(CAPPED_PENICILLIN, [(150.0, 0.03)])
    grown = x[0] * x[3] - 150.0
    fed = 150.0 * 0.03 * 200.0 + 0.5 * 150.0
    assert fed == pytest.approx(x[1] * x[3] + grown / 0.5 + x[2] * x[3] / 1.2, rel=1e-8)


def test_yields_are_those_printed_for_park_and_ramirez():
    x = final(SECRETED_PROTEIN, [(15.0, 0.5)])
    grown = x[2] * x[4] - 1.0
    fed = 5.0 + 15.0 * 0.5 * 20.0
    assert fed == pytest.approx(x[3] * x[4] + 7.3 * grown, rel=1e-8)


@PROBLEMS
def test_the_same_equations_and_objective_take_pyomo_variables(problem):
    pyo = pytest.importorskip("pyomo.environ")
    values = tuple(state.scale for state in problem.model.states)
    inputs = tuple(high for _, high in problem.input_bounds.values())
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(len(values)), initialize=dict(enumerate(values)))
    x, p = tuple(m.x[i] for i in m.x), problem.model.parameters_with()
    for function in (problem.model.rates, problem.model.algebraic):
        got = [pyo.value(e) for e in function(0.0, x, inputs, p)]
        assert got == pytest.approx(list(function(0.0, values, inputs, p)), rel=1e-12)
    assert pyo.value(problem.objective(x)) == pytest.approx(problem.objective(values))


def changed(**parts) -> OptimalControlProblem:
    return dataclasses.replace(PENICILLIN, **parts)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"x0": (1.0, 0.0)}, "x0 has 2 numbers for 4 states"),
        ({"horizon_h": 0.0}, "horizon must be positive"),
        ({"maximise": ()}, "no state to maximise"),
        ({"input_bounds": {}}, "every input needs bounds"),
        ({"input_bounds": {"feed_rate": (5.0, 5.0)}}, "5.0 is not below 5.0"),
        ({"state_bounds": {"volume": (0.0, 6.0)}}, "'volume' starts at 7.0, outside 0.0 .. 6.0"),
        ({"known_optimum": 80.0}, "not above what is to be beaten"),
    ],
)
def test_a_contradictory_problem_is_refused(parts, said):
    with pytest.raises(ProblemInvalid, match=f"control problem 'penicillin': .*{said}"):
        changed(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"maximise": ("titre",)},
        {"input_bounds": {"feed": (0.0, 1.0)}},
        {"state_bounds": {"titre": (0.0, 1.0)}},
    ],
)
def test_unknown_names_are_refused(parts):
    with pytest.raises(UnknownName, match="model 'bajpai_reuss' has no"):
        changed(**parts)
