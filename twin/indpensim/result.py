"""What a batch of IndPenSim left behind: trajectories, manipulated variables, penicillin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.indpensim.equations import INDPENSIM
from twin.indpensim.recipe import SAMPLE_H

Array = NDArray[np.float64]
REGIONS = ("a0", "a1", "a3", "a4")
N_MANIPULATED = 11


@dataclass(frozen=True, eq=False)
class BatchResult:
    """A batch, or what has been run of it: one row per sample, every 12 minutes from 0.2 h on.

    Attributes:
        times_h: ends of the samples, shape (n,).
        state_rows: states at those times, shape (n, 33), columns as in ``INDPENSIM.states``.
        input_rows: what held during the sample that ended then, shape (n, 21), columns as in
            ``INDPENSIM.inputs``.
        is_faulty: whether a fault was active during the sample, shape (n,).
        parameters: constants of the equations at the end, in the order of the model's.
    """

    times_h: Array
    state_rows: Array
    input_rows: Array
    is_faulty: NDArray[np.bool_]
    parameters: tuple[float, ...]

    @cached_property
    def states(self) -> Mapping[str, Array]:
        """Every state over time by its name, shape (n,) each, in the model's units."""
        return {s.name: self.state_rows[:, k] for k, s in enumerate(INDPENSIM.states)}

    @cached_property
    def manipulated(self) -> Mapping[str, Array]:
        """Every flow and set-point over time by its name, shape (n,) each, in the model's units."""
        names = [entry.name for entry in INDPENSIM.inputs[:N_MANIPULATED]]
        return {name: self.input_rows[:, k] for k, name in enumerate(names)}

    @cached_property
    def disturbances(self) -> Mapping[str, Array]:
        """Every disturbance over time by its input's name, shape (n,) each."""
        return {
            entry.name: self.input_rows[:, k]
            for k, entry in enumerate(INDPENSIM.inputs)
            if entry.name.startswith("d_")
        }

    @property
    def ph(self) -> Array:
        """PH of the broth, shape (n,)."""
        return 6.0 - np.log10(self.states["hydrogen_ion"])

    @property
    def biomass_g_per_l(self) -> Array:
        """Biomass of all regions, shape (n,)."""
        total: Array = np.sum([self.states[name] for name in REGIONS], axis=0)
        return total

    @property
    def discharged_kg(self) -> float:
        """Penicillin drawn off with broth, at each sample's final titer (as published)."""
        drawn = self.manipulated["discharge"] * self.states["penicillin"]
        return float(drawn.sum()) * SAMPLE_H / 1000.0

    @property
    def yield_kg(self) -> float:
        """Penicillin in the vessel at the end and drawn off before."""
        if not self.times_h.size:
            return 0.0
        in_vessel = self.states["volume"][-1] * self.states["penicillin"][-1] / 1000.0
        return float(in_vessel) + self.discharged_kg
