"""Everything a report tells, read from the database in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sdl.report.culture import Culture, read_cultures
from sdl.store import Store, digest, list_series, load_state, verify

if TYPE_CHECKING:
    from sdl.result import CampaignResult
    from sdl.store import CampaignState, Verification

Seal = Literal["intact", "changed", "not sealed"]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report is made of.

    `verification` is of the ledger's chain; `seals` says of each culture shown whether its readings
    are the ones that the ledger sealed when it ended.
    """

    state: CampaignState
    verification: Verification
    cultures: tuple[Culture, ...]
    seals: dict[str, Seal]


def gather(result: CampaignResult) -> Findings:
    """Read a campaign's state, check its ledger, and read the cultures that the report shows.

    Checking the readings of all experiments takes minutes for a big campaign; that is what
    `sdl verify` is for.  Here only those of the cultures shown are checked.

    Raises the store's errors.
    """
    with Store.open(result.db, read_only=True) as store:
        state = load_state(store, result.campaign_id)
        verification = verify(store, result.campaign_id, check_telemetry=False)
        cultures = read_cultures(store, state, chosen_cultures(store, state))
        seals = {one.experiment: _seal(store, state, one.experiment) for one in cultures}
    return Findings(state, verification, cultures, seals)


def chosen_cultures(store: Store, state: CampaignState) -> list[tuple[str, str]]:
    """Return the (experiment, role) pairs to be shown: the best and the centre run.

    With neither, the first experiment that has readings.
    """
    chosen = []
    if state.best is not None:
        is_center = state.center is not None and state.best.id == state.center.id
        chosen.append((state.best.id, "best, the centre recipe" if is_center else "best"))
    if state.center is not None and state.center is not state.best:
        chosen.append((state.center.id, "centre recipe"))
    if chosen:
        return chosen
    recorded = {info.experiment for info in list_series(store, state.campaign)}
    with_readings = [one for one in state.experiments if one in recorded]
    return [(one, state.experiments[one].status) for one in with_readings[:1]]


def _seal(store: Store, state: CampaignState, experiment: str) -> Seal:
    sealed = state.experiments[experiment].telemetry_digest
    if sealed is None:
        return "not sealed"
    return "intact" if digest(store, state.campaign, experiment) == sealed else "changed"
