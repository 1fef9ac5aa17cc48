"""The composition a Raman probe looks at, from the states of a culture.

A culture model knows glucose, lactate, glutamine, antibody and cells. What else scatters is derived
from these by assumption: glutamate from what cells release, phenylalanine as a share of the amino
acids that glutamine stands for, and host-cell protein from dead cells. Ammonia has no band here: in
the fingerprint range the ammonium ion scatters too weakly (assumption).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.device import Floats
from twin.pat.raman.bands import COMPONENTS, NAMES

GLUTAMATE_AT_START_MM = 1.0
GLUTAMATE_MM_PER_CELLS = 0.08  # per 1e9 viable cells/L
PHENYLALANINE_AT_START_MM = 0.3
PHENYLALANINE_PER_GLUTAMINE = 0.15
HOST_PROTEIN_G_PER_DEAD = 0.08  # g per 1e9 dead cells
HOST_PROTEIN_G_PER_VIABLE = 0.01  # g per 1e9 viable cells

STATES = ("glucose", "lactate", "glutamine", "product", "viable_cells", "dead_cells")


class WrongComposition(ValueError):
    """A composition is incomplete, of the wrong shape or negative; says which and why."""


def composition(states: Mapping[str, Floats]) -> Floats:
    """Return the composition, (n, number of components), from a culture's states, each (n,).

    Uses `STATES` with the units of `twin.kinetics.cho_parameters`: mmol/L, g/L, 1e9 cells/L.

    Raises:
        WrongComposition: a state is missing.
    """
    missing = [name for name in STATES if name not in states]
    if missing:
        raise WrongComposition(f"no state {missing[0]!r}; a composition needs {list(STATES)}")
    viable, dead = states["viable_cells"], states["dead_cells"]
    glutamine = states["glutamine"]
    found = {
        "glucose": states["glucose"],
        "lactate": states["lactate"],
        "glutamine": glutamine,
        "glutamate": GLUTAMATE_AT_START_MM + GLUTAMATE_MM_PER_CELLS * viable,
        "phenylalanine": PHENYLALANINE_AT_START_MM + PHENYLALANINE_PER_GLUTAMINE * glutamine,
        "antibody": states["product"],
        "host_protein": HOST_PROTEIN_G_PER_DEAD * dead + HOST_PROTEIN_G_PER_VIABLE * viable,
        "viable_cells": viable,
        "dead_cells": dead,
    }
    return np.column_stack([found[name] for name in NAMES])


def checked(rows: Floats, times_s: Floats) -> None:
    """Check a composition, (n, number of components), and its times, (n,) in rising order.

    Raises:
        WrongComposition: a shape, a negative or infinite value, or times that go back.
    """
    if rows.ndim != 2 or rows.shape[1] != len(COMPONENTS) or times_s.shape != rows.shape[:1]:
        raise WrongComposition(
            f"composition and times have the shapes {rows.shape} and {times_s.shape}; "
            f"must be (n, {len(COMPONENTS)}) in the order {list(NAMES)}, and (n,)"
        )
    wrong = np.argwhere(~(rows >= 0.0) | np.isinf(rows))
    if len(wrong):
        row, column = wrong[0]
        raise WrongComposition(
            f"{NAMES[column]} in row {row} is {rows[row, column]} {COMPONENTS[column].unit}; "
            f"must be 0 or more and finite"
        )
    if np.any(np.diff(times_s) < 0.0):
        raise WrongComposition("times of a composition go back; must be in rising order")
