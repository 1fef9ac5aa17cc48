"""The verdict: what a campaign found, in two sentences that promise no more than was measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdl.report.outcomes import interval_level, missed_limits, units_of
from sdl.report.words import counted, limit, name, number, percent, quantity

if TYPE_CHECKING:
    from sdl.store import CampaignState
    from sdl.store.records import ExperimentRecord, Goal


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found` and `compared` are one sentence each; `is_good` when a feasible best exists."""

    found: str
    compared: str
    is_good: bool


def verdict_of(state: CampaignState) -> Verdict:
    """Judge a campaign at any time of its life: before, while and after it runs, failed or not."""
    goal, best = state.goal, state.best
    if goal is None:
        return Verdict("The campaign file names no output to be optimized.", _course(state), False)
    if best is None:
        return Verdict(_none_found(state, goal), _course(state), False)
    return Verdict(_best(state, goal, best), _gains(state, goal), True)


def _best(state: CampaignState, goal: Goal, best: ExperimentRecord) -> str:
    proposal = state.proposals[best.proposal]
    units = units_of(state, "factors")
    conditions = ", ".join(
        f"{name(key)} {quantity(value, units.get(key))}" for key, value in proposal.inputs.items()
    )
    value = quantity(best.outputs[goal.output], goal.unit)
    opening = "The best culture" if state.is_over else "So far, the best culture"
    limits = " that met every limit" if goal.limits else ""
    return (
        f"{opening}{limits} is {best.id} (round {proposal.round}), with a measured "
        f"{name(goal.output)} of {value} ({_predicted(state, goal, best)}), run at {conditions}."
    )


def _predicted(state: CampaignState, goal: Goal, best: ExperimentRecord) -> str:
    proposal = state.proposals[best.proposal]
    predicted = (proposal.predicted or {}).get(goal.output)
    if predicted is None:
        return f"not predicted: {proposal.origin.replace('_', ' ')} proposal"
    level = interval_level(state)
    of = "interval" if level is None else f"{percent(level)} interval"
    low, high = number(predicted["low"]), number(predicted["high"])
    where = quantity(predicted["mean"], goal.unit)
    return f"predicted {where}, {of} {low} to {high}"


def _gains(state: CampaignState, goal: Goal) -> str:
    """The second sentence: gain over the first round and over the centre recipe."""
    summary = state.summary()
    gains, others = [], []
    first, center = state.best_first_round, state.center
    if first is None:
        others.append("no culture of the first, space-filling round met every limit")
    elif first is state.best:
        others.append("it is of the first, space-filling round: none since was better")
    else:
        gain = _gain(goal, summary["first_round"])
        gains.append(f"{gain} the best of the first, space-filling round ({_of(goal, first)})")
    if center is None:
        if any(proposal.origin == "center" for proposal in state.proposals.values()):
            others.append("the centre recipe gave no result to compare with")
    elif center is state.best:
        others.append("it is the centre recipe itself")
    else:
        missed = _missed(state, center)
        caveat = f", which itself missed a limit: {missed}" if missed else ""
        gain = _gain(goal, summary["center"])
        gains.append(f"{gain} the centre recipe ({_of(goal, center)}){caveat}")
    if gains:
        others.insert(0, f"that is {' and '.join(gains)}")
    return f"{_capital('; '.join(others) or _course(state).rstrip('.'))}."


def _gain(goal: Goal, facts: dict[str, Any]) -> str:
    """How much more, or less, the best one's value is: 55 % (1.163 g/L) more than."""
    change = facts["gain"] if goal.is_maximized else -facts["gain"]
    word = "more than" if change >= 0 else "less than"
    amount = quantity(abs(change), goal.unit)
    if facts["gain_percent"] is None:
        return f"{amount} {word}"
    return f"{abs(facts['gain_percent']):.0f} % ({amount}) {word}"


def _of(goal: Goal, one: ExperimentRecord) -> str:
    return f"{one.id}, {quantity(one.outputs[goal.output], goal.unit)}"


def _missed(state: CampaignState, one: ExperimentRecord | None) -> str:
    if one is None or state.goal is None or one.is_feasible:
        return ""
    units = units_of(state, "outputs")
    parts = []
    for output, value in missed_limits(state, one):
        low, high = state.goal.limits[output]
        seen = "not measured" if value is None else quantity(value, units.get(output))
        parts.append(f"{name(output)} {seen} where {limit(low, high, units.get(output))} is asked")
    return "; ".join(parts)


def _none_found(state: CampaignState, goal: Goal) -> str:
    done = [
        one
        for one in state.experiments.values()
        if one.status == "completed" and one.outputs.get(goal.output) is not None
    ]
    if not state.experiments:
        return "No experiment has been started yet."
    if not done:
        ended = state.is_over or all(one.ended_us is not None for one in state.experiments.values())
        return "No experiment gave a result." if ended else "No experiment has ended yet."
    pick = max if goal.is_maximized else min
    top = pick(done, key=lambda one: one.outputs[goal.output])
    so_far = "" if state.is_over else " so far"
    return (
        f"No culture met every limit{so_far}: of {counted(len(done), 'completed culture')} the one "
        f"with the best {name(goal.output)}, {top.id} with "
        f"{quantity(top.outputs[goal.output], goal.unit)}, had {_missed(state, top)}."
    )


def _course(state: CampaignState) -> str:
    """The second sentence where there is no gain to tell: how the campaign stands."""
    planned = (state.file.get("plan") or {}).get("rounds")
    of = f" of {planned}" if planned else ""
    rounds = f"{len(state.rounds)}{of} rounds"
    if state.status == "failed":
        return f"The campaign failed after {rounds} were begun: {state.reason}."
    if state.status == "finished":
        return f"The campaign finished its {counted(len(state.rounds), 'round')}."
    n = len(state.running)
    return f"The campaign is under way: {rounds} begun, {counted(n, 'culture')} in a vessel now."


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
