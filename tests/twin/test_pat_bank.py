"""Probes and their bank: errors as set, lag, latency, calibration; the same in pieces."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import GOOD, UNCERTAIN, Signal
from twin.pat.bank import DAY_S, YEAR_S, ProbeBank, WrongTruth
from twin.pat.calibration import BLOOD_GAS_PH, BadCalibration, Reference
from twin.pat.catalogue import CATALOGUE, UnknownProbe, probes
from twin.pat.emulated import PUBLISHED_RMSEP, emulated, noise_of
from twin.pat.probe import BadProbe, Probe
from twin.plant.probes import bioreactor_probes
from twin.randomness import stream

QUARTER_S = 900.0
PERFECT = Reference("perfect")
# of the last of 500 readings, one a minute, before the probes moved here
GOLDEN = [
    19.944466461442023,
    7.010272724475307,
    19.88703619451945,
    20.20556587463129,
    19.047692288022354,
    25.27542867264017,
    20.07257183365601,
    19.820576245478268,
    20.015696533110376,
    20.00153956105487,
]
X = Signal("x", "1", -1e9, 1e9)


def bank(*some: Probe, interval_s: float = QUARTER_S, scale: float = 1.0, seed: int = 1):
    return ProbeBank(some, interval_s, scale, stream(seed, "bank"))


def rng(name: str = "test"):
    return stream(2, name)


def test_the_probes_of_a_bioreactor_give_the_numbers_they_always_gave() -> None:
    many = ProbeBank(bioreactor_probes(60.0), 60.0, 1.0, stream(5, "x"))
    truth = np.full((500, 10), 20.0)
    truth[:, 1] = 7.0
    values, _ = many.read(truth)
    np.testing.assert_allclose(values[-1], GOLDEN, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 199), max_size=5), calibrate=st.booleans())
def test_reading_in_pieces_gives_the_same_numbers(cuts: list[int], calibrate: bool) -> None:
    everything = Probe(X, 0.1, 0.01, 1.0, 0.02, 0.3, 3000.0, 1, 2000.0, 5.0, 0.5)
    truth = np.column_stack([np.sin(np.arange(200.0) / 9.0), np.arange(200.0)])
    pieces = []
    edges = sorted({0, 150, 200, *cuts})
    whole, parts = bank(everything, everything), bank(everything, everything)
    for one in (whole, parts):
        if calibrate:
            one.calibrate("x", 150, [0.0, 1.0], PERFECT.instrument(rng()), rng())
    for a, b in pairwise(edges):
        parts.error("x", 1.0, b)  # asking in between changes nothing
        pieces.append(parts.read(truth[a:b])[0])
    np.testing.assert_array_equal(np.concatenate(pieces), whole.read(truth)[0])


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_each_probes_noise_is_as_set(name: str) -> None:
    probe = CATALOGUE[name]
    assert probe.signal.high is not None
    truth = np.full((4000, 1), 0.3 * min(probe.signal.high, 20.0))
    values, _ = bank(probe).read(truth)
    seen = np.std(np.diff(values[:, 0])) / np.sqrt(2.0)
    assert seen == pytest.approx(probe.noise + probe.noise_rel * truth[0, 0], rel=0.1, abs=1e-3)


@pytest.mark.parametrize("name", sorted(PUBLISHED_RMSEP))
def test_an_emulated_soft_sensor_errs_as_it_is_set(name: str) -> None:
    rmsep = PUBLISHED_RMSEP[name][0]
    probe = emulated(X, rmsep, latency_s=0.0)
    n_rows = int(14 * DAY_S / QUARTER_S)
    truth = np.zeros((n_rows, 400))
    errors = bank(*(probe,) * 400, seed=3).read(truth)[0]
    within = np.std(np.diff(errors[:, 0])) / np.sqrt(2.0)
    assert within == pytest.approx(noise_of(rmsep), rel=0.1)
    assert np.sqrt(np.mean(errors**2)) == pytest.approx(rmsep, rel=0.1)
    assert np.std(errors[:96].mean(axis=0)) == pytest.approx(0.5 * rmsep, rel=0.1)


def test_a_step_is_followed_to_98_per_cent_in_time_and_late() -> None:
    seen, _ = bank(Probe(X, t98_s=300.0), Probe(X, latency_s=90.0), interval_s=60.0).read(
        np.vstack([np.zeros((1, 2)), np.ones((9, 2))])
    )
    assert seen[5, 0] == pytest.approx(0.98, abs=1e-9)  # five minutes after the step
    np.testing.assert_allclose(seen[:5, 1], [0.0, 0.0, 0.5, 1.0, 1.0], atol=1e-12)


def test_slopes_are_as_wide_as_set_after_a_year() -> None:
    many = bank(*(Probe(X, drift_per_year=2.0, drift_rel_per_year=0.1),) * 3000, interval_s=YEAR_S)
    values, _ = many.read(np.repeat([[0.0], [0.0]], 3000, axis=1))
    assert np.std(values[1]) == pytest.approx(2.0, rel=0.05)
    assert np.std(many.read(np.full((1, 3000), 40.0))[0][0] - 40.0) == pytest.approx(
        np.hypot(4.0, 8.0), rel=0.05
    )


WORN = Probe(X, offset=0.5, offset_rel=0.1, drift_per_sqrt_day=0.3, drift_per_year=5.0)


def test_two_points_take_out_everything_and_one_point_what_is_wrong_there() -> None:
    for points, wrong_at_20 in (([4.0, 10.0], 0.0), ([4.0], None)):
        worn = bank(WORN)
        before = worn.error("x", 4.0, 300)
        worn.calibrate("x", 300, points, PERFECT.instrument(rng()), rng())
        assert abs(before) > 0.1
        assert worn.error("x", 4.0, 300) == pytest.approx(0.0, abs=1e-9)
        assert worn.error("x", 4.0, 299) != pytest.approx(0.0, abs=1e-3)
        expected = 16.0 * (worn.gain[0] - 1.0) if wrong_at_20 is None else wrong_at_20
        assert worn.error("x", 20.0, 300) == pytest.approx(expected, abs=1e-9)
        shown = worn.read(np.full((301, 1), 4.0))[0]
        assert shown[300, 0] == pytest.approx(4.0, abs=1e-9)
        assert shown[299, 0] == pytest.approx(4.0 + before, abs=0.2)


def test_the_references_own_error_stays_in_after_a_calibration() -> None:
    left = []
    for seed in range(600):
        ph = bank(CATALOGUE["ph"], seed=seed)
        own = stream(seed, "reference")
        ph.calibrate("ph", 10, [7.0], BLOOD_GAS_PH.instrument(own), own)
        left.append(ph.error("ph", 7.0, 10))
    noise = np.sqrt(0.005**2 + 0.002**2 + 0.001**2)
    assert np.std(left) == pytest.approx(noise, rel=0.1)


def test_what_leaves_the_range_is_clipped_and_uncertain() -> None:
    values, quality = bank(Probe(Signal("y", "1", 0.0, 1.0))).read(np.array([[0.5], [1.5]]))
    assert values[:, 0].tolist() == [0.5, 1.0]
    assert quality[:, 0].tolist() == [GOOD, UNCERTAIN]


def test_bad_input_is_refused_with_a_reason() -> None:
    with pytest.raises(BadProbe, match="noise is -1"):
        Probe(X, noise=-1.0)
    with pytest.raises(BadProbe, match="every is 0"):
        Probe(X, every=0)
    with pytest.raises(UnknownProbe, match="'redox'"):
        probes(["redox"], 60.0)
    one = bank(Probe(X))
    with pytest.raises(WrongTruth, match=r"\(3, 2\)"):
        one.read(np.zeros((3, 2)))
    one.read(np.zeros((3, 1)))
    with pytest.raises(BadCalibration, match="up to step 2 were given"):
        one.calibrate("x", 2, [1.0], PERFECT.instrument(rng()), rng())
    with pytest.raises(BadCalibration, match="two that differ"):
        one.calibrate("x", 9, [1.0, 1.0], PERFECT.instrument(rng()), rng())
    with pytest.raises(BadCalibration, match="no probe 'y'"):
        one.calibrate("y", 9, [1.0], PERFECT.instrument(rng()), rng())
