"""What a doubtful value still tells."""

from __future__ import annotations

import pytest

from drivers.describe import AssayInfo
from drivers.reading import Quality
from sdl.engine.workcell import Measured

ASSAY = AssayInfo("ethanol", "g/L", "plate_reader", 0.05, 80.0, "")


@pytest.mark.parametrize(
    ("value", "quality", "low", "high", "is_settled"),
    [
        (12.0, Quality.GOOD, None, 25.0, True),
        (12.0, Quality.UNCERTAIN, None, 25.0, False),  # doubtful for another reason
        (0.05, Quality.UNCERTAIN, None, 25.0, True),  # at most 0.05: below the limit
        (0.05, Quality.UNCERTAIN, 1.0, None, True),  # at most 0.05: misses the limit
        (0.05, Quality.UNCERTAIN, None, 0.01, False),  # may be on either side
        (80.0, Quality.UNCERTAIN, None, 25.0, True),
        (80.0, Quality.UNCERTAIN, 90.0, None, False),
        (0.05, Quality.UNCERTAIN, None, None, False),  # recorded only
        (0.05, Quality.BAD, None, 25.0, False),
    ],
)
def test_a_value_at_the_end_of_its_range_settles_a_limit_beyond(
    value: float, quality: Quality, low: float | None, high: float | None, is_settled: bool
) -> None:
    assert Measured(value, "g/L", quality, ASSAY).settles(low, high) is is_settled
