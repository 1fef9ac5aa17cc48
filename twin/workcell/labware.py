"""Labware: plates, tube racks, troughs and tip racks, and the liquid in their wells.

Working volumes and dead volumes are those usual for SBS labware (recalled; vendors differ).
Evaporation from an open well is an assumption: 1.5 µL/h at room temperature, half as much again
at the rim of a plate. It takes water only, so what is dissolved becomes more concentrated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from twin.workcell.samples import Overdrawn

EVAPORATION_UL_PER_H = 1.5
EDGE_EVAPORATION = 1.5
ROUNDING_UL = 1e-9


class Overflow(ValueError):
    """More was to be dispensed than a well can hold."""


class NoSuchWell(ValueError):
    """The labware has no well of that name."""


@dataclass(frozen=True, slots=True)
class LabwareType:
    """A kind of labware. A tip rack holds tips of `tip_ul`; others hold `capacity_ul` per well."""

    name: str
    n_rows: int
    n_columns: int
    capacity_ul: float = 0.0
    dead_ul: float = 0.0
    tip_ul: float = 0.0

    @property
    def wells(self) -> tuple[str, ...]:
        """Names of the wells, row by row: A1, A2 …"""
        return tuple(_grid(self.n_rows, self.n_columns))

    def row_column(self, well: str) -> tuple[int, int]:
        """Return the row and column of a well, from zero.

        Raises:
            NoSuchWell: there is none of that name.
        """
        found = _grid(self.n_rows, self.n_columns).get(well)
        if found is None:
            first, last = self.wells[0], self.wells[-1]
            raise NoSuchWell(f"a {self.name} has no well {well!r}: {first} to {last}")
        return found

    def is_edge(self, well: str) -> bool:
        """Whether a well lies at the rim."""
        row, column = self.row_column(well)
        return row in (0, self.n_rows - 1) or column in (0, self.n_columns - 1)


@cache
def _grid(n_rows: int, n_columns: int) -> dict[str, tuple[int, int]]:
    cells = ((i, j) for i in range(n_rows) for j in range(n_columns))
    return {f"{chr(ord('A') + i)}{j + 1}": (i, j) for i, j in cells}


LABWARE_TYPES = {
    one.name: one
    for one in (
        LabwareType("plate_96", 8, 12, capacity_ul=360.0, dead_ul=5.0),
        LabwareType("plate_384", 16, 24, capacity_ul=112.0, dead_ul=5.0),
        LabwareType("deep_well_96", 8, 12, capacity_ul=2000.0, dead_ul=20.0),
        LabwareType("tube_rack_24", 4, 6, capacity_ul=2000.0, dead_ul=30.0),
        LabwareType("trough", 1, 1, capacity_ul=200_000.0, dead_ul=3000.0),
        LabwareType("tips_50", 8, 12, tip_ul=50.0),
        LabwareType("tips_200", 8, 12, tip_ul=200.0),
        LabwareType("tips_1000", 8, 12, tip_ul=1000.0),
    )
}


@dataclass(slots=True)
class Well:
    """Liquid: its volume and the concentration of each solute (g/L)."""

    volume_ul: float = 0.0
    solutes: dict[str, float] = field(default_factory=dict)

    def amount(self, solute: str) -> float:
        """Return how much of a solute there is, ng."""
        return self.volume_ul * self.solutes.get(solute, 0.0) * 1000.0


class Labware:
    """One piece with its contents; `labels` says what the preparer meant each well to be."""

    def __init__(self, labware_id: str, kind: LabwareType, now_s: float = 0.0) -> None:
        self.labware_id = labware_id
        self.kind = kind
        self.is_lidded = False
        self.is_spent = False
        self.is_in_use = False  # a handler works on it
        self.n_tips = kind.n_rows * kind.n_columns if kind.tip_ul else 0
        self.labels: dict[str, Mapping[str, float | str]] = {}
        self.evaporated_ul = 0.0
        self._wells = {} if kind.tip_ul else {name: Well() for name in kind.wells}
        self._settled_s = now_s

    def __getitem__(self, well: str) -> Well:
        if well not in self._wells:
            self.kind.row_column(well)
            raise NoSuchWell(f"{self.labware_id} is a {self.kind.name} and holds no liquid")
        return self._wells[well]

    def settle(self, now_s: float) -> None:
        """Let water evaporate up to a time."""
        hours, self._settled_s = (now_s - self._settled_s) / 3600.0, now_s
        if self.is_lidded or hours <= 0.0 or self.kind.name == "trough":
            return
        for name, well in self._wells.items():
            if well.volume_ul <= 0.0:
                continue
            edge = EDGE_EVAPORATION if self.kind.is_edge(name) else 1.0
            lost = min(EVAPORATION_UL_PER_H * edge * hours, 0.99 * well.volume_ul)
            left = well.volume_ul - lost
            well.solutes = {k: v * well.volume_ul / left for k, v in well.solutes.items()}
            well.volume_ul = left
            self.evaporated_ul += lost

    def add(self, well: str, volume_ul: float, solutes: Mapping[str, float]) -> None:
        """Dispense into a well and mix.

        Raises:
            Overflow: it wouldn't fit.
        """
        into = self[well]
        total = into.volume_ul + volume_ul
        if total > self.kind.capacity_ul + ROUNDING_UL:
            raise Overflow(
                f"{self.labware_id}:{well} holds {into.volume_ul:.1f} of "
                f"{self.kind.capacity_ul:g} µL; {volume_ul:.1f} µL more do not fit"
            )
        if total > 0.0:
            into.solutes = {
                k: (into.volume_ul * into.solutes.get(k, 0.0) + volume_ul * solutes.get(k, 0.0))
                / total
                for k in {**into.solutes, **solutes}
            }
        into.volume_ul = total

    def take(self, well: str, volume_ul: float) -> dict[str, float]:
        """Aspirate from a well and return the solutes of what was taken.

        Raises:
            Overdrawn: less than that and the dead volume is there; nothing was taken.
        """
        source = self[well]
        if source.volume_ul - volume_ul < self.kind.dead_ul - ROUNDING_UL:
            raise Overdrawn(
                f"{self.labware_id}:{well} holds {source.volume_ul:.1f} µL, of which "
                f"{self.kind.dead_ul:g} can't be reached; {volume_ul:.1f} µL were asked for"
            )
        source.volume_ul = max(source.volume_ul - volume_ul, 0.0)
        return dict(source.solutes)
