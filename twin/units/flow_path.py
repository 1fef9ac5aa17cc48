"""A flow path that is always full: what enters pushes as much out, spread by its residence time.

Tanks in series are solved exactly for a parcel of constant composition: matter hops from tank to
tank as a Poisson process of the litres that flow, so each tank's share of what was in it, or came
in, that has moved on is a Poisson probability.  All weights are shares that add to one, so nothing
is ever negative and every lot is kept to rounding.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.units.material import N_COLUMNS, Material
from twin.units.residence_time import ResidenceTime
from twin.units.unit import PRODUCT, Delivery, Parcel, UnitRefused

Array = NDArray[np.float64]
LARGEST_PART = 0.5  # of the path's volume; larger parcels go in parts


class FlowPath:
    """A full pipe, loop or packed bed.

    Args:
        name: of the unit.
        residence_time: its volume and tanks.
        primed_with: what fills it at the start.

    Raises:
        UnitRefused: the filling is not as large as the path.
    """

    def __init__(self, name: str, residence_time: ResidenceTime, primed_with: Material) -> None:
        if not math.isclose(primed_with.volume_l, residence_time.volume_l, rel_tol=1e-9):
            raise UnitRefused(
                name,
                f"holds {residence_time.volume_l:g} L, can't be primed with "
                f"{primed_with.volume_l:g} L",
            )
        self.name = name
        self.residence_time = residence_time
        self._lots = list(primed_with.lots)
        share = primed_with.amounts / residence_time.n_tanks
        self._tanks = np.repeat(share[None], residence_time.n_tanks, axis=0)

    @property
    def content(self) -> Material:
        """What is in the path."""
        return Material(tuple(self._lots), self._tanks.sum(axis=0))

    def push(self, material: Material) -> Material:
        """Let material in; as many litres of what leaves.

        Raises:
            UnitRefused: the material has substances but no volume to carry them.
        """
        volume = material.volume_l
        if material.is_empty:
            return material
        if not volume > 0.0:
            raise UnitRefused(self.name, "what flows in has no volume")
        n_parts = math.ceil(volume / (LARGEST_PART * self.residence_time.volume_l))
        entering = self._rows(material) / n_parts
        hops = volume / n_parts * self.residence_time.n_tanks / self.residence_time.volume_l
        stay, enter, leave, leave_at_once = _weights(self.residence_time.n_tanks, hops)
        left = np.zeros_like(entering)
        n_tanks = self.residence_time.n_tanks
        for _ in range(n_parts):
            tanks = self._tanks.reshape(n_tanks, -1)
            left += (leave @ tanks).reshape(entering.shape) + leave_at_once * entering
            kept = stay @ tanks + np.outer(enter, entering.ravel())
            self._tanks = kept.reshape(n_tanks, *entering.shape)
        return Material(tuple(self._lots), left)

    def receive(self, parcel: Parcel) -> list[Delivery]:
        """Push a parcel through."""
        return [Delivery(PRODUCT, self.push(parcel.material), parcel.minutes)]

    def _rows(self, material: Material) -> Array:
        """The amounts in the order of this path's lots, which grow by those that are new."""
        for name in material.lots:
            if name not in self._lots:
                self._lots.append(name)
        missing = len(self._lots) - self._tanks.shape[1]
        if missing:
            self._tanks = np.pad(self._tanks, ((0, 0), (0, missing), (0, 0)))
        rows = np.zeros((len(self._lots), N_COLUMNS))
        for name, row in zip(material.lots, material.amounts, strict=True):
            rows[self._lots.index(name)] += row
        return rows


@lru_cache(maxsize=64)
def _weights(n_tanks: int, hops: float) -> tuple[Array, Array, Array, float]:
    """Shares that stay and enter per tank, shares that leave per tank, and straight through.

    ``hops`` is the mean number of tanks that matter moves on.
    """
    steps = np.arange(n_tanks)
    logs = steps * math.log(hops) - hops - np.array([math.lgamma(k + 1.0) for k in range(n_tanks)])
    exactly = np.exp(logs)
    at_most = np.minimum(np.cumsum(exactly), 1.0)
    distance = steps[:, None] - steps[None, :]
    stay = np.where(distance >= 0, exactly[np.abs(distance)], 0.0)
    leave = 1.0 - stay.sum(axis=0)
    # what enters evenly over the parcel: the mean of the Poisson probability over 0 .. hops
    enter = np.maximum(1.0 - at_most, 0.0) / hops
    return stay, enter, np.maximum(leave, 0.0), max(1.0 - float(enter.sum()), 0.0)
