"""Power dip: a device is off for a while and starts again."""

from __future__ import annotations

from typing import ClassVar, Literal

from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect, PoweredOff


class PowerDip(EquipmentFault):
    """Stirrer, gas, pumps and heating stand still; nothing is read."""

    kind: Literal["power_dip"] = "power_dip"
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """Share of the device that is off: all of it."""
        return 1.0

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the off period."""
        return (PoweredOff(),)
