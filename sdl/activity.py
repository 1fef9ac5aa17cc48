"""Who works on a campaign right now, from the sessions noted in the database.

A session that was never closed is either at work or was killed; whether its process still lives
tells them apart, on the computer where it ran.
"""

from __future__ import annotations

import os
import sys

from sdl.errors import NothingToResume
from sdl.store import CampaignState, Store, list_campaigns, list_sessions


def process_at_work(store: Store, campaign: str) -> int | None:
    """Return the id of the process that runs the campaign, None when none does."""
    for session in reversed(list_sessions(store, campaign)):
        if session.outcome is None and session.pid != os.getpid() and _is_alive(session.pid):
            return session.pid
    return None


def status_word(store: Store, state: CampaignState) -> str:
    """Return finished, failed, running, or interrupted: begun, not over, nobody at work."""
    if state.is_over or process_at_work(store, state.campaign) is not None:
        return state.status
    return "interrupted"


def latest_campaign(store: Store) -> str:
    """Return the id of the campaign that was worked on last.

    Raises:
        NothingToResume: the database holds no campaign.
    """
    latest = [
        (sessions[-1].opened_us, info.id)
        for info in list_campaigns(store)
        if (sessions := list_sessions(store, info.id))
    ]
    if not latest:
        raise NothingToResume(f"{store.where} holds no campaign", "start one with: sdl run FILE")
    return max(latest)[1]


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it there; the ledger still refuses two writers
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
