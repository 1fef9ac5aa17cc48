"""A tank that is filled and drawn from: well mixed, of limited size."""

from __future__ import annotations

from twin.units.material import NOTHING, Material
from twin.units.unit import Delivery, Parcel, UnitRefused, positive


class TankOverflows(UnitRefused):
    """More was let in than the tank holds."""


class HoldTank:
    """A stirred tank; nothing leaves by itself, see ``draw``."""

    def __init__(self, name: str, capacity_l: float) -> None:
        positive(name, capacity_l=capacity_l)
        self.name = name
        self.capacity_l = capacity_l
        self._content = NOTHING

    @property
    def content(self) -> Material:
        """What is in the tank."""
        return self._content

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Fill.

        Raises:
            TankOverflows: there is no room for it; the tank is left as it was.
        """
        room = self.capacity_l - self._content.volume_l
        if parcel.material.volume_l > room + 1e-9 * self.capacity_l:
            raise TankOverflows(
                self.name,
                f"{parcel.material.volume_l:g} L don't fit: {room:g} L of "
                f"{self.capacity_l:g} L are free",
            )
        self._content = self._content + parcel.material
        return []

    def draw(self, volume_l: float) -> Material:
        """Take so many litres, or what there is."""
        if volume_l >= self._content.volume_l:
            return self.drain()
        drawn, self._content = self._content.taken(volume_l)
        return drawn

    def drain(self) -> Material:
        """Take all."""
        drawn, self._content = self._content, NOTHING
        return drawn
