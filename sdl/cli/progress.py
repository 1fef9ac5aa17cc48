"""Live progress on standard error: rounds, vessels, best so far, time left.

On a terminal it is a small table that stays in place; elsewhere a line per round and per result.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sdl.cli.words import duration, lab_time, number

if TYPE_CHECKING:
    from sdl.store import CampaignState, Entry

DAY_US = 86_400_000_000
REFRESH_S = 0.2


class Progress:
    """A watcher of the engine; use it as a context manager."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._state: CampaignState | None = None
        self._began = time.monotonic()
        self._drawn = 0.0

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, entry: Entry, state: CampaignState) -> None:
        """Take a fact the engine has recorded."""
        self._state = state
        if self._live is None:
            self._line(entry, state)
            return
        now = time.monotonic()
        if now - self._drawn >= REFRESH_S or entry.kind in ("round.started", "campaign.finished"):
            self._drawn = now
            self._live.update(self._view(state), refresh=True)

    def _line(self, entry: Entry, state: CampaignState) -> None:
        if entry.kind == "round.started":
            self._say(f"{self._head(state)}")
        elif entry.kind in ("experiment.failed", "proposal.abandoned", "alarm.raised"):
            what = entry.payload.get("reason") or entry.payload.get("message")
            self._say(f"  {entry.subject} {entry.kind.split('.')[1]}: {what}")
        elif entry.kind == "proposal.asked" and entry.payload["fallback"]:
            self._say(f"  {entry.subject} fell back: {entry.payload['fallback']}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def _head(self, state: CampaignState) -> str:
        rounds = state.file["plan"]["rounds"]
        n_ended = state.n_experiments["completed"]
        n_all = rounds * state.file["plan"]["batch_size"]
        elapsed = time.monotonic() - self._began
        left = f", {duration(elapsed / n_ended * (n_all - n_ended))} left" if n_ended else ""
        return (
            f"round {len(state.rounds)}/{rounds} · {n_ended}/{n_all} experiments done · "
            f"best {self._best(state)} · lab time {lab_time(state.now_us - state.defined_us)} · "
            f"{duration(elapsed)} elapsed{left}"
        )

    def _best(self, state: CampaignState) -> str:
        if state.best is None or state.goal is None:
            return "none yet"
        value = state.best.outputs[state.goal.output]
        return f"{number(value)} {state.goal.unit} ({state.best.id})"

    def _view(self, state: CampaignState) -> Group:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("vessel", "experiment", "phase", "day"):
            table.add_column(column)
        vessels = {vessel: name for name, vessel in state.running.items()}
        for vessel in sorted(vessels):
            record = state.experiments[vessels[vessel]]
            started = record.started_us or state.now_us
            day = (state.now_us - started) / DAY_US
            table.add_row(vessel, record.id, record.phase or "waiting", f"{day:.1f}")
        return Group(Text(self._head(state), style="bold"), table)
