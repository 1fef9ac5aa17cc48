"""Samples packed into chunks and unpacked: exact, little-endian, with their statistics.

A chunk with a constant step stores no times, one without a doubtful sample no quality.
`sdl.store.models.ChunkRow` says what each field holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sdl.store.errors import TelemetryInvalid

Times = NDArray[np.int64]
Values = NDArray[np.float64]
Qualities = NDArray[np.uint8]

MAX_SAMPLES = 4096
BAD = 2
SURELY_SUMMED = 1e300  # sums of MAX_SAMPLES smaller values are finite
COMPARED = ("end_us", "n", "n_bad", "step_us", "min", "max", "sum")
"""Fields that tell two chunks apart without a look at the samples."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples in time order: `times_us` int64 µs UTC, `values` float64, `quality` uint8.

    Quality is 0 good, 1 uncertain, 2 bad.  `step_us` is the time from one sample to the next where
    that is constant (0 for a single sample), else None.
    """

    times_us: Times
    values: Values
    quality: Qualities
    step_us: int | None

    def __len__(self) -> int:
        return len(self.times_us)


def checked(
    times_us: ArrayLike, values: ArrayLike, quality: ArrayLike | None, what: str
) -> Samples:
    """Arrays of one length with rising times; `TelemetryInvalid` names `what` otherwise."""
    times = np.asarray(times_us)
    if times.size and times.dtype.kind not in "iu":
        raise TelemetryInvalid(f"{what}: times must be integer µs, not {times.dtype}")
    times = np.ascontiguousarray(times, dtype=np.int64)
    numbers = np.array(values, dtype=np.float64)
    marks = np.zeros(len(numbers), np.uint8) if quality is None else np.asarray(quality)
    if times.ndim != 1 or times.shape != numbers.shape or times.shape != marks.shape:
        raise TelemetryInvalid(
            f"{what}: times, values and quality must be 1-D and of one length, "
            f"not {times.shape}, {numbers.shape} and {marks.shape}"
        )
    if not _are_marks(marks):
        raise TelemetryInvalid(f"{what}: quality must be 0 good, 1 uncertain or 2 bad")
    if times.size and times[0] < 0:
        raise TelemetryInvalid(f"{what}: the first time is before 1970 or beyond 64 bits")
    if not (times[1:] > times[:-1]).all():
        late = int(np.flatnonzero(times[1:] <= times[:-1])[0]) + 1
        raise TelemetryInvalid(f"{what}: the time of sample {late} isn't after the one before it")
    if numbers.size and math.isnan(numbers.min()):
        # One bit pattern for NaN, so that equal series have equal digests.
        numbers[np.isnan(numbers)] = np.nan
    return Samples(times, numbers, np.ascontiguousarray(marks, dtype=np.uint8), _step(times))


def _are_marks(marks: NDArray[Any]) -> bool:
    if marks.dtype == np.uint8:  # the usual case, and one look is enough
        return not marks.size or bool(marks.max() <= BAD)
    return not marks.size or (
        marks.dtype.kind in "iu" and bool(marks.max() <= BAD) and bool(marks.min() >= 0)
    )


def split(samples: Samples) -> Iterator[Samples]:
    """Parts of no more than `MAX_SAMPLES`."""
    if len(samples) <= MAX_SAMPLES:
        yield samples
        return
    for first in range(0, len(samples), MAX_SAMPLES):
        part = slice(first, first + MAX_SAMPLES)
        times = samples.times_us[part]
        yield Samples(times, samples.values[part], samples.quality[part], _step(times))


def pack(samples: Samples, what: str) -> dict[str, Any]:
    """The fields of one chunk row, without `series_id`.

    Raises `TelemetryInvalid` for values so large that their sum isn't finite.
    """
    times, values, quality = samples.times_us, samples.values, samples.quality
    n = len(times)
    all_good = not quality.any()
    usable = values if all_good else values[quality != BAD]
    low, high, total = _statistics(usable)
    if low is not None and high is not None and not math.isfinite(low + high):
        # NaN and infinities count as bad
        usable = usable[np.isfinite(usable)]
        low, high, total = _statistics(usable)
    if total is not None and not math.isfinite(total):
        raise TelemetryInvalid(f"{what}: values too large to be summed")
    is_regular = samples.step_us is not None
    return {
        "start_us": int(times[0]),
        "end_us": int(times[-1]),
        "n": n,
        "n_bad": n - len(usable),
        "min": low,
        "max": high,
        "sum": total,
        "step_us": samples.step_us,
        "times": None if is_regular else times.astype("<i8", copy=False).tobytes(),
        "values": values.astype("<f8", copy=False).tobytes(),
        "quality": None if all_good else quality.tobytes(),
    }


def unpack(chunk: Mapping[str, Any]) -> Samples:
    """The samples of a chunk row, as they were packed."""
    n = chunk["n"]
    if chunk["times"] is None:
        times = chunk["start_us"] + np.arange(n, dtype=np.int64) * chunk["step_us"]
    else:
        times = np.frombuffer(chunk["times"], "<i8").astype(np.int64, copy=False)
    values = np.frombuffer(chunk["values"], "<f8").astype(np.float64, copy=False)
    if chunk["quality"] is None:
        quality = np.zeros(n, np.uint8)
    else:
        quality = np.frombuffer(chunk["quality"], np.uint8)
    return Samples(times, values, quality, chunk["step_us"])


def first_difference(stored: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """The first of the `COMPARED` fields in which two chunks differ; None: they agree.

    The sums may differ in their last digits: numpy adds in an order that depends on the processor.
    """
    for name in COMPARED[:-1]:
        if stored[name] != given[name]:
            return name
    if stored["sum"] is None or given["sum"] is None:
        return None if stored["sum"] is given["sum"] else "sum"
    largest = max(abs(given["min"]), abs(given["max"]))
    close = math.isclose(
        stored["sum"], given["sum"], rel_tol=1e-9, abs_tol=1e-12 * given["n"] * largest
    )
    return None if close else "sum"


def inconsistency(chunk: Mapping[str, Any], what: str) -> str | None:
    """What in a stored chunk contradicts its samples: a field's name; None: nothing does."""
    n = chunk["n"]
    for name, width in (("values", 8), ("times", 8), ("quality", 1)):
        blob = chunk[name]
        if blob is not None and (not isinstance(blob, bytes) or len(blob) != width * n):
            return name
    samples = unpack(chunk)
    try:
        again = pack(checked(samples.times_us, samples.values, samples.quality, what), what)
    except TelemetryInvalid as fault:
        return str(fault)
    if again["start_us"] != chunk["start_us"]:
        return "start_us"
    return first_difference(chunk, again)


def _statistics(values: Values) -> tuple[float | None, float | None, float | None]:
    """Least, largest and sum; all None without values."""
    if not len(values):
        return None, None, None
    low, high = float(values.min()), float(values.max())
    if max(-low, high) < SURELY_SUMMED:
        return low, high, float(values.sum())
    with np.errstate(over="ignore", invalid="ignore"):
        return low, high, float(values.sum())


def _step(times: Times) -> int | None:
    n = len(times)
    if n <= 1:
        return 0
    step = int(times[1]) - int(times[0])
    if int(times[-1]) - int(times[0]) != step * (n - 1):
        return None
    return step if (times[1:] - times[:-1] == step).all() else None
