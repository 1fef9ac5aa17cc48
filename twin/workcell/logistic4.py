"""The four-parameter logistic curve of an immunoassay: value, inverse, weighted fit.

The signal is y = bottom + (top - bottom) / (1 + (ec50 / x)^slope).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.device import Floats


class NoFit(ValueError):
    """The standards don't show a curve."""


@dataclass(frozen=True, slots=True)
class Logistic4:
    """Signal over concentration; `bottom` at zero, `top` at saturation, half-way at `ec50`."""

    bottom: float
    top: float
    ec50: float
    slope: float

    def at(self, concentration: Any) -> Any:
        """Return the signal at concentrations (≥ 0; same shape)."""
        x = np.maximum(concentration, 0.0)
        share = x**self.slope / (x**self.slope + self.ec50**self.slope)
        return self.bottom + (self.top - self.bottom) * share

    def inverse(self, signal: float) -> float:
        """Return the concentration of a signal: 0 at or below bottom, infinity at or above top."""
        share = (signal - self.bottom) / (self.top - self.bottom)
        if share <= 0.0:
            return 0.0
        if share >= 1.0:
            return math.inf
        return float(self.ec50 * (share / (1.0 - share)) ** (1.0 / self.slope))


def fit_logistic4(concentrations: Floats, signals: Floats) -> Logistic4:
    """Fit by least squares of relative residuals, as the noise of wells is relative.

    Args:
        concentrations: shape (n,), n >= 5; zero (a blank) may be among them.
        signals: shape (n,).

    Raises:
        NoFit: too few standards, or their signal does not rise.
    """
    from scipy.optimize import least_squares

    x, y = np.asarray(concentrations, dtype=float), np.asarray(signals, dtype=float)
    known = np.unique(x[x > 0.0])
    if len(known) < 4 or len(x) < 5:
        raise NoFit(f"a curve needs four concentrations or more, there are {len(known)}")
    low, high = float(np.min(y)), float(np.max(y))
    if not high > low > 0.0:
        raise NoFit(f"the standards show no rise: signals {low:.3f} to {high:.3f}")
    middle = float(np.exp(np.mean(np.log(known))))

    def unpack(q: Floats) -> Logistic4:
        bottom, span, ec50, slope = (float(v) for v in np.exp(q))
        return Logistic4(bottom, bottom + span, ec50, slope)

    def residuals(q: Floats) -> Floats:
        return np.asarray((unpack(q).at(x) - y) / np.maximum(y, 0.02 * high), dtype=float)

    start = np.log([low, 1.2 * (high - low), middle, 1.0])
    reach = np.array([3.0, 2.0, 5.0, 1.0])
    found = least_squares(residuals, start, bounds=(start - reach, start + reach), x_scale=0.3)
    if not found.success:
        raise NoFit(f"the curve fit did not end: {found.message}")
    return unpack(found.x)
