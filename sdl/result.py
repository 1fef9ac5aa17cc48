"""What a campaign gave: data frames and figures, read from the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdl.activity import latest_campaign, status_word
from sdl.store import (
    CampaignState,
    Store,
    experiments_frame,
    find_campaign,
    load_state,
    readings_frame,
    results_frame,
)

if TYPE_CHECKING:
    import pandas as pd


class CampaignResult:
    """Read access to one campaign; opens the database only while it reads."""

    def __init__(self, db: str, campaign_id: str) -> None:
        self.db = db
        self.campaign_id = campaign_id

    def __repr__(self) -> str:
        return f"CampaignResult(db={self.db!r}, campaign_id={self.campaign_id!r})"

    def state(self) -> CampaignState:
        """Return the folded state: proposals, experiments, results, the best so far."""
        with Store.open(self.db, read_only=True) as store:
            return load_state(store, self.campaign_id)

    def summary(self) -> dict[str, Any]:
        """Return the figures that `sdl run` prints at its end.

        `status` is finished, failed, running, or interrupted when nobody works on it any more.
        """
        with Store.open(self.db, read_only=True) as store:
            state = load_state(store, self.campaign_id)
            return {**state.summary(), "status": status_word(store, state)}

    def experiments(self) -> pd.DataFrame:
        """Return one row per experiment: proposed, commanded and achieved values, outcomes."""
        return experiments_frame(self.state())

    def results(self) -> pd.DataFrame:
        """Return one row per assay result."""
        return results_frame(self.state())

    def readings(self, experiment: str, *signals: str) -> pd.DataFrame:
        """Return an experiment's probe readings; all signals when none is named."""
        with Store.open(self.db, read_only=True) as store:
            return readings_frame(store, self.campaign_id, experiment, signals or None)


def open_result(
    campaign: str | None = None, *, db: str | Path = "sdl-data/sdl.db"
) -> CampaignResult:
    """Open the result of a campaign by its id or name; the one worked on last when none is given.

    Raises:
        sdl.errors.NothingToResume: the database holds no campaign at all.
        StoreError: the database can't be read.
        sdl.store.NoSuchCampaign: it holds no such campaign.
    """
    with Store.open(db, read_only=True) as store:
        found = find_campaign(store, campaign).id if campaign else latest_campaign(store)
        return CampaignResult(str(db), found)
