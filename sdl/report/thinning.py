"""Fewer points of a series for a chart: the extremes of each stretch are kept, gaps stay gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP_STEPS = 3.0  # a pause longer than this many usual sampling intervals is a gap
UNCERTAIN, BAD = 1, 2

Floats = NDArray[np.float64]
Points = list[float | None]


@dataclass(frozen=True, slots=True)
class Thinned:
    """A series for a chart; `None` in `x` and `y` breaks the line where readings are missing.

    The line goes through good and uncertain readings; uncertain ones are told again with their
    values, of bad ones only the times, since their values mean nothing.
    """

    x: Points
    y: Points
    uncertain_x: Points
    uncertain_y: Points
    bad_x: Points


def thin(days: Floats, values: Floats, quality: NDArray[np.uint8], n: int = 1000) -> Thinned:
    """Return about `n` points of a series in time order, minimum and maximum of n/2 stretches.

    Args:
        days: times, shape (m,), rising.
        values: readings, shape (m,), in their unit.
        quality: shape (m,): 0 good, 1 uncertain, 2 bad.
        n: points wanted; gaps may add some.
    """
    usable = np.isfinite(values) & (quality < BAD)
    x, y = days[usable], values[usable]
    is_break = _breaks(x, np.flatnonzero(usable))
    segment = np.concatenate([[0], np.cumsum(is_break)]) if len(x) else np.empty(0, np.intp)
    kept = _extremes(y, segment, n) if len(x) > n else np.arange(len(x))
    line_x, line_y = _line(x[kept], y[kept], segment[kept])
    unsure = np.flatnonzero(usable & (quality == UNCERTAIN))
    unsure = _some(unsure, n)
    return Thinned(
        line_x,
        line_y,
        _rounded(days[unsure], 4),
        _significant(values[unsure]),
        _rounded(days[_some(np.flatnonzero(~usable), n)], 4),
    )


def _breaks(x: Floats, index: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether the line breaks after each point: a bad reading or a long pause lies between."""
    if len(x) < 2:
        return np.zeros(max(len(x) - 1, 0), np.bool_)
    steps = np.diff(x)
    pause = steps > GAP_STEPS * float(np.median(steps))
    return np.asarray(pause | (np.diff(index) > 1))


def _extremes(y: Floats, segment: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    n_stretches = max(n // 2, 1)
    stretch = np.arange(len(y)) * n_stretches // len(y)
    key = segment * n_stretches + stretch
    starts = np.concatenate([[0], np.flatnonzero(np.diff(key)) + 1])
    ends = np.append(starts[1:], len(y))
    kept: list[int] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        part = y[start:end]
        kept.extend(sorted({start + int(part.argmin()), start + int(part.argmax())}))
    return np.asarray(kept, np.intp)


def _line(x: Floats, y: Floats, segment: NDArray[np.intp]) -> tuple[Points, Points]:
    line_x, line_y = _rounded(x, 4), _significant(y)
    for at in reversed((np.flatnonzero(np.diff(segment)) + 1).tolist()):
        line_x.insert(at, None)
        line_y.insert(at, None)
    return line_x, line_y


def _some(index: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    if len(index) <= n:
        return index
    return index[np.linspace(0, len(index) - 1, n).astype(np.intp)]


def _rounded(values: Floats, digits: int) -> Points:
    return [round(value, digits) for value in values.tolist()]


def _significant(values: Floats) -> Points:
    return [float(f"{value:.5g}") for value in values.tolist()]
