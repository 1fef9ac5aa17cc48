"""Checks of the plant: do faults name vessels that exist."""

from __future__ import annotations

from collections.abc import Iterator

from sdl.campaign.checks.context import BIOREACTOR, Context
from sdl.campaign.diagnostics import Finding, error, suggestion
from sdl.campaign.structure import list_at
from sdl.campaign.values import shown


def check(context: Context) -> Iterator[Finding]:
    """Check the device of every fault, whatever else is wrong with the fault."""
    if "vessels" not in context.draft.plant_sections:
        return
    vessels = [name for name, info in context.instruments.items() if info.kind == BIOREACTOR]
    for index, fault in enumerate(list_at(context.draft.raw, "plant", "faults")):
        device = fault.get("device") if isinstance(fault, dict) else None
        if isinstance(device, str) and device not in vessels:
            yield error(
                "fault.device-unknown",
                ("plant", "faults", index, "device"),
                f"the plant has no vessel {shown(device)}",
                suggestion(device, vessels),
            )
