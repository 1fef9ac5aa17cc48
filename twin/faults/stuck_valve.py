"""Stuck valve: a flow or pressure that no longer follows its controller.

IndPenSim's faults 1 to 5 are of this kind: aeration, vessel pressure, substrate, base and coolant
each stuck at a value for hours.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from twin.declared import NotNegative
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import EquipmentEffect, InputStuck


class StuckValve(EquipmentFault):
    """An input of the process that keeps a value."""

    kind: Literal["stuck_valve"] = "stuck_valve"
    input: str = Field(min_length=1, description="Input of the process, such as feed_rate")
    value: NotNegative | None = Field(
        default=None, description="Value in the input's unit; left out for the one it has then"
    )
    magnitude_unit: ClassVar[str] = "input"

    @property
    def magnitude(self) -> float:
        """The value it is stuck at, NaN for the one it has then."""
        return float("nan") if self.value is None else self.value

    def effects(self) -> tuple[EquipmentEffect, ...]:
        """Return the stuck input."""
        return (InputStuck(self.input, self.value),)
