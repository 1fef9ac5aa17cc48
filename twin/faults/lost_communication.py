"""Lost communication: a device can't be reached and goes on by itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect, NoCommunication


class LostCommunication(EquipmentFault):
    """No commands arrive and no readings leave."""

    kind: Literal["lost_communication"] = "lost_communication"
    is_buffered: bool = Field(
        default=True, strict=True, description="Whether the readings follow when it is back"
    )
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """Share of the messages that are lost: all of them."""
        return 1.0

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the silence."""
        return (NoCommunication(self.is_buffered),)
