"""Partial least squares by SIMPLS (de Jong 1993), for one response at a time.

Beside the regression it gives Hotelling's T2 (how far a spectrum lies from the middle of those
calibrated with, along the latent variables) and the Q residual (what it has that they don't).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats

NOTHING_LEFT = 1e-10  # of the first latent variable's covariance: rounding


class TooFewSpectra(ValueError):
    """There are not enough spectra for that many latent variables."""


@dataclass(frozen=True, slots=True)
class Pls:
    """A fitted regression of one response on p points with k latent variables.

    `coefficients` is (k, p): row i holds those of the model with the first i + 1 latent variables.
    """

    x_mean: Floats
    y_mean: float
    weights: Floats  # (p, k): scores are centred spectra times these, of unit variance
    basis: Floats  # (p, k): orthonormal, spans the loadings
    coefficients: Floats

    def predict(self, x: Floats, n_latent: int | None = None) -> Floats:
        """Return the response of spectra (n, p), (n,); with all latent variables or the first."""
        which = -1 if n_latent is None else n_latent - 1
        return np.asarray((x - self.x_mean) @ self.coefficients[which] + self.y_mean)

    def predict_each(self, x: Floats) -> Floats:
        """Return the response for 1 to k latent variables, (n, k)."""
        return np.asarray((x - self.x_mean) @ self.coefficients.T + self.y_mean)

    def distances(self, x: Floats, n_latent: int) -> tuple[Floats, Floats]:
        """Return Hotelling's T2 and the Q residual of spectra (n, p), both (n,)."""
        centred = x - self.x_mean
        t2 = np.sum((centred @ self.weights[:, :n_latent]) ** 2, axis=1)
        basis = self.basis[:, :n_latent]
        q = np.sum(centred**2, axis=1) - np.sum((centred @ basis) ** 2, axis=1)
        return t2, np.maximum(q, 0.0)


def fit(x: Floats, y: Floats, n_latent: int) -> Pls:
    """Fit y (n,) on x (n, p) with `n_latent` latent variables.

    Raises:
        TooFewSpectra: fewer than n_latent + 2 spectra, or nothing left to explain before that.
    """
    n, p = x.shape
    if n < n_latent + 2:
        raise TooFewSpectra(f"{n} spectra are too few for {n_latent} latent variables")
    x_mean, y_mean = x.mean(axis=0), float(y.mean())
    centred, yc = x - x_mean, y - y_mean
    covariance = centred.T @ yc
    weights, basis = np.zeros((p, n_latent)), np.zeros((p, n_latent))
    coefficients = np.zeros((n_latent, p))
    b, first = np.zeros(p), 0.0
    for k in range(n_latent):
        scores = centred @ covariance
        norm = float(np.linalg.norm(scores))
        first = first or norm
        if norm <= NOTHING_LEFT * first:
            raise TooFewSpectra(
                f"the spectra vary in {k} ways only; {n_latent} latent variables are too many"
            )
        scores /= norm
        weight = covariance / norm
        loading = centred.T @ scores
        direction = loading - basis[:, :k] @ (basis[:, :k].T @ loading)
        direction -= basis[:, :k] @ (basis[:, :k].T @ direction)  # again, against rounding
        direction /= np.linalg.norm(direction)
        b = b + weight * float(yc @ scores)
        weights[:, k], basis[:, k], coefficients[k] = weight * np.sqrt(n - 1.0), direction, b
        covariance = covariance - direction * float(direction @ covariance)
    return Pls(x_mean, y_mean, weights, basis, coefficients)
