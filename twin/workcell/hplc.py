"""An HPLC with an autosampler: every result is integrated from the chromatogram of its injection.

Programs wait in the autosampler's queue. Times other than the methods' own are assumptions.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
import simpy

from twin.device import Floats, Program, Property, Series, Signal, Task, TaskFailed
from twin.kinetics.adc_distribution import NotADistribution
from twin.randomness import stream
from twin.workcell.hplc_column import Column
from twin.workcell.hplc_methods import HPLC_METHODS, HplcMethod, PeakMissing, Species
from twin.workcell.hplc_system import HplcSystem, standards, times_of
from twin.workcell.integration import FoundPeak
from twin.workcell.queued import QueuedDevice
from twin.workcell.samples import NotInSample, Overdrawn, Sample, SampleStore
from twin.workcell.trace import Trace

EQUILIBRATE_S = 1200.0
REPLACE_S = 3600.0
FILE_HZ = 1.0
OVERFILL = 2.0  # the needle takes twice what it injects


class Hplc(QueuedDevice):
    """One system with a column per method; samples are injected one after the other."""

    kind = "hplc"

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        store: SampleStore,
        seed: int,
        noise_scale: float = 1.0,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.system = HplcSystem(env, name, seed, noise_scale)
        self._methods = {method.name: method for method in HPLC_METHODS}
        self._method_of = {assay: m for m in HPLC_METHODS for assay in m.assays}
        self._store = store
        self._seed = seed
        self._ready_for = HPLC_METHODS[0].name
        self.assays = {a: m.assays[a][0] for a, m in self._method_of.items()}
        which = Property("method", "", levels=tuple(self._methods), doc="which method")
        self.programs = {
            "measure": Program(
                "measure",
                {"assay": Property("assay", "", levels=tuple(self.assays), doc="which assay")},
                "inject samples one after the other, integrate, report",
            ),
            "calibrate": Program("calibrate", {"method": which}, "inject five standards"),
            "blank": Program("blank", {"method": which}, "inject buffer, to see carry-over"),
            "replace_column": Program("replace_column", {"method": which}, "new column (1 h)"),
        }
        self.signals = {
            f"{m}_plates": Signal(f"{m}_plates", "1", 0.0, None, doc="of the main peak, per run")
            for m in self._methods
        }
        self._trace = Trace(self.signals)

    def series(self, after_us: Mapping[str, int]) -> list[Series]:
        """Return the plates of the columns, injection by injection."""
        return self._trace.series(after_us)

    def _run_measure(self, task: Task) -> Generator[simpy.Event, Any, None]:
        assay = str(task.properties["assay"])
        method = self._method_of[assay]
        if not task.samples:
            raise TaskFailed(f"{self.name}: no sample given", "no_sample")
        rng = yield from self._equilibrated(task, method)
        self.enter(task, "injecting")
        task.result = {"values": {}, "files": [], "column_injections": 0}
        for sample_id in task.samples:
            sample = self._aspirated(sample_id, method)
            yield self.env.timeout(60.0 * method.run_min)
            signal, found = self._inject(method, self._species(method, sample), rng)
            value = self.system.reported(method, assay, found)
            task.result["values"][sample_id] = {**value, "drawn_us": sample.drawn_us}
            task.result["files"].append(_file(f"{sample_id}-{method.name}.csv", method, signal))
            task.result["column_injections"] = self.system.columns[method.name].n_injections

    def _run_calibrate(self, task: Task) -> Generator[simpy.Event, Any, None]:
        method = self._methods[str(task.properties["method"])]
        rng = yield from self._equilibrated(task, method)
        self.enter(task, "calibrating")
        runs = []
        for species in standards(method):
            yield self.env.timeout(60.0 * method.run_min)
            runs.append(self._inject(method, species, rng)[1])
        try:
            task.result = self.system.calibrated(method, runs)
        except PeakMissing as missing:
            raise TaskFailed(
                f"{self.name}: {missing}; replace the column", "unsuitable"
            ) from missing

    def _run_blank(self, task: Task) -> Generator[simpy.Event, Any, None]:
        method = self._methods[str(task.properties["method"])]
        rng = yield from self._equilibrated(task, method)
        self.enter(task, "injecting")
        yield self.env.timeout(60.0 * method.run_min)
        signal, found = self._inject(method, {}, rng)
        named, per_ug = self.system.named(method, found), self.system.factor[method.name]
        task.result = {
            "carried_over_ug": {n: round(p.area / per_ug, 6) for n, p in named.items()},
            "files": [_file(f"blank-{method.name}.csv", method, signal)],
        }

    def _run_replace_column(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "replacing")
        yield self.env.timeout(REPLACE_S)
        self.system.columns[str(task.properties["method"])] = Column()

    def _equilibrated(
        self, task: Task, method: HplcMethod
    ) -> Generator[simpy.Event, Any, np.random.Generator]:
        """Make the system ready for a method and return the random numbers of the task."""
        self.system.set_up(method)
        if self._ready_for != method.name:
            self.enter(task, "equilibrating")
            yield self.env.timeout(EQUILIBRATE_S)
            self._ready_for = method.name
        return stream(self._seed, self.name, task.task_id)

    def _aspirated(self, sample_id: str, method: HplcMethod) -> Sample:
        """Take what an injection needs out of a sample's vial."""
        sample = self._store.get(sample_id)
        if sample is None:
            raise TaskFailed(f"{self.name}: no sample {sample_id!r}", "no_sample")
        try:
            sample.require(*method.needs)
            return self._store.take(sample_id, OVERFILL * method.injection_ul / 1000.0)
        except NotInSample as missing:
            raise TaskFailed(f"{self.name}: {missing}", "no_analyte") from missing
        except Overdrawn as refused:
            raise TaskFailed(f"{self.name}: {refused}", "overdraw") from refused

    def _species(self, method: HplcMethod, sample: Sample) -> Species:
        try:
            return method.species(sample.composition)
        except NotADistribution as refused:
            raise TaskFailed(
                f"{self.name}: {sample.sample_id}: {refused}", "no_analyte"
            ) from refused

    def _inject(
        self, method: HplcMethod, species: Species, rng: np.random.Generator
    ) -> tuple[Floats, list[FoundPeak]]:
        signal, found = self.system.inject(method, species, rng)
        main = self.system.named(method, found).get(method.main)
        if main is not None:
            self._trace.note(self.now_us(), **{f"{method.name}_plates": main.plates})
        return signal, found


def _file(name: str, method: HplcMethod, signal: Floats) -> dict[str, str]:
    """Return a chromatogram as a result file, thinned to one reading per second."""
    every = max(round(method.rate_hz / FILE_HZ), 1)
    times = times_of(method)[::every]
    lines = [f"{t:.4f},{v:.4f}" for t, v in zip(times, signal[::every], strict=True)]
    text = "\n".join(["time_min,absorbance_mau", *lines]) + "\n"
    return {"name": name, "mime_type": "text/csv", "text": text}
