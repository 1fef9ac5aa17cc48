"""Checks of the plan: is the first round enough for a model, are there vessels enough."""

from __future__ import annotations

from collections.abc import Iterator

from sdl.campaign.checks.context import Context
from sdl.campaign.diagnostics import Finding, warning

MIN_FIRST_ROUND = 3
"""Leave-one-out figures need two points to fit and one to leave out."""


def check(context: Context) -> Iterator[Finding]:
    """Check the plan, if it is sound."""
    plan, draft = context.draft.plan, context.draft
    if plan is None:
        return
    n_vessels = draft.plant.vessels.count
    if "vessels" in draft.plant_sections and plan.batch_size > n_vessels:
        yield warning(
            "plan.batch-exceeds-vessels",
            ("plan", "batch_size"),
            f"{plan.batch_size} experiments share {n_vessels} vessels, "
            "so a round takes several cultures one after another",
            f"use a batch_size of {n_vessels} or a multiple, or more vessels",
        )
    if plan.strategy == "bayesian" and plan.rounds == 1:
        yield warning(
            "plan.model-unused",
            ("plan", "rounds"),
            "with one round the model never proposes: the first round fills the space",
            "use two rounds or more",
        )
    elif plan.strategy == "bayesian" and plan.batch_size < MIN_FIRST_ROUND:
        yield warning(
            "plan.first-round-small",
            ("plan", "batch_size"),
            f"the model starts from {plan.batch_size} experiments only",
            f"use a batch_size of {MIN_FIRST_ROUND} or more",
        )
