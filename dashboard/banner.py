"""The line on top of every page: whether what is shown is live, stale, over, or not to be had.

Every state has a word and a sign of its own; colour only underlines the ones that need a person.
"""

from __future__ import annotations

from dash import html

from dashboard.reader import STALE_S, Seen, Trouble
from sdl.report.words import utc


def banner(seen: Seen) -> html.Div:
    """Return the banner."""
    kind, sign, sentence = state_of(seen)
    return html.Div(
        [html.Strong(f"{sign} {kind}"), html.Span(f" {sentence}")],
        className=f"banner {kind.lower().replace(' ', '-')}",
    )


def state_of(seen: Seen) -> tuple[str, str, str]:
    """Return (word, sign, sentence)."""
    if seen.trouble is not None or seen.state is None:
        trouble = seen.trouble or Trouble("nothing was read", "Wait for the next refresh")
        return "NO DATA", "■", f"{trouble.what}. {trouble.remedy}. Trying again."
    state = seen.state
    at = f"{state.campaign}, ledger row {state.head[0]}, lab time {utc(state.now_us)}"
    if state.status == "finished":
        return "FINISHED", "✓", at
    if state.status == "failed":
        return "FAILED", "■", f"{state.reason}; {at}"
    if not seen.is_worked_on:
        return "INTERRUPTED", "▲", f"no process works on it; go on with: sdl resume. {at}"
    if seen.is_stale:
        return (
            "STALE",
            "▲",
            f"no new ledger row for {seen.still_s:.0f} s (usual: less than {STALE_S:.0f} s); the "
            f"process that runs it may be gone, or be computing. {at}",
        )
    return "LIVE", "●", at
