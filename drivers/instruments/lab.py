"""All the instruments one engine drives, and the clock they live by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from drivers.instruments.instrument import Instrument


class LabClock(Protocol):
    """Time as the lab has it."""

    is_virtual: bool

    def now_us(self) -> int:
        """Microseconds since the Unix epoch, UTC."""
        ...


class Lab:
    """Instruments by name."""

    def __init__(self, instruments: Mapping[str, Instrument], clock: LabClock) -> None:
        self.instruments = dict(instruments)
        self.clock = clock

    def of_kind(self, kind: str) -> list[Instrument]:
        """Return the instruments of one kind, in the plant's order."""
        return [i for i in self.instruments.values() if i.info.kind == kind]

    async def close(self) -> None:
        """Let go of every instrument."""
        for instrument in self.instruments.values():
            await instrument.close()
