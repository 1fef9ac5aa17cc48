"""The report's tables, ready to be shown: titles, units and cells as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdl.report.outcomes import in_order_of_end, outcome_of, property_of, units_of
from sdl.report.words import (
    DAY_US,
    NOTHING,
    interval,
    label,
    limit,
    name,
    number,
    probability,
    quantity,
    unit,
    utc,
)

if TYPE_CHECKING:
    from sdl.report.gathering import Findings
    from sdl.store import CampaignState
    from sdl.store.records import ExperimentRecord

MAX_ROWS = 2000  # of experiments in the page; all of them are in an export


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text; `numeric` holds the columns to be set flush right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def conditions(state: CampaignState) -> Table:
    """The best experiment's conditions: proposed, commanded, achieved, and the range explored."""
    best = state.best
    head = (
        "factor",
        "unit",
        "proposed",
        "commanded",
        "achieved",
        "range explored",
        "centre",
        "note",
    )
    if best is None:
        return Table(head, ())
    inputs = state.proposals[best.proposal].inputs
    rows = []
    for key, factor in (state.file.get("factors") or {}).items():
        prop = property_of(key, factor)
        rows.append(
            (
                name(key),
                unit(factor.get("unit")),
                number(inputs.get(key)),
                number(best.commanded.get(prop)),
                number(best.achieved.get(prop)),
                _explored(factor),
                number(factor.get("center")),
                _at_bound(factor, inputs.get(key)),
            )
        )
    return Table(head, tuple(rows), frozenset({2, 3, 4, 5, 6}))


def outcomes(state: CampaignState) -> Table:
    """The best experiment's outputs: measured, predicted with interval, limit."""
    head = ("output", "unit", "measured", "predicted [interval]", "limit")
    best = state.best
    if best is None:
        return Table(head, ())
    proposal = state.proposals[best.proposal]
    limits = {} if state.goal is None else state.goal.limits
    rows = []
    for key, of_unit in units_of(state, "outputs").items():
        predicted = (proposal.predicted or {}).get(key)
        low, high = limits.get(key, (None, None))
        rows.append(
            (
                name(key),
                unit(of_unit),
                number(best.outputs.get(key)),
                "not predicted" if predicted is None else interval(predicted, None),
                limit(low, high, of_unit) or NOTHING,
            )
        )
    return Table(head, tuple(rows), frozenset({2, 3}))


def experiments(state: CampaignState) -> Table:
    """Every experiment in the order in which they ended; the last `MAX_ROWS` of very many."""
    factors, outputs = units_of(state, "factors"), units_of(state, "outputs")
    head = (
        "experiment",
        "round",
        "vessel",
        "outcome",
        "origin",
        *(label(key, one) for key, one in factors.items()),
        *(label(key, one) for key, one in outputs.items()),
        *(f"predicted {label(key, one)}" for key, one in outputs.items()),
        "P(meets limits)",
        "remark",
    )
    rows = []
    for one in in_order_of_end(state)[-MAX_ROWS:]:
        proposal = state.proposals[one.proposal]
        predicted = proposal.predicted or {}
        rows.append(
            (
                one.id,
                str(proposal.round),
                one.vessel or NOTHING,
                outcome_of(one),
                proposal.origin.replace("_", " "),
                *(number(proposal.inputs.get(key)) for key in factors),
                *(number(one.outputs.get(key)) for key in outputs),
                *(
                    interval(predicted[key], None) if key in predicted else NOTHING
                    for key in outputs
                ),
                probability(proposal.p_feasible),
                "; ".join([*([one.reason] if one.reason else []), *one.flags]) or NOTHING,
            )
        )
    n = len(head)
    return Table(head, tuple(rows), frozenset({1, *range(5, n - 1)}))


def failures(state: CampaignState) -> Table:
    """Failed experiments, alarms, and rounds in which the optimizer fell back, by time."""
    rows: list[tuple[int, tuple[str, ...]]] = []
    for one in state.experiments.values():
        if outcome_of(one) == "failed":
            at = one.ended_us if one.ended_us is not None else one.queued_us
            what = one.reason or "no reason was recorded"
            rows.append((at, _row(state, at, "failure", one.id, what, _sequel(state, one))))
    for alarm in state.alarms:
        row = _row(state, alarm.time_us, "alarm", alarm.subject, alarm.message, NOTHING)
        rows.append((alarm.time_us, row))
    told: set[tuple[int, str]] = set()
    for proposal in state.proposals.values():
        if proposal.fallback and (proposal.round, proposal.fallback) not in told:
            told.add((proposal.round, proposal.fallback))
            at, subject = proposal.asked_us, f"round {proposal.round}"
            what = f"used: {proposal.strategy}"
            rows.append((at, _row(state, at, "fallback", subject, proposal.fallback, what)))
    rows.sort(key=lambda row: row[0])
    head = ("time", "lab day", "kind", "about", "what happened", "what became of it")
    return Table(head, tuple(row for _, row in rows), frozenset({1}))


def provenance(findings: Findings) -> Table:
    """Where the numbers come from, and what was checked of it."""
    state = findings.state
    seq, head = state.head
    versions = ", ".join(f"{key} {value}" for key, value in state.versions.items())
    rows = [
        ("campaign", state.campaign),
        ("campaign file", f"{state.name}, SHA-256 {state.digest}"),
        ("seed", str(state.seed)),
        ("lab time", f"{utc(state.defined_us)} to {utc(state.now_us)}"),
        ("software", versions or NOTHING),
        ("ledger head", f"row {seq}, {head}"),
        ("ledger", _chain(findings)),
        ("readings shown", _seals(findings)),
    ]
    return Table(("what", "value"), tuple(rows))


def _explored(factor: dict[str, Any]) -> str:
    if factor.get("kind") in ("categorical", "discrete"):
        return ", ".join(number(level) for level in factor.get("levels") or ())
    return f"{number(factor.get('low'))} to {number(factor.get('high'))}"


def _at_bound(factor: dict[str, Any], value: Any) -> str:
    if factor.get("kind") not in ("continuous", "integer"):
        return ""
    if value == factor.get("low"):
        return "at its lower bound"
    return "at its upper bound" if value == factor.get("high") else ""


def _row(
    state: CampaignState, at: int, kind: str, subject: str, what: str, sequel: str
) -> tuple[str, ...]:
    return (utc(at), f"{(at - state.defined_us) / DAY_US:.1f}", kind, subject, what, sequel)


def _sequel(state: CampaignState, one: ExperimentRecord) -> str:
    attempts = state.proposals[one.proposal].experiments
    later = attempts[attempts.index(one.id) + 1 :]
    if later:
        return f"tried again as {later[0]}"
    if one.told_status == "abandoned":
        return f"{one.proposal} was abandoned"
    return "ended there" if state.is_over else "not decided yet"


def _chain(findings: Findings) -> str:
    found = findings.verification
    if found.is_intact:
        return f"intact: the hashes of all {found.n_rows} rows fit"
    faults = "; ".join(f"row {fault.seq}: {fault.what}" for fault in found.faults[:5])
    return f"NOT INTACT, {len(found.faults)} faults: {faults}"


def _seals(findings: Findings) -> str:
    parts = [f"{key} {state}" for key, state in findings.seals.items()]
    checked = ", ".join(parts) or "none"
    return f"{checked} (compared with what the ledger sealed; sdl verify checks every experiment)"


def tiles(state: CampaignState) -> list[tuple[str, str]]:
    """The figures on top: a number and what it counts."""
    summary = state.summary()
    planned = summary["n_rounds_planned"]
    counts = summary["n_experiments"]
    n_all = sum(counts.values())
    by_status = ", ".join(f"{n} {status}" for status, n in counts.items())
    rounds = f"{summary['n_rounds']}" + (f" of {planned}" if planned else "")
    return [
        (quantity(summary["lab_days"], "days"), "of lab time"),
        (number(summary["vessel_days"]), "vessel-days"),
        (rounds, "rounds begun" if not state.is_over else "rounds"),
        (str(n_all), f"experiments ({by_status})" if by_status else "experiments"),
        (str(summary["n_results"]), "assay results"),
    ]
