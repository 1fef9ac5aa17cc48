from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sdl.report.thinning import thin

QUALITY = arrays(np.uint8, st.shared(st.integers(0, 400), key="n"), elements=st.integers(0, 2))
VALUES = arrays(
    np.float64,
    st.shared(st.integers(0, 400), key="n"),
    elements=st.floats(-1e3, 1e3) | st.just(float("nan")),
)


@given(values=VALUES, quality=QUALITY, n=st.integers(2, 100))
def test_what_is_kept_is_what_was_read(values: np.ndarray, quality: np.ndarray, n: int) -> None:
    days = np.arange(len(values)) / 96
    thinned = thin(days, values, quality, n)
    usable = np.isfinite(values) & (quality < 2)
    shown = [value for value in thinned.y if value is not None]
    assert [x is None for x in thinned.x] == [y is None for y in thinned.y]
    times = [x for x in thinned.x if x is not None]
    assert times == sorted(set(times))
    if usable.any():
        low, high = values[usable].min(), values[usable].max()
        assert np.isclose(min(shown), low, rtol=1e-4)
        assert np.isclose(max(shown), high, rtol=1e-4)
    else:
        assert shown == []
    n_breaks = thinned.x.count(None)
    assert len(shown) <= max(n, 2 * n_breaks + n + 2)
    assert len(thinned.bad_x) == min(n, int((~usable).sum()))


def test_a_line_never_bridges_a_bad_reading() -> None:
    quality = np.zeros(10, np.uint8)
    quality[4] = 2
    thinned = thin(np.arange(10.0), np.arange(10.0), quality)
    assert thinned.y == [0, 1, 2, 3, None, 5, 6, 7, 8, 9]
    assert thinned.bad_x == [4]


def test_a_pause_is_a_gap_and_a_late_reading_is_not() -> None:
    days = np.array([0.0, 1.0, 2.0, 4.5, 5.0, 6.0, 12.0, 13.0])
    thinned = thin(days, np.zeros(8), np.zeros(8, np.uint8))
    assert thinned.x == [0, 1, 2, 4.5, 5, 6, None, 12, 13]


def test_a_short_peak_survives() -> None:
    values = np.zeros(100_000)
    values[54_321] = 9.0
    thinned = thin(np.arange(100_000.0), values, np.zeros(100_000, np.uint8), 1000)
    assert max(y for y in thinned.y if y is not None) == 9.0
    assert len(thinned.y) <= 1000
