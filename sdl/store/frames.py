"""A campaign as pandas data frames: experiments, proposals, results and readings.

Column names are `group.name`: `proposed.ph`, `achieved.ph`, `predicted.titer.mean`.  Values are in
the units of the campaign file; times are UTC timestamps.  pandas is imported when one is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sdl.store.errors import NoSuchSeries
from sdl.store.tables import EXPERIMENTS, PROPOSALS, RESULTS, Column, TableOf

if TYPE_CHECKING:
    import pandas as pd

    from sdl.store.state import CampaignState
    from sdl.store.store import Store


def experiments_frame(state: CampaignState) -> pd.DataFrame:
    """One row per experiment, in order of their ids.

    Columns: experiment, proposal, round, attempt, vessel, status, origin, started, ended,
    `proposed.<factor>`, `commanded.<factor>`, `achieved.<factor>`, `<output>` as measured,
    `predicted.<output>.mean/sd/low/high`, p_feasible, feasible, flags (joined by ";"), reason.
    """
    return _frame(EXPERIMENTS, state)


def proposals_frame(state: CampaignState) -> pd.DataFrame:
    """One row per proposal: round, status, origin, strategy, seed, inputs, predictions and fit."""
    return _frame(PROPOSALS, state)


def results_frame(state: CampaignState) -> pd.DataFrame:
    """One row per assay result: experiment, sample, assay, value, unit, at_day, times, quality."""
    return _frame(RESULTS, state)


def readings_frame(
    store: Store,
    campaign: str,
    experiment: str,
    signals: Iterable[str] | None = None,
    *,
    wide: bool = False,
) -> pd.DataFrame:
    """Readings of an experiment, of all its signals or of some.

    Long (the default): time, instrument, signal, value, unit, quality (0 good, 1 uncertain, 2 bad).
    Wide: one column per signal over the time, named instrument/signal where two instruments have
    the same signal; bad samples are left out, and a gap is a NaN.

    Raises `NoSuchSeries` for a signal that wasn't recorded.
    """
    import pandas as pd

    from sdl.store.series import list_series, read_series

    known = list_series(store, campaign, experiment)
    wanted = None if signals is None else list(signals)
    for signal in wanted or ():
        if all(info.signal != signal for info in known):
            names = tuple(f"{info.instrument}/{info.signal}" for info in known)
            raise NoSuchSeries(experiment, signal, names)
    parts = []
    for info in known:
        if wanted is not None and info.signal not in wanted:
            continue
        series = read_series(store, campaign, experiment, info.signal, instrument=info.instrument)
        times = pd.DatetimeIndex(series.times_us.astype("datetime64[us]"), tz="UTC")
        if wide:
            is_shared = sum(other.signal == info.signal for other in known) > 1
            name = f"{info.instrument}/{info.signal}" if is_shared else info.signal
            column = pd.Series(series.values, index=times, name=name)
            parts.append(column[series.quality < 2].to_frame())
        else:
            parts.append(
                pd.DataFrame(
                    {
                        "time": times,
                        "instrument": info.instrument,
                        "signal": info.signal,
                        "value": series.values,
                        "unit": info.unit,
                        "quality": series.quality,
                    }
                )
            )
    if not parts:
        return pd.DataFrame(columns=["time", "instrument", "signal", "value", "unit", "quality"])
    if wide:
        return pd.concat(parts, axis=1, sort=True).rename_axis("time")
    return pd.concat(parts, ignore_index=True)


def _frame(table: TableOf, state: CampaignState) -> pd.DataFrame:
    import pandas as pd

    columns = table.columns(state)
    rows = list(table.rows(state))
    return pd.DataFrame(
        {
            column.name: _series(column, [row[index] for row in rows])
            for index, column in enumerate(columns)
        }
    )


def _series(column: Column, values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    if column.dtype == "timestamp":
        return pd.Series(pd.to_datetime(values, unit="us", utc=True), dtype="datetime64[us, UTC]")
    if column.dtype == "float64":
        return pd.Series([float("nan") if v is None else v for v in values], dtype="float64")
    if column.dtype == "int64":
        return pd.Series(values, dtype="int64" if None not in values else "Int64")
    if column.dtype == "bool":
        return pd.Series(values, dtype="boolean")
    return pd.Series(values, dtype="str")
