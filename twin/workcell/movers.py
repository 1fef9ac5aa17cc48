"""Movers carry labware between stations, one piece at a time; the robot arm is the plain one.

Whatever goes wrong (a refusal, a time-out, a fumbled grip, a stop in mid-air), the piece stays
where it was: at the source, in the gripper or at the target. Times and speeds are assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import simpy

from twin.device import Device, Program, Property, Task, TaskFailed
from twin.randomness import stream
from twin.workcell.places import WASTE, PlaceRefused, Places
from twin.workcell.station import Direction, Station, Ticket

TIMEOUT = Property(
    "timeout_s", "s", 1.0, 86400.0, default=120.0, doc="longest wait for a station to be ready"
)
RESET_S = 60.0


class Mover(Device):
    """Something with one gripper. `failure` is the probability that a grip or release fails."""

    kind = "mover"
    speed_m_per_s = 0.25
    transfer_s = 8.0

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        places: Places,
        stations: tuple[Station, ...],
        seed: int,
        failure: float = 0.0,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.gripper = f"{name}.gripper"
        places.add_place(self.gripper)
        self.position_m = (0.0, 0.0)
        self._places = places
        self._stations = {place: one for one in stations for place in one.place_names}
        self._seed = seed
        self._failure = failure
        self._open: tuple[Station, Ticket] | None = None
        reach = tuple(self._stations)
        source = Property(
            "source", "", levels=tuple(p for p in reach if p != WASTE), doc="place to fetch from"
        )
        target = Property("target", "", levels=reach, doc="place to bring to")
        self.programs = {
            "move": Program(
                "move",
                {"source": source, "target": target, "timeout_s": TIMEOUT},
                "carry what stands on one place to another",
            ),
            "put_down": Program(
                "put_down",
                {"target": target, "timeout_s": TIMEOUT},
                "bring what is in the gripper to a place, after a failed move",
            ),
            "reset_station": Program(
                "reset_station",
                {"place": Property("place", "", levels=reach, doc="a place of the station")},
                "let a person look at a faulted station and clear it (1 min)",
            ),
        }

    def _run_move(self, task: Task) -> Generator[simpy.Event, Any, None]:
        source, target = str(task.properties["source"]), str(task.properties["target"])
        task.result = {"handshakes": []}
        held = self._places.at(self.gripper)
        if held is not None:
            raise TaskFailed(f"{self.name} still holds {held.labware_id}", "gripper_occupied")
        if target != WASTE and (there := self._places.at(target)) is not None:
            raise TaskFailed(f"{target} is occupied by {there.labware_id}", "target_occupied")
        self.enter(task, "fetching")
        yield from self._travel(source)
        yield from self._exchange(task, source, "unload")
        self.enter(task, "carrying")
        yield from self._travel(target)
        yield from self._exchange(task, target, "load")

    def _run_put_down(self, task: Task) -> Generator[simpy.Event, Any, None]:
        task.result = {"handshakes": []}
        if self._places.at(self.gripper) is None:
            raise TaskFailed(f"{self.name} holds nothing", "source_empty")
        target = str(task.properties["target"])
        self.enter(task, "carrying")
        yield from self._travel(target)
        yield from self._exchange(task, target, "load")

    def _run_reset_station(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "inspecting")
        yield self.env.timeout(RESET_S)
        self._stations[str(task.properties["place"])].reset(self.name)

    def _travel(self, place: str) -> Generator[simpy.Event, Any, None]:
        to = self._stations[place].position_m
        metres = math.dist(self.position_m, to)
        self._refuse_trip(metres)
        yield self.env.timeout(metres / self.speed_m_per_s)
        self.position_m = to
        self._travelled(metres)

    def _refuse_trip(self, metres: float) -> None:
        """Raise `TaskFailed` where a trip can't be made."""

    def _travelled(self, metres: float) -> None:
        """Take note of a trip made."""

    def _exchange(
        self, task: Task, place: str, direction: Direction
    ) -> Generator[simpy.Event, Any, None]:
        """Fetch from or bring to a place by the station's handshake."""
        station = self._stations[place]
        try:
            ticket = station.request(direction, place, self.name)
            self._open = (station, ticket)
            yield ticket.ready | self.env.timeout(float(task.properties["timeout_s"]))
            if not ticket.ready.triggered:
                raise TaskFailed(
                    f"{station.name} was not ready within {task.properties['timeout_s']:g} s",
                    "timeout",
                )
            station.begin(ticket)
            yield self.env.timeout(self.transfer_s)
            rng = stream(self._seed, self.name, task.task_id, direction)
            if float(rng.random()) < self._failure:
                station.confirm(ticket, is_done=False)
                what = "pick_failed" if direction == "unload" else "place_failed"
                raise TaskFailed(f"{self.name} could not {direction} {place}", what)
            ends = (place, self.gripper) if direction == "unload" else (self.gripper, place)
            task.result["labware"] = self._places.move(*ends).labware_id
            station.confirm(ticket, is_done=True)
        except PlaceRefused as refused:
            raise TaskFailed(str(refused), refused.cause) from refused
        self._let_go(task)

    def _let_go(self, task: Task) -> None:
        """End the handshake that is open, if any, and write its steps into the result."""
        if self._open is None:
            return
        station, ticket = self._open
        self._open = None
        station.cancel(ticket)
        task.result["handshakes"] += [
            {"step": s.step, "place": s.place, "direction": s.direction, "time_s": s.time_s}
            for s in station.steps
            if s.ticket == ticket.number
        ]

    def _on_stopped(self, task: Task) -> None:
        self._let_go(task)


class RobotArm(Mover):
    """An arm on a rail inside the workcell."""

    kind = "robot_arm"
