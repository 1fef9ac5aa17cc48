"""A device whose labware is brought and fetched by movers: it stands still while they reach in."""

from __future__ import annotations

from twin.device import Device, DeviceBusy
from twin.workcell.station import Station


class ServedDevice(Device):
    """A device behind a station's door; `station` is None where no mover serves it."""

    station: Station | None = None

    def _refuse_if_busy(self) -> None:
        super()._refuse_if_busy()
        if self.station is not None and self.station.is_entered:
            raise DeviceBusy(f"{self.name} is held by its interlock: door {self.station.state}")
