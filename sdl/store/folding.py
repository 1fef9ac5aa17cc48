"""How each kind of ledger entry changes the state; one function per kind, all of constant cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sdl.store.errors import LedgerInconsistent
from sdl.store.records import (
    AlarmRecord,
    CommandRecord,
    ExperimentRecord,
    ExperimentStatus,
    Goal,
    ProposalRecord,
    ProposalStatus,
    ResultRecord,
    RoundRecord,
)

if TYPE_CHECKING:
    from sdl.store.entries import Entry
    from sdl.store.state import CampaignState

_OVER = ("completed", "failed", "abandoned")


def _campaign_defined(state: CampaignState, entry: Entry) -> None:
    payload = entry.payload
    state.name = payload["name"]
    state.digest = payload["digest"]
    state.seed = payload["seed"]
    state.file = payload.get("file") or {}
    state.versions = payload.get("versions") or {}
    state.goal = Goal.of(state.file)
    state.defined_us = entry.time_us


def _campaign_finished(state: CampaignState, entry: Entry) -> None:
    state.status = "finished"
    state.final = entry.payload


def _campaign_failed(state: CampaignState, entry: Entry) -> None:
    state.status = "failed"
    state.reason = entry.payload["reason"]


def _round_started(state: CampaignState, entry: Entry) -> None:
    number = entry.payload["round"]
    state.status = "running"
    state.rounds[number] = RoundRecord(number, entry.payload["n"], entry.time_us)


def _proposal_asked(state: CampaignState, entry: Entry) -> None:
    payload = entry.payload
    if entry.subject in state.proposals:
        raise LedgerInconsistent(entry.seq, entry.kind, f"{entry.subject} was asked before")
    state.rounds[payload["round"]].proposals.append(entry.subject)
    state.proposals[entry.subject] = ProposalRecord(
        id=entry.subject,
        round=payload["round"],
        inputs=payload["inputs"],
        origin=payload["origin"],
        strategy=payload["strategy"],
        seed=payload["seed"],
        asked_us=entry.time_us,
        predicted=payload.get("predicted"),
        p_feasible=payload.get("p_feasible"),
        acquisition=payload.get("acquisition"),
        fit=payload.get("fit"),
        fallback=payload.get("fallback"),
    )
    state.open[entry.subject] = None


def _proposal_approved(state: CampaignState, entry: Entry) -> None:
    state.proposals[entry.subject].approved_by = entry.payload["by"]


def _experiment_queued(state: CampaignState, entry: Entry) -> None:
    proposal = state.proposals[entry.payload["proposal"]]
    if entry.subject in state.experiments:
        raise LedgerInconsistent(entry.seq, entry.kind, f"{entry.subject} was queued before")
    state.experiments[entry.subject] = ExperimentRecord(
        id=entry.subject,
        proposal=proposal.id,
        attempt=entry.payload["attempt"],
        queued_us=entry.time_us,
    )
    state.n_experiments["queued"] += 1
    proposal.experiments.append(entry.subject)
    _move_proposal(state, proposal, "pending")


def _experiment_started(state: CampaignState, entry: Entry) -> None:
    experiment = state.experiments[entry.subject]
    experiment.vessel = entry.payload["vessel"]
    experiment.started_us = entry.time_us
    state.running[experiment.id] = entry.payload["vessel"]
    _move(state, experiment, "running")
    _move_proposal(state, state.proposals[experiment.proposal], "running")


def _phase_changed(state: CampaignState, entry: Entry) -> None:
    # A phase may also be of a vessel between two experiments.
    experiment = state.experiments.get(entry.subject)
    if experiment is not None:
        experiment.phase = entry.payload["phase"]


def _result_recorded(state: CampaignState, entry: Entry) -> None:
    payload = entry.payload
    state.n_results += 1
    if not state.keeps_details:
        return
    state.results.append(
        ResultRecord(
            experiment=entry.subject,
            sample=payload["sample"],
            assay=payload["assay"],
            value=payload["value"],
            unit=payload["unit"],
            at_day=payload["at_day"],
            source_time_us=payload["source_time_us"],
            recorded_us=entry.time_us,
            quality=payload["quality"],
            instrument=payload["instrument"],
        )
    )


def _experiment_completed(state: CampaignState, entry: Entry) -> None:
    payload = entry.payload
    experiment = state.experiments[entry.subject]
    experiment.achieved = payload["achieved"]
    experiment.commanded = payload["commanded"]
    experiment.outputs = payload["outputs"]
    experiment.flags = list(payload.get("flags") or ())
    experiment.telemetry_digest = payload.get("telemetry_digest")
    _end(state, experiment, "completed", entry.time_us)
    _rank(state, experiment)


def _experiment_failed(state: CampaignState, entry: Entry) -> None:
    experiment = state.experiments[entry.subject]
    experiment.reason = entry.payload["reason"]
    experiment.cause = entry.payload.get("cause")
    experiment.outputs = entry.payload.get("outputs") or {}
    experiment.telemetry_digest = entry.payload.get("telemetry_digest")
    _end(state, experiment, "failed", entry.time_us)


def _proposal_abandoned(state: CampaignState, entry: Entry) -> None:
    _move_proposal(state, state.proposals[entry.subject], "abandoned")


def _experiment_told(state: CampaignState, entry: Entry) -> None:
    experiment = state.experiments[entry.subject]
    status = entry.payload["status"]
    if status not in _OVER:
        raise LedgerInconsistent(entry.seq, entry.kind, f"told with status {status!r}")
    experiment.told_status = status
    experiment.told_inputs = entry.payload["inputs"]
    experiment.told_outputs = entry.payload["outputs"]
    state.told.append(experiment.id)


def _command_intended(state: CampaignState, entry: Entry) -> None:
    payload = entry.payload
    state.n_commands += 1
    state.commands[entry.subject] = CommandRecord(
        id=entry.subject,
        instrument=payload["instrument"],
        verb=payload["verb"],
        arguments=payload["arguments"],
        experiment=payload["experiment"],
        deadline_us=payload["deadline_us"],
        intended_us=entry.time_us,
    )
    # What started the recipe is what was commanded, also of an experiment that fails later.
    experiment = state.experiments.get(payload["experiment"])
    recipe = state.file.get("recipe") or {}
    if experiment is not None and payload["verb"] == recipe.get("program"):
        experiment.commanded = payload["arguments"]


def _command_acknowledged(state: CampaignState, entry: Entry) -> None:
    state.commands[entry.subject].is_acknowledged = True


def _command_over(state: CampaignState, entry: Entry) -> None:
    del state.commands[entry.subject]


def _alarm_raised(state: CampaignState, entry: Entry) -> None:
    message = str(entry.payload.get("message", ""))
    state.alarms.append(AlarmRecord(entry.time_us, entry.subject, message, entry.payload))


def _move(state: CampaignState, experiment: ExperimentRecord, status: ExperimentStatus) -> None:
    state.n_experiments[experiment.status] -= 1
    state.n_experiments[status] += 1
    experiment.status = status


def _end(
    state: CampaignState, experiment: ExperimentRecord, status: ExperimentStatus, now_us: int
) -> None:
    if experiment.ended_us is None:
        experiment.ended_us = now_us
        if state.running.pop(experiment.id, None) is not None:
            state.vessel_us += now_us - (experiment.started_us or now_us)
    _move(state, experiment, status)
    _move_proposal(state, state.proposals[experiment.proposal], status)


def _move_proposal(
    state: CampaignState, proposal: ProposalRecord, status: ProposalStatus | ExperimentStatus
) -> None:
    """Change a proposal's status, and with it what is open and how many of the round ended."""
    now: ProposalStatus = "pending" if status == "queued" else status
    was_over, is_over = proposal.status in _OVER, now in _OVER
    proposal.status = now
    if is_over and not was_over:
        state.open.pop(proposal.id, None)
        state.rounds[proposal.round].n_ended += 1
    elif was_over and not is_over:
        state.open[proposal.id] = None
        state.rounds[proposal.round].n_ended -= 1


def _rank(state: CampaignState, experiment: ExperimentRecord) -> None:
    """Put a completed experiment in its place among the best."""
    goal = state.goal
    if goal is None:
        return
    proposal = state.proposals[experiment.proposal]
    value = experiment.outputs.get(goal.output)
    experiment.is_feasible = goal.is_feasible(experiment.outputs)
    if value is None:
        return
    if proposal.origin == "center" and state.center is None:
        state.center = experiment
    if not experiment.is_feasible:
        return
    if proposal.round == 1 and proposal.origin != "center":
        best = state.best_first_round
        if best is None or goal.is_better(value, best.outputs[goal.output]):
            state.best_first_round = experiment
    if state.best is None or goal.is_better(value, state.best.outputs[goal.output]):
        state.best = experiment
        state.best_history.append((experiment.id, value))


HANDLERS: dict[str, Callable[[CampaignState, Entry], None]] = {
    "campaign.defined": _campaign_defined,
    "campaign.finished": _campaign_finished,
    "campaign.failed": _campaign_failed,
    "round.started": _round_started,
    "proposal.asked": _proposal_asked,
    "proposal.approved": _proposal_approved,
    "proposal.abandoned": _proposal_abandoned,
    "experiment.queued": _experiment_queued,
    "experiment.started": _experiment_started,
    "experiment.completed": _experiment_completed,
    "experiment.failed": _experiment_failed,
    "experiment.told": _experiment_told,
    "phase.changed": _phase_changed,
    "result.recorded": _result_recorded,
    "command.intended": _command_intended,
    "command.acknowledged": _command_acknowledged,
    "command.completed": _command_over,
    "command.failed": _command_over,
    "alarm.raised": _alarm_raised,
}
