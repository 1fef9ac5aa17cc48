"""The derivatives that are written out, against derivatives by complex steps."""

import math

import numpy as np
import pytest

from twin.indpensim import INDPENSIM
from twin.integrate import compiled, integrate, integrate_reference
from twin.integrate.jacobian import jacobian_text
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.known_optima import KNOWN_OPTIMA
from twin.kinetics.laws import E
from twin.kinetics.model import KineticsModel, Parameter, State
from twin.kinetics.pensim import PENSIM

MODELS = [CHO_FEDBATCH, PENSIM, INDPENSIM, *(p.model for p in KNOWN_OPTIMA.values())]
STEP = 1e-30


def model_of(rates, n_states):
    return KineticsModel(
        name="small",
        states=tuple(State(f"x{i}", "1", -math.inf, "") for i in range(n_states)),
        inputs=(),
        parameters=(Parameter("k", "1", 2.0, "", "assumption"),),
        rates=rates,
        doc="",
    )


def written_out(model, t, x, u, p):
    scope = {"exp": math.exp, "sqrt": math.sqrt, "log": math.log}
    exec(jacobian_text(model, "slopes"), scope)
    n = len(x)
    result = np.zeros((n + 1) * n)
    scope["slopes"](t, x, u, p, result)
    return result.reshape(n + 1, n)


def by_complex_steps(model, t, x, u, p):
    rows = []
    for j in range(len(x) + 1):
        z = [complex(value, STEP if i == j else 0.0) for i, value in enumerate([*x, t])]
        rates = model.rates(z[-1], tuple(z[:-1]), tuple(u), tuple(p))
        rows.append([complex(rate).imag / STEP for rate in rates])
    return np.array(rows)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_model_has_its_exact_derivatives(model):
    rng = np.random.default_rng(5)
    u = [entry.default for entry in model.inputs]
    p = [entry.default for entry in model.parameters]
    for _ in range(5):
        x = [max(s.low, s.scale) * rng.uniform(0.3, 3.0) for s in model.states]
        exact = by_complex_steps(model, 30.0, x, u, p)
        largest = np.abs(exact).max(axis=0) + 1e-300
        error = np.abs(written_out(model, 30.0, x, u, p) - exact) / largest
        assert error.max() < 1e-9


def powers(t, x, u, p):
    a, b = x
    (k,) = p
    return (
        ((a - b) * (a - b)) ** 0.5 + t**2 * a,
        a**b + E ** (-k * a) + 3.0 ** (a / b) - b**-1 + (a * 0.0) ** k,
    )


def test_powers_of_every_kind_and_the_time():
    model = model_of(powers, 2)
    for x in ([2.0, 3.0], [0.5, 0.2]):
        exact = by_complex_steps(model, 1.5, x, [], [2.0])
        assert written_out(model, 1.5, x, [], [2.0]) == pytest.approx(exact, rel=1e-12)
    where_they_meet = written_out(model, 1.5, [2.0, 2.0], [], [2.0])
    assert where_they_meet[:, 0] == pytest.approx([2.25, 0.0, 6.0])


def constant(t, x, u, p):
    return (1.0, x[0])


def test_a_constant_rate_has_no_derivative():
    assert written_out(model_of(constant, 2), 0.0, [1.0, 1.0], [], [2.0]).tolist() == [
        [0.0, 1.0],
        [0.0, 0.0],
        [0.0, 0.0],
    ]
    x1, _ = integrate(compiled(model_of(constant, 2)), (0.0, 0.0), (), (2.0,), 0.0, 2.0)
    assert x1 == pytest.approx([2.0, 2.0])
    same = integrate_reference(model_of(constant, 2), (0.0, 0.0), (), (2.0,), 0.0, 2.0)[0]
    assert x1 == pytest.approx(same)
