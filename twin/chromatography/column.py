"""A packed column that is loaded, washed and eluted.

Loading follows the general rate model; so does washing, as loading of buffer.  Elution is complete
and quick: what the column holds comes out in a pool (assumption).  Ageing enters as a factor on
the capacity of both kinds of sites.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from twin.chromatography.grid import DEFAULT_GRID, Array, Grid, shells
from twin.chromatography.resin import Resin, ResinRefused

FIRST_STEP_MIN = 1e-3
MAX_STEPS = 100_000


class ColumnFailed(ArithmeticError):
    """The column's equations could not be integrated."""


class Passed(NamedTuple):
    """What left a column: grams, litres, and (outlet g/L, grams so far) at the times asked for."""

    mass_g: float
    volume_l: float
    outlet: Array


@dataclass(frozen=True, slots=True)
class Bed:
    """The packing of a column: resin, length, volume and the grid it is computed on.

    Raises:
        ResinRefused: length or volume is not positive.
        GridRefused: the grid is too coarse.
    """

    resin: Resin
    length_cm: float
    volume_l: float
    grid: Grid = DEFAULT_GRID

    def __post_init__(self) -> None:
        for name in ("length_cm", "volume_l"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0.0):
                raise ResinRefused(f"column: {name} must be positive, got {value!r}")
        self.grid.check(self.resin, self.length_cm)


class Column:
    """One column with its present state.

    Args:
        bed: packing.
        capacity_factor: capacity over that of new resin.
        rtol: relative tolerance of the integration; absolute ones are ``rtol`` times 1 g/L.

    Raises:
        ResinRefused: the capacity factor is not within 0 .. 1.
    """

    def __init__(self, bed: Bed, *, capacity_factor: float = 1.0, rtol: float = 1e-4) -> None:
        self.bed = bed
        self.rtol = rtol
        self._inward, self._outward, self._weights = _geometry(bed)
        self._x = np.zeros(bed.grid.n_states + 1)
        self._step_min = FIRST_STEP_MIN
        self.capacity_factor = capacity_factor

    @property
    def capacity_factor(self) -> float:
        """Capacity over that of new resin, 0 .. 1."""
        return self._capacity_factor

    @capacity_factor.setter
    def capacity_factor(self, value: float) -> None:
        if not 0.0 < value <= 1.0:
            raise ResinRefused(f"capacity_factor must be above 0 and at most 1, got {value!r}")
        self._capacity_factor = value

    @property
    def held_g(self) -> float:
        """Product between the beads, in their pores and bound."""
        return float(self._weights @ self._x[:-1]) * self.bed.volume_l

    @property
    def outlet_g_per_l(self) -> float:
        """Present concentration at the outlet."""
        return float(self._x[-2 - 3 * self.bed.grid.n_shells])

    def load(
        self,
        concentration_g_per_l: float,
        flow_l_per_min: float,
        minutes: float,
        out_times_min: ArrayLike = (),
    ) -> Passed:
        """Push solution through the column; ``out_times_min`` count from now, ascending.

        Raises:
            ResinRefused: the flow is not positive, or concentration or time is negative.
            ColumnFailed: the tolerances can't be met.
        """
        from twin.chromatography.general_rate import DONE, N_WORK, advance

        for name, value in (("concentration", concentration_g_per_l), ("time", minutes)):
            if not (math.isfinite(value) and value >= 0.0):
                raise ResinRefused(f"loading: {name} must not be negative, got {value!r}")
        if not (math.isfinite(flow_l_per_min) and flow_l_per_min > 0.0):
            raise ResinRefused(f"loading: the flow must be positive, got {flow_l_per_min!r} L/min")
        grid = self.bed.grid
        times = np.ascontiguousarray(out_times_min, float)
        outlet = np.empty((times.size, 2))
        velocity = flow_l_per_min / self.bed.volume_l * self.bed.length_cm
        self._x[-1] = 0.0
        status, self._step_min = advance(
            self._x,
            _constants(self.bed, velocity, concentration_g_per_l, self._capacity_factor),
            self._inward,
            self._outward,
            grid.n_cells,
            grid.n_shells,
            float(minutes),
            self._step_min,
            self.rtol,
            self.rtol,
            MAX_STEPS,
            times,
            outlet,
            np.empty((N_WORK, self._x.size)),
        )
        if status != DONE:
            raise ColumnFailed(
                f"a column loaded with {concentration_g_per_l:g} g/L at {velocity:g} cm/min "
                f"can't be integrated to rtol {self.rtol:g}"
            )
        area_dm2 = self.bed.volume_l / self.bed.length_cm
        outlet[:, 1] *= area_dm2
        return Passed(float(self._x[-1]) * area_dm2, flow_l_per_min * minutes, outlet)

    def empty(self) -> float:
        """Elute and regenerate: the column is as new but for its age; grams that it held."""
        held = self.held_g
        self._x[:] = 0.0
        self._step_min = FIRST_STEP_MIN
        return held


def _geometry(bed: Bed) -> tuple[Array, Array, Array]:
    """Exchange between shells (1/min) and the weight of each state in the column's content."""
    resin, n_shells = bed.resin, bed.grid.n_shells
    volumes, areas = shells(n_shells)
    exchange = resin.pore_diffusivity_cm2_per_min / resin.bead_radius_cm**2 * n_shells
    inward = exchange * areas[:-1] / volumes
    outward = exchange * areas[1:] / volumes
    beads = resin.bead_share * resin.open_share * volumes
    cell = np.concatenate([[resin.void_share], beads, np.tile(beads / resin.pore_share, 2)])
    return inward, outward, np.tile(cell / bed.grid.n_cells, bed.grid.n_cells)


def _constants(bed: Bed, velocity: float, inlet: float, capacity_factor: float) -> Array:
    """The constants of ``general_rate``, in its order."""
    resin, grid = bed.resin, bed.grid
    cell_cm = bed.length_cm / grid.n_cells
    half_shell = bed.resin.bead_radius_cm / grid.n_shells / 2.0
    film = 1.0 / (
        1.0 / resin.film_cm_per_min(velocity) + half_shell / resin.pore_diffusivity_cm2_per_min
    )
    surface = 3.0 / resin.bead_radius_cm
    return np.array(
        [
            velocity / resin.void_share / cell_cm,
            resin.dispersion_cm * velocity / cell_cm**2,
            resin.bead_share / resin.void_share * surface * film * resin.open_share,
            surface * film / shells(grid.n_shells)[0][-1],
            1.0 / resin.pore_share,
            resin.rate_fast_l_per_g_min,
            resin.rate_slow_l_per_g_min,
            capacity_factor * resin.capacity_fast_g_per_l,
            capacity_factor * resin.capacity_slow_g_per_l,
            1.0 / resin.affinity_l_per_g,
            inlet,
            grid.upwind,
            velocity,
        ]
    )
