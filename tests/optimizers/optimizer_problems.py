"""Small problems that the tests of this room share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optimizers import (
    Batch,
    Candidate,
    CategoricalSpec,
    ContinuousSpec,
    DiscreteSpec,
    FactorSpec,
    IntegerSpec,
    LinearSpec,
    Observation,
    OutputSpec,
)
from optimizers.searchspace import make_space

Recipe = Mapping[str, float | str]

FACTORS: tuple[FactorSpec, ...] = (
    ContinuousSpec("feed", 1.0, 6.0, "%/d"),
    ContinuousSpec("start", 1.0, 5.0, "d"),
    ContinuousSpec("ph", 6.8, 7.3, "pH"),
    CategoricalSpec("medium", ("basal", "rich", "lean")),
)
TOTAL_FEED = LinearSpec("total_feed", {"feed": 11.0, "start": -4.0}, upper=33.0)
TITER = OutputSpec("titer", "g/L", goal="maximize")
VIABILITY = OutputSpec("viability", "%", min=70.0, spread=100.0)
MIXED: tuple[FactorSpec, ...] = (
    ContinuousSpec("x", 0.0, 1.0),
    IntegerSpec("k", 0, 4),
    DiscreteSpec("v", (0.5, 1.0, 2.0)),
    CategoricalSpec("c", ("a", "b")),
)

BEST: dict[str, float | str] = {"feed": 3.6363636, "start": 1.75, "ph": 7.1, "medium": "rich"}


def titer(recipe: Recipe) -> float:
    """Smooth, with its optimum of 5 g/L in medium rich; the linear limit is active there."""
    feed, start, ph = (float(recipe[k]) for k in ("feed", "start", "ph"))
    medium = {"basal": 4.2, "rich": 5.0, "lean": 3.0}[str(recipe["medium"])]
    along = (11.0 * feed - 4.0 * start - 33.0) / 11.7
    across = (4.0 * (feed - 3.6363636) + 11.0 * (start - 1.75)) / 11.7
    return medium + 0.25 * along - 0.6 * (across / 2.0) ** 2 - 0.5 * ((ph - 7.1) / 0.1) ** 2


def viability(recipe: Recipe) -> float:
    """Falls with pH; below 70 % above pH 7.2."""
    return 70.0 + 60.0 * (7.2 - float(recipe["ph"]))


def measure(recipe: Recipe, rng: np.random.Generator | None = None) -> dict[str, float]:
    noise = (0.0, 0.0) if rng is None else (0.03, 1.0) * rng.standard_normal(2)
    return {
        "titer": titer(recipe) + float(noise[0]),
        "viability": viability(recipe) + float(noise[1]),
    }


def run(batch: Batch, seed: int = 0, prefix: str = "E") -> list[Observation]:
    """Do the experiments of a batch."""
    rng = np.random.default_rng(seed)
    return [
        Observation(f"{prefix}{i}", c.inputs, measure(c.inputs, rng), "completed")
        for i, c in enumerate(batch.candidates)
    ]


def is_within(recipe: Recipe, factors: Sequence[FactorSpec]) -> bool:
    """Whether every factor has one of its values, exactly."""
    for spec in factors:
        match spec:
            case ContinuousSpec(name=name, low=low, high=high):
                ok = low <= float(recipe[name]) <= high
            case IntegerSpec(name=name, low=low, high=high):
                ok = low <= float(recipe[name]) <= high and float(recipe[name]).is_integer()
            case DiscreteSpec(name=name, levels=levels) | CategoricalSpec(name=name, levels=levels):
                ok = recipe[name] in levels
        if not ok:
            return False
    return set(recipe) == {spec.name for spec in factors}


def meets(recipe: Recipe, limit: LinearSpec) -> bool:
    """Whether a linear limit holds, summed naively, without any tolerance."""
    total = sum(c * float(recipe[name]) for name, c in limit.terms.items())
    above = limit.lower is None or total >= limit.lower
    return above and (limit.upper is None or total <= limit.upper)


def overlaps(domain: Any, candidates: Sequence[Candidate], recipes: Sequence[Recipe]) -> bool:
    """Whether any candidate is the same recipe as one of these."""
    space = make_space(domain)
    points = np.array([space.encode("c", c.inputs) for c in candidates])
    return bool(space.is_same(points, np.array([space.encode("r", r) for r in recipes])).any())
