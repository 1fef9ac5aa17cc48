"""What a device noted of its signals, as series that a transport can collect."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np

from twin.device import GOOD, Series, Signal

KEEP_READINGS = 2000


class Trace:
    """Readings of some signals, noted when something happens; the latest 2000 are kept."""

    def __init__(self, signals: Mapping[str, Signal]) -> None:
        self._signals = signals
        self._readings: dict[str, deque[tuple[int, float]]] = {
            name: deque(maxlen=KEEP_READINGS) for name in signals
        }

    def note(self, time_us: int, **values: float) -> None:
        """Note readings, by signal."""
        for name, value in values.items():
            self._readings[name].append((time_us, value))

    def series(self, after_us: Mapping[str, int]) -> list[Series]:
        """Return, per signal, the readings later than `after_us[signal]`."""
        found = []
        for name, readings in self._readings.items():
            new = [one for one in readings if one[0] > after_us.get(name, -1)]
            times = np.array([t for t, _ in new], dtype=np.int64)
            values = np.array([v for _, v in new], dtype=float)
            quality = np.full(len(new), GOOD, dtype=np.uint8)
            found.append(Series(name, self._signals[name].unit, times, values, quality))
        return found
