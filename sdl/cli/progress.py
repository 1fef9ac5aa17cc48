"""Live progress on standard error: rounds, vessels, best so far, time left.

On a terminal it is a small table that stays in place; elsewhere a line per round and per failure.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
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
SNAPSHOT_EVERY_S = 0.1
Row = tuple[str, str, str, str]


class Progress:
    """A watcher of the engine; use it as a context manager.

    The engine's thread takes snapshots as facts come in; the display's own thread only draws the
    latest one, so it also counts the seconds while the optimizer computes.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._began = time.monotonic()
        self._taken = 0.0
        self._at_vessel: dict[str, str] = {}
        self._words = "starting"
        self._n_done = 0
        self._n_all = 0
        self._rows: list[Row] = []

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live = Live(
                console=self._console,
                get_renderable=self._view,
                refresh_per_second=4,
                transient=True,
            )
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
        if entry.kind == "experiment.started":
            self._at_vessel[entry.payload["vessel"]] = entry.subject
        is_turn = entry.kind in ("round.started", "experiment.told", "campaign.finished")
        if is_turn or time.monotonic() - self._taken > SNAPSHOT_EVERY_S:
            self._take(state)
        if self._live is None:
            self._line(entry, state)

    def _take(self, state: CampaignState) -> None:
        self._taken = time.monotonic()
        plan = state.file["plan"]
        self._n_done = state.n_experiments["completed"]
        self._n_all = plan["rounds"] * plan["batch_size"]
        asking = "" if state.running or state.is_over else " · the optimizer is at work"
        self._words = (
            f"round {len(state.rounds)}/{plan['rounds']} · "
            f"{self._n_done}/{self._n_all} experiments done · best {_best(state)} · "
            f"lab time {lab_time(state.now_us - state.defined_us)}{asking}"
        )
        self._rows = list(self._vessels(state))

    def _vessels(self, state: CampaignState) -> Iterator[Row]:
        for vessel, name in sorted(self._at_vessel.items()):
            record = state.experiments[name]
            if record.status == "running":
                day = (state.now_us - (record.started_us or state.now_us)) / DAY_US
                yield vessel, name, record.phase or "waiting", f"day {day:.1f}"
            elif record.status == "completed" and state.goal is not None:
                found = record.outputs.get(state.goal.output)
                value = "uncertain" if found is None else f"{number(found)} {state.goal.unit}"
                limits = "" if record.is_feasible else ", misses a limit"
                yield vessel, name, "done", value + limits
            else:
                yield vessel, name, record.status, record.cause or ""

    def _line(self, entry: Entry, state: CampaignState) -> None:
        if entry.kind == "round.started":
            self._say(self._head())
        elif entry.kind in ("experiment.failed", "proposal.abandoned", "alarm.raised"):
            what = entry.payload.get("reason") or entry.payload.get("message")
            self._say(f"  {entry.subject} {entry.kind.split('.')[1]}: {what}")
        elif entry.kind == "proposal.asked" and entry.payload["fallback"]:
            self._say(f"  {entry.subject} fell back: {entry.payload['fallback']}")

    def _say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def _head(self) -> str:
        elapsed = time.monotonic() - self._began
        left = ""
        if self._n_done:
            left = f", {duration(elapsed / self._n_done * (self._n_all - self._n_done))} left"
        return f"{self._words} · {duration(elapsed)} elapsed{left}"

    def _view(self) -> Group:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("vessel", "experiment", "phase", ""):
            table.add_column(column)
        for row in self._rows:
            table.add_row(*row)
        return Group(Text(self._head(), style="bold"), table)


def _best(state: CampaignState) -> str:
    if state.best is None or state.goal is None:
        return "none yet"
    return f"{number(state.best.outputs[state.goal.output])} {state.goal.unit} ({state.best.id})"
