"""Simulated cultures from which a Raman calibration is made, and on which it is tried.

Each culture of `recipes` has its own probe, with its own baseline.
Some samples are spiked and diluted, as is usual to break the correlation of time courses. What the
regression learns from are reference assays with their errors, not the truth. Sampling and spiking
are assumptions; the assays' errors are those of CC-sim (D. Sands).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.device import Floats
from twin.pat.raman.bands import NAMES
from twin.pat.raman.probe import RamanProbe, Spectra
from twin.pat.raman.recipes import grown, spread_recipes
from twin.pat.raman.settings import RamanSettings
from twin.randomness import stream

if TYPE_CHECKING:
    from numpy.random import Generator

Ints = np.ndarray[Any, np.dtype[np.int64]]
SPIKES_MM = 20.0  # most glucose and most lactate added to a sample
LEAST_LEFT = 0.7  # share of the broth in a sample that is diluted most


class NoCultures(ValueError):
    """So few cultures, or so many spiked samples, can't be simulated."""


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

    Raises:
        NoCultures: less than one culture, or a share outside 0..1.
    """
    if n_cultures < 1 or not 0.0 <= spiked_share <= 1.0:
        raise NoCultures(
            f"{n_cultures} cultures with a share of {spiked_share} spiked samples; "
            f"must be 1 or more, and 0 to 1"
        )
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
