"""Breakthrough of a column under constant load, and its dynamic binding capacity.

Loads count from the moment that solution enters: what fills the empty column is part of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.chromatography.column import Bed, Column
from twin.chromatography.grid import Array
from twin.chromatography.isotherm import static_capacity_g_per_l
from twin.chromatography.resin import ResinRefused

N_POINTS = 2000
LONGEST_LOAD = 1.5  # of what the column holds at equilibrium


@dataclass(frozen=True, slots=True, eq=False)
class Breakthrough:
    """A breakthrough curve.

    Attributes:
        load_g_per_l: product loaded per litre of column, shape (n,).
        share: outlet over feed concentration, shape (n,).
        passed_g_per_l: product that has left per litre of column, shape (n,).
        imbalance: mass in less mass out less mass held, over mass in, at the end.
    """

    load_g_per_l: Array
    share: Array
    passed_g_per_l: Array
    imbalance: float

    def load_at(self, share: float) -> float:
        """Load (g/L column) at which the outlet first reaches that share of the feed.

        Raises:
            ResinRefused: the curve doesn't reach it.
        """
        reached = np.flatnonzero(self.share >= share)
        if not (share > 0.0 and reached.size):
            raise ResinRefused(
                f"the breakthrough curve runs to {self.share[-1]:.3g}, not to {share!r}"
            )
        at = max(int(reached[0]), 1)
        return float(
            np.interp(share, self.share[at - 1 : at + 1], self.load_g_per_l[at - 1 : at + 1])
        )


def breakthrough(
    bed: Bed,
    *,
    feed_g_per_l: float,
    residence_min: float,
    capacity_factor: float = 1.0,
    load_g_per_l: float | None = None,
) -> Breakthrough:
    """Load an empty column at constant flow.

    ``residence_min`` is the empty-column residence time, ``load_g_per_l`` how far to load (left
    out: 1.5 times what the column holds at equilibrium).

    Raises:
        ResinRefused: the feed, the residence time or the load is not positive.
        ColumnFailed: the equations can't be integrated.
    """
    if load_g_per_l is None:
        load_g_per_l = LONGEST_LOAD * static_capacity_g_per_l(bed.resin, feed_g_per_l)
    for name, value in (
        ("feed_g_per_l", feed_g_per_l),
        ("residence_min", residence_min),
        ("load_g_per_l", load_g_per_l),
    ):
        if not 0.0 < value < np.inf:
            raise ResinRefused(f"breakthrough: {name} must be positive, got {value!r}")
    minutes = load_g_per_l / feed_g_per_l * residence_min
    column = Column(bed, capacity_factor=capacity_factor)
    times = np.linspace(0.0, minutes, N_POINTS + 1)[1:]
    passed = column.load(feed_g_per_l, bed.volume_l / residence_min, minutes, times)
    loaded = load_g_per_l * bed.volume_l
    return Breakthrough(
        load_g_per_l=times / minutes * load_g_per_l,
        share=passed.outlet[:, 0] / feed_g_per_l,
        passed_g_per_l=passed.outlet[:, 1] / bed.volume_l,
        imbalance=(loaded - passed.mass_g - column.held_g) / loaded,
    )


def dynamic_binding_capacity(
    bed: Bed,
    *,
    feed_g_per_l: float,
    residence_min: float,
    share: float = 0.1,
    capacity_factor: float = 1.0,
) -> float:
    """Load (g/L column) at which the outlet reaches ``share`` of the feed; raises as above."""
    curve = breakthrough(
        bed,
        feed_g_per_l=feed_g_per_l,
        residence_min=residence_min,
        capacity_factor=capacity_factor,
    )
    return curve.load_at(share)
