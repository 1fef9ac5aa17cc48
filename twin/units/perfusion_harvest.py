"""Harvest of a perfusion culture, parcel by parcel, from the kinetics.

The membrane keeps cells, so the harvest needs no clarification.  Host protein and DNA per gram of
product, and aggregate, are assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.model import Values
from twin.units.material import lot
from twin.units.unit import Parcel, positive

HARVESTED = CHO_PERFUSION.state_index("harvested")
PRODUCT_HARVESTED = CHO_PERFUSION.state_index("product_harvested")


@dataclass(frozen=True, slots=True)
class Impurities:
    """Amounts per gram of antibody in the harvest; aggregate is a share of the antibody."""

    aggregate_share: float = 0.03
    host_protein_g_per_g: float = 0.3
    dna_g_per_g: float = 1e-3
    virus_1e9_per_g: float = 1e-3


def perfusion_harvest(
    x0: Values,
    inputs_at: Callable[[float], Values],
    p: Values,
    *,
    hours: float,
    interval_h: float,
    lot_at: Callable[[float], str],
    impurities: Impurities | None = None,
) -> Iterator[Parcel]:
    """Parcels of harvest, one per interval.

    ``inputs_at`` and ``lot_at`` give the culture's inputs and the lot's name at the hour at which
    an interval begins.

    Raises:
        UnitRefused: the interval or the hours are not positive.
        IntegrationFailed: the culture can't be integrated.
    """
    from twin.integrate import Integrator, compiled

    positive("perfusion harvest", hours=hours, interval_h=interval_h)
    each = impurities or Impurities()
    solver = Integrator(compiled(CHO_PERFUSION))
    x = x0
    for interval in range(round(hours / interval_h)):
        t_h = interval * interval_h
        after, _ = solver.advance(x, inputs_at(t_h), p, t_h, t_h + interval_h)
        antibody = float(after[PRODUCT_HARVESTED] - x[PRODUCT_HARVESTED])
        material = lot(
            lot_at(t_h),
            float(after[HARVESTED] - x[HARVESTED]),
            product=antibody * (1.0 - each.aggregate_share),
            aggregate=antibody * each.aggregate_share,
            host_protein=antibody * each.host_protein_g_per_g,
            dna=antibody * each.dna_g_per_g,
            virus=antibody * each.virus_1e9_per_g,
        )
        x = tuple(after.tolist())
        yield Parcel(material, 60.0 * interval_h)
