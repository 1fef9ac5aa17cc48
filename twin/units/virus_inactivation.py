"""Low-pH virus inactivation, in a tank or in a continuous flow path.

The log10 reduction grows by ``k(pH)`` per minute: 5 in 30 min at pH 3.6 (after ASTM E2888) and
doubling per 0.2 pH below (assumption).  In a flow path what counts is the residence-time
distribution: ``-log10`` of the mean surviving share, which for tanks in series is
``n log10(1 + ln(10) k tau / n)``.  Acid, base and the formation of aggregate are assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.units.flow_path import FlowPath
from twin.units.material import NOTHING, Material, lot
from twin.units.residence_time import ResidenceTime
from twin.units.unit import PRODUCT, Delivery, Parcel, passing, positive, shares

REFERENCE_PH = 3.6
REFERENCE_RATE_PER_MIN = 5.0 / 30.0
PH_PER_DOUBLING = 0.2


def rate_per_min(ph: float) -> float:
    """Log10 reduction per minute at a pH; raises UnitRefused outside 2 .. 8."""
    shares("virus inactivation", ph_within_2_to_8=(ph - 2.0) / 6.0)
    return float(REFERENCE_RATE_PER_MIN * 2.0 ** ((REFERENCE_PH - ph) / PH_PER_DOUBLING))


def held_log_reduction(ph: float, minutes: float) -> float:
    """Log10 reduction of a pool that is held."""
    return rate_per_min(ph) * minutes


def flowing_log_reduction(ph: float, path: ResidenceTime, flow_l_per_min: float) -> float:
    """Log10 reduction in a flow path; raises UnitRefused if nothing flows."""
    positive("virus inactivation", flow_l_per_min=flow_l_per_min)
    mean_min = path.volume_l / flow_l_per_min
    return path.n_tanks * math.log10(
        1.0 + math.log(10.0) * rate_per_min(ph) * mean_min / path.n_tanks
    )


@dataclass(frozen=True, slots=True)
class Titration:
    """How the pH is brought down and up: litres of acid and base per litre of feed."""

    ph: float = 3.5
    acid_l_per_l: float = 0.05
    base_l_per_l: float = 0.05
    aggregate_share_per_h: float = 0.002

    def __post_init__(self) -> None:
        rate_per_min(self.ph)
        shares(
            "virus inactivation",
            acid_l_per_l=self.acid_l_per_l,
            base_l_per_l=self.base_l_per_l,
            aggregate_share_per_h=self.aggregate_share_per_h,
        )

    def acidified(self, material: Material) -> Material:
        """The material with acid."""
        return material + lot("acid", material.volume_l * self.acid_l_per_l)

    def treated(self, material: Material, log_reduction: float, minutes: float) -> Material:
        """What has been acid for so long, neutralised."""
        material = material.converted("virus", 1.0 - passing(log_reduction), inactivated_virus=1.0)
        aggregated = 1.0 - (1.0 - self.aggregate_share_per_h) ** (minutes / 60.0)
        material = material.converted("product", aggregated, aggregate=1.0)
        base = material.volume_l * self.base_l_per_l / (1.0 + self.acid_l_per_l)
        return material + lot("base", base)


class HeldInactivation:
    """A pool is acidified, held and neutralised as a whole."""

    def __init__(self, name: str, hold_min: float, titration: Titration | None = None) -> None:
        positive(name, hold_min=hold_min)
        self.name = name
        self.hold_min = hold_min
        self.titration = titration or Titration()
        self.log_reduction = held_log_reduction(self.titration.ph, hold_min)

    @property
    def content(self) -> Material:
        """Nothing between pools."""
        return NOTHING

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Treat a pool; it leaves after the hold."""
        acid = self.titration.acidified(parcel.material)
        treated = self.titration.treated(acid, self.log_reduction, self.hold_min)
        return [Delivery(PRODUCT, treated, parcel.minutes, after_min=self.hold_min)]


class FlowInactivation:
    """Material is acidified in line, flows through a path and is neutralised.

    ``log_reduction`` is that of what has left last, at the flow it had; time that the path stood
    still is not credited.
    """

    def __init__(
        self,
        name: str,
        path: ResidenceTime,
        primed_with: Material,
        titration: Titration | None = None,
    ) -> None:
        self.name = name
        self.titration = titration or Titration()
        self.log_reduction = 0.0
        self._path = FlowPath(name, path, primed_with)

    @property
    def content(self) -> Material:
        """What is in the path, acid and not yet counted as treated."""
        return self._path.content

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Push a parcel through."""
        acid = self.titration.acidified(parcel.material)
        if not acid.volume_l > 0.0:
            return []
        positive(self.name, minutes_of_a_parcel=parcel.minutes)
        path, flow = self._path.residence_time, acid.volume_l / parcel.minutes
        self.log_reduction = flowing_log_reduction(self.titration.ph, path, flow)
        left = self._path.push(acid)
        treated = self.titration.treated(left, self.log_reduction, path.volume_l / flow)
        return [Delivery(PRODUCT, treated, parcel.minutes)]
