"""At-line analyzers: calibrated instruments that share one queue for the hand that loads them.

The systematic error is drawn at each calibration, as it is for a real instrument, so that it can
be told from the random one only by calibrating again.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from twin.device import Floats, Program, Property, Task, TaskFailed
from twin.randomness import stream
from twin.workcell.analyzer import Method
from twin.workcell.queued import QueuedDevice
from twin.workcell.samples import NotInSample, Overdrawn, Sample, SampleStore

LOAD_S = 60.0
CALIBRATION_S = 900.0


class AtLineAnalyzer(QueuedDevice):
    """Measures small portions of samples. Its systematic error lasts until it is calibrated.

    It calibrates itself before a run when its calibration is older than `calibration_s`.
    `loader` is the hand it shares with the other analyzers of the bench.
    """

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        kind: str,
        methods: tuple[Method, ...],
        store: SampleStore,
        loader: simpy.Resource,
        seed: int,
        noise_scale: float = 1.0,
        calibration_s: float = 86400.0,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.kind = kind
        self.n_calibrations = 0
        self._methods = {method.assay.name: method for method in methods}
        self._store = store
        self._loader = loader
        self._seed = seed
        self._scale = noise_scale
        self._calibration_s = calibration_s
        self._calibrate()
        self.assays = {name: method.assay for name, method in self._methods.items()}
        self.programs = {
            "measure": Program(
                "measure",
                {"assay": Property("assay", "", levels=tuple(self.assays), doc="which assay")},
                "measure samples by one assay",
            ),
            "calibrate": Program("calibrate", {}, "calibrate against standards (15 min)"),
        }

    def _run_calibrate(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "calibrating")
        yield self.env.timeout(CALIBRATION_S)
        self._calibrate()

    def _run_measure(self, task: Task) -> Generator[simpy.Event, Any, None]:
        method = self._methods[str(task.properties["assay"])]
        if self.env.now - self._calibrated_s >= self._calibration_s:
            yield from self._run_calibrate(task)
        with self._loader.request() as hand:
            self.enter(task, "loading")
            yield hand
            yield self.env.timeout(LOAD_S)
            portions = self._portions(task, method)
        self.enter(task, "measuring")
        yield self.env.timeout(method.setup_s + method.per_sample_s * len(portions))
        rng = stream(self._seed, self.name, task.task_id)
        shared = self._errors[method.assay.name]
        task.result = {
            "values": {
                one.sample_id: method.measured(one, shared, rng.standard_normal(2) * self._scale)
                for one in portions
            },
            "calibration": self.n_calibrations,
        }

    def _portions(self, task: Task, method: Method) -> list[Sample]:
        if not task.samples:
            raise TaskFailed(f"{self.name}: no sample given", "no_sample")
        portions = []
        for sample_id in task.samples:
            sample = self._store.get(sample_id)
            if sample is None:
                raise TaskFailed(f"{self.name}: no sample {sample_id!r}", "no_sample")
            try:
                sample.require(*method.needs)
                portions.append(self._store.take(sample_id, method.volume_ml))
            except NotInSample as missing:
                raise TaskFailed(f"{self.name}: {missing}", "no_analyte") from missing
            except Overdrawn as refused:
                raise TaskFailed(f"{self.name}: {refused}", "overdraw") from refused
        return portions

    def _calibrate(self) -> None:
        """Draw the systematic errors that hold from now on."""
        self.n_calibrations += 1
        self._calibrated_s = float(self.env.now)
        rng = stream(self._seed, self.name, "calibration", str(self.n_calibrations))
        self._errors: dict[str, Floats] = {
            name: rng.standard_normal(2) * self._scale for name in self._methods
        }
