"""Cuts a column into cells along its length and its beads into shells, in finite volumes.

The convective flux through a face is the mean of its neighbours (second order, no wiggles while a
cell's Peclet number is at most 2); ``upwind`` 1 takes the upstream cell (first order, always smooth
and more dispersed).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.chromatography.resin import Resin, ResinRefused

Array = NDArray[np.float64]


class GridRefused(ResinRefused):
    """The grid is too coarse for the column, or no grid at all."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers of cells and shells, and how much the convective flux looks upstream (0 .. 1)."""

    n_cells: int = 64
    n_shells: int = 8
    upwind: float = 0.0

    def __post_init__(self) -> None:
        if self.n_cells < 2 or self.n_shells < 2:
            raise GridRefused(f"a grid needs 2 cells and 2 shells at least, got {self}")
        if not 0.0 <= self.upwind <= 1.0:
            raise GridRefused(f"upwind must be within 0 .. 1, got {self.upwind!r}")

    @property
    def n_states(self) -> int:
        """Unknowns: per cell the liquid, and per shell the pore liquid and two bound amounts."""
        return self.n_cells * (1 + 3 * self.n_shells)

    def check(self, resin: Resin, length_cm: float) -> None:
        """Refuse a grid on which the convective flux would oscillate.

        Raises:
            GridRefused: the cell's Peclet number is above 2; says how many cells are needed.
        """
        peclet = length_cm / (resin.void_share * resin.dispersion_cm)
        needed = peclet * (1.0 - self.upwind) / 2.0
        if self.n_cells < needed:
            raise GridRefused(
                f"{self.n_cells} cells are too few for a column of Peclet number {peclet:.0f}: "
                f"take {int(np.ceil(needed))} or more, or upwind=1"
            )


DEFAULT_GRID = Grid()
"""Within 0.1 % of a grid twice as fine in the dynamic capacity of the Protein A column."""


def shells(n_shells: int) -> tuple[Array, Array]:
    """Relative volumes (n,) of shells of equal thickness, and areas (n + 1,) of their faces.

    Volumes sum to 1; areas are per bead volume, in units of 1 / bead radius, 3 at the surface.
    """
    edges = np.linspace(0.0, 1.0, n_shells + 1)
    return np.diff(edges**3), 3.0 * edges**2
