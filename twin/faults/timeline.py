"""The equipment faults of one device over time: what is active, and what changes when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from twin.device import Ints
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect
from twin.faults.label import FaultLabel

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Happening:
    """An equipment fault that begins or ends at a time, with its effects and its truth."""

    time_us: int
    change: Literal["begins", "ends"]
    effects: tuple[EquipmentEffect, ...]
    label: FaultLabel


class EquipmentTimeline:
    """The faults of one device until a horizon."""

    def __init__(self, faults: Sequence[tuple[EquipmentFault, FaultLabel]]) -> None:
        self.faults = tuple(sorted(faults, key=lambda pair: pair[1].start_us))

    def happenings(self) -> list[Happening]:
        """Return every beginning and end in time order; at one time, ends come first."""
        found = []
        for fault, label in self.faults:
            found.append(Happening(label.start_us, "begins", fault.effects(), label))
            if label.end_us is not None:
                found.append(Happening(label.end_us, "ends", fault.effects(), label))
        return sorted(found, key=lambda one: (one.time_us, one.change == "begins"))

    def during(self, effect: type[EquipmentEffect], times_us: Ints) -> Flags:
        """Return, per time, whether a fault with an effect of this type is on; shape (n,)."""
        is_on = np.zeros(len(times_us), bool)
        for fault, label in self.faults:
            if any(isinstance(one, effect) for one in fault.effects()):
                is_before_end = True if label.end_us is None else times_us < label.end_us
                is_on |= (times_us >= label.start_us) & is_before_end
        return is_on

    def active(self, time_us: int) -> list[tuple[FaultLabel, tuple[EquipmentEffect, ...]]]:
        """Return the faults that are on at a time, with their effects, oldest first."""
        return [
            (label, fault.effects())
            for fault, label in self.faults
            if label.start_us <= time_us and (label.end_us is None or time_us < label.end_us)
        ]
