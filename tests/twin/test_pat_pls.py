"""PLS and cleaning: against least squares and against what they are made to remove."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.pat.raman.cleaning import BadCleaning, derivative, learned, snv
from twin.pat.raman.pls import TooFewSpectra, fit

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 8)) @ RNG.standard_normal((8, 8))
Y = X @ np.arange(8.0) + 0.3 * RNG.standard_normal(60) + 5.0


def test_with_all_latent_variables_it_is_least_squares() -> None:
    design = np.column_stack([np.ones(60), X])
    exact = design @ np.linalg.lstsq(design, Y, rcond=None)[0]
    pls = fit(X, Y, 8)
    np.testing.assert_allclose(pls.predict(X), exact, atol=1e-8)
    np.testing.assert_allclose(pls.predict_each(X)[:, 2], pls.predict(X, 3))
    np.testing.assert_allclose(pls.distances(X, 8)[1], 0.0, atol=1e-8)


def test_the_first_latent_variable_has_the_greatest_covariance() -> None:
    pls = fit(X, Y, 1)
    direction = pls.weights[:, 0] / np.linalg.norm(pls.weights[:, 0])
    expected = (X - X.mean(axis=0)).T @ (Y - Y.mean())
    np.testing.assert_allclose(direction, expected / np.linalg.norm(expected))


@settings(max_examples=10, deadline=None)
@given(k=st.integers(1, 8), scale=st.floats(1e-3, 1e3))
def test_scores_have_unit_variance_and_more_of_them_fit_better(k: int, scale: float) -> None:
    pls = fit(scale * X, Y, k)
    t2, q = pls.distances(scale * X, k)
    assert t2.sum() == pytest.approx(k * 59.0)
    assert np.all(q >= 0.0)
    misfit = np.sum((pls.predict_each(scale * X) - Y[:, None]) ** 2, axis=0)
    assert np.all(np.diff(misfit) <= 1e-9)
    np.testing.assert_allclose(pls.basis.T @ pls.basis, np.eye(k), atol=1e-10)


def test_too_little_is_refused_with_a_reason() -> None:
    with pytest.raises(TooFewSpectra, match="60 spectra are too few"):
        fit(X, Y, 59)
    with pytest.raises(TooFewSpectra, match="vary in 1 ways only"):
        fit(np.outer(Y, np.ones(8)), Y, 2)
    with pytest.raises(BadCleaning, match="must be odd"):
        learned(X, window=4)


def test_cleaning_takes_away_offset_scale_and_spikes() -> None:
    axis = np.arange(300.0)
    shape = 100.0 * np.exp(-(((axis - 150.0) / 20.0) ** 2)) + 900.0 / (1.0 + (axis - 60.0) ** 2)
    spectra = shape + 0.1 * RNG.standard_normal((40, 300))
    cleaning = learned(spectra, window=9)
    clean = cleaning(spectra)
    np.testing.assert_allclose(cleaning(7.0 * spectra + 1000.0), clean, atol=1e-8)
    assert clean.shape == (40, 292)
    hit = spectra.copy()
    hit[3, 200:202] += [10.0, 3.0]
    assert np.argwhere(cleaning.find_spikes(hit)).tolist()[:1] == [[3, 200]]
    assert not cleaning.find_spikes(spectra).any()  # the sharp band at 60 is none
    np.testing.assert_allclose(cleaning(hit), clean, atol=0.02)
    assert np.abs(snv(derivative(hit, 9, 2)) - clean).max() > 0.05
