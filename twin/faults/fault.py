"""What every declared fault has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import Field

from twin.declared import Selector
from twin.faults.label import FaultLabel
from twin.faults.occurrence import Occurring, Window


class Fault(Occurring, ABC):
    """A fault with its parameters, the devices it happens to, and when."""

    kind: str
    device: Selector = Field(description="Name of the device, or * for each by itself")

    magnitude_unit: ClassVar[str]

    @property
    @abstractmethod
    def magnitude(self) -> float:
        """How large the fault is, in `magnitude_unit`."""

    def label(self, device: str, signal: str | None, window: Window) -> FaultLabel:
        """Return the ground truth about one window of this fault."""
        return FaultLabel(
            self.kind,
            device,
            signal,
            window.start_us,
            window.end_us,
            self.magnitude,
            self.magnitude_unit,
        )
