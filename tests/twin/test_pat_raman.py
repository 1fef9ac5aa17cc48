"""Raman: spectra from a composition, and soft sensors that have to earn their values."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from twin.device import BAD, GOOD, UNCERTAIN
from twin.pat.raman.analyzer import RamanAnalyzer, standard_sensors
from twin.pat.raman.bands import COMPONENTS, NAMES, pure_spectra
from twin.pat.raman.composition import STATES, WrongComposition, composition
from twin.pat.raman.cultures import ANALYTES, CultureSpectra, NoCultures, culture_spectra
from twin.pat.raman.probe import RamanProbe, Spectra
from twin.pat.raman.settings import BadSettings, RamanSettings
from twin.pat.raman.soft_sensor import (
    BadCalibrationSet,
    SoftSensor,
    WrongSpectra,
    calibrated,
)
from twin.pat.raman.window import WindowCheck, quality_of
from twin.randomness import stream

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "pat.md"
PUBLISHED = {  # the bands that errors should lie near
    "glucose": (0.23, 0.65),
    "lactate": (0.29, 0.48),
    "titer": (0.20, 0.40),
    "viable_cell_density": (1.0, 2.0),
}
FOULING = (None, 0.02, 0.05, 0.1)  # per day
TIMES_S = np.arange(60) * 1800.0
DIM = RamanSettings(shift_cm=0.0, baseline=0.0, throughput_cv=0.0, throughput_noise=0.0)


@cache
def calibration() -> CultureSpectra:
    return culture_spectra(24, seed=1)


@cache
def sensor(analyte: str) -> SoftSensor:
    return calibrated(analyte, calibration())


@cache
def fresh(fouling_per_day: float | None) -> CultureSpectra:
    settings = RamanSettings()
    if fouling_per_day is not None:
        settings = replace(settings, fouling_per_day=fouling_per_day)
    return culture_spectra(12, seed=77, settings=settings, spiked_share=0.0)


def rmsep(analyte: str, fouling_per_day: float | None = None) -> float:
    """Error on fresh cultures, in g/L or 1e6/mL."""
    data = fresh(fouling_per_day)
    error = sensor(analyte).predict(data.counts).values - data.truth(analyte)
    return float(np.sqrt(np.mean(error**2))) * (ANALYTES[analyte].g_per_mol or 1000.0) / 1000.0


def broth(n: int = len(TIMES_S), **amounts: float) -> np.ndarray:
    rows = np.zeros((n, len(NAMES)))
    for name, amount in amounts.items():
        rows[:, NAMES.index(name)] = amount
    return rows


def taken(settings: RamanSettings, rows: np.ndarray, seed: int = 1) -> Spectra:
    return RamanProbe(settings, stream(seed, "raman")).measure(rows, TIMES_S[: len(rows)])


def test_each_component_shows_at_its_bands_in_proportion() -> None:
    probe = RamanProbe(DIM, stream(1, "raman"))
    axis = probe.wavenumbers
    assert axis[[0, -1]].tolist() == [350.0, 1850.0]
    for component, shape in zip(COMPONENTS, pure_spectra(axis), strict=True):
        strongest = max(component.bands, key=lambda band: band.height)
        assert axis[np.argmax(shape)] == pytest.approx(strongest.at, abs=8.0)
    quiet = replace(DIM, read_noise=0.0, spikes_per_s=0.0, water_rate=1e9, full_scale=1e300)
    none, one, two = (taken(quiet, broth(1, glucose=g)).counts[0] for g in (0.0, 1000.0, 2000.0))
    top = np.argmin(np.abs(axis - 1125.0))
    assert (two - none)[top] / (one - none)[top] == pytest.approx(2.0, rel=1e-3)
    assert (one - none)[top] == pytest.approx(1.07 * 1e9 * 600.0, rel=0.1)


def test_reading_in_pieces_gives_the_same_spectra_and_other_batches_differ() -> None:
    rows = broth(glucose=20.0, viable_cells=5.0)
    whole = taken(RamanSettings(), rows)
    probe = RamanProbe(RamanSettings(), stream(1, "raman"))
    parts = [probe.read(rows[k], TIMES_S[k]) for k in (slice(0, 9), slice(9, 9), slice(9, None))]
    np.testing.assert_array_equal(np.concatenate(parts), whole.counts)
    other = taken(RamanSettings(), rows, seed=2)
    smooth = np.abs(whole.counts.mean(axis=0) - other.counts.mean(axis=0))
    assert np.median(smooth / whole.counts.mean(axis=0)) > 0.005  # far beyond the noise of 0.1 %
    np.testing.assert_allclose(whole.available_s - whole.times_s, 600.0)


def test_noise_is_that_of_the_light_and_falls_with_time() -> None:
    def noise(integration_s: float) -> float:
        still = replace(
            DIM, fluorescence_walk=0.0, fluorescence_age=0.0, fouling_per_day=0.0,
            spikes_per_s=0.0, integration_s=integration_s,
        )  # fmt: skip
        counts = taken(still, broth(60, glucose=20.0)).counts
        expected = np.sqrt(counts.mean(axis=0) + still.read_noise**2)
        assert np.mean(counts.std(axis=0) / expected) == pytest.approx(1.0, rel=0.03)
        return float(np.mean(counts.std(axis=0) / counts.mean(axis=0)))

    assert noise(60.0) / noise(600.0) == pytest.approx(np.sqrt(10.0), rel=0.05)


def test_cosmic_spikes_are_labelled_as_frequent_as_set_and_found() -> None:
    rows = broth(glucose=20.0, antibody=1.0)
    spectra = taken(replace(RamanSettings(), spikes_per_s=3e-3), rows)
    n_events = np.sum(spectra.spikes[:, 1:] & ~spectra.spikes[:, :-1])
    assert n_events / len(rows) == pytest.approx(1.8, rel=0.25)
    found = sensor("glucose").cleaning.find_spikes(spectra.counts)
    large = spectra.counts - taken(replace(RamanSettings(), spikes_per_s=0.0), rows).counts > 2e4
    assert found[large].mean() > 0.95
    assert found[~spectra.spikes].mean() < 1e-4


@pytest.mark.parametrize("analyte", sorted(ANALYTES))
def test_soft_sensors_err_on_fresh_cultures_as_published_ones_do(analyte: str) -> None:
    low, high = PUBLISHED[analyte]
    assert low < rmsep(analyte) < high


@pytest.mark.parametrize("analyte", sorted(ANALYTES))
def test_fouling_makes_them_worse_and_they_say_so(analyte: str) -> None:
    errors = [rmsep(analyte, fouling) for fouling in FOULING]
    assert errors == sorted(errors)
    assert errors[-1] > 2.0 * errors[0]
    is_good = [
        np.mean(sensor(analyte).predict(fresh(fouling).counts).quality == GOOD)
        for fouling in FOULING
    ]
    assert is_good[0] > 0.98
    assert is_good[-1] < 0.8
    cloudy = taken(replace(RamanSettings(), fouling_per_day=20.0), broth(glucose=20.0))
    assert np.all(sensor(analyte).predict(cloudy.counts[-10:]).quality == BAD)


def clarity(fouling_per_day: float | None) -> np.ndarray:
    data, axis = fresh(fouling_per_day), RamanSettings().wavenumbers()
    cultures = [data.counts[data.culture == k] for k in np.unique(data.culture)]
    return np.concatenate([WindowCheck(axis).clarity(counts) for counts in cultures])


def test_the_window_is_seen_clouding_and_what_stays_good_is_as_right_as_ever() -> None:
    age_day = np.tile(np.arange(29) * 0.5, 12)
    for fouling in FOULING[1:]:
        assert fouling is not None
        data = fresh(fouling)
        cells = data.rows[:, [NAMES.index("viable_cells"), NAMES.index("dead_cells")]].sum(axis=1)
        expected = np.exp(-fouling * age_day - RamanSettings().attenuation * cells)
        assert np.abs(clarity(fouling) - expected).max() < 0.04
        found = sensor("glucose").predict(data.counts)
        is_good = np.maximum(found.quality, quality_of(clarity(fouling))) == GOOD
        error = (found.values - data.truth("glucose"))[is_good]
        assert 0.15 < is_good.mean() < 0.8
        assert np.sqrt(np.mean(error**2)) * 0.18016 < PUBLISHED["glucose"][1]
    assert np.all(quality_of(clarity(None)) == GOOD)
    assert quality_of(np.array([0.9, 0.6, 0.4, np.nan])).tolist() == [
        GOOD,
        UNCERTAIN,
        BAD,
        UNCERTAIN,
    ]


def test_what_was_never_calibrated_is_not_good() -> None:
    sweet = taken(RamanSettings(), broth(glucose=600.0, glutamine=3.0))
    assert np.mean(sensor("glucose").predict(sweet.counts).quality == GOOD) < 0.05
    blinded = taken(replace(RamanSettings(), full_scale=2e5), broth(glucose=20.0))
    assert np.all(sensor("glucose").predict(blinded.counts).quality != GOOD)
    dark = taken(replace(RamanSettings(), integration_s=20.0), broth(glucose=20.0))
    assert np.all(sensor("glucose").predict(dark.counts).quality == BAD)
    lost = fresh(None).counts[:2].copy()
    lost[0, 5] = np.nan
    assert sensor("glucose").predict(lost).quality.tolist() == [BAD, GOOD]
    saturated = fresh(None).counts[:1].copy()
    saturated[0, 300:340] = RamanSettings().full_scale
    assert sensor("glucose").predict(saturated).quality.tolist() == [BAD]


def test_they_follow_glucose_that_is_added_and_nothing_else() -> None:
    base = fresh(None).rows[15:16].repeat(60, axis=0)
    seen = {}
    for name, amount in (("glucose", 10.0), ("lactate", 10.0)):
        spiked = base.copy()
        spiked[30:, NAMES.index(name)] += amount
        values = sensor("glucose").predict(taken(RamanSettings(), spiked).counts).values
        seen[name] = values[30:].mean() - values[:30].mean()
    assert seen["glucose"] == pytest.approx(10.0, rel=0.15)
    assert abs(seen["lactate"]) < 1.5


def test_the_page_shows_what_is_measured() -> None:
    cells = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| `\w+` \| (g/L|1e6/mL) \|", line)
    ]
    written = {row[0]: [float(value) for value in row[3:7]] for row in cells}
    assert set(written) == set(ANALYTES)
    for analyte, values in written.items():
        measured = [rmsep(analyte, fouling) for fouling in FOULING]
        assert values == pytest.approx(measured, abs=0.006 * max(1.0, *measured))


def test_bad_input_is_refused_with_a_reason() -> None:
    probe = RamanProbe(RamanSettings(), stream(1, "raman"))
    with pytest.raises(WrongComposition, match="glucose in row 1 is -1"):
        probe.read(np.vstack([broth(1), broth(1, glucose=-1.0)]), np.zeros(2))
    with pytest.raises(WrongComposition, match=r"shapes \(2, 3\)"):
        probe.read(np.zeros((2, 3)), np.zeros(2))
    with pytest.raises(WrongComposition, match="go back"):
        probe.read(broth(2), np.array([5.0, 1.0]))
    probe.read(broth(1), np.array([50.0]))
    with pytest.raises(WrongComposition, match="must not be before 50"):
        probe.read(broth(1), np.array([10.0]))
    with pytest.raises(WrongComposition, match="no state 'lactate'"):
        composition({"glucose": np.ones(1)})
    with pytest.raises(BadSettings, match="baseline is -1"):
        RamanSettings(baseline=-1.0)
    with pytest.raises(BadSettings, match="more than ten points"):
        RamanSettings(last_cm=352.0)
    with pytest.raises(BadCalibrationSet, match="no analyte 'redox'"):
        calibrated("redox", calibration())
    with pytest.raises(BadCalibrationSet, match="spectra of 1 culture"):
        calibrated("glucose", culture_spectra(1, seed=3))
    with pytest.raises(NoCultures, match="0 cultures"):
        culture_spectra(0, seed=1)
    with pytest.raises(WrongSpectra, match=r"\(1, 9\)"):
        sensor("glucose").predict(np.zeros((1, 9)))


def test_an_analyzer_reads_a_culture_from_its_states_alone() -> None:
    states = {name: np.full(60, 1.0) for name in STATES} | {"glucose": np.full(60, 25.0)}
    sensors = standard_sensors(1, n_cultures=6)
    whole = RamanAnalyzer(sensors, stream(4, "analyzer")).read(states, TIMES_S)
    assert set(whole.predictions) == set(ANALYTES)
    parts = RamanAnalyzer(sensors, stream(4, "analyzer"))
    for k in (slice(0, 20), slice(20, 60)):
        piece = parts.read({name: values[k] for name, values in states.items()}, TIMES_S[k])
        for name, found in piece.predictions.items():
            np.testing.assert_allclose(found.values, whole.predictions[name].values[k], rtol=1e-9)
            np.testing.assert_array_equal(found.quality, whole.predictions[name].quality[k])
    assert whole.clarity[0] == 1.0
    assert sensors[0].analyte == "glucose"
    alone = sensors[0].predict(whole.spectra.counts)
    np.testing.assert_array_equal(whole.predictions["glucose"].values, alone.values)


def test_a_window_can_begin_to_cloud_later() -> None:
    probe = RamanProbe(replace(RamanSettings(), fouling_per_day=0.1), stream(1, "raman"))
    times_s = np.array([0.0, 86400.0, 3 * 86400.0])
    probe.foul(1.0, from_s=2 * 86400.0)
    window = probe.measure(broth(3, glucose=20.0), times_s).window
    np.testing.assert_allclose(window, np.exp([0.0, -0.1, -1.2]))
    with pytest.raises(WrongComposition, match="read up to 259200"):
        probe.foul(0.5, from_s=0.0)
    with pytest.raises(BadSettings, match="fouling is -1"):
        probe.foul(-1.0, from_s=3e5)
