"""A bioreactor: runs a culture program by itself, is cleaned between two cultures."""

from __future__ import annotations

from typing import ClassVar

from drivers.instruments.instrument import Instrument


class Bioreactor(Instrument):
    """A vessel with its local controller."""

    kind: ClassVar[str] = "bioreactor"

    async def clean(self, duration_h: float, task_id: str) -> None:
        """Start emptying, cleaning and setting up for the next culture."""
        await self.start_program("clean", {"duration_h": duration_h}, task_id)
