"""A bioreactor with its local controller, probes and sample port.

It runs a recipe as a program by itself, as a real skid does: whoever started it may go away.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy

from twin.device import Device, Floats, Program, Property, Series, Signal, Stopped, Task
from twin.pat.bank import ProbeBank
from twin.plant.condition import LOST, Condition
from twin.plant.organism import Organism
from twin.plant.process import Process
from twin.plant.spec import PlantSpec
from twin.randomness import stream

if TYPE_CHECKING:
    from twin.faults.plan import FaultPlan
    from twin.faults.timeline import Happening
    from twin.plant.culture import Culture
    from twin.plant.spectra import SpectralValues

BASE_INTERVAL_S = 900.0
DAY_S = 86400.0
SIEVING = "product_sieving"
TRANSFER = frozenset({"kla_min", "kla_max", SIEVING})
"""Parameters that the condition of a vessel changes, where a model has them."""
SPECTRAL = frozenset({"raman_glucose", "raman_lactate"})
LEAST_TRANSFER = 0.02  # share of the oxygen transfer through the surface of still broth; assumption

CLEAN = Program(
    "clean",
    {"duration_h": Property("duration_h", "h", 0.0, 1000.0, default=24.0, doc="time it takes")},
    "empty, clean, sterilise and set up for the next culture",
)


class Bioreactor(Device):
    """One vessel. `culture` is None when it is empty."""

    kind = "bioreactor"

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        spec: PlantSpec,
        organism: Organism,
        seed: int,
        plan: FaultPlan | None,
        on_culture: Callable[[Bioreactor, Task], None],
    ) -> None:
        super().__init__(env, name, epoch_us)
        self.spec = spec
        self.seed = seed
        self.volume_l = spec.vessels.volume_ml / 1000.0
        self.max_volume_l = spec.vessels.max_volume_ml / 1000.0
        self.interval_s = BASE_INTERVAL_S * spec.probes.interval_scale
        is_retaining = spec.vessels.has_cell_retention
        self._processes = {one.program.name: one for one in organism.runs(is_retaining)}
        self.programs = {name: one.program for name, one in self._processes.items()}
        self.programs |= {CLEAN.name: CLEAN}
        self._probes = organism.probes(self.interval_s, is_retaining)
        self.signals: Mapping[str, Signal] = {p.signal.name: p.signal for p in self._probes}
        self.culture: Culture | None = None
        self._process_of_culture: Process | None = None
        self.bank: ProbeBank | None = None
        self.condition = Condition(name, self._probes, spec.scenario, plan)
        self.pump_gain = 1.0
        self._pumped: dict[str, float] = {}
        self._meant: dict[str, float] = {}
        self._flows: frozenset[str] = frozenset()
        self._sound: dict[str, float] = {}
        self.feeding = env.event()  # fires when the feed of the present culture is to start
        self._on_culture = on_culture
        self._kept: list[tuple[np.ndarray[Any, Any], Floats, np.ndarray[Any, Any]]] = []
        self._n_rows = 0
        self._spectra: SpectralValues | None = None

    def inoculate(self, task: Task, culture: Culture) -> None:
        """Begin a culture: fresh probes' calibration, an empty history."""
        self.culture = culture
        self._process_of_culture = self._processes[task.program]
        self.pump_gain = 1.0
        self._pumped, self._meant, self._flows = {}, {}, frozenset()
        self._sound = {}
        if not self.condition.is_sound:
            known = {one.name for one in culture.model.parameters}
            self._sound = {name: culture.parameter(name) for name in sorted(TRANSFER & known)}
        self.feeding = self.env.event()
        self._kept = []
        self._n_rows = 0
        self._spectra = None
        if self.spec.probes.raman == "spectra":
            from twin.plant.spectra import SpectralValues

            self._spectra = SpectralValues(self.seed, self.name, task.task_id, float(self.env.now))
        rng = stream(self.seed, self.name, task.task_id, "probes")
        self.bank = ProbeBank(self._probes, self.interval_s, self.spec.probes.noise_scale, rng)
        self._take_up_faults(task)
        self._on_culture(self, task)

    def _take_up_faults(self, task: Task) -> None:
        if self.condition.is_sound:
            return
        days = float(task.properties.get("duration_day", 0.0))
        self.condition.renew()
        until_us = self.now_us() + round((days + 1.0) * DAY_S * 1e6)
        happenings = self.condition.begin(self.now_us(), until_us)
        self._wear_and_apply(is_running=False)
        if happenings:
            self.env.process(self._suffer(task, happenings))

    def _suffer(self, task: Task, happenings: list[Happening]) -> Generator[simpy.Event, Any, None]:
        """Let equipment faults begin and end while the culture runs."""
        for one in happenings:
            due_s = (one.time_us - self.epoch_us) / 1e6
            yield self.env.timeout(max(0.0, due_s - self.env.now))
            if self.active is not task or self.culture is None:
                return
            culture = self.present()
            self.condition.happen(one)
            added = self.condition.contaminants(one)
            if added > 0.0:
                culture.set_state(contaminant=culture["contaminant"] + added)
            self._wear_and_apply(is_running=True)

    def _wear_and_apply(self, *, is_running: bool) -> None:
        """Let the parts age, and set inputs and parameters as they are then."""
        culture = self.culture
        assert culture is not None
        if self.condition.is_sound:
            culture.set_inputs(**self._meant)
            return
        delivered_l = sum(culture.delivered_l(flow) for flow in self._flows)
        self.condition.use(float(self.env.now), delivered_l, is_running)
        culture.set_inputs(**self.condition.inputs(self._meant, self._flows))
        if not self._sound:
            return
        transfer, sieving = self.condition.transfer, self.condition.factor("sieving")
        worn = {
            name: value * (sieving if name == SIEVING else max(transfer, LEAST_TRANSFER))
            for name, value in self._sound.items()
        }
        culture.set_parameters(**worn)

    def present(self) -> Culture:
        """Return the running culture, carried forward to now."""
        culture = self.culture
        assert culture is not None
        # an ended culture is kept as it was
        if self.active is not None and culture.now_s < self.env.now:
            culture.advance(self.env.now)
            if culture.failure:
                self.env.process(self._give_up(culture.failure))
        return culture

    def hold(self, **setpoints: float) -> None:
        """Let the local loops hold set-points (by signal), as their probes show them.

        A loop trusts its probe: what a probe shows too much is what the broth has too little.
        """
        culture = self.present()
        assert self.bank is not None
        assert self._process_of_culture is not None
        for signal, setpoint in setpoints.items():
            name = self._process_of_culture.loops[signal]
            wrong = self.bank.error(signal, setpoint, culture.grid_step)
            if not self.condition.is_sound:
                wrong += self.condition.shown(signal, self.now_us(), setpoint) - setpoint
            self._meant[name] = setpoint - wrong
        self._wear_and_apply(is_running=True)

    def pump(self, **flows: float) -> None:
        """Let the feed pump deliver flows (inputs of the model, L/h), as far as it works."""
        self.present()
        self._pumped = dict(flows)
        self._flows = frozenset(flows)
        self._meant |= {name: flow * self.pump_gain for name, flow in flows.items()}
        self._wear_and_apply(is_running=True)

    def change_pump(self, gain: float) -> None:
        """Let the pump deliver another share of what it is told from now on."""
        self.pump_gain = gain
        self.pump(**self._pumped)

    def glance(self, signal: str, state: str, rng: np.random.Generator) -> float:
        """Take one reading now, besides the series, of a signal that shows a state."""
        culture = self.present()
        assert self.bank is not None
        if self._spectra is None:
            return self.bank.spot(signal, culture[state], culture.grid_step, rng)
        self._read_probes()  # spectra are taken in the order of time
        now = {name: np.array([value]) for name, value in culture.state().items()}
        values, _ = self._spectra.read(now, np.array([float(self.env.now)]))[signal]
        return float(values[0])

    def fail(self, reason: str, cause: str) -> None:
        """End the running program as failed; nothing happens when none runs."""
        if self._process is not None and self._process.is_alive:
            self._process.interrupt(Stopped("failed", reason, cause))

    def _give_up(self, reason: str) -> Generator[simpy.Event, Any, None]:
        """End the program because its model broke down; a process can't interrupt itself."""
        yield self.env.timeout(0)
        self.fail(reason, "model")

    def draw(self, volume_ml: float) -> Mapping[str, float] | None:
        """Take a sample out; None when there is no culture or not enough of it."""
        if self.culture is None:
            return None
        culture = self.present()
        return culture.state() if culture.withdraw(volume_ml / 1000.0) else None

    def series(self, after_us: Mapping[str, int]) -> list[Series]:
        """Return the probes' samples of the present culture."""
        if self.culture is None or self.bank is None:
            return []
        self.present()
        self._read_probes()
        if not self._kept:
            return []
        times = np.concatenate([t for t, _, _ in self._kept])
        values = np.concatenate([v for _, v, _ in self._kept])
        quality = np.concatenate([q for _, _, q in self._kept])
        self._kept = [(times, values, quality)]
        found = []
        for j, probe in enumerate(self._probes):
            name = probe.signal.name
            own = slice(0, None, probe.every)
            t, v, q = times[own], values[own, j], quality[own, j]
            new = t > after_us.get(name, -1)
            new &= q != LOST
            found.append(Series(name, probe.signal.unit, t[new], v[new], q[new]))
        return found

    def _read_probes(self) -> None:
        assert self.culture is not None
        assert self.bank is not None
        times_s, x, u = self.culture.take_rows()
        if not len(times_s):
            return
        values, quality = self.bank.read(self._truth(times_s, x, u))
        times_us = self.epoch_us + np.round(times_s * 1e6).astype(np.int64)
        if self._spectra is not None:
            self._show_spectra(times_s, x, values, quality)
        self._n_rows += len(times_s)
        if not self.condition.is_sound:
            values, quality = self.condition.read(times_us, values, quality, self.epoch_us)
        self._kept.append((times_us, values, quality))

    def _show_spectra(
        self, times_s: Floats, x: Floats, values: Floats, quality: np.ndarray[Any, Any]
    ) -> None:
        """Put what the soft sensors say in the place of the emulated Raman values."""
        assert self.culture is not None
        assert self._spectra is not None
        every = next(p.every for p in self._probes if p.signal.name in SPECTRAL)
        own = np.flatnonzero((self._n_rows + np.arange(len(times_s))) % every == 0)
        if not len(own):
            return
        states = {s.name: x[own, i] for i, s in enumerate(self.culture.model.states)}
        read = self._spectra.read(states, times_s[own])
        for j, probe in enumerate(self._probes):
            if probe.signal.name in read:
                values[own, j], quality[own, j] = read[probe.signal.name]

    def _truth(self, times_s: Floats, x: Floats, u: Floats) -> Floats:
        """Return what perfect probes would show, (n, number of probes)."""
        assert self.culture is not None
        assert self._process_of_culture is not None
        process = self._process_of_culture
        truth = process.truth(self.culture, times_s, x, u)
        return np.column_stack([process.seen[probe.signal.name](truth) for probe in self._probes])

    def _steps(self, task: Task) -> Generator[simpy.Event, Any, None]:
        process = self._processes.get(task.program)
        if process is None:
            yield from super()._steps(task)
            return
        yield from process.run(self, task)
        self._end_culture()

    def _run_clean(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "cleaning")
        self.culture = self.bank = None
        self._kept = []
        self.condition.use(float(self.env.now), 0.0, is_running=False)
        self.condition.sterilise()
        yield self.env.timeout(float(task.properties["duration_h"]) * 3600.0)

    def _on_stopped(self, task: Task) -> None:
        self._end_culture()

    def _end_culture(self) -> None:
        """Carry the culture to its end; feeds stop, the broth is kept cold as it is."""
        if self.culture is not None:
            self.culture.advance(self.env.now)
