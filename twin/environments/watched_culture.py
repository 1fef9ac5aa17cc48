"""A culture with its probes, its loops, a sample now and then, and its faults.

The kinetics are integrated by `twin.plant.culture.Culture`, the probes read by
`twin.pat.bank.ProbeBank`; here they are taken forward together, four hours at a time, since that is
how often loops are set anew and limits are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from twin.device import Floats
from twin.environments.cho_probes import ASSAYS, GRID_S, Seen
from twin.environments.culture_faults import US_PER_H, CultureFaults
from twin.pat.bank import ProbeBank
from twin.pat.probe import Probe
from twin.plant.culture import Culture
from twin.randomness import stream
from twin.workcell.samples import Sample

HOUR_S = 3600.0
LOOK_H = 4.0
SAMPLE_ML = 1.0  # assumption
LOOPS = {"temperature": "temperature_setpoint", "ph": "ph_setpoint"}


class WatchedCulture:
    """One culture under way.

    Attributes:
        readings: what probes and assays have shown last, by name.
        outputs: the model's outputs at the last point of the sampling grid, by name.
    """

    def __init__(
        self,
        culture: Culture,
        probes: Mapping[str, tuple[Probe, Seen]],
        faults: CultureFaults,
        noise_scale: float,
        seed: int,
    ) -> None:
        self.culture = culture
        self.faults = faults
        self.readings: dict[str, float] = {}
        self.outputs: dict[str, float] = {}
        self._probes = dict(probes)
        self._noise_scale = noise_scale
        ordered = [probe for probe, _ in probes.values()]
        self._bank = ProbeBank(ordered, GRID_S, noise_scale, stream(seed, "probes"))
        self._faulty = [
            faults.on_signal(p.signal.name, p.signal.low, p.signal.high) for p in ordered
        ]
        self._lab = stream(seed, "lab")
        self._setpoints: dict[str, float] = {}
        self._n_read = 0
        self._read()
        self.sample()

    @property
    def time_h(self) -> float:
        """Hours since inoculation."""
        return self.culture.age_h

    def hold(self, **setpoints: float) -> None:
        """Let the loops hold temperature and pH, as their probes show them."""
        self._setpoints |= setpoints

    def run(self, hours: float, limits: Callable[[], str]) -> str:
        """Go on; ends early when ``limits`` says why, asked every 4 h.

        Returns:
            why it ended early, in a sentence; empty if it didn't.
        """
        begin_h, end_h = self.time_h, self.time_h + hours
        looks_h = begin_h + LOOK_H * np.arange(1, int(np.ceil(hours / LOOK_H)))
        for stop_h in sorted({*looks_h, *self.faults.changes_h(begin_h, end_h), end_h}):
            self._set_loops()
            self.faults.apply(self.culture, self.time_h)
            self.culture.advance(stop_h * HOUR_S)
            if self.culture.failure:
                return f"the model can't be integrated: {self.culture.failure}"
            self._read()
            if ended := limits():
                return ended
        return ""

    def sample(self) -> None:
        """Draw a sample, if there is enough, and have it measured."""
        composition = self.culture.state()
        if not self.culture.withdraw(SAMPLE_ML / 1000.0):
            return
        taken = Sample("sample", "vessel", round(self.time_h * US_PER_H), SAMPLE_ML, composition)
        z = self._lab.standard_normal((2, len(ASSAYS), 2)) * self._noise_scale
        for k, method in enumerate(ASSAYS):
            self.readings[method.assay.name] = method.measured(taken, z[0, k], z[1, k])["value"]

    def _set_loops(self) -> None:
        """A loop trusts its probe: what a probe shows too much the broth has too little."""
        inputs = {}
        for signal, setpoint in self._setpoints.items():
            wrong = self._bank.error(signal, setpoint, self.culture.grid_step)
            wrong += self.faults.shown_too_much(signal, setpoint, self.time_h)
            inputs[LOOPS[signal]] = setpoint - wrong
        self.faults.intend(**inputs)

    def _read(self) -> None:
        """Read the probes at the points of the grid that have come."""
        times_s, x, u = self.culture.take_rows()
        if not len(times_s):
            return
        model = self.culture.model
        outputs = self.culture.derived(times_s, x, u)
        true: dict[str, Floats] = {s.name: x[:, i] for i, s in enumerate(model.states)}
        true |= {one.name: u[:, i] for i, one in enumerate(model.inputs)}
        true |= outputs
        self.outputs = {name: float(values[-1]) for name, values in outputs.items()}
        truth = np.column_stack([seen(true) for _, seen in self._probes.values()])
        values, quality = self._bank.read(truth)
        times_us = np.round(times_s * 1e6).astype(np.int64)
        first, self._n_read = self._n_read, self._n_read + len(times_s)
        for j, (name, (probe, _)) in enumerate(self._probes.items()):
            own = slice(-first % probe.every, None, probe.every)
            shown, _ = self._faulty[j].apply(times_us[own], values[own, j], quality[own, j])
            if len(shown):
                self.readings[name] = float(shown[-1])
