"""Faults: what they do to signals, in one piece or many, and the truth about them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from twin.declared import ANY
from twin.device import BAD, GOOD, UNCERTAIN
from twin.faults import (
    EQUIPMENT_FAULTS,
    SIGNAL_FAULTS,
    ContaminantAdded,
    FaultPlan,
    InputMultiplied,
    InputStuck,
    NoCommunication,
    PoweredOff,
    SamplesOutOfOrder,
    WeibullHazard,
)
from twin.faults.bias import Bias
from twin.faults.bubble import Bubble
from twin.faults.contamination import Contamination
from twin.faults.delay import Delay
from twin.faults.drift import Drift
from twin.faults.foam import Foam
from twin.faults.freeze import Freeze
from twin.faults.gain import Gain
from twin.faults.lost_communication import LostCommunication
from twin.faults.noise import Noise
from twin.faults.power_dip import PowerDip
from twin.faults.pump_failure import PumpFailure
from twin.faults.spike import Spike
from twin.faults.stuck_valve import StuckValve

EPOCH_US = 1_800_000_000_000_000
STEP_US = 900_000_000  # 15 min
DAY_US = 86_400_000_000
N = 14 * 96
TIMES = EPOCH_US + STEP_US * np.arange(N)
TRUTH = 7.0 + np.sin(np.arange(N) / 50.0) + 0.001 * np.arange(N)
QUALITY = np.zeros(N, np.uint8)
for _array in (TIMES, TRUTH, QUALITY):
    _array.flags.writeable = False  # a fault that touched the truth would raise
AT = {"device": "R01", "signal": "ph"}
MADE = {
    "bias": {"size": 0.5},
    "drift": {"size": -0.4, "over_h": 20.0},
    "gain": {"factor": 0.8, "over_h": 10.0},
    "freeze": {},
    "spike": {"size": 3.0, "share": 0.2, "is_two_sided": True},
    "noise": {"sd": 0.2},
    "delay": {"delay_s": 10_000.0},
    "bubble": {"in_gas": 0.0, "covered": 0.6},
}


def made(kind, **when):
    return SIGNAL_FAULTS[kind](**AT, **MADE[kind], **when)


def read(faults, seed=1, cuts=(), low=None, high=None):
    """What is read of the truth in the pieces between the cuts."""
    signal = FaultPlan(faults, seed, EPOCH_US).on_signal("R01", "ph", low, high)
    edges = [0, *sorted(cuts), N]
    pieces = [signal.apply(TIMES[a:b], TRUTH[a:b], QUALITY[a:b]) for a, b in pairwise(edges)]
    return np.concatenate([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces])


def inside(start_day, for_h):
    start = EPOCH_US + start_day * DAY_US
    return (start <= TIMES) & (start + for_h * 3.6e9 > TIMES)


when = st.one_of(
    st.builds(
        lambda at_day, for_h: {"at_day": at_day, "for_h": for_h},
        st.floats(0.0, 15.0),
        st.none() | st.floats(0.01, 200.0),
    ),
    st.builds(
        lambda shape, scale_day, for_h: {
            "weibull": {"shape": shape, "scale_day": scale_day},
            "for_h": for_h,
        },
        st.floats(0.5, 4.0),
        st.floats(0.1, 20.0),
        st.none() | st.floats(0.1, 50.0),
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(SIGNAL_FAULTS)), when), min_size=1, max_size=4),
    st.lists(st.integers(0, N), max_size=12),
    st.integers(0, 5),
)
def test_pieces_read_the_same_as_the_whole(kinds, cuts, seed):
    faults = [made(kind, **at) for kind, at in kinds]
    whole, whole_quality = read(faults, seed, (), 6.0, 9.0)
    pieces, pieces_quality = read(faults, seed, cuts, 6.0, 9.0)
    assert np.array_equal(whole, pieces)
    assert np.array_equal(whole_quality, pieces_quality)


@pytest.mark.parametrize("kind", SIGNAL_FAULTS)
def test_a_sample_at_a_time_is_the_same_too(kind):
    faults = [made(kind, weibull={"shape": 2.0, "scale_day": 1.0}, for_h=9.0)]
    whole, quality = read(faults)
    singly, singly_quality = read(faults, cuts=range(1, N))
    assert np.array_equal(whole, singly)
    assert np.array_equal(quality, singly_quality)
    assert not np.array_equal(whole, TRUTH)


@pytest.mark.parametrize("kind", SIGNAL_FAULTS)
def test_nothing_changes_outside_the_labelled_time_and_something_inside(kind):
    faults = [made(kind, weibull={"shape": 1.5, "scale_day": 2.0}, for_h=12.0)]
    values, quality = read(faults, seed=4)
    labels = FaultPlan(faults, 4, EPOCH_US).labels({"R01": ["do", "ph"]}, int(TIMES[-1]) + 1)
    is_faulty = np.zeros(N, bool)
    for label in labels:
        assert (label.kind, label.device, label.signal) == (kind, "R01", "ph")
        assert label.end_us == label.start_us + 12 * 3_600_000_000
        now = (label.start_us <= TIMES) & (label.end_us > TIMES)
        assert np.any(values[now] != TRUTH[now])
        is_faulty |= now
    assert len(labels) > 3
    assert np.array_equal(values[~is_faulty], TRUTH[~is_faulty])
    assert np.all(quality == GOOD)


def test_each_kind_does_what_it_says():
    on = inside(2.0, 24.0)
    first = int(np.argmax(on))
    hours = (TIMES[on] - TIMES[on][0]) / 3.6e9

    def seen(kind, **more):
        fault = SIGNAL_FAULTS[kind](**AT, **{**MADE[kind], **more}, at_day=2.0, for_h=24.0)
        return read([fault])[0][on]

    truth = TRUTH[on]
    assert seen("bias") == pytest.approx(truth + 0.5)
    assert seen("drift") == pytest.approx(truth - 0.4 * np.minimum(hours / 20.0, 1.0))
    assert seen("gain") == pytest.approx(truth * (1.0 - 0.2 * np.minimum(hours / 10.0, 1.0)))
    assert seen("gain", over_h=0.0) == pytest.approx(0.8 * truth)
    assert np.array_equal(seen("freeze"), np.full(96, TRUTH[first - 1]))
    # 10,000 s are 11.1 intervals: the latest sample that old is 12 back
    assert np.array_equal(seen("delay"), TRUTH[first - 12 : first + 84])
    assert np.array_equal(seen("delay", delay_s=900.0), TRUTH[first - 1 : first + 95])
    covered = (truth - seen("bubble")) / truth
    assert 0.3 <= covered.min() < 0.35 < 0.55 < covered.max() <= 0.6


def test_random_faults_have_the_size_they_state():
    noise = read([Noise(**AT, sd=0.2, at_day=0.0)])[0] - TRUTH
    assert noise.std() == pytest.approx(0.2, rel=0.1)
    assert abs(noise.mean()) < 0.02
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.1
    spikes = read([made("spike", at_day=0.0)])[0] - TRUTH
    hit = np.abs(spikes) > 1e-9
    assert np.abs(spikes[hit]) == pytest.approx(3.0)
    assert stats.binomtest(int(hit.sum()), N, 0.2).pvalue > 0.001
    assert stats.binomtest(int((spikes[hit] > 0).sum()), int(hit.sum()), 0.5).pvalue > 0.001
    one_sided = read([Spike(**AT, size=3.0, share=0.2, at_day=0.0)])[0] - TRUTH
    assert one_sided.min() >= -1e-9


def test_the_temperature_drift_of_indpensim_reads_four_tenths_too_much_at_160_hours():
    # 12-minute steps 200 to 800 are 40 to 160 h
    values, _ = read([Drift(**AT, size=0.4, over_h=120.0, at_day=40.0 / 24.0)])
    error = values - TRUTH
    assert error[int(40.0 * 4)] == 0.0
    assert error[int(100.0 * 4)] == pytest.approx(0.2)
    assert error[int(160.0 * 4) :] == pytest.approx(0.4)


def test_a_fault_that_comes_again_begins_anew():
    again = {"weibull": {"shape": 3.0, "scale_day": 2.0}, "for_h": 12.0}
    labels = FaultPlan([made("freeze", **again)], 1, EPOCH_US).labels(
        {"R01": ["ph"]}, int(TIMES[-1])
    )
    spans = [
        np.searchsorted(TIMES, [label.start_us, label.end_us]) for label in labels if label.end_us
    ]
    assert len(spans) > 3
    frozen = read([made("freeze", **again)])[0]
    drifted = read([made("drift", **again)], seed=1)[0] - TRUTH
    noise = read([made("noise", **again)])[0] - TRUTH
    for first, last in spans:
        assert np.all(frozen[first:last] == TRUTH[first - 1])
    for label in FaultPlan([made("drift", **again)], 1, EPOCH_US).labels(
        {"R01": ["ph"]}, int(TIMES[-12])
    ):
        first = int(np.searchsorted(TIMES, label.start_us))
        late_h = (TIMES[first] - label.start_us) / 3.6e9
        assert drifted[first] == pytest.approx(-0.02 * late_h)
    runs = [run for run in np.split(noise, np.flatnonzero(noise == 0.0)) if len(run) > 40]
    assert len(runs) > 3
    assert len({round(float(run[1]), 12) for run in runs}) == len(runs)


def test_a_freeze_from_the_first_sample_holds_that_sample():
    assert np.array_equal(read([Freeze(**AT, at_day=0.0)])[0], np.full(N, TRUTH[0]))


def test_a_delay_before_which_nothing_was_known_shows_the_oldest():
    values, _ = read([Delay(**AT, delay_s=9000.0, at_day=0.0)], cuts=[3, 4, 40])
    assert np.array_equal(values[:11], np.full(11, TRUTH[0]))
    assert np.array_equal(values[11:], TRUTH[1:-10])


def test_a_reading_that_was_missing_or_outside_before_is_left_alone():
    truth = np.array([np.nan, 20.0, 7.0, 7.0])
    faults = [Bias(**AT, size=9.0, at_day=0.03)]  # from the fourth sample on
    signal = FaultPlan(faults, 1, EPOCH_US).on_signal("R01", "ph", 2.0, 12.0)
    values, quality = signal.apply(TIMES[:4], truth, np.array([BAD, GOOD, GOOD, GOOD], np.uint8))
    assert np.array_equal(values, [np.nan, 20.0, 7.0, 12.0], equal_nan=True)
    assert quality.tolist() == [BAD, GOOD, GOOD, UNCERTAIN]


def test_faults_act_in_the_order_of_the_file():
    bias, gain = Bias(**AT, size=1.0, at_day=0.0), Gain(**AT, factor=2.0, at_day=0.0)
    assert read([bias, gain])[0] == pytest.approx(2.0 * (TRUTH + 1.0))
    assert read([gain, bias])[0] == pytest.approx(2.0 * TRUTH + 1.0)


def test_quality_is_lowered_only_where_it_is_asked_for_or_the_range_is_left():
    on = inside(1.0, 6.0)
    _, quality = read([Bias(**AT, size=0.1, quality="bad", at_day=1.0, for_h=6.0)])
    assert np.array_equal(quality, np.where(on, BAD, GOOD))
    values, quality = read([Bias(**AT, size=50.0, at_day=1.0, for_h=6.0)], low=2.0, high=12.0)
    assert np.array_equal(quality, np.where(on, UNCERTAIN, GOOD))
    assert np.all(values[on] == 12.0)
    values, _ = read([Bias(**AT, size=-50.0, at_day=1.0, for_h=6.0)], low=2.0, high=12.0)
    assert np.all(values[on] == 2.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["bias", "drift", "gain"]), when), max_size=4),
    st.integers(0, 5),
    st.permutations(range(5)),
)
def test_a_loop_is_shown_what_the_samples_show(kinds, seed, order):
    faults = [made(kind, **at) for kind, at in kinds]
    error = FaultPlan([*faults, made("noise", at_day=0.0)], seed, EPOCH_US).systematic("R01", "ph")
    sampled = read(faults, seed)[0]
    pieces = np.array_split(np.arange(N), 5)
    for n in order:
        assert np.array_equal(error.shown(TIMES[pieces[n]], TRUTH[pieces[n]]), sampled[pieces[n]])


def test_the_end_of_a_fault_is_no_longer_part_of_it():
    bias = Bias(**AT, size=1.0, at_day=1.0, for_h=24.0)
    error = FaultPlan([bias], 1, EPOCH_US).systematic("R01", "ph")
    for shown in (error.shown(TIMES, TRUTH), read([bias])[0]):
        assert np.flatnonzero(shown != TRUTH).tolist() == list(range(96, 192))


def test_selectors_choose_devices_and_signals():
    plan = FaultPlan(
        [
            Bias(device=ANY, signal="ph", size=1.0, at_day=0.0),
            Freeze(device="R02", signal=ANY, at_day=0.0),
        ],
        1,
        EPOCH_US,
    )
    clean = {
        (device, signal): plan.on_signal(device, signal).is_clean
        for device in ("R01", "R02")
        for signal in ("ph", "do")
    }
    assert clean == {
        ("R01", "ph"): False,
        ("R01", "do"): True,
        ("R02", "ph"): False,
        ("R02", "do"): False,
    }
    values, quality = plan.on_signal("R01", "do").apply(TIMES, TRUTH, QUALITY)
    assert values is TRUTH
    assert quality is QUALITY


def test_times_to_a_fault_are_weibull():
    hazard = WeibullHazard(shape=2.5, scale_day=30.0)
    plan = FaultPlan([PowerDip(device=ANY, weibull=hazard, for_h=24.0)], 3, EPOCH_US)
    first, later = [], []
    for n in range(400):
        labels = [x.label for x in plan.on_device(f"R{n}", EPOCH_US + 400 * DAY_US).happenings()]
        labels = labels[::2]
        first.append((labels[0].start_us - EPOCH_US) / DAY_US)
        later.append((labels[1].start_us - labels[0].end_us) / DAY_US)
    assert stats.kstest(first, hazard.lifetime.cdf).pvalue > 0.01
    assert stats.kstest(later, hazard.lifetime.cdf).pvalue > 0.01
    assert stats.kstest(first, WeibullHazard(shape=1.0, scale_day=30.0).lifetime.cdf).pvalue < 1e-6


def test_another_kind_of_fault_changes_no_number():
    noise = Noise(**AT, sd=0.3, weibull={"shape": 1.0, "scale_day": 3.0}, for_h=24.0)
    late = Spike(**AT, size=1.0, at_day=100.0)
    alone = read([noise])[0]
    assert np.array_equal(read([late, noise])[0], alone)
    assert not np.array_equal(read([noise], seed=2)[0], alone)
    always = Noise(**AT, sd=0.3, at_day=0.0)
    once, twice = read([always])[0] - TRUTH, read([always, always])[0] - TRUTH
    assert twice.std() == pytest.approx(2.0**0.5 * once.std(), rel=0.1)  # not the same noise twice


def test_labels_tell_kind_place_time_and_size_in_time_order():
    faults = [
        Drift(**AT, size=0.1, over_h=2.0, at_day=3.0, for_h=5.0),
        Contamination(device="R02", at_day=2.0),
        Delay(device="R02", signal=ANY, delay_s=60.0, at_day=1.0, for_h=1.0),
        Foam(device="R09", at_day=1.0),
        Bias(**AT, size=0.1, at_day=30.0),
    ]
    plant = {"R01": ["ph", "do"], "R02": ["ph", "do"]}
    labels = FaultPlan(faults, 1, EPOCH_US).labels(plant, EPOCH_US + 14 * DAY_US)
    assert [(x.kind, x.device, x.signal, x.magnitude, x.magnitude_unit) for x in labels] == [
        ("delay", "R02", "do", 60.0, "s"),
        ("delay", "R02", "ph", 60.0, "s"),
        ("contamination", "R02", None, 1e-3, "g/L"),
        ("drift", "R01", "ph", 0.1, "signal"),
    ]
    assert labels[2].start_us == EPOCH_US + 2 * DAY_US
    assert labels[2].end_us is None
    assert labels[3].end_us == EPOCH_US + 3 * DAY_US + 5 * 3_600_000_000


def test_equipment_faults_name_their_effects():
    at = {"device": "R01", "at_day": 1.0}
    effects = {
        "stuck_valve": (StuckValve(**at, input="Fg", value=20.0), (InputStuck("Fg", 20.0),)),
        "pump_failure": (PumpFailure(**at, delivered=0.2), (InputMultiplied("feed_rate", 0.2),)),
        "contamination": (Contamination(**at), (ContaminantAdded(1e-3),)),
        "foam": (
            Foam(**at),
            (InputMultiplied("kla", 0.7), InputMultiplied("exhaust_pressure_drop", 1.3)),
        ),
        "power_dip": (PowerDip(**at), (PoweredOff(),)),
        "lost_communication": (LostCommunication(**at), (NoCommunication(True),)),
    }
    assert set(effects) == set(EQUIPMENT_FAULTS)
    for fault, expected in effects.values():
        assert fault.effects() == expected
    assert math.isnan(StuckValve(**at, input="Fg").magnitude)


def test_the_timeline_says_what_is_on_and_what_changes():
    faults = [
        PowerDip(device="R01", at_day=1.0, for_h=12.0),
        LostCommunication(device=ANY, at_day=1.25, for_h=6.0),
        Foam(device="R01", at_day=1.5),
        Foam(device="R02", at_day=1.5),
    ]
    timeline = FaultPlan(faults, 1, EPOCH_US).on_device("R01", EPOCH_US + 14 * DAY_US)
    told = [
        ((x.time_us - EPOCH_US) / DAY_US, x.change, x.label.kind) for x in timeline.happenings()
    ]
    assert told == [
        (1.0, "begins", "power_dip"),
        (1.25, "begins", "lost_communication"),
        (1.5, "ends", "power_dip"),
        (1.5, "ends", "lost_communication"),
        (1.5, "begins", "foam"),
    ]
    at = [EPOCH_US + int(day * DAY_US) for day in (0.9, 1.3, 1.5, 9.0)]
    on = [[label.kind for label, _ in timeline.active(t)] for t in at]
    assert on == [[], ["power_dip", "lost_communication"], ["foam"], ["foam"]]
    assert timeline.during(PoweredOff, np.array(at)).tolist() == [False, True, False, False]
    assert timeline.during(InputMultiplied, np.array(at)).tolist() == [False, False, True, True]


def test_samples_must_come_in_order_and_complete():
    signal = FaultPlan([made("bias", at_day=0.0)], 1, EPOCH_US).on_signal("R01", "ph")
    signal.apply(TIMES[:10], TRUTH[:10], QUALITY[:10])
    with pytest.raises(SamplesOutOfOrder, match="must rise"):
        signal.apply(TIMES[9:12], TRUTH[9:12], QUALITY[9:12])
    with pytest.raises(SamplesOutOfOrder, match="must rise"):
        signal.apply(TIMES[[12, 11]], TRUTH[:2], QUALITY[:2])
    with pytest.raises(SamplesOutOfOrder, match="2 times, 3 values"):
        signal.apply(TIMES[12:14], TRUTH[:3], QUALITY[:2])
    values, _ = signal.apply(TIMES[10:10], TRUTH[:0], QUALITY[:0])
    assert len(values) == 0
    assert signal.apply(TIMES[10:12], TRUTH[10:12], QUALITY[:2])[0] == pytest.approx(
        TRUTH[10:12] + 0.5
    )


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({}, "it doesn't say when"),
        ({"at_day": 1.0, "weibull": {"shape": 1.0, "scale_day": 1.0}}, "not both"),
        ({"at_day": -1.0}, "greater than or equal to 0"),
        ({"weibull": {"shape": 0.0, "scale_day": 1.0}}, "greater than or equal to 0.2"),
    ],
)
def test_a_fault_says_when(when, said):
    with pytest.raises(ValidationError, match=said):
        Bubble(**AT, **when)
