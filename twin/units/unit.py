"""What every unit operation is: it receives parcels and hands out deliveries.

Units keep no clock; the train (``train``) puts them into SimPy's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from twin.units.material import Material

PRODUCT = "product"
WASTE = "waste"
"""Usual names of a unit's outlets."""


class UnitRefused(ValueError):
    """A unit's setting is not possible; says which unit and what would be."""

    def __init__(self, unit: str, what: str) -> None:
        super().__init__(f"{unit}: {what}")
        self.unit = unit


@dataclass(frozen=True, slots=True)
class Parcel:
    """Material that flows in within ``minutes``."""

    material: Material
    minutes: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """Material that leaves by an outlet, ``after_min`` the parcel was in, within ``minutes``."""

    outlet: str
    material: Material
    minutes: float
    after_min: float = 0.0


class Unit(Protocol):
    """A unit operation.  ``content`` is all that it holds at present."""

    name: str

    @property
    def content(self) -> Material:
        """What the unit holds."""

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Take in a parcel; what leaves because of it."""


def positive(unit: str, **values: float) -> None:
    """Refuse values that are not positive numbers; raises UnitRefused."""
    for name, value in values.items():
        if not 0.0 < value < float("inf"):
            raise UnitRefused(unit, f"{name} must be positive, got {value!r}")


def shares(unit: str, **values: float) -> None:
    """Refuse values outside 0 .. 1; raises UnitRefused."""
    for name, value in values.items():
        if not 0.0 <= value <= 1.0:
            raise UnitRefused(unit, f"{name} must be within 0 .. 1, got {value!r}")


def passing(log_reduction: float) -> float:
    """Share that is left after a log10 reduction."""
    return float(10.0**-log_reduction)
