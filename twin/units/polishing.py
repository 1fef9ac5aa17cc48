"""Polishing: an anion exchanger in flow-through, a cation exchanger that binds and elutes.

Volumes, lengths, porosity and dispersion of the columns are those of the scaled-up train of
Gomis-Fons et al. 2020 (QuarticGym documentation, Table 6.2).  Yields and reductions are constant
shares, and all of them are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from twin.units.flow_path import FlowPath
from twin.units.material import NOTHING, Material, lot
from twin.units.residence_time import ResidenceTime, from_peclet
from twin.units.unit import PRODUCT, WASTE, Delivery, Parcel, positive, shares

COLUMN_L = 50.0
COLUMN_CM = 10.0
VOID_SHARE = 0.34
ANION_DISPERSION_CM = 0.16

FLOW_THROUGH_PASSES: Mapping[str, float] = MappingProxyType(
    {"product": 0.98, "aggregate": 0.90, "host_protein": 0.1, "dna": 1e-3, "virus": 1e-4}
)
BIND_ELUTE_PASSES: Mapping[str, float] = MappingProxyType(
    {"product": 0.95, "aggregate": 0.2, "host_protein": 0.2, "leached_ligand": 0.1, "virus": 1e-2}
)
LOAD_G_PER_L = 50.0
ELUTION_COLUMNS = 2.5


def anion_exchanger_path(column_l: float = COLUMN_L) -> ResidenceTime:
    """Residence time of the flow-through column of §2's train, scaled to a volume."""
    return from_peclet(COLUMN_CM / (VOID_SHARE * ANION_DISPERSION_CM), VOID_SHARE * column_l)


class FlowThrough:
    """What binds is waste, the rest flows on.  ``passes`` are shares by substance, 1 if not named.

    What binds leaves as waste at once, though a real column would hold it until it is stripped.
    """

    def __init__(
        self,
        name: str,
        path: ResidenceTime,
        primed_with: Material,
        passes: Mapping[str, float] = FLOW_THROUGH_PASSES,
    ) -> None:
        shares(name, **passes)
        self.name = name
        self.passes = passes
        self._path = FlowPath(name, path, primed_with)

    @property
    def content(self) -> Material:
        """What is in the column's void."""
        return self._path.content

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Push a parcel through."""
        passed, bound = self._path.push(parcel.material).separated(self.passes, others=1.0)
        return [
            Delivery(PRODUCT, passed, parcel.minutes),
            Delivery(WASTE, bound, parcel.minutes),
        ]


class BindElute:
    """Product binds until the column is loaded and is eluted into a pool.

    ``passes`` are the shares that get into the pool, by substance; of others none does.  The
    liquid of the load is waste.
    """

    def __init__(
        self,
        name: str,
        *,
        column_l: float = COLUMN_L,
        load_g_per_l: float = LOAD_G_PER_L,
        elution_min: float = 60.0,
        passes: Mapping[str, float] = BIND_ELUTE_PASSES,
    ) -> None:
        positive(name, column_l=column_l, load_g_per_l=load_g_per_l, elution_min=elution_min)
        shares(name, **passes)
        self.name = name
        self.column_l = column_l
        self.capacity_g = load_g_per_l * column_l
        self.elution_min = elution_min
        self.passes = passes
        self._bound = NOTHING

    @property
    def content(self) -> Material:
        """What is bound."""
        return self._bound

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Load a parcel; when the column is full, its pool leaves."""
        binding = {**dict.fromkeys(self.passes, 1.0), "volume": 0.0}
        bound, passed = parcel.material.separated(binding, others=0.0)
        self._bound = self._bound + bound
        deliveries = [Delivery(WASTE, passed, parcel.minutes)]
        if self._bound.amount("product") >= self.capacity_g:
            deliveries += self.elute()
        return deliveries

    def elute(self) -> list[Delivery]:
        """Elute what is bound now, as at the end of a campaign."""
        pool, stripped = self._bound.separated(self.passes, others=0.0)
        self._bound = NOTHING
        buffer = lot("elution buffer", ELUTION_COLUMNS * self.column_l)
        return [
            Delivery(PRODUCT, pool + buffer, self.elution_min, self.elution_min),
            Delivery(WASTE, stripped, self.elution_min, self.elution_min),
        ]
