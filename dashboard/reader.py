"""Reads campaigns beside the process that writes them: what is new since the last look.

A state is kept per campaign and brought up to date from its ledger's head.  What can't be read is
an answer too, and the next look tries again: a database may be missing now and be there in a
minute, or be replaced by another one of the same name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from threading import Lock

from dashboard.vessels import Latest, latest_readings, vessel_names
from sdl.activity import latest_campaign, process_at_work
from sdl.errors import UserError
from sdl.report.culture import CULTURE_PHASE
from sdl.store import (
    CampaignInfo,
    CampaignState,
    LedgerInconsistent,
    Store,
    StoreError,
    list_campaigns,
    read_entries,
    refresh_state,
)

STALE_S = 30.0  # a head that hasn't moved for so long, while the campaign isn't over, is stale
_WAIT_S = 1.0  # for another process's lock; a callback mustn't take longer than the interval


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is nothing to show, and what would help."""

    what: str
    remedy: str


@dataclass(slots=True)
class Seen:
    """One campaign at one look.

    Either `trouble` or `state` is set.  `still_s` is for how long (by the wall clock) its ledger
    hasn't grown while this reader looked; `is_worked_on` whether a process runs it now.
    """

    campaigns: tuple[str, ...] = ()
    trouble: Trouble | None = None
    state: CampaignState | None = None
    still_s: float = 0.0
    is_worked_on: bool = False
    vessels: tuple[str, ...] = ()
    culture_starts: dict[str, int] = field(default_factory=dict)
    latest: dict[str, tuple[Latest, ...]] = field(default_factory=dict)

    @property
    def is_stale(self) -> bool:
        """Whether the campaign should be going on and its ledger doesn't."""
        return self.state is not None and not self.state.is_over and self.still_s > STALE_S

    @property
    def mark(self) -> str:
        """Changes exactly when there is something else to show."""
        if self.state is None:
            return "" if self.trouble is None else self.trouble.what
        seq, head = self.state.head
        return f"{self.state.campaign} {seq} {head[:16]}"


@dataclass(slots=True)
class _Feed:
    """What is kept of a campaign between two looks."""

    state: CampaignState
    moved_at: float
    vessels: tuple[str, ...] = ()
    culture_starts: dict[str, int] = field(default_factory=dict)
    latest: dict[str, tuple[Latest, ...]] = field(default_factory=dict)


class Reader:
    """Looks at a database for all browsers; one look at a time."""

    def __init__(
        self, db: str | PathLike[str], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._monotonic = monotonic
        self._feeds: dict[str, _Feed] = {}
        self._lock = Lock()

    @contextmanager
    def look(self, campaign: str | None = None) -> Iterator[Seen]:
        """Yield a campaign as of now, the one started last if none is named.

        The state is shared: use it inside the `with`, don't keep it.
        """
        with self._lock:
            yield self._look(campaign)

    def _look(self, campaign: str | None) -> Seen:
        names: tuple[str, ...] = ()
        try:
            with Store.open(self._db, read_only=True, timeout_s=_WAIT_S) as store:
                known = list_campaigns(store)
                names = tuple(info.id for info in known)
                if not known:
                    return Seen(trouble=_EMPTY)
                info = next((one for one in known if one.id == campaign), None)
                if info is None and campaign is not None:
                    self._feeds.pop(campaign, None)
                    return Seen(names, Trouble(f"no campaign {campaign!r} any more", _CHOOSE))
                return self._see(store, names, info or _named(known, latest_campaign(store)))
        except StoreError as fault:
            return Seen(names, Trouble(fault.message, fault.remedy))
        except UserError as fault:
            return Seen(names, Trouble(fault.message, fault.hint or "sdl verify tells more"))

    def _see(self, store: Store, names: tuple[str, ...], info: CampaignInfo) -> Seen:
        feed = self._feeds.get(info.id)
        if feed is None or not _continues(feed.state, info):
            feed = self._feeds[info.id] = _Feed(CampaignState(info.id), self._monotonic())
        try:
            self._bring_up(store, feed)
        except LedgerInconsistent:
            del self._feeds[info.id]  # another database stands there now, or it is damaged
            raise
        return Seen(
            campaigns=names,
            state=feed.state,
            still_s=self._monotonic() - feed.moved_at,
            is_worked_on=process_at_work(store, info.id) is not None,
            vessels=feed.vessels,
            culture_starts=feed.culture_starts,
            latest=feed.latest,
        )

    def _bring_up(self, store: Store, feed: _Feed) -> None:
        state = feed.state
        before = state.head[0]
        if refresh_state(state, store) == 0:
            return
        feed.moved_at = self._monotonic()
        for entry in read_entries(store, state.campaign, before, kinds=("phase.changed",)):
            if entry.payload["phase"] == CULTURE_PHASE and entry.seq <= state.head[0]:
                feed.culture_starts.setdefault(entry.subject, entry.time_us)
        feed.vessels = vessel_names(state)
        feed.latest = {name: latest_readings(store, state, name) for name in state.running}


def _named(known: list[CampaignInfo], campaign: str) -> CampaignInfo:
    """The campaign of that id; one that came up since `known` was read is left to the next look."""
    return next((info for info in known if info.id == campaign), known[-1])


def _continues(state: CampaignState, info: CampaignInfo) -> bool:
    """Whether what is stored can be what was read before, with nothing but rows added."""
    seq, head = state.head
    return info.head_seq > seq or (info.head_seq == seq and info.head_hash == head)


_CHOOSE = "Choose another campaign above"
_EMPTY = Trouble("the database holds no campaign yet", "Start one with: sdl run FILE")
