"""Runs and resumes campaigns: opens the store, connects the lab, drives the engine.

In virtual time the twin lives in this process and ends with it. Resuming therefore runs the
campaign again from its first row: the ledger checks every fact against what is stored, answers of
the optimizer are taken from it, and where the stored rows end the campaign simply goes on.
"""

from __future__ import annotations

import gc
import getpass
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from drivers import connect_twin
from sdl.activity import latest_campaign, process_at_work
from sdl.campaign import Campaign, campaign_from_dict, normalised
from sdl.engine.campaign import CampaignEngine
from sdl.engine.journal import Journal, Watcher
from sdl.errors import NothingToResume
from sdl.result import CampaignResult
from sdl.store import (
    CampaignState,
    Entry,
    Ledger,
    Store,
    TelemetryWriter,
    close_session,
    find_campaign,
    list_campaigns,
    load_state,
    open_session,
    read_entries,
)
from sdl.versions import versions
from twin.clock import run_virtual

DEFAULT_DB = "sdl-data/sdl.db"


def run(
    campaign: Campaign, *, db: str | Path = DEFAULT_DB, watchers: tuple[Watcher, ...] = ()
) -> CampaignResult:
    """Run a campaign to its end on the in-process twin and return its result.

    Args:
        campaign: what `sdl.load` returned.
        db: path or URL of the database; made when it does not exist.
        watchers: called with (entry, state) at every fact recorded.

    Raises:
        CampaignFailed: a round gave no result at all; the ledger tells why.
        StoreError: the database can't be used.
    """
    with Store.open(db, durability="twin") as store:
        campaign_id = _free_id(store, campaign.file.name)
        ledger = Ledger.create(store, campaign_id)
        _drive(store, ledger, campaign, "run", watchers)
        return CampaignResult(str(db), campaign_id)


def resume(
    campaign_id: str | None = None,
    *,
    db: str | Path = DEFAULT_DB,
    watchers: tuple[Watcher, ...] = (),
) -> CampaignResult:
    """Go on with an interrupted campaign; the latest one when none is named.

    Raises:
        StoreMissing: there is no such database.
        NothingToResume: there is no such campaign, or it has already ended.
        ReplayDiverged: this software does something else than what the ledger holds.
        CampaignFailed: as in `run`.
    """
    with Store.open(db, durability="twin", must_exist=True) as store:
        campaign_id = _interrupted(store, campaign_id)
        first = next(iter(read_entries(store, campaign_id)))
        campaign = campaign_from_dict(first.payload["file"])
        ledger = Ledger.replay(store, campaign_id)
        _drive(store, ledger, campaign, "resume", watchers)
        return CampaignResult(str(db), campaign_id)


def _drive(
    store: Store,
    ledger: Ledger,
    campaign: Campaign,
    verb: str,
    watchers: tuple[Watcher, ...],
) -> None:
    # What is there by now stays: the garbage collector needn't go through it again and again.
    gc.freeze()
    try:
        run_virtual(_campaign(store, ledger, campaign, verb, watchers))
    finally:
        gc.unfreeze()


async def _campaign(
    store: Store,
    ledger: Ledger,
    campaign: Campaign,
    verb: str,
    watchers: tuple[Watcher, ...],
) -> None:
    file = campaign.file
    epoch_us = round(file.start.timestamp() * 1e6)
    lab = await connect_twin(file.plant, seed=file.seed, epoch_us=epoch_us)

    def stored_after(seq: int) -> Iterator[Entry]:
        return read_entries(store, ledger.campaign, seq)

    state = CampaignState(ledger.campaign, keeps_details=False)
    telemetry = TelemetryWriter(ledger)
    journal = Journal(ledger, telemetry, state, lab.clock, stored_after, watchers)
    _define(journal, campaign)
    with _session(store, ledger.campaign, verb), _interruptible(journal):
        try:
            await CampaignEngine(campaign, lab, journal).run()
        finally:
            journal.flush()
            await lab.close()


def _define(journal: Journal, campaign: Campaign) -> None:
    """Record what is to be run; in a replay who defined it and with what stays as it was."""
    stored = journal.ledger.expected()
    if stored is not None:
        journal.record(stored.kind, stored.subject, actor=stored.actor, **stored.payload)
        return
    journal.record(
        "campaign.defined",
        journal.ledger.campaign,
        actor=f"user:{getpass.getuser()}",
        name=campaign.file.name,
        digest=campaign.digest,
        file=normalised(campaign.file),
        seed=campaign.file.seed,
        versions=versions(),
    )
    journal.flush()


@contextmanager
def _interruptible(journal: Journal) -> Iterator[None]:
    """Let Ctrl-C end the run between two facts; a second Ctrl-C ends it at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        journal.interrupt()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _session(store: Store, campaign_id: str, verb: str) -> Iterator[None]:
    """Note, outside the chained facts, which process drove the campaign and how that ended."""
    session = open_session(store, campaign_id, verb, versions())
    outcome = "interrupted"
    try:
        yield
        outcome = "finished"
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
        raise
    finally:
        close_session(store, session, outcome)


def _free_id(store: Store, name: str) -> str:
    """Return the campaign's name, with -2, -3 … when it was run before in this database."""
    taken = {info.id for info in list_campaigns(store)}
    number = 1
    while (candidate := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return candidate


def _interrupted(store: Store, campaign_id: str | None) -> str:
    """Return the id of the campaign to resume, which nobody works on."""
    found = find_campaign(store, campaign_id).id if campaign_id else latest_campaign(store)
    state = load_state(store, found)
    if state.is_over:
        raise NothingToResume(
            f"campaign {found!r} has {state.status}", "start another with: sdl run FILE"
        )
    pid = process_at_work(store, found)
    if pid is not None:
        raise NothingToResume(
            f"campaign {found!r} is being run by process {pid}", "watch it with: sdl status"
        )
    return found
