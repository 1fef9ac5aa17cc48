from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from store_course import CAMPAIGN, FILE

from sdl.store import (
    CampaignState,
    Store,
    experiments_frame,
    load_state,
    proposals_frame,
    readings_frame,
    results_frame,
)
from sdl.store.errors import NoSuchSeries


def test_experiments_have_proposed_commanded_achieved_measured_and_predicted(
    course: Store,
) -> None:
    frame = experiments_frame(load_state(course, CAMPAIGN)).set_index("experiment")
    assert list(frame.index) == [f"E000{n}" for n in range(1, 8)]
    best = frame.loc["E0005"]
    assert (best["proposal"], best["round"], best["attempt"]) == ("P0004", 2, 2)
    assert (best["vessel"], best["status"], best["origin"]) == ("R01", "completed", "model")
    assert best["proposed.ph"] == best["commanded.ph"] == 7.1
    assert best["achieved.ph"] == pytest.approx(7.104)
    assert best["achieved.warmth"] == best["commanded.warmth"] == 36.2
    assert best["proposed.medium"] == best["achieved.medium"] == "rich"
    assert (best["titer"], best["viability"]) == (3.0, 75.0)
    assert [best[f"predicted.titer.{part}"] for part in ("mean", "sd", "low", "high")] == [
        2.9,
        0.3,
        2.4,
        3.4,
    ]
    assert best["p_feasible"] == 0.9
    assert bool(best["feasible"]) is True
    assert best["flags"] == "ph.gap"
    assert best["started"] == pd.Timestamp("2027-01-16T08:00:00Z")
    assert best["ended"] - best["started"] == pd.Timedelta(days=3)
    failed = frame.loc["E0004"]
    assert failed["reason"] == "contaminated"
    assert failed["commanded.warmth"] == 36.2
    assert np.isnan(failed["titer"])
    assert pd.isna(failed["feasible"])
    assert str(frame["started"].dtype) == "datetime64[us, UTC]"
    assert not [name for name in frame.columns if str(frame[name].dtype) == "object"]


def test_frames_of_a_campaign_that_has_only_begun(store: Store) -> None:
    state = CampaignState(CAMPAIGN)
    state.file = FILE
    for frame in (experiments_frame(state), proposals_frame(state), results_frame(state)):
        assert len(frame) == 0
    assert "achieved.warmth" in experiments_frame(state).columns


def test_proposals_and_results(course: Store) -> None:
    state = load_state(course, CAMPAIGN)
    proposals = proposals_frame(state)
    assert proposals["n_attempts"].tolist() == [1, 1, 1, 2, 2]
    assert proposals["status"].tolist()[-1] == "abandoned"
    assert proposals["proposed.medium"].tolist() == ["basal", "rich", "rich", "rich", "basal"]
    results = results_frame(state)
    assert results.loc[0, ["experiment", "assay", "value", "unit", "quality"]].tolist() == [
        "E0001",
        "titer",
        2.0,
        "g/L",
        "good",
    ]
    assert len(results) == 8


def test_readings_long_and_wide(course: Store) -> None:
    long = readings_frame(course, CAMPAIGN, "E0001")
    assert long.groupby("signal").size().to_dict() == {"ph": 4320, "raman_glucose": 150}
    assert long["quality"].value_counts().to_dict() == {0: 4460, 2: 10}
    assert set(long["unit"]) == {"pH", "mmol/L"}
    assert long["time"].iloc[1] == pd.Timestamp("2027-01-04T08:01:00Z")
    wide = readings_frame(course, CAMPAIGN, "E0001", wide=True)
    assert list(wide.columns) == ["ph", "raman_glucose"]
    assert wide["ph"].count() == 4310
    assert wide.index.is_monotonic_increasing
    assert isinstance(wide.index, pd.DatetimeIndex)
    only = readings_frame(course, CAMPAIGN, "E0001", ["raman_glucose"], wide=True)
    assert list(only.columns) == ["raman_glucose"]
    with pytest.raises(NoSuchSeries, match="do"):
        readings_frame(course, CAMPAIGN, "E0001", ["ph", "do"])
    assert readings_frame(course, CAMPAIGN, "E9").empty
