"""Recipes spread over their ranges, and the cultures that grow by them.

Clone, medium, temperatures, shift, pH, feed, glucose set-point, seeding and productivity vary. All
ranges are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Floats
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import CLONES
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import MEDIA
from twin.kinetics.mixing import with_added
from twin.pat.raman.composition import composition

if TYPE_CHECKING:
    from numpy.random import Generator

SAMPLE_H = 12.0
CULTURE_H = 336.0
VOLUME_L = 0.2
RANGES = {  # of the recipes
    "growth_temperature": (36.0, 37.5),
    "production_temperature": (32.0, 36.5),
    "shift_day": (3.0, 9.0),
    "ph": (6.85, 7.2),
    "feed_percent_per_day": (1.0, 6.0),
    "feed_start_day": (1.0, 4.0),
    "glucose_setpoint_mm": (8.0, 40.0),
    "seeding_density": (0.3, 1.5),
    "productivity": (0.7, 1.6),
}


def spread_recipes(n: int, rng: Generator) -> list[dict[str, float]]:
    """Return n recipes: each value of `RANGES` in another of n equal strata (Latin hypercube)."""
    columns = {}
    for name, (low, high) in RANGES.items():
        stratum = rng.permutation(n)
        columns[name] = low + (high - low) * (stratum + rng.random(n)) / n
    return [{name: float(values[i]) for name, values in columns.items()} for i in range(n)]


def grown(recipe: Mapping[str, float], number: int) -> tuple[Floats, Floats]:
    """Return times in s, (n,), and composition, (n, number of components), of one culture.

    Clones and media take turns by `number`. Glucose is topped up to its set-point every sample.
    """
    from twin.integrate import Integrator, compiled

    medium = list(MEDIA.values())[number % len(MEDIA)]
    clone = list(CLONES.values())[number // len(MEDIA) % len(CLONES)]
    p = parameters_for(clone, medium, productivity=recipe["productivity"])
    x = np.array(
        initial_state(
            medium,
            viable_cells=recipe["seeding_density"],
            volume_l=VOLUME_L,
            temperature=recipe["growth_temperature"],
            ph=recipe["ph"],
        )
    )
    at = {state.name: i for i, state in enumerate(CHO_FEDBATCH.states)}
    solver = Integrator(compiled(CHO_FEDBATCH))
    times_h = np.arange(0.0, CULTURE_H + SAMPLE_H, SAMPLE_H)
    feed_l_per_h = recipe["feed_percent_per_day"] / 100.0 * VOLUME_L / 24.0
    path = []
    for t_h in times_h:
        path.append(x)
        missing = recipe["glucose_setpoint_mm"] - x[at["glucose"]]
        if missing > 0.0:
            stock = 2500.0
            shot_l = x[at["volume"]] * missing / (stock - recipe["glucose_setpoint_mm"])
            x = np.array(with_added(CHO_FEDBATCH, tuple(x), shot_l, glucose=stock))
        is_early = t_h < recipe["shift_day"] * 24.0
        u = CHO_FEDBATCH.inputs_with(
            **medium.feed(),
            feed_rate=feed_l_per_h if t_h >= recipe["feed_start_day"] * 24.0 else 0.0,
            temperature_setpoint=recipe[
                "growth_temperature" if is_early else "production_temperature"
            ],
            ph_setpoint=recipe["ph"],
        )
        x, _ = solver.advance(x, u, p, t_h, t_h + SAMPLE_H)
    states = np.array(path)
    return times_h * 3600.0, composition({name: states[:, i] for name, i in at.items()})
