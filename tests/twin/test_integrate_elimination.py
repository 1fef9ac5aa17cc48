"""The elimination that is written out for a model's zeros, against NumPy and the general way."""

import numpy as np
import pytest

from twin.indpensim import INDPENSIM
from twin.integrate import compiled, integrate
from twin.integrate.elimination import factorize_text, filled, solve_text
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import K1
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import BASAL


def written_out(pattern, n):
    full, scope = filled(pattern, n), {}
    exec(factorize_text("factorize", pattern, full, n) + solve_text("solve", full, n), scope)
    return scope["factorize"], scope["solve"]


@pytest.mark.parametrize("share", [1.0, 0.3])
@pytest.mark.parametrize("n", [1, 2, 14])
def test_a_system_is_solved_with_its_zeros_left_out(n, share):
    rng = np.random.default_rng(n)
    places = rng.random((n, n)) < share
    slopes = rng.normal(size=(n, n)) * places
    b = rng.normal(size=n)
    factorize, solve = written_out({(int(i), int(j)) for i, j in np.argwhere(places)}, n)
    factors, x = np.zeros(n * n + n), b.copy()
    factorize(10.0, slopes.T.ravel(), None, None, factors)
    solve(0.0, factors, None, None, x)
    assert factors[n * n] == 0.0
    assert x == pytest.approx(np.linalg.solve(10.0 * np.eye(n) - slopes, b), rel=1e-9)


@pytest.mark.parametrize("pivot", [1e-6, np.nan])
def test_a_pivot_that_is_too_small_is_reported(pivot):
    factorize, _ = written_out({(0, 1), (1, 0)}, 2)
    factors = np.zeros(6)
    factorize(pivot, np.array([0.0, 1.0, -1.0, 0.0]), None, None, factors)
    assert factors[4] == 1.0


def test_large_models_go_the_general_way_and_small_ones_their_own():
    assert (compiled(CHO_FEDBATCH).addresses != 0).all()
    assert (compiled(INDPENSIM).addresses[2:] == 0).all()


def test_both_ways_lead_to_the_same_culture():
    cho = compiled(CHO_FEDBATCH)
    x0 = initial_state(BASAL, viable_cells=0.6, volume_l=0.2)
    u, p = CHO_FEDBATCH.inputs_with(**BASAL.feed()), parameters_for(K1, BASAL)
    own_way, _ = integrate(cho, x0, u, p, 0.0, 120.0)
    kept = cho.addresses.copy()
    try:
        cho.addresses[2:] = 0
        general, _ = integrate(cho, x0, u, p, 0.0, 120.0)
    finally:
        cho.addresses[:] = kept
    assert not np.array_equal(own_way, general)
    assert own_way == pytest.approx(general, rel=1e-9, abs=1e-12)
