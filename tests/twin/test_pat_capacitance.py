"""Capacitance: the physics of Cole-Cole, the bias of one factor, and what bubbles do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.pat.capacitance import BadCulture, CapacitanceProbe, CapacitanceSettings, Scan
from twin.pat.cell_estimate import NoCalibration, by_scan, fitted, one_factor
from twin.pat.cell_size import CC_SIM, CellSize
from twin.pat.cole_cole import PF_PER_CM, cells_of, dispersion, fc_of, permittivity, radius_of
from twin.randomness import stream

EVERY_S = 900.0
TIMES_S = np.arange(0.0, 14 * 86400.0, EVERY_S)
DAY = TIMES_S / 86400.0
CELLS = np.where(DAY < 10.0, 1.0, np.exp(-0.08 * (DAY - 10.0))) * (
    0.4 + 11.0 / (1.0 + np.exp(-(DAY - 5.0) / 0.8))
)
QUIET = CapacitanceSettings(noise_rel=0.0, noise_pf_per_cm=0.0, gain_rel=0.0, bubbles_per_day=0.0)


def scan(settings=None, size=None, seed=1, **named) -> Scan:
    probe = CapacitanceProbe(stream(seed, "c"), EVERY_S, settings, size)
    return probe.scan(CELLS, TIMES_S, **named)


def bias(size: CellSize, seed: int = 1) -> tuple[float, float]:
    """Mean relative error over the production phase: by one factor and by the scan."""
    seen = scan(size=size, seed=seed)
    growth = (DAY < 5.0) & (np.arange(len(DAY)) % 24 == 0)
    of_growth = Scan(seen.frequencies_hz, seen.pf_per_cm[growth], seen.has_bubble[growth])
    late = (DAY > 9.0) & ~seen.has_bubble
    by_factor = one_factor(of_growth, CELLS[growth]).cells(seen)
    return tuple(
        float(np.mean(found[late] / CELLS[late] - 1.0)) for found in (by_factor, by_scan(seen))
    )


def test_limits_and_scaling_of_the_dispersion() -> None:
    one = dispersion(np.array([1.0, 2.0, 1.0]), np.array([7.0, 7.0, 14.0]))
    assert one.d_eps[0] * PF_PER_CM == pytest.approx(2.263, rel=1e-3)  # 9/4 r Cm phi by hand
    assert one.d_eps[1:] / one.d_eps[0] == pytest.approx([2.0, 16.0])  # N r^4
    assert one.fc_hz[0] / one.fc_hz[2] == pytest.approx(2.0)
    eps = permittivity(np.array([1.0, 1e12]), one)
    np.testing.assert_allclose(eps[:, 0] - one.eps_inf, one.d_eps, rtol=1e-3)
    np.testing.assert_allclose(eps[:, 1], one.eps_inf, rtol=1e-3)
    at_fc = permittivity(one.fc_hz[:1], one)[0, 0] - one.eps_inf[0]
    assert at_fc == pytest.approx(one.d_eps[0] / 2.0)  # by symmetry, whatever alpha


@settings(max_examples=30, deadline=None)
@given(radius=st.floats(4.0, 12.0), cells=st.floats(0.01, 100.0))
def test_radius_and_cells_are_found_back(radius: float, cells: float) -> None:
    r, n = np.array([radius]), np.array([cells])
    assert radius_of(fc_of(r))[0] == pytest.approx(radius)
    assert cells_of(dispersion(n, r).d_eps, r)[0] == pytest.approx(cells)


def test_a_scan_without_noise_gives_its_parameters_back() -> None:
    seen = scan(QUIET)
    found, truth = fitted(seen), dispersion(CELLS, CellSize().radius_um(DAY))
    np.testing.assert_allclose(found.fc_hz, truth.fc_hz, rtol=0.01)
    np.testing.assert_allclose(found.d_eps, truth.d_eps, rtol=0.01)


def test_one_factor_overcounts_swelling_cells_and_the_scan_does_not() -> None:
    found = np.array([bias(CellSize(), seed) for seed in range(6)])
    assert 0.15 < found[:, 0].mean() < 0.30  # what practitioners expect
    assert abs(found[:, 1].mean()) < 0.05
    assert bias(CC_SIM)[0] > 1.0  # 14 to 19 um: more than 100 % off


def test_noise_is_five_per_cent() -> None:
    quiet, noisy = scan(QUIET).difference(), scan(seed=4).difference()
    late = DAY > 7.0
    assert np.std(noisy[late] / quiet[late]) == pytest.approx(0.05, rel=0.25)
    steady = CapacitanceSettings(bubbles_per_day=0.0)
    ratio = scan(steady).difference()[late] / quiet[late]
    assert np.std(ratio) == pytest.approx(0.05, rel=0.1)


def test_bubbles_are_labelled_and_air_takes_signal() -> None:
    loud = CapacitanceSettings(0.0, 0.0, 0.0, bubbles_per_day=5.0, bubble_s=7200.0)
    seen, exact = scan(loud), scan(QUIET)
    ratio = seen.difference() / exact.difference()
    np.testing.assert_allclose(ratio, np.where(seen.has_bubble, 0.7, 1.0), rtol=1e-9)
    assert 0.2 < seen.has_bubble.mean() < 0.5
    airy = scan(QUIET, air=0.1).difference()
    np.testing.assert_allclose(airy, 0.9**1.5 * exact.difference(), rtol=1e-9)


def test_in_pieces_as_in_one() -> None:
    probe = CapacitanceProbe(stream(1, "c"), EVERY_S)
    parts = [probe.scan(CELLS[k], TIMES_S[k]) for k in (slice(0, 7), slice(7, None))]
    np.testing.assert_array_equal(
        np.concatenate([part.pf_per_cm for part in parts]), scan().pf_per_cm
    )


def test_bad_input_is_refused_with_a_reason() -> None:
    with pytest.raises(BadCulture, match="must be 0 or more"):
        CapacitanceProbe(stream(1, "c"), 1.0).scan(-CELLS, TIMES_S)
    with pytest.raises(BadCulture, match="between 0 and"):
        scan(air=0.9)
    with pytest.raises(NoCalibration, match="at least 3"):
        one_factor(Scan(np.ones(1), np.ones((2, 1)), np.zeros(2, bool)), np.ones(2))
    with pytest.raises(NoCalibration, match="doesn't rise"):
        one_factor(scan(QUIET), -CELLS)
    with pytest.raises(BadCulture, match="gain_rel is -1"):
        CapacitanceSettings(gain_rel=-1.0)
    with pytest.raises(BadCulture, match="no more than all"):
        CapacitanceSettings(bubble_loss=2.0)
