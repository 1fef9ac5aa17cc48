"""Semantic checks of a campaign file: what takes more than one value, or the plant, to judge.

Each module looks at one section and yields findings for whatever parts of it are sound; none
raises, none stops another.
"""

from __future__ import annotations

from collections.abc import Iterator

from sdl.campaign.checks import constraints, domain, factors, outputs, plan, plant, recipe
from sdl.campaign.checks.context import Check, context_of
from sdl.campaign.diagnostics import Finding
from sdl.campaign.structure import Draft

CHECKS: tuple[Check, ...] = (
    factors.check,
    constraints.check,
    outputs.check,
    domain.check,
    plan.check,
    recipe.check,
    plant.check,
)


def check_all(draft: Draft) -> Iterator[Finding]:
    """Yield every semantic fault and doubt of a draft."""
    context = context_of(draft)
    for check in CHECKS:
        yield from check(context)
