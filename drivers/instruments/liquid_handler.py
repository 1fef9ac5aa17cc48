"""A liquid handler: draws samples from vessels and fills assay plates."""

from __future__ import annotations

from typing import ClassVar

from drivers.instruments.instrument import Instrument


class LiquidHandler(Instrument):
    """A pipetting robot that reaches every vessel's sample port."""

    kind: ClassVar[str] = "liquid_handler"

    async def draw_sample(self, vessel: str, volume_ml: float, task_id: str) -> None:
        """Start drawing `volume_ml` from a vessel; the task's result names the sample."""
        await self.start_program("draw_sample", {"vessel": vessel, "volume_ml": volume_ml}, task_id)

    async def prepare_plate(self, samples: tuple[str, ...], task_id: str) -> None:
        """Start diluting samples into a plate."""
        await self.start_program("prepare_plate", {}, task_id, samples)
