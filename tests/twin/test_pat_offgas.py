"""Off-gas: the balance gives back what went in; zeroing, dryer failure, significance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import GOOD, UNCERTAIN
from twin.pat.gas_balance import (
    AIR_CO2,
    AIR_OXYGEN,
    NoSuchGas,
    Respiration,
    air,
    balance,
    outlet,
)
from twin.pat.offgas import OffGasAnalyzer, vapour_pressure_pa
from twin.randomness import stream

AIR = (AIR_OXYGEN, AIR_CO2)


def constant(n: int, value: float) -> np.ndarray:
    return np.full(n, value)


def analyzer(seed: int = 1, scale: float = 1.0, **named) -> OffGasAnalyzer:
    return OffGasAnalyzer(AIR, 900.0, scale, stream(seed, "gas"), **named)


def read(one: OffGasAnalyzer, n: int = 300, our: float = 3.0, flow: float = 6.0, **named):
    culture = Respiration(constant(n, our), constant(n, 0.97 * our))
    return one.read(culture, constant(n, 2.0), constant(n, flow), **named)


@settings(max_examples=60, deadline=None)
@given(
    our=st.floats(0.0, 50.0),
    rq=st.floats(0.0, 2.0),
    volume=st.floats(0.1, 1e4),
    vvm=st.floats(0.3, 2.0),
    oxygen=st.floats(0.1, 0.95),
)
def test_the_inert_balance_inverts_the_outlet(our, rq, volume, vvm, oxygen) -> None:
    inlet = air(np.array([vvm * volume * 60.0]), oxygen)
    truth = Respiration(np.array([our]), np.array([rq * our]))
    v = np.array([volume])
    leaving = outlet(inlet, truth, v)
    found = balance(inlet.flow_l_per_h, (inlet.oxygen, inlet.co2), (leaving.oxygen, leaving.co2), v)
    np.testing.assert_allclose(found.oxygen_uptake, our, atol=1e-8)
    np.testing.assert_allclose(found.carbon_evolution, rq * our, atol=1e-8)
    inert_in = inlet.flow_l_per_h * (1.0 - inlet.oxygen - inlet.co2)
    inert_out = leaving.flow_l_per_h * (1.0 - leaving.oxygen - leaving.co2)
    np.testing.assert_allclose(inert_in, inert_out, rtol=1e-12)


def test_a_perfect_analyzer_shows_the_respiration() -> None:
    shown = read(analyzer(scale=0.0))
    np.testing.assert_allclose(shown.oxygen_uptake, 3.0, rtol=1e-9)
    np.testing.assert_allclose(shown.quotient, 0.97, rtol=1e-9)


def test_zeroing_on_the_inlet_gas_is_what_makes_uptake_right() -> None:
    def spread(is_zeroed: bool) -> float:
        runs = [read(analyzer(seed, is_zeroed=is_zeroed), 20) for seed in range(150)]
        return float(np.std([run.oxygen_uptake.mean() for run in runs]))

    assert spread(True) < 0.05 * 3.0
    assert spread(False) > 2.0 * spread(True)


def test_a_failed_dryer_raises_uptake_and_lowers_the_quotient() -> None:
    is_dry = np.arange(300) < 150
    shown = read(analyzer(), is_dry=is_dry)
    wet, dry = shown.oxygen_uptake[150:].mean(), shown.oxygen_uptake[:150].mean()
    assert dry == pytest.approx(3.0, rel=0.1)
    # vapour is taken for inert gas: oxygen, 3.13 % diluted, seems to have gone into the cells
    assert vapour_pressure_pa(25.0) == pytest.approx(3169.0, rel=0.005)  # steam tables
    assert wet > 1.25 * dry
    assert shown.quotient[150:].mean() < 0.8 * shown.quotient[:150].mean()


def test_uptake_that_noise_hides_is_uncertain() -> None:
    assert np.all(read(analyzer(), our=3.0).quality == GOOD)
    assert np.mean(read(analyzer(), our=0.01).quality == UNCERTAIN) > 0.8


def test_impossible_gas_is_refused_with_a_reason() -> None:
    with pytest.raises(NoSuchGas, match="flow must be at least"):
        read(analyzer(), our=100.0, flow=1.0)
    with pytest.raises(NoSuchGas, match="gas flow is 0"):
        read(analyzer(), flow=0.0)
    with pytest.raises(NoSuchGas, match="oxygen is 1"):
        air(np.ones(1), 1.2)
    with pytest.raises(NoSuchGas, match="no room for inert gas"):
        air(np.ones(1), 0.99, 0.01)
    with pytest.raises(NoSuchGas, match="0 raw readings"):
        analyzer(n_averaged=0)
