"""Whether a scenario's selectors and inputs mean anything in a plant."""

from __future__ import annotations

from collections.abc import Iterator

import simpy

from twin.declared import is_selected
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import InputMultiplied, InputStuck
from twin.plant.spec import PlantSpec
from twin.scenario.matching import unmatched

ELSEWHERE = frozenset({"kla", "exhaust_pressure_drop"})
"""Not inputs of a model: oxygen transfer, which the vessel applies, and what has no signal here."""


def meaningless(spec: PlantSpec) -> list[str]:
    """Return a sentence for each part of the plant's scenario that means nothing in it."""
    from twin.plant.organism import load_organism
    from twin.plant.plant import Plant

    if spec.scenario is None:
        return []
    bare = spec.model_copy(update={"scenario": None, "faults": ()})
    plant = Plant(simpy.Environment(), bare, seed=0, epoch_us=0)
    signals = {name: tuple(device.signals) for name, device in plant.devices.items()}
    found = [f"{one.path}: {one.what}; {one.right}" for one in unmatched(spec.scenario, signals)]
    runs = load_organism(spec.organism).runs(spec.vessels.has_cell_retention)
    inputs = {one.name for process in runs for one in process.model.inputs}
    for index, fault in enumerate(spec.scenario.faults):
        if isinstance(fault, EquipmentFault) and _is_on_vessel(fault, spec):
            found.extend(
                f"scenario.faults[{index}].input: no culture of this plant has the input "
                f"{name!r}; one of: {', '.join(sorted(inputs))}"
                for name in sorted(set(_inputs_of(fault)) - inputs - ELSEWHERE)
            )
    return found


def _is_on_vessel(fault: EquipmentFault, spec: PlantSpec) -> bool:
    return any(is_selected(fault.device, name) for name in spec.vessel_names())


def _inputs_of(fault: EquipmentFault) -> Iterator[str]:
    for effect in fault.effects():
        if isinstance(effect, InputMultiplied | InputStuck):
            yield effect.input
