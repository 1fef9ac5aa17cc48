"""What became of each experiment, in one word, and the order in which they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sdl.store import CampaignState
    from sdl.store.records import ExperimentRecord

Outcome = Literal["feasible", "infeasible", "failed", "running", "queued"]


def outcome_of(experiment: ExperimentRecord) -> Outcome:
    """Return the outcome of an experiment."""
    if experiment.status == "completed":
        return "feasible" if experiment.is_feasible else "infeasible"
    return experiment.status


def in_order_of_end(state: CampaignState) -> list[ExperimentRecord]:
    """Return all experiments: by round, in a round by when they ended, those under way last."""
    never = 2**63

    def key(one: ExperimentRecord) -> tuple[int, int, str]:
        ended = never if one.ended_us is None else one.ended_us
        return state.proposals[one.proposal].round, ended, one.id

    return sorted(state.experiments.values(), key=key)


def units_of(state: CampaignState, group: Literal["factors", "outputs"]) -> dict[str, str | None]:
    """Return the unit of each factor, or of each output; None where there is none."""
    return {key: one.get("unit") for key, one in (state.file.get(group) or {}).items()}


def interval_level(state: CampaignState) -> float | None:
    """Return the coverage that prediction intervals were made for, as a fraction."""
    level = (state.file.get("plan") or {}).get("interval_level")
    return None if level is None else float(level)


def property_of(factor_name: str, factor: dict[str, Any]) -> str:
    """Return the program's property that a factor of a normalised file sets."""
    return str(factor.get("sets") or factor_name)


def missed_limits(
    state: CampaignState, experiment: ExperimentRecord
) -> list[tuple[str, float | None]]:
    """Return the outputs with a limit that the experiment missed, and what was measured."""
    if state.goal is None:
        return []
    missed = []
    for output, (low, high) in state.goal.limits.items():
        value = experiment.outputs.get(output)
        is_low = value is not None and low is not None and value < low
        is_high = value is not None and high is not None and value > high
        if value is None or is_low or is_high:
            missed.append((output, value))
    return missed
