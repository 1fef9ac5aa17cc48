"""A train of units in SimPy's time: sources, pumps, units and tanks joined by their outlets.

The environment's time is in minutes.  Whatever an outlet is not joined to is collected at the end
of it, under ``unit.outlet``, so that no litre is ever forgotten.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import simpy

from twin.units.hold_tank import HoldTank
from twin.units.material import NOTHING, Material, mixed
from twin.units.unit import PRODUCT, Delivery, Parcel, Unit, UnitRefused, positive


class Train:
    """Units by name and how they are joined.

    Attributes:
        env: SimPy's environment, in minutes.
        collected: material at outlets that lead nowhere, by ``unit.outlet``.
        fed: all that sources have let in.
    """

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.units: dict[str, Unit] = {}
        self.collected: dict[str, Material] = {}
        self.fed = NOTHING
        self._joined: dict[tuple[str, str], str] = {}
        self._under_way: dict[int, Material] = {}
        self._n_sent = 0

    def add(self, unit: Unit) -> None:
        """Add a unit; what it holds already counts as fed.

        Raises:
            UnitRefused: there is one of that name.
        """
        if unit.name in self.units:
            raise UnitRefused(unit.name, "the train has a unit of that name already")
        self.units[unit.name] = unit
        self.fed = self.fed + unit.content

    def join(self, name: str, to: str, outlet: str = PRODUCT) -> None:
        """Lead an outlet into a unit.

        Raises:
            UnitRefused: there is no such unit, or the outlet is joined already.
        """
        for wanted in (name, to):
            self._unit(wanted)
        if (name, outlet) in self._joined:
            raise UnitRefused(name, f"the outlet {outlet!r} leads to {self._joined[name, outlet]}")
        self._joined[name, outlet] = to

    def source(self, to: str, parcels: Iterable[Parcel]) -> None:
        """Feed parcels into a unit, one after the other, each at the end of its minutes."""
        self._unit(to)
        self.env.process(self._feed(to, parcels))

    def pump(self, tank: str, to: str, flow_l_per_min: float, interval_min: float) -> None:
        """Draw from a hold tank at a constant flow, as long as there is something in it."""
        positive(tank, flow_l_per_min=flow_l_per_min, interval_min=interval_min)
        self._unit(to)
        self.env.process(self._draw(self._tank(tank), to, flow_l_per_min, interval_min))

    def empty(self, tank: str, to: str, minutes: float) -> None:
        """Let a unit take all that a hold tank has, now, as one pool."""
        self.give(to, Parcel(self._tank(tank).drain(), minutes))

    def give(self, name: str, parcel: Parcel) -> None:
        """Let a unit take in a parcel now and send on what leaves it."""
        self.send(name, self._unit(name).receive(parcel))

    def send(self, name: str, deliveries: Iterable[Delivery]) -> None:
        """Send on what has left a unit."""
        for delivery in deliveries:
            self._n_sent += 1
            self._under_way[self._n_sent] = delivery.material
            self.env.process(self._travel(self._n_sent, name, delivery))

    @property
    def content(self) -> Material:
        """All that is in units, under way, or collected."""
        inside = [unit.content for unit in self.units.values()]
        return mixed([*inside, *self._under_way.values(), *self.collected.values()])

    def _unit(self, name: str) -> Unit:
        if name not in self.units:
            raise UnitRefused(name, f"no such unit in the train; known: {', '.join(self.units)}")
        return self.units[name]

    def _tank(self, name: str) -> HoldTank:
        unit = self._unit(name)
        if not isinstance(unit, HoldTank):
            raise UnitRefused(name, "only a hold tank can be drawn from")
        return unit

    def _feed(self, to: str, parcels: Iterable[Parcel]) -> Generator[simpy.Event, Any, None]:
        for parcel in parcels:
            yield self.env.timeout(parcel.minutes)
            self.fed = self.fed + parcel.material
            self.give(to, parcel)

    def _draw(
        self, tank: HoldTank, to: str, flow: float, interval_min: float
    ) -> Generator[simpy.Event, Any, None]:
        while True:
            yield self.env.timeout(interval_min)
            drawn = tank.draw(flow * interval_min)
            if not drawn.is_empty:
                self.give(to, Parcel(drawn, interval_min))

    def _travel(
        self, number: int, name: str, delivery: Delivery
    ) -> Generator[simpy.Event, Any, None]:
        if delivery.after_min > 0.0:
            yield self.env.timeout(delivery.after_min)
        material = self._under_way.pop(number)
        if material.is_empty:
            return
        to = self._joined.get((name, delivery.outlet))
        if to is None:
            end = f"{name}.{delivery.outlet}"
            self.collected[end] = self.collected.get(end, NOTHING) + material
        else:
            self.give(to, Parcel(material, delivery.minutes))
