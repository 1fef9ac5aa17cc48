"""Diversion of material that is out of specification, after the residence-time distribution.

ICH Q13 asks that a disturbance be followed through the process by its residence-time distribution
and that what it may have affected be diverted, from a start to a stop that are justified by it.
Here a disturbance of so many litres is ``F(v) - F(v - length)`` of what leaves after ``v`` litres;
material is diverted while that share is above a tolerance.  A rule can also look at the material
itself: the share of a lot, or a concentration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from twin.units.material import NOTHING, Material
from twin.units.residence_time import ResidenceTime
from twin.units.unit import PRODUCT, Delivery, Parcel, UnitRefused, positive, shares

DIVERTED = "diverted"


@dataclass(frozen=True, slots=True)
class Window:
    """Litres at an outlet, counted from when the disturbance began to enter."""

    start_l: float
    stop_l: float


def affected_share(path: ResidenceTime, disturbed_l: float, after_l: float) -> float:
    """Share of the disturbance in what leaves after so many litres."""
    return path.left(after_l) - path.left(after_l - disturbed_l)


def window(path: ResidenceTime, disturbed_l: float, tolerance: float) -> Window | None:
    """From where to where to divert, or None if the share never exceeds the tolerance.

    Raises:
        UnitRefused: the disturbance has no volume, or the tolerance is not within 0 .. 1.
    """
    from scipy.optimize import brentq, minimize_scalar

    positive("diversion", disturbed_l=disturbed_l)
    if not 0.0 < tolerance < 1.0:
        raise UnitRefused("diversion", f"the tolerance is a share, 0 .. 1, got {tolerance!r}")

    def excess(after_l: float) -> float:
        return affected_share(path, disturbed_l, after_l) - tolerance

    latest = disturbed_l + path.litres_until(1.0 - tolerance / 2.0)
    # one hump, between when the most arrives and when it has passed
    peak = minimize_scalar(lambda v: -excess(v), bounds=(0.0, latest), method="bounded")
    top = float(peak.x)
    if excess(top) <= 0.0:
        return None
    precision = 1e-12 * path.volume_l
    start = brentq(excess, 0.0, top, xtol=precision)
    stop = brentq(excess, top, latest, xtol=precision)
    return Window(float(start), float(stop))


class Rule(Protocol):
    """Decides about a parcel; ``passed_l`` litres went by before it."""

    def is_out(self, material: Material, passed_l: float) -> bool:
        """Whether the parcel is to be diverted."""


@dataclass(frozen=True, slots=True)
class WithinWindow:
    """Divert a parcel of which any part is within the window, ``began_l`` litres from the start."""

    window: Window
    began_l: float = 0.0

    def is_out(self, material: Material, passed_l: float) -> bool:
        """Whether the parcel overlaps the window."""
        starts = passed_l - self.began_l
        return starts < self.window.stop_l and starts + material.volume_l > self.window.start_l


@dataclass(frozen=True, slots=True)
class LotsAbove:
    """Divert what has more than ``limit`` of its substance (or volume) from any of the lots."""

    lots: frozenset[str]
    limit: float
    substance: str = "product"

    def __post_init__(self) -> None:
        shares("diversion", limit=self.limit)

    def is_out(self, material: Material, passed_l: float) -> bool:
        """Whether the lots' share is above the limit."""
        found = material.shares(self.substance)
        return sum(share for name, share in found.items() if name in self.lots) > self.limit


@dataclass(frozen=True, slots=True)
class RatioAbove:
    """Divert what has more of one substance per another (a quality) than ``limit``."""

    substance: str
    per: str
    limit: float

    def is_out(self, material: Material, passed_l: float) -> bool:
        """Whether the ratio is above the limit."""
        return material.amount(self.substance) > self.limit * material.amount(self.per)


class Diverter:
    """Sends a parcel on, or aside if any rule says so."""

    def __init__(self, name: str, rules: Iterable[Rule]) -> None:
        self.name = name
        self.rules = tuple(rules)
        self.passed_l = 0.0
        if not self.rules:
            raise UnitRefused(name, "a diverter needs a rule")

    @property
    def content(self) -> Material:
        """Nothing stays in a valve."""
        return NOTHING

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Decide about a parcel as a whole."""
        material = parcel.material
        is_out = any(rule.is_out(material, self.passed_l) for rule in self.rules)
        self.passed_l += material.volume_l
        return [Delivery(DIVERTED if is_out else PRODUCT, material, parcel.minutes)]
