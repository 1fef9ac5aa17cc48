"""Whether a scenario's selectors mean anything in a plant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from twin.declared import ANY
from twin.faults.signal_fault import SignalFault
from twin.scenario.model import Scenario
from twin.scenario.problem import Problem, shown, suggestion


def unmatched(scenario: Scenario, plant: Mapping[str, Collection[str]]) -> list[Problem]:
    """Return a problem for each selector that means no device, or no signal of its devices.

    `plant` lists the names of the devices with the names of their signals.
    """
    problems = []
    for section in ("wear", "faults"):
        for index, entry in enumerate(getattr(scenario, section)):
            path = f"scenario.{section}[{index}]"
            if entry.device != ANY and entry.device not in plant:
                what = f"the plant has no device {shown(entry.device)}"
                problems.append(Problem(f"{path}.device", what, suggestion(entry.device, plant)))
                continue
            if isinstance(entry, SignalFault) and entry.signal != ANY:
                devices = plant if entry.device == ANY else (entry.device,)
                signals = {signal for device in devices for signal in plant[device]}
                if entry.signal not in signals:
                    where = "no device" if entry.device == ANY else entry.device
                    verb = "has a" if entry.device == ANY else "has no"
                    what = f"{where} {verb} signal {shown(entry.signal)}"
                    right = suggestion(entry.signal, signals)
                    problems.append(Problem(f"{path}.signal", what, right))
    return problems
