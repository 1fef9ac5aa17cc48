"""Movers: a robot arm and an AGV that carry labware between places."""

from __future__ import annotations

from typing import ClassVar

from drivers.instruments.instrument import Instrument


class Mover(Instrument):
    """Carries one piece of labware at a time; where it may go is in its description."""

    kind: ClassVar[str] = "mover"

    async def move(self, source: str, target: str, task_id: str) -> None:
        """Start carrying what stands on `source` to `target`; the result names the labware."""
        await self.start_program("move", {"source": source, "target": target}, task_id)

    async def put_down(self, target: str, task_id: str) -> None:
        """Start bringing what a failed move left in the gripper to a place."""
        await self.start_program("put_down", {"target": target}, task_id)


class RobotArm(Mover):
    """An arm inside the workcell."""

    kind: ClassVar[str] = "robot_arm"


class Agv(Mover):
    """A vehicle between the workcell's dock and the store."""

    kind: ClassVar[str] = "agv"
