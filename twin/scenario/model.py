"""What a scenario file may say, and the wear and faults it gives a plant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, Strict

from twin.declared import ANY, Contradiction, Declared, is_selected
from twin.faults.catalogue import AnyFault
from twin.faults.plan import FaultPlan
from twin.wear.catalogue import AnyMechanism
from twin.wear.mechanism import Mechanism
from twin.wear.unit import Wear


class Scenario(Declared):
    """Wear and faults of a plant."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")] = Field(
        description="Name of the scenario"
    )
    description: str = Field(default="", description="What it is for")
    seed: Annotated[int, Strict(), Field(ge=0, lt=2**63)] = Field(
        description="Seed of everything random in it; the same file gives the same faults"
    )
    wear: tuple[AnyMechanism, ...] = Field(
        default=(), description="What wears; of one kind an exact device name goes before *"
    )
    faults: tuple[AnyFault, ...] = Field(default=(), description="What goes wrong")

    @classmethod
    def contradictions(cls, given: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Yield a part that is declared to wear twice."""
        seen: dict[tuple[str, str], int] = {}
        for index, entry in enumerate(given.get("wear", ())):
            kind, device = _kind_and_device(entry)
            first = seen.setdefault((kind, device), index)
            if first != index:
                yield Contradiction(
                    f"wear[{index}]",
                    f"{kind} of device {device!r} is declared twice (first in wear[{first}])",
                    "keep one of the two",
                )

    def wear_on(self, device: str, kinds: Collection[str]) -> list[Wear]:
        """Return the parts of a device that wear, of the kinds of wear it can have.

        A part wears from its mechanism's `at_day` on; whoever uses it begins to advance it then.
        """
        chosen: dict[str, Mechanism] = {}
        for mechanism in self.wear:
            is_new = mechanism.kind not in chosen or mechanism.device != ANY
            if mechanism.kind in kinds and is_selected(mechanism.device, device) and is_new:
                chosen[mechanism.kind] = mechanism
        return [Wear(mechanism, device, self.seed) for mechanism in chosen.values()]

    def fault_plan(self, epoch_us: int) -> FaultPlan:
        """Return the faults, drawn, of a plant that starts at a time (µs since the epoch)."""
        return FaultPlan(self.faults, self.seed, epoch_us)


class ScenarioFile(Declared):
    """The file: one key, so that a scenario can also stand inside another file."""

    scenario: Scenario = Field(description="The scenario")


def _kind_and_device(entry: object) -> tuple[str, str]:
    if isinstance(entry, Mapping):
        return str(entry.get("kind")), str(entry.get("device", ANY))
    assert isinstance(entry, Mechanism)
    return entry.kind, entry.device
