"""Harvest of a culture: a disk-stack centrifuge and a depth filter.

The centrifuge takes cells out in a wet sediment, which keeps its share of the liquid; shear breaks
some cells and sets free host protein and DNA.  The filter keeps what is left of the cells and some
of the rest, and is flushed.  Every figure is an assumption.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from twin.units.material import NOTHING, Material, lot
from twin.units.unit import PRODUCT, WASTE, Delivery, Parcel, positive, shares

HOST_PROTEIN_G_PER_1E9_CELLS = 0.15
DNA_G_PER_1E9_CELLS = 0.007


@dataclass(frozen=True, slots=True)
class Clarification:
    """Settings of centrifuge and filter."""

    cells_removed: float = 0.998
    sediment_l_per_1e9_cells: float = 0.004
    lysed_share: float = 0.02
    filter_passes_product: float = 0.98
    filter_passes_host_protein: float = 0.7
    filter_passes_dna: float = 0.3
    filter_passes_cells: float = 0.0
    filter_capacity_l_per_m2: float = 150.0
    flush_l_per_m2: float = 10.0
    flow_l_per_min: float = 10.0

    def __post_init__(self) -> None:
        shares(
            "clarification",
            cells_removed=self.cells_removed,
            lysed_share=self.lysed_share,
            filter_passes_product=self.filter_passes_product,
            filter_passes_host_protein=self.filter_passes_host_protein,
            filter_passes_dna=self.filter_passes_dna,
            filter_passes_cells=self.filter_passes_cells,
        )
        positive(
            "clarification",
            sediment_l_per_1e9_cells=self.sediment_l_per_1e9_cells,
            filter_capacity_l_per_m2=self.filter_capacity_l_per_m2,
            flush_l_per_m2=self.flush_l_per_m2,
            flow_l_per_min=self.flow_l_per_min,
        )


class Harvest:
    """Clarifies broth."""

    def __init__(self, name: str, clarification: Clarification | None = None) -> None:
        self.name = name
        self.clarification = clarification or Clarification()

    @property
    def content(self) -> Material:
        """Nothing between pools."""
        return NOTHING

    def filter_area_m2(self, broth: Material) -> int:
        """Whole square metres that a pool needs."""
        return math.ceil(broth.volume_l / self.clarification.filter_capacity_l_per_m2)

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Clarify a pool; the sediment, with its liquid, and what the filter keeps are waste."""
        c = self.clarification
        broth = parcel.material
        broth = broth.converted(
            "cells",
            c.lysed_share,
            host_protein=HOST_PROTEIN_G_PER_1E9_CELLS,
            dna=DNA_G_PER_1E9_CELLS,
        )
        sediment_l = broth.amount("cells") * c.cells_removed * c.sediment_l_per_1e9_cells
        wet = min(sediment_l / broth.volume_l, 1.0) if broth.volume_l > 0.0 else 0.0
        centrate, sediment = broth.separated({"cells": 1.0 - c.cells_removed}, others=1.0 - wet)
        filtrate, kept = centrate.separated(
            {
                "product": c.filter_passes_product,
                "host_protein": c.filter_passes_host_protein,
                "dna": c.filter_passes_dna,
                "cells": c.filter_passes_cells,
            },
            others=1.0,
        )
        flush = lot("flush buffer", self.filter_area_m2(broth) * c.flush_l_per_m2)
        minutes = centrate.volume_l / c.flow_l_per_min
        return [
            Delivery(PRODUCT, filtrate + flush, minutes),
            Delivery(WASTE, sediment + kept, minutes),
        ]
