"""What every equipment fault has in common: it names its effects, which a device applies."""

from __future__ import annotations

from abc import abstractmethod

from twin.faults.equipment_effect import EquipmentEffect
from twin.faults.fault import Fault


class EquipmentFault(Fault):
    """A fault of the plant itself, which changes the truth or what can be done."""

    @abstractmethod
    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return what it does for as long as it lasts."""
