"""Waiting for a time or for an event, whichever comes first."""

from __future__ import annotations

import asyncio


async def elapsed_or_set(seconds: float, event: asyncio.Event) -> bool:
    """Wait until the event is set, for at most `seconds`; return whether it was set."""
    if event.is_set() or seconds <= 0:
        return event.is_set()
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
