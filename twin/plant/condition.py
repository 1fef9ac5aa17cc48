"""The condition of one vessel: what wears, what is broken, and what that does to a culture.

Wear and faults come from the plant's scenario. What they do is told in the model's terms: a factor
on an input (a worn pump), an input that is stuck (a valve), factors on parameters (a clogged
sparger), a probe that shows something else, readings that nobody gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from twin.device import Codes, Floats, Ints
from twin.faults.equipment_effect import (
    ContaminantAdded,
    EquipmentEffect,
    InputMultiplied,
    InputStuck,
    NoCommunication,
    PoweredOff,
)
from twin.wear.probe_drift import ProbeDrift, reading
from twin.wear.use import Use

if TYPE_CHECKING:
    from twin.faults.faulty_signal import FaultySignal
    from twin.faults.plan import FaultPlan
    from twin.faults.systematic import SystematicError
    from twin.faults.timeline import EquipmentTimeline, Happening
    from twin.pat.probe import Probe
    from twin.scenario.model import Scenario
    from twin.wear.unit import Wear

WORN_PARTS = ("sparger_clogging", "pump_tubing", "impeller_bearing", "membrane_fouling")
ELECTRODE = "ph"  # the probe that `probe_drift` is of: a glass electrode
HOUR_S, DAY_S = 3600.0, 86400.0
LOST = 255  # quality of a reading that nobody gets; never leaves the vessel
KLA = "kla"
FLOWS = "pump_flow"


class Condition:
    """What is wrong with a vessel; with no scenario, nothing."""

    def __init__(
        self,
        device: str,
        probes: tuple[Probe, ...],
        scenario: Scenario | None,
        plan: FaultPlan | None,
    ) -> None:
        self._device = device
        self._plan = plan
        self._columns = {probe.signal.name: j for j, probe in enumerate(probes)}
        self._faulty: dict[str, FaultySignal] = {}
        self._systematic: dict[str, SystematicError] = {}
        self.wear: list[Wear] = []
        self._electrode: Wear | None = None
        if scenario is not None:
            self.wear = scenario.wear_on(device, WORN_PARTS)
            electrodes = scenario.wear_on(device, ("probe_drift",))
            self._electrode = electrodes[0] if electrodes and ELECTRODE in self._columns else None
        if plan is not None:
            for probe in probes:
                one = probe.signal
                faulty = plan.on_signal(device, one.name, one.low, one.high)
                if not faulty.is_clean:
                    self._faulty[one.name] = faulty
                    self._systematic[one.name] = plan.systematic(device, one.name)
        self._timeline: EquipmentTimeline | None = None
        self._on: list[EquipmentEffect] = []
        self._used_s = 0.0
        self._used_l = 0.0
        self.is_sound = plan is None and not self.parts
        """Whether nothing wears and nothing can fail."""

    @property
    def parts(self) -> list[Wear]:
        """Every part that wears, the electrode included."""
        return self.wear + ([] if self._electrode is None else [self._electrode])

    def begin(self, now_us: int, until_us: int) -> list[Happening]:
        """Take up the faults that are on, and return what happens until a time."""
        if self._plan is None:
            return []
        self._timeline = self._plan.on_device(self._device, until_us)
        self._on = [one for _, effects in self._timeline.active(now_us) for one in effects]
        return [one for one in self._timeline.happenings() if now_us < one.time_us < until_us]

    def happen(self, happening: Happening) -> None:
        """Note that a fault begins or ends."""
        if happening.change == "begins":
            self._on.extend(happening.effects)
        else:
            for effect in happening.effects:
                if effect in self._on:
                    self._on.remove(effect)

    def use(self, to_s: float, delivered_l: float, is_running: bool) -> None:
        """Let the parts age up to a time of the plant's clock, by hours and litres delivered."""
        hours = (to_s - self._used_s) / HOUR_S
        use = Use(hours=hours, litres=max(delivered_l - self._used_l, 0.0))
        for part in self.parts:
            since_s = max(self._used_s, part.mechanism.at_day * DAY_S)
            share = (to_s - since_s) / (to_s - self._used_s) if to_s > self._used_s else 0.0
            if is_running and share > 0.0:
                part.advance(Use(hours=use.hours * share, litres=use.litres * share))
        self._used_s, self._used_l = to_s, delivered_l

    def renew(self) -> None:
        """Note a fresh culture: litres count from 0 again."""
        self._used_l = 0.0

    def sterilise(self) -> None:
        """Let the parts go through a sterilisation, and calibrate the electrode as one does."""
        for part in self.parts:
            part.advance(Use(sterilisations=1.0))
        if self._electrode is not None:
            self._electrode.maintain("recalibrate")

    @property
    def is_off(self) -> bool:
        """Whether the vessel has no power."""
        return any(isinstance(one, PoweredOff) for one in self._on)

    def contaminants(self, happening: Happening) -> float:
        """Return how much contaminant gets in, g/L."""
        if happening.change == "ends":
            return 0.0
        added = (one.g_per_l for one in happening.effects if isinstance(one, ContaminantAdded))
        return sum(added)

    def factor(self, quantity: str) -> float:
        """Return what wear and faults multiply a quantity or an input by."""
        found = 1.0
        for part in self.wear:
            for effect in part.effects():
                if effect.quantity == quantity and effect.operation == "multiply":
                    found *= effect.value
        for one in self._on:
            if isinstance(one, InputMultiplied) and one.input == quantity:
                found *= one.factor
        return found

    @property
    def transfer(self) -> float:
        """Factor on the oxygen transfer: sparger, foam, a stirrer that stands still."""
        return 0.0 if self.is_off else self.factor(KLA) * self.factor("impeller_speed")

    def inputs(self, meant: Mapping[str, float], flows: frozenset[str]) -> dict[str, float]:
        """Return the inputs as they really are; `flows` names those that pumps deliver."""
        stuck = {one.input: one.value for one in self._on if isinstance(one, InputStuck)}
        found = {}
        for name, value in meant.items():
            if name in stuck:
                kept = stuck[name]
                found[name] = value if kept is None else kept
            elif name in flows:
                gain = 0.0 if self.is_off else self.factor(FLOWS) * self.factor(name)
                found[name] = value * gain
            else:
                found[name] = value * self.factor(name)
        return found

    def shown(self, signal: str, time_us: int, value: float) -> float:
        """Return what a probe that is right otherwise shows of a value, for a loop."""
        if signal == ELECTRODE and self._electrode is not None:
            value = float(self._aged(np.array([value]), np.array([0.0]))[0])
        if signal in self._systematic:
            found = self._systematic[signal].shown(np.array([time_us]), np.array([value]))
            value = float(found[0])
        return value

    def read(
        self, times_us: Ints, values: Floats, quality: Codes, epoch_us: int
    ) -> tuple[Floats, Codes]:
        """Return what comes of readings (n, m), in time order: distorted, or lost."""
        if self._electrode is not None:
            j = self._columns[ELECTRODE]
            since_s = (times_us - epoch_us) / 1e6 - self._used_s
            values[:, j] = self._aged(values[:, j], -since_s / HOUR_S)
        for signal, faulty in self._faulty.items():
            j = self._columns[signal]
            values[:, j], quality[:, j] = faulty.apply(times_us, values[:, j], quality[:, j])
        if self._timeline is not None:
            quality[self._unheard(times_us)] = LOST
        return values, quality

    def _aged(self, truth: Floats, ago_h: Floats) -> Floats:
        """What the electrode shows, as old as it was some hours before its age was last noted."""
        part = self._electrode
        assert part is not None
        assert isinstance(part.mechanism, ProbeDrift)
        age = np.maximum(part.age - ago_h, part.calibrated_age)
        effects = part.mechanism.effects(age, part.life, part.calibrated_age)
        return np.asarray(reading(truth, effects["probe_slope"], effects["probe_zero"]))

    def _unheard(self, times_us: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        assert self._timeline is not None
        lost = self._timeline.during(PoweredOff, times_us)
        for fault, label in self._timeline.faults:
            silent = [one for one in fault.effects() if isinstance(one, NoCommunication)]
            if any(not one.is_buffered for one in silent):
                is_on = times_us >= label.start_us
                if label.end_us is not None:
                    is_on &= times_us < label.end_us
                lost |= is_on
        return lost
