"""Analyzers of the assay workcell: a plate reader and a cell counter with analyst error.

Errors after the assay table of the CC-sim parameter set (D. Sands; its author flags some as low
confidence): cell counter density 5 % random, 3 % systematic, viability 1.5 points random;
biochemical assays 5 % random and 8 % systematic. The systematic part is drawn for each
run of the instrument, so samples measured together share it. The titer assay's 4 % random and 2 %
systematic, and all durations, are assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from twin.device import GOOD, UNCERTAIN, Assay, Floats, Program, Property, Task, TaskFailed
from twin.randomness import stream
from twin.workcell.samples import NotInSample, Sample, SampleStore
from twin.workcell.served import ServedDevice


@dataclass(frozen=True, slots=True)
class Method:
    """How an assay is done: the true quantity, its errors and how long a run takes.

    `needs` names the states of the sample that `truth` reads, `volume_ml` what a measurement takes
    of the sample where the analyzer doesn't use it up.
    """

    assay: Assay
    truth: Callable[[Mapping[str, float]], float]
    random_rel: float
    systematic_rel: float
    random: float = 0.0
    systematic: float = 0.0
    setup_s: float = 0.0
    per_sample_s: float = 0.0
    possible: tuple[float, float] = (-math.inf, math.inf)  # what counting can give at all
    needs: tuple[str, ...] = ()
    volume_ml: float = 0.0

    def measured(self, sample: Sample, shared: Floats, own: Floats) -> dict[str, Any]:
        """Return the reading of a sample.

        Args:
            sample: what is measured.
            shared: relative and absolute error that samples share, standard normal, shape (2,).
            own: the same of this measurement alone.
        """
        truth = self.truth(sample.composition)
        value = truth * (1.0 + shared[0] * self.systematic_rel + own[0] * self.random_rel)
        value += shared[1] * self.systematic + own[1] * self.random
        value = min(max(value, self.possible[0]), self.possible[1])
        within = min(max(value, self.assay.low), self.assay.high)
        return {
            "value": round(float(within), 6),
            "unit": self.assay.unit,
            "quality": GOOD if within == value else UNCERTAIN,
            "drawn_us": sample.drawn_us,
        }


def _total(composition: Mapping[str, float]) -> float:
    return composition["viable_cells"] + composition["dead_cells"]


def _viability(composition: Mapping[str, float]) -> float:
    return 100.0 * composition["viable_cells"] / max(_total(composition), 1e-9)


PLATE_METHODS = (
    Method(
        Assay("titer", "g/L", 0.02, 20.0, "IgG by plate assay"),
        lambda c: c["product"],
        0.04,
        0.02,
        setup_s=5400.0,
        per_sample_s=60.0,
        needs=("product",),
    ),
    Method(
        Assay("glucose", "mmol/L", 0.0, 150.0, "enzymatic"),
        lambda c: c["glucose"],
        0.05,
        0.08,
        setup_s=1800.0,
        per_sample_s=60.0,
        needs=("glucose",),
    ),
    Method(
        Assay("lactate", "mmol/L", 0.0, 150.0, "enzymatic"),
        lambda c: c["lactate"],
        0.05,
        0.08,
        setup_s=1800.0,
        per_sample_s=60.0,
        needs=("lactate",),
    ),
    Method(
        Assay("ammonia", "mmol/L", 0.0, 50.0, "enzymatic"),
        lambda c: c["ammonia"],
        0.05,
        0.08,
        setup_s=1800.0,
        per_sample_s=60.0,
        needs=("ammonia",),
    ),
)
COUNTER_METHODS = (
    Method(
        Assay("viability", "%", 0.0, 100.0, "dye exclusion"),
        _viability,
        0.0,
        0.0,
        random=1.5,
        systematic=0.75,
        per_sample_s=420.0,
        possible=(0.0, 100.0),
        needs=("viable_cells", "dead_cells"),
    ),
    Method(
        Assay("viable_cell_density", "1e6/mL", 0.05, 200.0, "dye exclusion"),
        lambda c: c["viable_cells"],
        0.05,
        0.03,
        per_sample_s=420.0,
        needs=("viable_cells",),
    ),
)


class Analyzer(ServedDevice):
    """Measures samples one run at a time."""

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        kind: str,
        methods: tuple[Method, ...],
        store: SampleStore,
        seed: int,
        noise_scale: float,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.kind = kind
        self._methods = {method.assay.name: method for method in methods}
        self._store = store
        self._seed = seed
        self._scale = noise_scale
        self.assays = {name: method.assay for name, method in self._methods.items()}
        self.programs = {
            "measure": Program(
                "measure",
                {"assay": Property("assay", "", levels=tuple(self.assays), doc="which assay")},
                "measure samples by one assay",
            )
        }

    def _run_measure(self, task: Task) -> Generator[simpy.Event, Any, None]:
        method = self._methods[str(task.properties["assay"])]
        self.enter(task, "measuring")
        missing = [s for s in task.samples if self._store.get(s) is None]
        if missing or not task.samples:
            what = f"no sample {missing[0]!r}" if missing else "no sample given"
            raise TaskFailed(f"{self.name}: {what}", "no_sample")
        for sample_id in task.samples:
            self._require(method, sample_id)
        yield self.env.timeout(method.setup_s + method.per_sample_s * len(task.samples))
        rng = stream(self._seed, self.name, task.task_id)
        shared = rng.standard_normal(2) * self._scale
        task.result = {
            "values": {
                sample_id: self._measure(method, sample_id, shared, rng)
                for sample_id in task.samples
            }
        }
        for sample_id in task.samples:  # an assay uses its sample up
            self._store.discard(sample_id)

    def _require(self, method: Method, sample_id: str) -> None:
        sample = self._store.get(sample_id)
        assert sample is not None
        try:
            sample.require(*method.needs)
        except NotInSample as missing:
            raise TaskFailed(f"{self.name}: {missing}", "no_analyte") from missing

    def _measure(
        self, method: Method, sample_id: str, shared: Floats, rng: np.random.Generator
    ) -> dict[str, Any]:
        sample = self._store.get(sample_id)
        assert sample is not None  # checked before the run started
        return method.measured(sample, shared, rng.standard_normal(2) * self._scale)
