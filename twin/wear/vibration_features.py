"""Condition indicators of a vibration signal: RMS, kurtosis, crest factor, envelope spectrum.

Kurtosis is the fourth moment over the squared variance: 3 for Gaussian noise, more when strikes
stand out. The envelope (amplitude of the analytic signal of a band around the resonance) turns
the strikes' repetition into lines at the defect frequency and its harmonics.
"""

from __future__ import annotations

import numpy as np

from twin.lifetime import Floats


def rms(signal: Floats) -> Floats:
    """Return the root mean square over the last axis, mean removed."""
    return np.asarray(np.std(signal, axis=-1))


def kurtosis(signal: Floats) -> Floats:
    """Return the kurtosis over the last axis, 3 for Gaussian noise."""
    centred = signal - np.mean(signal, axis=-1, keepdims=True)
    variance = np.mean(centred**2, axis=-1)
    return np.asarray(np.mean(centred**4, axis=-1) / variance**2)


def crest_factor(signal: Floats) -> Floats:
    """Return the highest absolute value over the RMS, mean removed."""
    centred = signal - np.mean(signal, axis=-1, keepdims=True)
    return np.asarray(np.max(np.abs(centred), axis=-1) / rms(signal))


def envelope(signal: Floats, sampling_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Return the amplitude of the band from low_hz to high_hz, same shape as the signal."""
    n = signal.shape[-1]
    spectrum = np.fft.fft(signal, axis=-1)
    frequency = np.fft.fftfreq(n, 1.0 / sampling_hz)
    analytic = np.where((frequency >= low_hz) & (frequency <= high_hz), 2.0 * spectrum, 0.0)
    return np.asarray(np.abs(np.fft.ifft(analytic, axis=-1)))


def envelope_spectrum(
    signal: Floats, sampling_hz: float, low_hz: float, high_hz: float
) -> tuple[Floats, Floats]:
    """Return frequencies (n,) and amplitudes (..., n) of the envelope, its mean removed."""
    outline = envelope(signal, sampling_hz, low_hz, high_hz)
    n = outline.shape[-1]
    centred = outline - np.mean(outline, axis=-1, keepdims=True)
    amplitudes = 2.0 / n * np.abs(np.fft.rfft(centred, axis=-1))
    return np.fft.rfftfreq(n, 1.0 / sampling_hz).astype(np.float64), amplitudes


def line_amplitude(
    frequency: Floats, amplitude: Floats, line_hz: float, n_harmonics: int = 3, width: float = 0.02
) -> Floats:
    """Return the summed highest amplitudes within ± width (a share) of a line and its harmonics."""
    total = np.zeros(amplitude.shape[:-1])
    for k in range(1, n_harmonics + 1):
        near = np.abs(frequency - k * line_hz) <= width * k * line_hz
        total = total + np.max(amplitude[..., near], axis=-1, initial=0.0)
    return total
