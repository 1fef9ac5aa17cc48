"""Contamination: bacteria get into a vessel."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.declared import Positive
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import ContaminantAdded, EquipmentEffect


class Contamination(EquipmentFault):
    """An inoculum of a contaminant, which then grows by itself."""

    kind: Literal["contamination"] = "contamination"
    inoculum_g_per_l: Positive = Field(
        default=1e-3, description="What gets in, dry weight in g/L of broth (assumption)"
    )
    magnitude_unit: ClassVar[str] = "g/L"

    @property
    def magnitude(self) -> float:
        """The inoculum."""
        return self.inoculum_g_per_l

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the inoculum."""
        return (ContaminantAdded(self.inoculum_g_per_l),)
