"""What a vessel's probes said last, and which vessels there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sdl.campaign import CampaignInvalid, campaign_from_dict
from sdl.report.figures.panels import SIGNALS
from sdl.store import read_series, summarise

if TYPE_CHECKING:
    from sdl.store import CampaignState, Store

QUALITIES = ("good", "uncertain", "bad")


@dataclass(frozen=True, slots=True)
class Latest:
    """The last reading of a signal; `age_s` is by the lab's clock, as of the last ledger row."""

    signal: str
    value: float
    unit: str
    quality: str
    age_s: float


def vessel_names(state: CampaignState) -> tuple[str, ...]:
    """Return the plant's vessels; those used so far, if this version can't read the file."""
    try:
        return tuple(campaign_from_dict(state.file).file.plant.vessel_names())
    except CampaignInvalid:
        return tuple(sorted({one.vessel for one in state.experiments.values() if one.vessel}))


def latest_readings(store: Store, state: CampaignState, experiment: str) -> tuple[Latest, ...]:
    """Return the last reading of each signal worth a look, in a fixed order."""
    found = []
    for one in summarise(store, state.campaign, experiment):
        info = one.info
        if info.signal not in SIGNALS:
            continue
        last = read_series(
            store,
            state.campaign,
            experiment,
            info.signal,
            start_us=one.last_us,
            instrument=info.instrument,
        )
        found.append(
            Latest(
                info.signal,
                float(last.values[-1]),
                info.unit,
                QUALITIES[int(last.quality[-1])],
                (state.now_us - int(last.times_us[-1])) / 1e6,
            )
        )
    return tuple(sorted(found, key=lambda latest: SIGNALS.index(latest.signal)))


def age(seconds: float) -> str:
    """Return an age as people say it: 40 s, 12 min, 3.2 h, 1.5 d."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} d"
