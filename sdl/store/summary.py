"""The figures that people want first of a campaign, as plain JSON and the same in every run.

`sdl run`, `sdl status` and `sdl list` print them, and the last ledger row keeps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdl.store.records import ExperimentRecord, Goal

if TYPE_CHECKING:
    from sdl.store.state import CampaignState

DAY_US = 86_400_000_000


def summarise_state(state: CampaignState) -> dict[str, Any]:
    """Figures of a campaign so far.

    Keys: name, title, status, reason, n_rounds, n_rounds_planned, n_proposals, n_experiments (by
    status), n_results, n_alarms, n_commands, lab_days and vessel_days (time of the lab, not of the
    computer), goal {output, unit, goal}, best {experiment, proposal, round, vessel, origin, value,
    unit, inputs, achieved, outputs, output_units, predicted, p_feasible, flags}, first_round and
    center {experiment, value, is_feasible, gain, gain_percent}: what the best is better by.  Inputs
    and achieved map a name to {value, unit}.  What isn't known yet is None.
    """
    file = state.file
    plan = file.get("plan") or {}
    best = state.best
    goal = state.goal
    return {
        "name": state.name,
        "title": file.get("title"),
        "status": state.status,
        "reason": state.reason,
        "n_rounds": len(state.rounds),
        "n_rounds_planned": plan.get("rounds"),
        "n_proposals": len(state.proposals),
        "n_experiments": {name: n for name, n in sorted(state.n_experiments.items()) if n},
        "n_results": state.n_results,
        "n_alarms": len(state.alarms),
        "n_commands": state.n_commands,
        "lab_days": (state.now_us - state.defined_us) / DAY_US,
        "vessel_days": state.vessel_us_so_far() / DAY_US,
        "goal": None
        if goal is None
        else {
            "output": goal.output,
            "unit": goal.unit,
            "goal": "maximize" if goal.is_maximized else "minimize",
        },
        "best": None if best is None or goal is None else _best(state, best, goal),
        "first_round": _against(state, state.best_first_round),
        "center": _against(state, state.center),
    }


def _best(state: CampaignState, best: ExperimentRecord, goal: Goal) -> dict[str, Any]:
    proposal = state.proposals[best.proposal]
    factors = state.file.get("factors") or {}
    units = {name: factor.get("unit") for name, factor in factors.items()}
    # What was achieved is by property of the program; tell it by factor where one sets it.
    property_of = {name: factor.get("sets") or name for name, factor in factors.items()}
    achieved = {
        name: {"value": best.achieved[key], "unit": units[name]}
        for name, key in property_of.items()
        if key in best.achieved
    }
    return {
        "experiment": best.id,
        "proposal": best.proposal,
        "round": proposal.round,
        "vessel": best.vessel,
        "origin": proposal.origin,
        "value": best.outputs[goal.output],
        "unit": goal.unit,
        "inputs": {
            name: {"value": value, "unit": units.get(name)}
            for name, value in proposal.inputs.items()
        },
        "achieved": achieved,
        "outputs": best.outputs,
        "output_units": {
            name: output.get("unit") for name, output in (state.file.get("outputs") or {}).items()
        },
        "predicted": proposal.predicted,
        "p_feasible": proposal.p_feasible,
        "flags": best.flags,
    }


def _against(state: CampaignState, other: ExperimentRecord | None) -> dict[str, Any] | None:
    """The other experiment's value and how much better the best one is."""
    goal = state.goal
    if goal is None or other is None:
        return None
    value = other.outputs[goal.output]
    gain = None if state.best is None else goal.gain(state.best.outputs[goal.output], value)
    return {
        "experiment": other.id,
        "value": value,
        "is_feasible": other.is_feasible,
        "gain": gain,
        "gain_percent": None if gain is None or value == 0 else 100 * gain / abs(value),
    }
