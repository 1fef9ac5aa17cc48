"""Small multiples of a culture: which panels there are, and where each lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sdl.report.culture import Culture
from sdl.report.words import name

SIGNALS = (
    "temperature",
    "ph",
    "dissolved_oxygen",
    "capacitance",
    "raman_glucose",
    "raman_lactate",
    "oxygen_uptake",
    "feed_flow",
)
COLUMNS = 2
_GAP_X = 0.09


@dataclass(frozen=True, slots=True)
class Panel:
    """One small chart: a quantity with its unit, the signal and the assay that show it."""

    title: str
    unit: str
    signal: str | None
    assay: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """Where a panel lies, in shares of the plot."""

    at: int
    left: float
    right: float
    bottom: float
    top: float

    @property
    def suffix(self) -> str:
        """What plotly appends to the names of the panel's axes."""
        return "" if self.at == 0 else str(self.at + 1)


def panels_of(cultures: Sequence[Culture], wanted: Sequence[str] = SIGNALS) -> list[Panel]:
    """Return the panels: wanted signals first, other ones if there is none, then the assays.

    An assay shares the panel of the signal that measures the same in the same unit.
    """
    signals = {trend.signal: trend.unit for one in cultures for trend in one.trends}
    shown = [signal for signal in wanted if signal in signals] or list(signals)[: len(wanted)]
    assays = {point.assay: point.unit for one in cultures for point in one.assays}
    panels = []
    for signal in shown:
        twin = next((a for a in assays if signal in (a, f"raman_{a}")), None)
        if twin is not None and assays[twin] != signals[signal]:
            twin = None
        panels.append(Panel(name(signal), signals[signal], signal, twin))
    taken = {panel.assay for panel in panels}
    panels += [Panel(f"{name(a)}, assay", u, None, a) for a, u in assays.items() if a not in taken]
    return panels


def left_of(column: int) -> float:
    """Return the left end of a column, as a share of the width."""
    return column * (1 + _GAP_X) / COLUMNS


def right_of(column: int) -> float:
    """Return the right end of a column, as a share of the width."""
    return left_of(column) + (1 - _GAP_X) / COLUMNS
