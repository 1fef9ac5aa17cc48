"""Pump failure: a pump delivers a share of what it should, or nothing."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.declared import Share
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect, InputMultiplied


class PumpFailure(EquipmentFault):
    """An input of the process that is less than intended."""

    kind: Literal["pump_failure"] = "pump_failure"
    input: str = Field(
        default="feed_rate", min_length=1, description="Input of the process that it delivers"
    )
    delivered: Share = Field(default=0.0, description="Share of the intended flow that arrives")
    magnitude_unit: ClassVar[str] = "1"

    @property
    def magnitude(self) -> float:
        """The share that doesn't arrive."""
        return 1.0 - self.delivered

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the reduced input."""
        return (InputMultiplied(self.input, self.delivered),)
