"""Stations where labware is handed over: their place in the room and their handshake.

A mover asks (request), the station clears its interlocks and opens (ready), the mover acts
(transfer) and says how it went (confirm). It is the exchange that a PLC does with bits, written
with types; each step is refused when it is out of order, each wait can time out, and a transfer
that was broken off leaves the port faulted until someone has looked and resets it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal

import simpy

from twin.device import Device
from twin.workcell.places import WASTE, PlaceRefused, Places

Direction = Literal["load", "unload"]
PortState = Literal["idle", "requested", "opening", "ready", "transferring", "faulted"]
Step = Literal["request", "ready", "transfer", "confirm", "failed", "cancel", "fault", "reset"]
KEEP_STEPS = 1000


@dataclass(frozen=True, slots=True)
class HandshakeStep:
    """One step, as both sides saw it; `ticket` numbers the handshakes of a port."""

    time_s: float
    ticket: int
    step: Step
    mover: str
    place: str
    direction: Direction


@dataclass(slots=True)
class Ticket:
    """A handshake under way. `ready` fires when the station may be entered."""

    number: int
    mover: str
    place: str
    direction: Direction
    ready: simpy.Event


class Station:
    """Places that share one door. `device` is what works behind it, None for a shelf."""

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        places: Places,
        names: tuple[str, ...],
        position_m: tuple[float, float],
        device: Device | None = None,
        opening_s: float = 5.0,
    ) -> None:
        self.env = env
        self.name = name
        self.place_names = names
        self.position_m = position_m
        self.state: PortState = "idle"
        self.steps: deque[HandshakeStep] = deque(maxlen=KEEP_STEPS)
        self._places = places
        self._device = device
        self._opening_s = opening_s
        self._ticket: Ticket | None = None
        self._n_tickets = 0

    @property
    def is_entered(self) -> bool:
        """Whether the device behind the door must stand still."""
        return self.state in ("opening", "ready", "transferring", "faulted")

    def request(self, direction: Direction, place: str, mover: str) -> Ticket:
        """Ask to bring to, or fetch from, a place of the station.

        Raises:
            PlaceRefused: `target_occupied`, `source_empty`, `station_busy`, `station_faulted` or
                `no_place`; nothing has changed.
        """
        if place not in self.place_names:
            raise PlaceRefused(f"{self.name} has no place {place!r}", "no_place")
        if self.state == "faulted":
            raise PlaceRefused(f"{self.name} is faulted; reset it first", "station_faulted")
        if self._ticket is not None:
            raise PlaceRefused(f"{self.name} is serving {self._ticket.mover}", "station_busy")
        if place != WASTE:
            held = self._places.at(place)
            if direction == "load" and held is not None:
                raise PlaceRefused(f"{place} is occupied by {held.labware_id}", "target_occupied")
            if direction == "unload" and held is None:
                raise PlaceRefused(f"{place} is empty", "source_empty")
        elif direction == "unload":
            raise PlaceRefused("nothing comes back from waste", "source_empty")
        self._n_tickets += 1
        ticket = Ticket(self._n_tickets, mover, place, direction, self.env.event())
        self._ticket, self.state = ticket, "requested"
        self._note(ticket, "request")
        self.env.process(self._open(ticket))
        return ticket

    def begin(self, ticket: Ticket) -> None:
        """Say that the mover enters; the station must be ready for this ticket."""
        self._expect(ticket, "ready")
        self.state = "transferring"
        self._note(ticket, "transfer")

    def confirm(self, ticket: Ticket, is_done: bool) -> None:
        """Say that the mover is out again, and whether it did what it came for."""
        self._expect(ticket, "transferring")
        self._close(ticket, "confirm" if is_done else "failed")

    def cancel(self, ticket: Ticket) -> None:
        """Withdraw. In the middle of a transfer this leaves the station faulted."""
        if self._ticket is not ticket:
            return
        if self.state == "transferring":
            self.state, self._ticket = "faulted", None
            self._note(ticket, "fault")
        else:
            self._close(ticket, "cancel")

    def reset(self, mover: str) -> None:
        """Clear a fault after someone has looked; harmless when there is none."""
        if self.state == "faulted":
            self.state = "idle"
            self._n_tickets += 1
            place = self.place_names[0]
            never = Ticket(self._n_tickets, mover, place, "load", self.env.event())
            self._note(never, "reset")

    def _open(self, ticket: Ticket) -> Generator[simpy.Event, Any, None]:
        while self._ticket is ticket:
            if self._device is not None and self._device.active is not None:
                self.state = "requested"
                yield self._device.changed()
                continue
            self.state = "opening"
            yield self.env.timeout(self._opening_s)
            if self._ticket is ticket:
                self.state = "ready"
                self._note(ticket, "ready")
                ticket.ready.succeed()
            return

    def _close(self, ticket: Ticket, step: Step) -> None:
        self.state, self._ticket = "idle", None
        self._note(ticket, step)

    def _expect(self, ticket: Ticket, state: PortState) -> None:
        if self._ticket is not ticket or self.state != state:
            raise PlaceRefused(
                f"{self.name} is {self.state}, not {state} for ticket {ticket.number}", "interlock"
            )

    def _note(self, ticket: Ticket, step: Step) -> None:
        self.steps.append(
            HandshakeStep(
                float(self.env.now),
                ticket.number,
                step,
                ticket.mover,
                ticket.place,
                ticket.direction,
            )
        )
