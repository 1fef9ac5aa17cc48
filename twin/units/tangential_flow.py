"""Ultrafiltration and diafiltration of a pool: to a concentration, through buffer, and again.

A solute of sieving ``S`` leaves by ``(V1/V0)**S`` while a well mixed retentate is concentrated
(standard), and by ``exp(-S N)`` while it is washed with ``N`` volumes (``diafiltration``).  Water
passes freely, so each lot's litres wash out as a small solute does.  The flux and the sieving of
each substance are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from twin.kinetics.diafiltration import remaining_share
from twin.units.material import NOTHING, SUBSTANCES, Material, lot
from twin.units.unit import PRODUCT, WASTE, Delivery, Parcel, UnitRefused, positive, shares

SIEVING: Mapping[str, float] = MappingProxyType(
    {
        "product": 0.0005,
        "aggregate": 0.0,
        "conjugate": 0.0005,
        "host_protein": 0.2,
        "dna": 0.0,
        "leached_ligand": 0.1,
        "cells": 0.0,
        "virus": 0.0,
        "inactivated_virus": 0.0,
        "free_drug": 1.0,
    }
)


class TangentialFlow:
    """Concentrates a pool, washes it, and brings it to its final concentration.

    Args:
        name: of the unit.
        wash_at_g_per_l, final_g_per_l: antibody (with or without drug) while washing, at the end.
        diavolumes: volumes of buffer per volume.
        area_m2, flux_l_per_m2_h: of the membrane.
        sieving: permeate over retentate, for each substance.

    Raises:
        UnitRefused: a number is not possible, or a substance has no sieving.
    """

    def __init__(
        self,
        name: str,
        *,
        wash_at_g_per_l: float = 50.0,
        final_g_per_l: float = 50.0,
        diavolumes: float = 7.0,
        area_m2: float = 1.0,
        flux_l_per_m2_h: float = 40.0,
        sieving: Mapping[str, float] = SIEVING,
    ) -> None:
        positive(
            name,
            wash_at_g_per_l=wash_at_g_per_l,
            final_g_per_l=final_g_per_l,
            area_m2=area_m2,
            flux_l_per_m2_h=flux_l_per_m2_h,
        )
        shares(name, **sieving)
        if set(sieving) != set(SUBSTANCES):
            raise UnitRefused(name, f"needs a sieving for each of {', '.join(SUBSTANCES)}")
        self.name = name
        self.wash_at_g_per_l = wash_at_g_per_l
        self.final_g_per_l = final_g_per_l
        self.diavolumes = diavolumes
        self.permeate_l_per_min = area_m2 * flux_l_per_m2_h / 60.0
        self.sieving = sieving
        remaining_share(diavolumes)

    @property
    def content(self) -> Material:
        """Nothing between pools."""
        return NOTHING

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Process a pool; it leaves when as much permeate has passed as it takes."""
        pool, first = self._concentrated(parcel.material, self.wash_at_g_per_l)
        pool, second = self._washed(pool)
        pool, third = self._concentrated(pool, self.final_g_per_l)
        permeate = first + second + third
        minutes = permeate.volume_l / self.permeate_l_per_min
        return [
            Delivery(PRODUCT, pool, parcel.minutes, after_min=minutes),
            Delivery(WASTE, permeate, minutes),
        ]

    def _concentrated(self, pool: Material, g_per_l: float) -> tuple[Material, Material]:
        """Retentate and permeate; a pool that is denser already stays as it is."""
        volume = pool.volume_l
        antibody = pool.amount("product") + pool.amount("conjugate")
        ratio = min(antibody / g_per_l / volume, 1.0) if volume > 0.0 else 1.0
        if not ratio > 0.0:
            raise UnitRefused(self.name, "a pool without antibody can't be concentrated")
        kept = {name: ratio**s for name, s in self.sieving.items()}
        return pool.separated({**kept, "volume": ratio}, others=0.0)

    def _washed(self, pool: Material) -> tuple[Material, Material]:
        """Retentate and permeate of the wash at constant volume."""
        volume = pool.volume_l
        kept = {name: remaining_share(self.diavolumes, s) for name, s in self.sieving.items()}
        water = remaining_share(self.diavolumes)
        retentate, permeate = pool.separated({**kept, "volume": water}, others=0.0)
        # what has passed, less the water that it came from, is buffer, and so is what replaced it
        stays = lot("diafiltration buffer", volume * (1.0 - water))
        passes = lot("diafiltration buffer", volume * (self.diavolumes - 1.0 + water))
        return retentate + stays, permeate + passes
