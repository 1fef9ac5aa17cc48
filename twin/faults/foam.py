"""Foam: gas is held in a blanket, oxygen transfer falls, the exhaust filter gets wet."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.declared import Positive, Share
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect, InputMultiplied


class Foam(EquipmentFault):
    """Foaming over; the figures are assumptions."""

    kind: Literal["foam"] = "foam"
    kla_factor: Share = Field(default=0.7, description="Factor on kLa (assumption)")
    back_pressure_factor: Positive = Field(
        default=1.3, description="Factor on the exhaust's pressure drop (assumption)"
    )
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """Share of the oxygen transfer that is lost."""
        return 1.0 - self.kla_factor

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the factors on oxygen transfer and on the exhaust."""
        return (
            InputMultiplied("kla", self.kla_factor),
            InputMultiplied("exhaust_pressure_drop", self.back_pressure_factor),
        )
