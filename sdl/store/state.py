"""The state of a campaign as a fold over its ledger: the one thing that everybody reads.

`apply` takes one entry, in order, and does a constant amount of work.  The engine folds while it
writes, `load_state` folds what is stored, and both come to the same state.  Kinds of entry that
this version doesn't know move the clock and are counted, nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from sdl.store.canonical import GENESIS
from sdl.store.errors import LedgerInconsistent, NoSuchCampaign
from sdl.store.folding import HANDLERS
from sdl.store.records import (
    AlarmRecord,
    CampaignStatus,
    CommandRecord,
    ExperimentRecord,
    Goal,
    ProposalRecord,
    ResultRecord,
    RoundRecord,
)
from sdl.store.summary import summarise_state

if TYPE_CHECKING:
    from optimizers import Observation, Pending
    from sdl.store.entries import Entry
    from sdl.store.store import Store


class CampaignState:
    """All that is known of one campaign after its first `head[0]` entries; read it, don't write.

    `campaign` is the id; `file` the normalised campaign file; records are by id, in the order in
    which they came up.  `open` are ids of proposals pending or running, `running` maps experiments
    under way to their vessels, `commands` are the ones without an outcome, `best` the best feasible
    experiment so far and `best_history` one (experiment, value) per improvement.

    With `keeps_details` False, which serves a campaign of any length, single results are counted
    only, and of an experiment that the optimizer was told of stays what it was told: inputs and
    predictions of its proposal, commanded and achieved values and flags are empty then, except for
    those that `summary` speaks of.
    """

    def __init__(self, campaign: str, *, keeps_details: bool = True) -> None:
        self.campaign = campaign
        self.keeps_details = keeps_details
        self.name = ""
        self.digest = ""
        self.seed = 0
        self.file: dict[str, Any] = {}
        self.versions: dict[str, str] = {}
        self.goal: Goal | None = None
        self.status: CampaignStatus = "defined"
        self.reason: str | None = None
        self.final: dict[str, Any] | None = None
        self.head: tuple[int, str] = (0, GENESIS)
        self.defined_us = 0
        self.now_us = 0
        self.rounds: dict[int, RoundRecord] = {}
        self.proposals: dict[str, ProposalRecord] = {}
        self.experiments: dict[str, ExperimentRecord] = {}
        self.commands: dict[str, CommandRecord] = {}
        self.results: list[ResultRecord] = []
        self.alarms: list[AlarmRecord] = []
        self.open: dict[str, None] = {}
        self.running: dict[str, str] = {}
        self.told: list[str] = []
        self.best: ExperimentRecord | None = None
        self.best_history: list[tuple[str, float]] = []
        self.best_first_round: ExperimentRecord | None = None
        self.center: ExperimentRecord | None = None
        self.n_experiments: Counter[str] = Counter()
        self.n_commands = 0
        self.n_results = 0
        self._detailed: list[ExperimentRecord] = []
        self.n_unknown: Counter[str] = Counter()
        self.vessel_us = 0

    @classmethod
    def fold(cls, campaign: str, entries: Iterable[Entry]) -> Self:
        """State after all of `entries`, which begin with the campaign's first."""
        state = cls(campaign)
        for entry in entries:
            state.apply(entry)
        return state

    def apply(self, entry: Entry) -> None:
        """Take the next entry.

        Raises `LedgerInconsistent` if it isn't the next one, lacks a key, or is about something
        that never came up; the state is not to be used then.
        """
        if entry.seq != self.head[0] + 1 or entry.prev != self.head[1]:
            raise LedgerInconsistent(
                entry.seq, entry.kind, f"doesn't follow row {self.head[0]} of {self.campaign!r}"
            )
        self.now_us = entry.time_us
        handler = HANDLERS.get(entry.kind)
        if handler is None:
            self.n_unknown[entry.kind] += 1
        else:
            try:
                handler(self, entry)
            except KeyError as missing:
                raise LedgerInconsistent(
                    entry.seq, entry.kind, f"{missing} is missing, or was never mentioned before"
                ) from None
        self.head = (entry.seq, entry.hash)
        if not self.keeps_details and entry.kind == "experiment.told":
            self._forget_details(self.experiments[entry.subject])

    @property
    def is_over(self) -> bool:
        """Whether the campaign has finished or failed."""
        return self.status in ("finished", "failed")

    def vessel_us_so_far(self) -> int:
        """Time in µs that vessels spent on experiments, those under way included."""
        going = (self.experiments[name].started_us or self.now_us for name in self.running)
        return self.vessel_us + sum(self.now_us - started for started in going)

    def observations(self) -> list[Observation]:
        """What the optimizer was told, in that order; `id` is the experiment's."""
        from optimizers import Observation

        told = (self.experiments[name] for name in self.told)
        return [
            Observation(one.id, one.told_inputs, one.told_outputs, one.told_status)
            for one in told
            if one.told_status is not None
        ]

    def pending(self) -> list[Pending]:
        """Proposals that are asked and not told; `id` is the proposal's."""
        from optimizers import Pending

        return [Pending(name, self.proposals[name].inputs) for name in self.open]

    def _forget_details(self, told: ExperimentRecord) -> None:
        spoken_of = (self.best, self.best_first_round, self.center)
        kept = []
        for one in (*self._detailed, told):
            if any(one is other for other in spoken_of):
                kept.append(one)
                continue
            one.commanded, one.achieved, one.flags = {}, {}, []
            one.outputs = one.told_outputs
            if one.told_status != "failed":  # a failed one may be tried again
                proposal = self.proposals[one.proposal]
                proposal.inputs, proposal.predicted, proposal.fit = {}, None, None
        self._detailed = kept

    def summary(self) -> dict[str, Any]:
        """The figures that people want first, as plain JSON; see `sdl.store.summary`."""
        return summarise_state(self)


def load_state(store: Store, campaign: str) -> CampaignState:
    """Fold what is stored of a campaign.

    Raises `NoSuchCampaign`, `LedgerInconsistent`, `LedgerBroken`.
    """
    from sdl.store.entries import read_entries

    state = CampaignState.fold(campaign, read_entries(store, campaign))
    if state.head[0] == 0:
        raise NoSuchCampaign(campaign, ())
    return state


def refresh_state(state: CampaignState, store: Store) -> int:
    """Apply what was stored since; returns how many entries that were."""
    from sdl.store.entries import read_entries

    before = state.head[0]
    for entry in read_entries(store, state.campaign, before):
        state.apply(entry)
    return state.head[0] - before
