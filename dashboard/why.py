"""Why an experiment was proposed, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdl.report.words import interval, name, probability, quantity

if TYPE_CHECKING:
    from sdl.store import CampaignState
    from sdl.store.records import ProposalRecord

_ORIGINS = {
    "center": "the recipe that is run today, to compare with",
    "space_filling": "fills the space evenly, before there is a model",
    "random": "drawn at random",
    "retry": "the same conditions again, after a failure",
}


def why(state: CampaignState, proposal: ProposalRecord) -> str:
    """Return what the optimizer knew when it asked for the proposal."""
    parts = [_ORIGINS.get(proposal.origin) or _expected(state, proposal)]
    if proposal.fallback:
        parts.append(f"simpler strategy taken: {proposal.fallback}")
    return "; ".join(parts)


def best_when_asked(state: CampaignState, proposal: ProposalRecord) -> float | None:
    """Return the best value that was known when the proposal was asked for."""
    known = None
    for experiment, value in state.best_history:
        ended_us = state.experiments[experiment].ended_us
        if ended_us is not None and ended_us <= proposal.asked_us:
            known = value
    return known


def _expected(state: CampaignState, proposal: ProposalRecord) -> str:
    goal = state.goal
    predicted = None if goal is None else (proposal.predicted or {}).get(goal.output)
    if goal is None or predicted is None:
        return proposal.origin.replace("_", " ")
    words = f"the model expects {name(goal.output)} {interval(predicted, goal.unit)}"
    best = best_when_asked(state, proposal)
    words += f", best then {quantity(best, goal.unit)}" if best is not None else ""
    if proposal.p_feasible is not None:
        words += f", meets the limits with {probability(proposal.p_feasible)}"
    return words
