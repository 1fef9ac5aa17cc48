"""What is made of a plate's absorbances: curve, quantification limits, concentrations, Z′.

Only absorbances and the labels of the wells are used, never what is really in them. Limits of
quantification are the lowest and highest standard whose duplicates read back within 20 % (25 %
at the lowest and highest) with a CV up to 20 % (25 %), as ICH M10 asks of ligand-binding assays
(recalled). Z′ = 1 - 3 (s_high + s_low) / |m_high - m_low| (Zhang, Chung & Oldenburg 1999,
recalled).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from twin.workcell.logistic4 import Logistic4, fit_logistic4

Flag = Literal["ok", "below_lloq", "above_uloq", "saturated", "no_range"]
INNER_LIMIT, OUTER_LIMIT = 0.20, 0.25
Labels = Mapping[str, Mapping[str, float | str]]


class NoControls(ValueError):
    """The plate lacks the wells that a figure is made of."""


@dataclass(frozen=True, slots=True)
class BackCalculated:
    """A sample's concentration in the undiluted sample (g/L), its flag and duplicate CV (%)."""

    value_g_per_l: float
    flag: Flag
    cv_percent: float
    drawn_us: int


@dataclass(frozen=True, slots=True)
class PlateResult:
    """The plate's curve, limits in the well (g/L; NaN when no standard qualifies), Z′, samples.

    Where no standard qualifies, samples are read off the curve, up to the highest standard, and
    flagged `no_range`.
    """

    curve: Logistic4
    lloq_g_per_l: float
    uloq_g_per_l: float
    z_prime: float
    samples: Mapping[str, BackCalculated]


def analyse(absorbance: Mapping[str, float], labels: Labels, linear_to_od: float) -> PlateResult:
    """Evaluate a plate.

    Raises:
        NoFit: the standards give no curve.
        NoControls: there are fewer than two high or low controls.
    """
    standards = _grouped(absorbance, labels, "standard", "g_per_l")
    x = np.array([float(c) for c, ods in standards.items() for _ in ods])
    y = np.array([od for ods in standards.values() for od in ods])
    curve = fit_logistic4(x, y)
    lloq, uloq = _limits(curve, standards)
    limits = (lloq, uloq, float(x.max()))
    samples = {
        str(sample): _back_calculated(sample, ods, labels, curve, limits, linear_to_od)
        for sample, ods in _grouped(absorbance, labels, "sample", "sample").items()
    }
    return PlateResult(curve, lloq, uloq, z_prime(absorbance, labels), samples)


def z_prime(absorbance: Mapping[str, float], labels: Labels) -> float:
    """Return Z′ from the wells labelled high and low.

    Raises:
        NoControls: there are fewer than two of either.
    """
    high, low = (
        np.array([od for well, od in absorbance.items() if labels[well]["role"] == role])
        for role in ("high", "low")
    )
    if len(high) < 2 or len(low) < 2:
        raise NoControls(f"Z′ needs two wells of each control; {len(high)} high, {len(low)} low")
    window = abs(float(high.mean() - low.mean()))
    spread = float(high.std(ddof=1) + low.std(ddof=1))
    return 1.0 - 3.0 * spread / window if window > 0.0 else -math.inf


def _grouped(
    absorbance: Mapping[str, float], labels: Labels, role: str, key: str
) -> dict[float | str, list[float]]:
    found: dict[float | str, list[float]] = {}
    for well, od in absorbance.items():
        if labels[well]["role"] == role:
            found.setdefault(labels[well][key], []).append(od)
    return found


def _limits(curve: Logistic4, standards: Mapping[Any, list[float]]) -> tuple[float, float]:
    levels = sorted(float(c) for c in standards if float(c) > 0.0)
    passing = []
    for n, level in enumerate(levels):
        allowed = OUTER_LIMIT if n in (0, len(levels) - 1) else INNER_LIMIT
        back = np.array([curve.inverse(od) for od in standards[level]])
        if not np.all(np.isfinite(back)) or back.mean() <= 0.0:
            continue
        spread = back.std(ddof=1) / back.mean() if len(back) > 1 else 0.0
        if abs(back.mean() / level - 1.0) <= allowed and spread <= allowed:
            passing.append(level)
    return (passing[0], passing[-1]) if passing else (math.nan, math.nan)


def _back_calculated(
    sample: float | str,
    ods: list[float],
    labels: Labels,
    curve: Logistic4,
    limits: tuple[float, float, float],
    linear_to_od: float,
) -> BackCalculated:
    label = next(one for one in labels.values() if one.get("sample") == sample)
    dilution = float(label["dilution"])
    mean_od = float(np.mean(ods))
    concentration = curve.inverse(mean_od)
    lloq, uloq, highest = limits
    flag: Flag = "ok"
    if math.isnan(lloq):
        flag, concentration = "no_range", min(concentration, highest)
    elif concentration < lloq:
        flag, concentration = "below_lloq", lloq
    elif concentration > uloq:
        flag = "saturated" if max(ods) > linear_to_od else "above_uloq"
        concentration = uloq
    cv = 100.0 * float(np.std(ods, ddof=1)) / mean_od if len(ods) > 1 else 0.0
    return BackCalculated(concentration * dilution, flag, cv, int(label["drawn_us"]))
