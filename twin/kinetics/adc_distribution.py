"""Drug load of an ADC: shares of antibodies with 0, 1, 2, ... drugs, and their mean (the DAR).

Bonds are independent of one another, so the distribution of an antibody is the convolution of those
of its bonds.  This is exact for the kinetics of ``adc_conjugation``; real antibodies deviate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from twin.kinetics.model import Values

BondLoad = tuple[float, float, float]
"""Shares of a bond's population that carry no, one and two drugs."""

N_BONDS = 4
"""Interchain disulfides of an IgG1: two heavy-light, two heavy-heavy."""

ROUNDING = 1e-9


class NotADistribution(ValueError):
    """Shares are negative, don't sum to one, or a mean can't be reached."""


def dar_distribution(bonds: Sequence[BondLoad]) -> tuple[float, ...]:
    """Shares of antibodies with 0, 1, ... ``2 len(bonds)`` drugs.

    Raises:
        NotADistribution: a bond's shares are negative or don't sum to one.
    """
    loads = [1.0]
    for bond in bonds:
        if min(bond) < -ROUNDING or not math.isclose(sum(bond), 1.0, abs_tol=ROUNDING):
            raise NotADistribution(f"shares of a bond must sum to one, got {bond!r}")
        mixed = [0.0] * (len(loads) + 2)
        for carried, share in enumerate(loads):
            for more, probability in enumerate(bond):
                mixed[carried + more] += share * probability
        loads = mixed
    return tuple(loads)


def binomial_distribution(mean_dar: float, n_bonds: int = N_BONDS) -> tuple[float, ...]:
    """The distribution at that mean if all bonds are alike and every reduced one carries two drugs.

    Raises:
        NotADistribution: the mean is outside 0 .. ``2 n_bonds``.
    """
    if not 0.0 <= mean_dar <= 2.0 * n_bonds:
        raise NotADistribution(f"a mean DAR must be within 0 .. {2 * n_bonds}, got {mean_dar!r}")
    loaded = mean_dar / (2.0 * n_bonds)
    return dar_distribution([(1.0 - loaded, 0.0, loaded)] * n_bonds)


def mean_dar(distribution: Sequence[float]) -> float:
    """Mean number of drugs per antibody."""
    return math.fsum(load * share for load, share in enumerate(distribution))


def bond_loads(x: Values) -> tuple[BondLoad, ...]:
    """Loads of the four bonds, from the states of ``adc_conjugation``.

    Raises:
        NotADistribution: there is no antibody.
    """
    return tuple(_load(x[first : first + 4]) for first in (0, 0, 4, 4))


def _load(states: Values) -> BondLoad:
    intact, open_, one, two = (float(value) for value in states)
    total = intact + open_ + one + two
    if not total > 0.0:
        raise NotADistribution("there is no antibody to carry drugs")
    return (intact + open_) / total, one / total, two / total
