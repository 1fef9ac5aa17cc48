"""Material: litres and what they hold, with every litre and gram known by the lot it came from.

Mixing adds, separating splits; nothing else touches an amount, so volume, every substance and every
lot are kept to rounding through any sequence of units.  Volumes are additive (assumption).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SUBSTANCES: Mapping[str, str] = MappingProxyType(
    {
        "product": "g",
        "aggregate": "g",
        "host_protein": "g",
        "dna": "g",
        "leached_ligand": "g",
        "cells": "1e9",
        "virus": "1e9",
        "inactivated_virus": "1e9",
        "conjugate": "g",
        "free_drug": "mmol",
    }
)
"""What material may hold, with units.  ``product`` is antibody as monomer without drug."""

VOLUME = 0
_AT = {name: position for position, name in enumerate(("volume", *SUBSTANCES))}
N_COLUMNS = len(_AT)


class MaterialRefused(ValueError):
    """An amount, a share or a substance is not possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Some litres.  ``amounts`` has a row per lot: litres, then each substance; shape (n, 11)."""

    lots: tuple[str, ...]
    amounts: NDArray[np.float64]

    @property
    def volume_l(self) -> float:
        """Litres."""
        return float(self.amounts[:, VOLUME].sum())

    def amount(self, substance: str) -> float:
        """Total of a substance in its unit; raises MaterialRefused for one that is not known."""
        return float(self.amounts[:, column(substance)].sum())

    def per_l(self, substance: str) -> float:
        """Concentration of a substance; raises MaterialRefused where there is no volume."""
        volume = self.volume_l
        if not volume > 0.0:
            raise MaterialRefused(f"there is no volume to hold {substance}")
        return self.amount(substance) / volume

    def shares(self, substance: str = "volume") -> dict[str, float]:
        """Each lot's share of the volume or of a substance (all 0 where there is none)."""
        contributed = self.amounts[:, column(substance)]
        total = float(contributed.sum())
        share = contributed / total if total > 0.0 else np.zeros(len(self.lots))
        return dict(zip(self.lots, share.tolist(), strict=True))

    def __add__(self, other: Material) -> Material:
        """Mix."""
        return mixed((self, other))

    def split(self, share: float) -> tuple[Material, Material]:
        """That share of everything, and the rest; raises MaterialRefused outside 0 .. 1."""
        return self.separated({}, others=share)

    def taken(self, volume_l: float) -> tuple[Material, Material]:
        """So many litres, and the rest; raises MaterialRefused if there are not as many."""
        volume = self.volume_l
        if not 0.0 <= volume_l <= volume * (1.0 + 1e-12):
            raise MaterialRefused(f"{volume_l!r} L can't be taken from {volume:g} L")
        return self.split(min(volume_l / volume, 1.0) if volume > 0.0 else 0.0)

    def separated(self, shares: Mapping[str, float], *, others: float) -> tuple[Material, Material]:
        """What passes and what does not.

        ``shares`` are the shares that pass, by substance (or ``volume``); ``others`` of the rest.

        Raises:
            MaterialRefused: a share is outside 0 .. 1, or a substance is not known.
        """
        passing = np.full(N_COLUMNS, _share("others", others))
        for name, share in shares.items():
            passing[column(name)] = _share(name, share)
        passed = self.amounts * passing
        return Material(self.lots, passed), Material(self.lots, self.amounts - passed)

    def converted(self, source: str, share: float, **yields: float) -> Material:
        """That share of a substance turned into others, lot by lot, at so much per unit of it.

        Raises:
            MaterialRefused: the share is outside 0 .. 1, or a substance is not known.
        """
        amounts = self.amounts.copy()
        changed = amounts[:, column(source)] * _share(source, share)
        amounts[:, column(source)] -= changed
        for target, amount in yields.items():
            amounts[:, column(target)] += changed * amount
        return Material(self.lots, amounts)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not self.amounts.any()


def column(name: str) -> int:
    """Column of ``volume`` or a substance in ``Material.amounts``; raises MaterialRefused."""
    if name not in _AT:
        raise MaterialRefused(f"no substance {name!r}; known: volume, {', '.join(SUBSTANCES)}")
    return _AT[name]


def lot(name: str, volume_l: float, **substances: float) -> Material:
    """Material of a new lot: litres and amounts of substances.

    Raises:
        MaterialRefused: an amount is negative, or a substance is not known.
    """
    amounts = np.zeros((1, N_COLUMNS))
    for substance, amount in {"volume": volume_l, **substances}.items():
        if not (math.isfinite(amount) and amount >= 0.0):
            raise MaterialRefused(f"lot {name!r}: {substance} must not be negative, got {amount!r}")
        amounts[0, column(substance)] = amount
    return Material((name,), amounts)


def mixed(parts: Iterable[Material]) -> Material:
    """All parts together; lots of the same name become one."""
    rows: dict[str, NDArray[np.float64]] = {}
    for part in parts:
        for name, row in zip(part.lots, part.amounts, strict=True):
            rows[name] = rows[name] + row if name in rows else row
    if not rows:
        return NOTHING
    return Material(tuple(rows), np.array(list(rows.values())))


def _share(name: str, share: float) -> float:
    if not 0.0 <= share <= 1.0:
        raise MaterialRefused(f"the share of {name} must be within 0 .. 1, got {share!r}")
    return share


NOTHING = Material((), np.zeros((0, N_COLUMNS)))
"""No material at all."""
