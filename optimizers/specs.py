"""Plain, typed descriptions of factors, constraints and outputs; no heavy import, no logic.

`optimizers.space.derive_domain` turns them into a BoFire domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ContinuousSpec:
    """A factor that takes any value from `low` to `high`; proposals are multiples of `resolution`.

    Without a resolution, proposals carry about four digits of the range.
    """

    name: str
    low: float
    high: float
    unit: str = ""
    resolution: float | None = None


@dataclass(frozen=True, slots=True)
class IntegerSpec:
    """A factor that takes whole numbers from `low` to `high`."""

    name: str
    low: int
    high: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DiscreteSpec:
    """A factor that takes one of some numbers; their distances have a meaning."""

    name: str
    levels: tuple[float, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CategoricalSpec:
    """A factor that takes one of some names; no order, no distance."""

    name: str
    levels: tuple[str, ...]


FactorSpec = ContinuousSpec | IntegerSpec | DiscreteSpec | CategoricalSpec


@dataclass(frozen=True, slots=True)
class LinearSpec:
    """`lower <= sum(coefficient * factor) <= upper` over numeric factors, each side optional."""

    name: str
    terms: Mapping[str, float]
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """Something measured: with a `goal`, with limits (`min`, `max`), or only recorded.

    `spread` is the width over which the output usually varies (for instance the measuring range of
    its assay), in its unit. It sets how sharply a limit is drawn; without it, the size of the
    limit is taken.
    """

    name: str
    unit: str = ""
    goal: Literal["maximize", "minimize"] | None = None
    min: float | None = None
    max: float | None = None
    spread: float | None = None
