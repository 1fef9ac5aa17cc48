"""Counter-current Protein A capture as a unit of a train, with the lots that are on each column.

The columns are the general rate model's; monomer and aggregate bind alike.  Lots that are on the
same column count as mixed there, which spreads a lot over no more than the cycles that share its
columns.  What doesn't bind, and the liquid of the load, are waste at once; the share of impurities
that comes along into the eluate, the volume of buffers and the leached ligand are assumptions.
Columns are loaded at the flow of their design; a parcel that came in faster or slower counts as
having passed a break tank.  Buffers for washing and regeneration are not counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType

from twin.chromatography.pcc import PeriodicCapture
from twin.units.material import NOTHING, Material, lot, mixed
from twin.units.unit import PRODUCT, WASTE, Delivery, Parcel, positive, shares

BINDING = ("product", "aggregate")
COMES_ALONG: Mapping[str, float] = MappingProxyType(
    {"host_protein": 10.0**-2.5, "dna": 1e-3, "virus": 1e-3}
)
ELUTION_COLUMNS = 2.5
LIGAND_G_PER_G = 10e-6


class Capture:
    """Feeds a ``PeriodicCapture``; its eluates leave as pools."""

    def __init__(
        self,
        name: str,
        columns: PeriodicCapture,
        *,
        comes_along: Mapping[str, float] = COMES_ALONG,
        elution_min: float = 15.0,
    ) -> None:
        shares(name, **comes_along)
        positive(name, elution_min=elution_min)
        self.name = name
        self.columns = columns
        self.comes_along = comes_along
        self.elution_min = elution_min
        self._on = deque([NOTHING] * columns.design.n_columns)

    @property
    def content(self) -> Material:
        """What is on the columns."""
        return mixed(self._on)

    @property
    def on_columns(self) -> tuple[Material, ...]:
        """What is on each column, the one to be eluted next first."""
        return tuple(self._on)

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Load a parcel; eluates of the cycles that it completes leave."""
        deliveries: list[Delivery] = []
        rest, minutes = parcel.material, parcel.minutes
        while rest.volume_l > 0.0:
            volume = rest.volume_l
            part, rest = rest.taken(min(volume, self.columns.until_switch_l))
            share = part.volume_l / volume
            deliveries += self._loaded(part, minutes * share)
            minutes -= minutes * share
        return deliveries

    def _loaded(self, part: Material, minutes: float) -> list[Delivery]:
        binding = dict.fromkeys(BINDING, 1.0)
        bound, passed = part.separated({**binding, **self.comes_along}, others=0.0)
        before = self.columns.on_columns_g
        position, catchers = self.columns.fed_position, self.columns.catchers
        loaded_g = sum(part.amount(name) for name in BINDING)
        cycles = self.columns.push(part.volume_l, loaded_g / part.volume_l)
        after = [*self.columns.on_columns_g]
        if cycles:
            # the columns have moved on by one place and the last was eluted
            after = [cycles[-1].eluted_g, *after[:-1]]
        self._on[position] = self._on[position] + bound
        lost = self._passed_on(before, after, position, loaded_g, catchers)
        deliveries = [Delivery(WASTE, passed + lost, minutes)]
        if cycles:
            eluate = self._on.popleft()
            self._on.append(NOTHING)
            pool = self._pool(eluate)
            deliveries.append(Delivery(PRODUCT, pool, self.elution_min, self.elution_min))
        return deliveries

    def _passed_on(
        self,
        before: tuple[float, ...],
        after: list[float],
        position: int,
        loaded_g: float,
        catchers: tuple[int | None, ...],
    ) -> Material:
        """Move what has broken through to the column that caught it; what none caught."""
        lost = NOTHING
        coming = [0.0] * len(self._on)
        coming[position] = loaded_g
        for at, held_before in enumerate(before):
            held = held_before + coming[at]
            leaving = min(max(held - after[at], 0.0), held)
            share = leaving / held if held > 0.0 else 0.0
            moved, self._on[at] = self._on[at].separated(dict.fromkeys(BINDING, share), others=0.0)
            catcher = catchers[at]
            if catcher is None:
                lost = lost + moved
            else:
                self._on[catcher] = self._on[catcher] + moved
                coming[catcher] += leaving
        return lost

    def _pool(self, eluate: Material) -> Material:
        bed = self.columns.design.bed
        antibody = sum(eluate.amount(name) for name in BINDING)
        buffer = lot(
            "elution buffer",
            ELUTION_COLUMNS * bed.volume_l,
            leached_ligand=antibody * LIGAND_G_PER_G,
        )
        return eluate + buffer
