"""Declared faults of one culture: what they do to inputs, loops and readings, and when.

Time is hours since inoculation. Faults that switch a whole plant off (power, communication) have
no meaning for an agent that always gets an observation, and are refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from twin.environments.options import OptionRefused
from twin.faults import (
    AnyFault,
    ContaminantAdded,
    EquipmentFault,
    FaultPlan,
    FaultySignal,
    InputMultiplied,
    InputStuck,
    SignalFault,
)
from twin.kinetics.model import KineticsModel
from twin.plant.culture import Culture

DEVICE = "vessel"
US_PER_H = 3_600_000_000
CONTAMINANT = "contaminant"


class CultureFaults:
    """The faults of one culture; it keeps the inputs as intended and sets them as they come out.

    Args:
        faults: as declared.
        seed: draws what is random in them.
        hours: how long the culture may last.
        model: its kinetics.
        signals: names of the probes' signals.

    Raises:
        OptionRefused: a fault is of a kind, input or signal that the culture doesn't have.
    """

    def __init__(
        self,
        faults: Sequence[AnyFault],
        seed: int,
        hours: float,
        model: KineticsModel,
        signals: Collection[str],
    ) -> None:
        for fault in faults:
            _check(fault, model, signals)
        until_us = round(hours * US_PER_H)
        self._plan = FaultPlan(faults, seed, 0)
        self._timeline = self._plan.on_device(DEVICE, until_us)
        self._to_happen = [one for one in self._timeline.happenings() if one.change == "begins"]
        self._labels = self._plan.labels({DEVICE: tuple(signals)}, until_us)
        self._loops = {name: self._plan.systematic(DEVICE, name) for name in signals}
        self._intended: dict[str, float] = {}
        self._held: dict[tuple[int, str], float] = {}

    def on_signal(self, signal: str, low: float | None, high: float | None) -> FaultySignal:
        """The faults of a signal with its measuring range."""
        return self._plan.on_signal(DEVICE, signal, low, high)

    def shown_too_much(self, signal: str, value: float, time_h: float) -> float:
        """How much more than a value its faults make a signal show."""
        at_us = np.array([round(time_h * US_PER_H)])
        return float(self._loops[signal].shown(at_us, np.array([value]))[0]) - value

    def changes_h(self, from_h: float, to_h: float) -> list[float]:
        """When, after the first time and before the last, equipment faults begin or end."""
        times = {one.time_us / US_PER_H for one in self._timeline.happenings()}
        return sorted(t for t in times if from_h < t < to_h)

    def kinds_on(self, time_h: float) -> list[str]:
        """The kinds of the faults that are on, each once."""
        now_us = round(time_h * US_PER_H)
        return sorted(
            {
                label.kind
                for label in self._labels
                if label.start_us <= now_us and (label.end_us is None or now_us < label.end_us)
            }
        )

    def intend(self, **inputs: float) -> None:
        """Note what inputs are meant to be from now on."""
        self._intended |= inputs

    def apply(self, culture: Culture, time_h: float) -> None:
        """Set the culture's inputs as they come out at a time."""
        now_us = round(time_h * US_PER_H)
        while self._to_happen and self._to_happen[0].time_us <= now_us:
            for effect in self._to_happen.pop(0).effects:
                if isinstance(effect, ContaminantAdded):
                    culture.set_state(contaminant=culture[CONTAMINANT] + effect.g_per_l)
        actual = dict(self._intended)
        for label, effects in self._timeline.active(now_us):
            for effect in effects:
                if isinstance(effect, InputMultiplied):
                    before = actual.get(effect.input, culture.input(effect.input))
                    actual[effect.input] = before * effect.factor
                    self._intended.setdefault(effect.input, before)
                elif isinstance(effect, InputStuck):
                    present = culture.input(effect.input)
                    self._intended.setdefault(effect.input, present)
                    held = self._held.setdefault((label.start_us, effect.input), present)
                    actual[effect.input] = held if effect.value is None else effect.value
        culture.set_inputs(**actual)


def _check(fault: AnyFault, model: KineticsModel, signals: Collection[str]) -> None:
    if isinstance(fault, SignalFault):
        if fault.signal not in ("*", *signals):
            raise OptionRefused(
                f"fault {fault.kind!r}: there is no probe {fault.signal!r}; "
                f"known: {', '.join(signals)}"
            )
        return
    assert isinstance(fault, EquipmentFault)
    inputs = [one.name for one in model.inputs]
    for effect in fault.effects():
        if isinstance(effect, ContaminantAdded):
            if CONTAMINANT not in {state.name for state in model.states}:
                raise OptionRefused(f"the model {model.name!r} has no contaminant")
        elif not isinstance(effect, (InputMultiplied, InputStuck)):
            raise OptionRefused(f"a fault {fault.kind!r} isn't possible in an environment")
        elif effect.input not in inputs:
            raise OptionRefused(
                f"fault {fault.kind!r}: the process has no input {effect.input!r}; "
                f"known: {', '.join(inputs)}"
            )
