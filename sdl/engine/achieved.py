"""Achieved values: what the probes saw of what was commanded.

Where a program's property names a signal and phases, the achieved value is the time-weighted mean
of the good readings of that signal over those phases; where it names a key of the result, it is
what the instrument measured itself; otherwise nothing can be observed and the commanded value
stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from drivers.describe import ProgramInfo, PropertyInfo
from drivers.reading import Quality, ReadingBatch
from drivers.transport import TaskStatus, Value


@dataclass(frozen=True, slots=True)
class Achieved:
    """Achieved values by property, and a sentence for each gap beyond its tolerance."""

    values: dict[str, Value]
    flags: list[str]


def achieved(
    program: ProgramInfo,
    commanded: Mapping[str, Value],
    status: TaskStatus,
    readings: Mapping[str, Sequence[ReadingBatch]],
    tolerances: Mapping[str, float],
) -> Achieved:
    """Return what was achieved of each commanded property of an ended program run.

    Args:
        program: the program as its instrument published it.
        commanded: values by property.
        status: the ended task.
        readings: the run's readings by signal, in time order.
        tolerances: largest gap to the commanded value, by property, in its unit.
    """
    values: dict[str, Value] = {}
    flags: list[str] = []
    for name, value in commanded.items():
        spec = program.properties[name]
        seen = _observed(spec, status, readings)
        if seen is None or isinstance(value, str):
            values[name] = value
            continue
        values[name] = seen
        gap = abs(seen - value)
        if gap > tolerances.get(name, float("inf")):
            flags.append(
                f"{name}: achieved {seen:.4g} {spec.unit}, commanded {value:.4g} {spec.unit} "
                f"(gap {gap:.3g} > {tolerances[name]:.3g})"
            )
    return Achieved(values, flags)


def _observed(
    spec: PropertyInfo, status: TaskStatus, readings: Mapping[str, Sequence[ReadingBatch]]
) -> float | None:
    if spec.result is not None:
        value = status.result.get(spec.result)
        return float(value) if isinstance(value, (int, float)) else None
    if spec.signal is None:
        return None
    spans = _spans(status, spec.phases)
    return time_weighted_mean(readings.get(spec.signal, ()), spans)


def _spans(status: TaskStatus, wanted: tuple[str, ...]) -> list[tuple[int, int]]:
    end_us = status.ended_us if status.ended_us is not None else status.started_us
    ends = [start for _, start in status.phases[1:]] + [end_us]
    return [
        (start, end)
        for (phase, start), end in zip(status.phases, ends, strict=True)
        if phase in wanted
    ]


def time_weighted_mean(
    batches: Sequence[ReadingBatch], spans: Sequence[tuple[int, int]]
) -> float | None:
    """Return the mean over the spans [start, end) of a signal held between its good readings.

    Returns None when no good reading falls into a span.
    """
    if not batches:
        return None
    if len(batches) == 1:
        times, values, quality = batches[0].times_us, batches[0].values, batches[0].quality
    else:
        times = np.concatenate([b.times_us for b in batches])
        values = np.concatenate([b.values for b in batches])
        quality = np.concatenate([b.quality for b in batches])
    area = weight = 0.0
    for start, end in spans:
        inside = slice(*np.searchsorted(times, (start, end)))
        t, v = times[inside], values[inside]
        good = quality[inside] == Quality.GOOD
        if not good.all():
            t, v = t[good], v[good]
        if not len(t):
            continue
        # the last reading holds until the end
        area += float((t[1:] - t[:-1]) @ v[:-1]) + float(end - t[-1]) * float(v[-1])
        weight += float(end - t[0])
    return area / weight if weight > 0 else None
