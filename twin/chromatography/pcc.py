"""Periodic counter-current capture with two or three columns, fed litre by litre.

Feed goes through the first column and what breaks through onto the second.  When the cycle's load
is in, the first is washed and eluted, the second becomes the first, and an empty one the second.
Three columns: the wash of the first runs onto the third while feed goes on to the second alone.
Two: the wash runs onto the second while the feed waits; then feed goes on to the second alone
during the first one's recovery.  (Scheme of Godawat et al. 2012, as described by Gomis-Fons et al.)
A state machine around columns that are partial differential equations, so not a ``KineticsModel``.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.chromatography.ageing import capacity_factor
from twin.chromatography.column import Bed, Column

if TYPE_CHECKING:
    from twin.chromatography.loading_controller import LoadingController

SLICES_PER_RESIDENCE = 4
TINY = 1e-12


class PccRefused(ValueError):
    """A capture scheme or what it is fed with is not possible."""


@dataclass(frozen=True, slots=True)
class PccDesign:
    """How the columns are run.

    Args:
        bed: packing of each column.
        n_columns: 2 or 3.
        flow_l_per_min: flow of feed, and of the wash.
        cycle_load_l: feed per cycle at the start.
        wash_min: wash of a loaded column onto another.
        recovery_min: elution, regeneration and equilibration of a column.
        life_cycles: cycles after which 80 % of the capacity is left, None for columns that last.

    Raises:
        PccRefused: the columns can't be recovered in the time of a cycle, or a number is wrong.
    """

    bed: Bed
    n_columns: int
    flow_l_per_min: float
    cycle_load_l: float
    wash_min: float
    recovery_min: float
    life_cycles: float | None = None

    def __post_init__(self) -> None:
        if self.n_columns not in (2, 3):
            raise PccRefused(f"counter-current capture takes 2 or 3 columns, not {self.n_columns}")
        for name in ("flow_l_per_min", "cycle_load_l", "wash_min", "recovery_min"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0.0):
                raise PccRefused(f"capture: {name} must be positive, got {value!r}")
        self.check_load(self.cycle_load_l)

    @property
    def least_load_l(self) -> float:
        """Least feed per cycle: recovery takes that long."""
        minutes = self.recovery_min + (self.wash_min if self.n_columns == 3 else 0.0)
        return minutes * self.flow_l_per_min

    @property
    def alone_l(self) -> float:
        """Feed per cycle that goes onto the second column alone."""
        minutes = self.wash_min if self.n_columns == 3 else self.recovery_min
        return minutes * self.flow_l_per_min

    def check_load(self, cycle_load_l: float) -> None:
        """Refuse a cycle that is too short to recover a column; raises PccRefused."""
        if not cycle_load_l >= self.least_load_l * (1.0 - 1e-9):
            raise PccRefused(
                f"{cycle_load_l:g} L a cycle leave no time to recover a column: "
                f"at {self.flow_l_per_min:g} L/min at least {self.least_load_l:g} L"
            )


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one cycle took and gave: litres and grams fed, grams eluted and grams lost to waste."""

    number: int
    loaded_l: float
    loaded_g: float
    eluted_g: float
    lost_g: float
    minutes: float


class PeriodicCapture:
    """Columns with their present state; ``cycles`` are those completed.

    ``controller``, if given, sets the load of the next cycle from what this one was fed.
    """

    def __init__(self, design: PccDesign, controller: LoadingController | None = None) -> None:
        self.design = design
        self.controller = controller
        self.cycle_load_l = design.cycle_load_l
        self.cycles: list[Cycle] = []
        self.minutes = 0.0
        self._columns = deque(Column(design.bed) for _ in range(design.n_columns))
        self._runs = deque([0] * design.n_columns)
        self._begin()

    @property
    def held_g(self) -> float:
        """Product on all columns."""
        return math.fsum(column.held_g for column in self._columns)

    @property
    def on_columns_g(self) -> tuple[float, ...]:
        """Product on each column, the one to be eluted next first."""
        return tuple(column.held_g for column in self._columns)

    @property
    def fed_position(self) -> int:
        """Which column the feed goes to at present."""
        return 0 if self._until_alone_l > TINY * self.cycle_load_l else 1

    @property
    def catchers(self) -> tuple[int | None, ...]:
        """For each column the one that what leaves it goes to at present, None for waste."""
        if self.design.n_columns == 2:
            return (1, None)
        return (1, None, None) if self.fed_position == 0 else (2, None, None)

    @property
    def until_switch_l(self) -> float:
        """Feed until the feed goes elsewhere or the cycle is over."""
        return self._until_alone_l if self.fed_position == 0 else self.remaining_l

    @property
    def _until_alone_l(self) -> float:
        return self.cycle_load_l - self.design.alone_l - self._loaded_l

    @property
    def remaining_l(self) -> float:
        """Feed that the present cycle still takes."""
        return self.cycle_load_l - self._loaded_l

    @property
    def lost_g(self) -> float:
        """Product that has left the last column for waste in the present cycle."""
        return self._lost_g

    def push(self, volume_l: float, concentration_g_per_l: float) -> list[Cycle]:
        """Feed so much at one concentration; the cycles that were completed by it.

        Raises:
            PccRefused: volume or concentration is negative.
        """
        for name, value in (("volume", volume_l), ("concentration", concentration_g_per_l)):
            if not (math.isfinite(value) and value >= 0.0):
                raise PccRefused(f"the feed's {name} must not be negative, got {value!r}")
        completed = []
        while volume_l > TINY * self.cycle_load_l:
            part = min(volume_l, self.until_switch_l)
            if self.fed_position == 0:
                self._load_both(part, concentration_g_per_l)
            else:
                self._wash_onto_second()
                self._load_second(part, concentration_g_per_l)
            volume_l -= part
            self._loaded_l += part
            self._loaded_g += part * concentration_g_per_l
            if self.remaining_l <= TINY * self.cycle_load_l:
                completed.append(self._complete())
        return completed

    def _begin(self) -> None:
        self._loaded_l = self._loaded_g = self._lost_g = 0.0
        self._started_min = self.minutes
        self._is_washed = False

    def _slices(self, minutes: float) -> tuple[int, float]:
        residence = self.design.bed.volume_l / self.design.flow_l_per_min
        n = max(1, math.ceil(minutes / residence * SLICES_PER_RESIDENCE))
        self.minutes += minutes
        return n, minutes / n

    def _load_both(self, volume_l: float, concentration: float) -> None:
        flow = self.design.flow_l_per_min
        n, minutes = self._slices(volume_l / flow)
        for _ in range(n):
            passed = self._columns[0].load(concentration, flow, minutes)
            self._lost_g += self._caught(1, passed.mass_g, flow, minutes)

    def _load_second(self, volume_l: float, concentration: float) -> None:
        flow = self.design.flow_l_per_min
        n, minutes = self._slices(volume_l / flow)
        for _ in range(n):
            self._lost_g += self._columns[1].load(concentration, flow, minutes).mass_g
            if self.design.n_columns == 3:
                passed = self._columns[0].load(0.0, flow, minutes)
                self._lost_g += self._caught(2, passed.mass_g, flow, minutes)

    def _wash_onto_second(self) -> None:
        """Of two columns, wash the first once a cycle; of three it is washed while feed goes on."""
        if self.design.n_columns == 3 or self._is_washed:
            return
        self._is_washed = True
        flow = self.design.flow_l_per_min
        n, minutes = self._slices(self.design.wash_min)
        for _ in range(n):
            passed = self._columns[0].load(0.0, flow, minutes)
            self._lost_g += self._caught(1, passed.mass_g, flow, minutes)

    def _caught(self, position: int, mass_g: float, flow: float, minutes: float) -> float:
        """Load what has left another column; grams that break through here as well."""
        # rounding may leave a hair below zero in what a nearly empty column lets out
        concentration = max(mass_g, 0.0) / (flow * minutes)
        return self._columns[position].load(concentration, flow, minutes).mass_g

    def _complete(self) -> Cycle:
        eluted = self._columns[0].empty()
        self._runs[0] += 1
        if self.design.life_cycles is not None:
            factor = capacity_factor(self._runs[0], self.design.life_cycles)
            self._columns[0].capacity_factor = factor
        self._columns.rotate(-1)
        self._runs.rotate(-1)
        cycle = Cycle(
            number=len(self.cycles) + 1,
            loaded_l=self._loaded_l,
            loaded_g=self._loaded_g,
            eluted_g=eluted,
            lost_g=self._lost_g,
            minutes=self.minutes - self._started_min,
        )
        self.cycles.append(cycle)
        if self.controller is not None:
            wanted = self.controller.next_load_l(cycle)
            self.cycle_load_l = max(wanted, self.design.least_load_l)
        self._begin()
        return cycle
