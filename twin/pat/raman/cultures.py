"""Simulated cultures from which a Raman calibration is made, and on which it is tried.

Recipes (clone, medium, temperatures, shift, pH, feed, glucose set-point, seeding) are spread over
their ranges, one stratum per culture; each culture has its own probe, with its own baseline.
Some samples are spiked and diluted, as is usual to break the correlation of time courses. What the
regression learns from are reference assays with their errors, not the truth. Spread, sampling and
spiking are assumptions; the assays' errors are those of CC-sim (D. Sands).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.device import Floats
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import CLONES
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import MEDIA
from twin.kinetics.mixing import with_added
from twin.pat.raman.bands import NAMES
from twin.pat.raman.composition import composition
from twin.pat.raman.probe import RamanProbe, Spectra
from twin.pat.raman.settings import RamanSettings
from twin.randomness import stream

if TYPE_CHECKING:
    from numpy.random import Generator

Ints = np.ndarray[Any, np.dtype[np.int64]]
SAMPLE_H = 12.0
CULTURE_H = 336.0
VOLUME_L = 0.2
SPIKES_MM = 20.0  # most glucose and most lactate added to a sample
LEAST_LEFT = 0.7  # share of the broth in a sample that is diluted most
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


@dataclass(frozen=True, slots=True)
class Analyte:
    """What is calibrated: the component, and the errors of the assay it is calibrated against."""

    name: str
    component: str
    unit: str
    g_per_mol: float | None
    random_rel: float
    systematic_rel: float


ANALYTES = {
    a.name: a
    for a in (
        Analyte("glucose", "glucose", "mmol/L", 180.16, 0.05, 0.08),
        Analyte("lactate", "lactate", "mmol/L", 90.08, 0.05, 0.08),
        Analyte("titer", "antibody", "g/L", None, 0.05, 0.08),
        Analyte("viable_cell_density", "viable_cells", "1e6/mL", None, 0.05, 0.03),
    )
}


@dataclass(frozen=True, slots=True)
class CultureSpectra:
    """Spectra of cultures with what was true and what assays said.

    Attributes:
        counts: (n, number of wavenumbers); rows: true composition, (n, number of components).
        assays: by analyte, (n,).
        culture: (n,) which culture a row is from.
    """

    settings: RamanSettings
    counts: Floats
    rows: Floats
    assays: Mapping[str, Floats]
    culture: Ints

    def truth(self, analyte: str) -> Floats:
        """Return the true values of an analyte, (n,)."""
        return np.asarray(self.rows[:, NAMES.index(ANALYTES[analyte].component)])


def culture_spectra(
    n_cultures: int,
    seed: int,
    settings: RamanSettings | None = None,
    spiked_share: float = 0.4,
) -> CultureSpectra:
    """Simulate cultures, sampled twice a day for 14 days, and take spectra and assays of them.

    Args:
        n_cultures: how many; at least one.
        seed: other seeds give other recipes, batches and errors.
        settings: the Raman instrument.
        spiked_share: share of the samples that are spiked and diluted (0 for a trial).
    """
    used = settings or RamanSettings()
    recipes = spread_recipes(n_cultures, stream(seed, "raman cultures", "recipes"))
    counts, rows, assays = [], [], []
    for i, recipe in enumerate(recipes):
        rng = stream(seed, "raman cultures", str(i))
        times_s, truth = grown(recipe, i)
        seen = spiked(truth, spiked_share, rng)
        spectra = taken(used, times_s, seen, seed, i)
        counts.append(spectra.counts)
        rows.append(seen)
        assays.append({name: _assayed(a, seen, rng) for name, a in ANALYTES.items()})
    which = np.repeat(np.arange(n_cultures), [len(r) for r in rows])
    together = {name: np.concatenate([one[name] for one in assays]) for name in ANALYTES}
    return CultureSpectra(used, np.concatenate(counts), np.concatenate(rows), together, which)


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


def spiked(rows: Floats, share: float, rng: Generator) -> Floats:
    """Return the composition with a share of the samples diluted and spiked, same shape."""
    n = len(rows)
    chosen, u = rng.random(n) < share, rng.random((n, 3))
    changed = rows * (LEAST_LEFT + (1.0 - LEAST_LEFT) * u[:, :1])
    for k, name in enumerate(("glucose", "lactate"), start=1):
        changed[:, NAMES.index(name)] += SPIKES_MM * u[:, k]
    return np.where(chosen[:, None], changed, rows)


def taken(
    settings: RamanSettings, times_s: Floats, rows: Floats, seed: int, number: int
) -> Spectra:
    """Return the spectra that the probe of one culture takes."""
    rng = stream(seed, "raman cultures", str(number), "probe")
    return RamanProbe(settings, rng).measure(rows, times_s)


def _assayed(analyte: Analyte, rows: Floats, rng: Generator) -> Floats:
    truth = rows[:, NAMES.index(analyte.component)]
    systematic = analyte.systematic_rel * rng.standard_normal()
    random = analyte.random_rel * rng.standard_normal(len(truth))
    return np.asarray(truth * (1.0 + systematic + random))
