"""A liquid handler's deck: slots that are places, the tips on it, and how liquid is moved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.workcell.labware import LABWARE_TYPES, Labware
from twin.workcell.pipetting import PipettingError, channel_for, strokes
from twin.workcell.places import WASTE, Places

TIP_RACKS = {50.0: "tips_50", 200.0: "tips_200", 1000.0: "tips_1000"}


class NoTips(ValueError):
    """No tip of the size is left on the deck."""


class NoLabware(ValueError):
    """A slot is empty, or what stands on it is not what was expected."""


class Deck:
    """Slots `<name>.1` … of a handler.

    `rng` is set by whoever runs a program: the strokes of a task draw from the task's own stream.
    """

    def __init__(
        self,
        name: str,
        n_slots: int,
        places: Places,
        error: PipettingError,
        rng: np.random.Generator,
    ) -> None:
        self.name = name
        self.slots = tuple(f"{name}.{i + 1}" for i in range(n_slots))
        self.places = places
        self.error = error
        self.rng = rng
        self.n_tips_used = 0
        self._n_made = 0
        for slot in self.slots:
            places.add_place(slot)

    def on(self, slot: str) -> Labware:
        """Return the labware on a slot.

        Raises:
            NoLabware: the slot is empty.
        """
        labware = self.places.at(slot)
        if labware is None:
            raise NoLabware(f"there is no labware on {slot}")
        return labware

    def settle(self, now_s: float) -> None:
        """Let water evaporate from everything on the deck up to a time."""
        for slot in self.slots:
            labware = self.places.at(slot)
            if labware is not None:
                labware.settle(now_s)

    def renew(self, slot: str, kind: str, now_s: float) -> Labware:
        """Throw away what stands on a slot and put new labware of a kind there."""
        if self.places.at(slot) is not None:
            self.places.move(slot, WASTE)
        self._n_made += 1
        labware = Labware(f"{self.name}-{kind}-{self._n_made}", LABWARE_TYPES[kind], now_s)
        self.places.put_new(labware, slot)
        return labware

    def n_tips(self, tip_ul: float) -> int:
        """Return how many tips of a size are left."""
        return sum(rack.n_tips for rack in self._racks(tip_ul))

    def take_tip(self, volume_ul: float) -> float:
        """Take the tip that suits a volume and return its size.

        Raises:
            NoTips: none of that size is left.
        """
        size = channel_for(volume_ul).nominal_ul
        for rack in self._racks(size):
            if rack.n_tips:
                rack.n_tips -= 1
                self.n_tips_used += 1
                return size
        raise NoTips(f"{self.name} has no {size:g} µL tip left for {volume_ul:g} µL")

    def transfer(
        self,
        source: Labware,
        source_well: str,
        target: Labware,
        target_well: str,
        volume_ul: float,
        is_new_tip: bool = True,
    ) -> float:
        """Move a volume in as many strokes as it takes; return what arrived, µL.

        A tip may be kept (`is_new_tip` false) to give diluent to many wells.

        Raises:
            NoTips, Overdrawn, Overflow, NoSuchWell, StrokeTooSmall: of the stroke that raised,
                nothing moved; earlier ones stand.
        """
        if is_new_tip:
            self.take_tip(volume_ul)
        return sum(
            self._stroke(source, source_well, target, target_well, part)
            for part in strokes(volume_ul)
        )

    def dispense(
        self, solutes: Mapping[str, float], target: Labware, well: str, volume_ul: float
    ) -> float:
        """Bring liquid from a vial into a well with a new tip; return what arrived, µL."""
        self.take_tip(volume_ul)
        moved = sum(self.error.moved_ul(part, self.rng) for part in strokes(volume_ul))
        target.add(well, moved, solutes)
        return moved

    def _stroke(
        self, source: Labware, source_well: str, target: Labware, target_well: str, part: float
    ) -> float:
        moved = self.error.moved_ul(part, self.rng)
        target[target_well]  # so that a bad name stops the stroke before anything is taken
        solutes = source.take(source_well, moved)
        try:
            target.add(target_well, moved, solutes)
        except ValueError:
            source.add(source_well, moved, solutes)
            raise
        return moved

    def _racks(self, tip_ul: float) -> list[Labware]:
        held = (self.places.at(slot) for slot in self.slots)
        return [one for one in held if one is not None and one.kind.name == TIP_RACKS[tip_ul]]
