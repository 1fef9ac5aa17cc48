"""One culture as it went: phases, probe readings and assay values over the day of culture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sdl.report.words import DAY_US
from sdl.store import list_series, read_entries, read_series

if TYPE_CHECKING:
    from sdl.store import CampaignState, Store

CULTURE_PHASE = "growth"  # days of culture count from the start of this phase, as for samples


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the program, from and to a day of culture."""

    name: str
    start_day: float
    end_day: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Readings of one signal in `unit`: `days` of culture, `values` and `quality`, shape (n,)."""

    signal: str
    unit: str
    days: NDArray[np.float64]
    values: NDArray[np.float64]
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AssayPoint:
    """One assay value in `unit`, at the day of culture on which its sample was drawn."""

    assay: str
    unit: str
    day: float
    value: float


@dataclass(frozen=True, slots=True)
class Culture:
    """All that was seen of one experiment; `role` says why it is shown."""

    experiment: str
    role: str
    phases: tuple[Phase, ...]
    trends: tuple[Trend, ...]
    assays: tuple[AssayPoint, ...]


def read_cultures(
    store: Store, state: CampaignState, wanted: Iterable[tuple[str, str]]
) -> tuple[Culture, ...]:
    """Read the cultures of (experiment, role) pairs."""
    pairs = list(wanted)
    starts = _phase_starts(store, state, {experiment for experiment, _ in pairs})
    return tuple(
        _read(store, state, experiment, role, starts.get(experiment, []))
        for experiment, role in pairs
    )


def culture_start_us(phases: list[tuple[str, int]], started_us: int | None) -> int | None:
    """Return when day 0 of a culture was: its growth phase's start, before that its own start."""
    for name, start in phases:
        if name == CULTURE_PHASE:
            return start
    return started_us


def _phase_starts(
    store: Store, state: CampaignState, experiments: set[str]
) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    if not experiments:
        return found
    for entry in read_entries(store, state.campaign, kinds=("phase.changed",)):
        if entry.subject in experiments and entry.seq <= state.head[0]:
            found.setdefault(entry.subject, []).append((entry.payload["phase"], entry.time_us))
    return found


def _read(
    store: Store,
    state: CampaignState,
    experiment: str,
    role: str,
    phases: list[tuple[str, int]],
) -> Culture:
    record = state.experiments[experiment]
    origin = culture_start_us(phases, record.started_us)
    if origin is None:
        return Culture(experiment, role, (), (), ())
    trends = []
    for info in list_series(store, state.campaign, experiment):
        series = read_series(
            store, state.campaign, experiment, info.signal, instrument=info.instrument
        )
        days = (series.times_us - origin) / DAY_US
        trends.append(Trend(info.signal, info.unit, days, series.values, series.quality))
    assays = tuple(
        AssayPoint(one.assay, one.unit, (one.source_time_us - origin) / DAY_US, one.value)
        for one in state.results
        if one.experiment == experiment and one.value is not None
    )
    end_us = state.now_us if record.ended_us is None else record.ended_us
    last_day = max((float(trend.days[-1]) for trend in trends if len(trend.days)), default=None)
    return Culture(
        experiment,
        role,
        _phases(phases, origin, (end_us - origin) / DAY_US, last_day),
        tuple(trends),
        assays,
    )


def _phases(
    starts: list[tuple[str, int]], origin: int, end_day: float, last_day: float | None
) -> tuple[Phase, ...]:
    """Phases with their ends; the last ends with the readings, not with the last assay's result."""
    days = [(name, (start - origin) / DAY_US) for name, start in starts]
    end = end_day if last_day is None else min(end_day, last_day)
    ends = [start for _, start in days[1:]] + [end]
    return tuple(
        Phase(name, start, max(start, stop)) for (name, start), stop in zip(days, ends, strict=True)
    )
