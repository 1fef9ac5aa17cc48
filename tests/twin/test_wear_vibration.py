"""Vibration of a stirrer bearing: where the lines stand, and how they grow with the fault."""

import numpy as np
import pytest

from twin.randomness import stream
from twin.wear import ImpellerBearing
from twin.wear.vibration import Accelerometer, Bearing, VibrationRefused
from twin.wear.vibration_features import (
    crest_factor,
    envelope,
    envelope_spectrum,
    kurtosis,
    line_amplitude,
    rms,
)

RPM = 300.0
SENSOR = Accelerometer()
BAND = (2000.0, 4000.0)


def window(index, race="outer", number=0, seconds=4.0):
    rng = stream(3, "R01", "vibration", str(number))
    return SENSOR.record(index, RPM, rng, race=race, duration_s=seconds)


def lines(signal):
    """Envelope amplitude at the outer and at the inner race's frequency."""
    frequency, amplitude = envelope_spectrum(signal, SENSOR.sampling_hz, *BAND)
    bearing = SENSOR.bearing
    return tuple(
        float(line_amplitude(frequency, amplitude, hz))
        for hz in (bearing.bpfo_hz(RPM), bearing.bpfi_hz(RPM))
    )


def test_defect_frequencies_are_those_known_of_a_6205():
    # multiples of the shaft's frequency, as recalled from the CWRU bearing data
    bearing = Bearing()
    found = [f(60.0) for f in (bearing.bpfo_hz, bearing.bpfi_hz, bearing.ftf_hz, bearing.bsf_hz)]
    assert found == pytest.approx([3.585, 5.415, 0.3983, 2.357], rel=1e-3)
    assert bearing.bpfo_hz(RPM) + bearing.bpfi_hz(RPM) == pytest.approx(9 * RPM / 60.0)


def test_a_sound_bearing_is_unbalance_and_noise():
    signal = window(0.0)
    assert signal.shape == (48000,)
    shaft = sum(a**2 / 2.0 for a in SENSOR.shaft_g)
    assert rms(signal) == pytest.approx(np.sqrt(shaft + SENSOR.noise_g**2), rel=0.01)
    assert kurtosis(signal) == pytest.approx(3.0, abs=0.25)


def test_features_grow_with_the_fault_in_their_order_of_sensitivity():
    ages = np.array([0.0, 0.4, 0.6, 0.8, 1.0]) * 10_000.0
    indices = ImpellerBearing().fault_index(ages, 10_000.0)
    signals = np.array([window(float(i), number=n) for n, i in enumerate(indices)])
    outer = np.array([lines(s)[0] for s in signals])
    assert np.all(np.diff(outer) > 0.0)
    assert np.all(np.diff(kurtosis(signals)) > 0.0)
    assert np.all(np.diff(rms(signals)) > 0.0)
    assert np.all(np.diff(crest_factor(signals)[1:]) > 0.0)
    # early on the envelope has seen it, the RMS hardly has
    assert outer[1] > 4.0 * outer[0]
    assert rms(signals)[1] < 1.05 * rms(signals)[0]


@pytest.mark.parametrize(("race", "own", "other"), [("outer", 0, 1), ("inner", 1, 0)])
def test_the_envelope_tells_the_race(race, own, other):
    for number in range(5):
        amplitude = lines(window(0.5, race, number))
        assert amplitude[own] > 2.0 * amplitude[other]


def test_the_inner_race_is_heard_once_a_turn():
    def at_the_shaft(race):
        frequency, amplitude = envelope_spectrum(window(0.5, race), SENSOR.sampling_hz, *BAND)
        return line_amplitude(frequency, amplitude, RPM / 60.0, n_harmonics=1)

    assert at_the_shaft("inner") > 5.0 * at_the_shaft("outer")


def test_the_envelope_of_a_modulated_tone_is_its_modulation():
    time_s = np.arange(12000) / 12000.0
    modulation = 1.0 + 0.5 * np.cos(2.0 * np.pi * 20.0 * time_s)
    tone = modulation * np.sin(2.0 * np.pi * 3000.0 * time_s)
    tone += np.sin(2.0 * np.pi * 50.0 * time_s) + np.sin(2.0 * np.pi * 5500.0 * time_s)
    assert envelope(tone, 12000.0, *BAND) == pytest.approx(modulation, abs=1e-9)
    frequency, amplitude = envelope_spectrum(tone, 12000.0, *BAND)
    assert frequency[amplitude.argmax()] == 20.0
    assert amplitude.max() == pytest.approx(0.5)


def test_a_window_is_the_same_whichever_are_asked_for():
    assert np.array_equal(window(0.3, number=7), window(0.3, number=7))
    assert not np.array_equal(window(0.3, number=7), window(0.3, number=8))


def test_what_cannot_be_recorded_is_refused():
    rng = stream(1, "x")
    for wrong in ({"rpm": 0.0}, {"duration_s": 0.0}, {"fault_index": 1.5}):
        with pytest.raises(VibrationRefused, match="above 0"):
            SENSOR.record(**{"fault_index": 0.1, "rpm": RPM, "rng": rng, **wrong})
    with pytest.raises(VibrationRefused, match="sample faster"):
        Accelerometer(sampling_hz=5000.0)
