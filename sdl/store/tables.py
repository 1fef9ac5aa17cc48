"""A campaign's state as tables: the columns with unit and meaning, and the rows as plain tuples.

The data frames and the export are both made from these, so that they can't disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sdl.store.state import CampaignState

DType = Literal["string", "int64", "float64", "bool", "timestamp"]
_INTERVAL = {
    "mean": "predicted mean of a measurement",
    "sd": "predicted standard deviation of a measurement, noise included",
    "low": "lower end of the predicted interval",
    "high": "upper end of the predicted interval",
}
_FIT = {
    "n": "experiments that the model was fitted to",
    "loo_r2": "leave-one-out coefficient of determination",
    "loo_rmse": "leave-one-out root mean square error",
    "loo_coverage": "share of left-out points within their interval",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `unit` is "" where there is none.  Timestamps are integer µs, UTC."""

    name: str
    dtype: DType
    unit: str
    description: str


@dataclass(frozen=True, slots=True)
class TableOf:
    """One table of a state: its name, its columns, and its rows with one value per column."""

    name: str
    columns: Callable[[CampaignState], list[Column]]
    rows: Callable[[CampaignState], Iterator[tuple[Any, ...]]]


def _experiment_columns(state: CampaignState) -> list[Column]:
    return [
        Column("experiment", "string", "", "id of the experiment"),
        Column("proposal", "string", "", "id of the proposal that it tried"),
        Column("round", "int64", "", "round of the campaign"),
        Column("attempt", "int64", "", "1 for the first attempt at the proposal"),
        Column("vessel", "string", "", "bioreactor that it ran in"),
        Column("status", "string", "", "queued, running, completed or failed"),
        Column("origin", "string", "", "where the proposal came from"),
        Column("started", "timestamp", "UTC", "when the vessel was taken"),
        Column("ended", "timestamp", "UTC", "when its outcome was known"),
        *_factor_columns(state, "proposed", "value that was proposed"),
        *_factor_columns(state, "commanded", "value that was commanded, after the guard"),
        *_factor_columns(state, "achieved", "value that the probes saw, weighted by time"),
        *(
            Column(name, "float64", output.get("unit", ""), f"{output.get('assay')} as measured")
            for name, output in _outputs(state).items()
        ),
        *_prediction_columns(state),
        Column("p_feasible", "float64", "", "predicted probability to keep all limits"),
        Column("feasible", "bool", "", "whether the measured outputs kept all limits"),
        Column("flags", "string", "", "what to know about its data, joined by ;"),
        Column("reason", "string", "", "why it failed"),
    ]


def _experiment_rows(state: CampaignState) -> Iterator[tuple[Any, ...]]:
    factors, outputs = _factors(state), _outputs(state)
    # What is commanded and achieved is by property of the program; each factor sets one.
    properties = [factor.get("sets") or name for name, factor in factors.items()]
    for one in state.experiments.values():
        proposal = state.proposals[one.proposal]
        yield (
            one.id,
            one.proposal,
            proposal.round,
            one.attempt,
            one.vessel,
            one.status,
            proposal.origin,
            one.started_us,
            one.ended_us,
            *(proposal.inputs.get(name) for name in factors),
            *(one.commanded.get(name) for name in properties),
            *(one.achieved.get(name) for name in properties),
            *(one.outputs.get(name) for name in outputs),
            *_predictions(proposal.predicted, outputs),
            proposal.p_feasible,
            one.is_feasible,
            ";".join(one.flags),
            one.reason,
        )


def _proposal_columns(state: CampaignState) -> list[Column]:
    return [
        Column("proposal", "string", "", "id of the proposal"),
        Column("round", "int64", "", "round that asked for it"),
        Column("status", "string", "", "pending, running, completed, failed or abandoned"),
        Column("origin", "string", "", "where it came from"),
        Column("strategy", "string", "", "strategy of the optimizer"),
        Column("seed", "int64", "", "seed that the optimizer was given"),
        Column("asked", "timestamp", "UTC", "when it was asked for"),
        Column("approved_by", "string", "", "who, or which policy, approved it"),
        Column("n_attempts", "int64", "", "experiments that tried it"),
        *_factor_columns(state, "proposed", "value that was proposed"),
        *_prediction_columns(state),
        Column("p_feasible", "float64", "", "predicted probability to keep all limits"),
        Column("acquisition", "float64", "", "value of the acquisition function"),
        Column("fallback", "string", "", "why a simpler strategy was taken, if one was"),
        *(
            Column(f"fit.{name}.{part}", "float64", _fit_unit(part, output), text)
            for name, output in _outputs(state).items()
            for part, text in _FIT.items()
        ),
    ]


def _proposal_rows(state: CampaignState) -> Iterator[tuple[Any, ...]]:
    factors, outputs = _factors(state), _outputs(state)
    for one in state.proposals.values():
        fit = one.fit or {}
        yield (
            one.id,
            one.round,
            one.status,
            one.origin,
            one.strategy,
            one.seed,
            one.asked_us,
            one.approved_by,
            len(one.experiments),
            *(one.inputs.get(name) for name in factors),
            *_predictions(one.predicted, outputs),
            one.p_feasible,
            one.acquisition,
            one.fallback,
            *(fit.get(name, {}).get(part) for name in outputs for part in _FIT),
        )


def _result_columns(state: CampaignState) -> list[Column]:
    return [
        Column("experiment", "string", "", "id of the experiment"),
        Column("sample", "string", "", "id of the sample"),
        Column("assay", "string", "", "what was measured"),
        Column("value", "float64", "see column unit", "the value measured"),
        Column("unit", "string", "", "unit of the value"),
        Column("at_day", "float64", "d", "day of culture for which the sample was planned"),
        Column("drawn", "timestamp", "UTC", "when the sample was drawn"),
        Column("recorded", "timestamp", "UTC", "when the value was known"),
        Column("quality", "string", "", "quality that the instrument gave"),
        Column("instrument", "string", "", "instrument that measured"),
    ]


def _result_rows(state: CampaignState) -> Iterator[tuple[Any, ...]]:
    for one in state.results:
        yield (
            one.experiment,
            one.sample,
            one.assay,
            one.value,
            one.unit,
            one.at_day,
            one.source_time_us,
            one.recorded_us,
            str(one.quality),
            one.instrument,
        )


def _factor_columns(state: CampaignState, group: str, text: str) -> list[Column]:
    return [
        Column(f"{group}.{name}", _dtype(factor), factor.get("unit") or "", text)
        for name, factor in _factors(state).items()
    ]


def _prediction_columns(state: CampaignState) -> list[Column]:
    return [
        Column(f"predicted.{name}.{part}", "float64", output.get("unit", ""), text)
        for name, output in _outputs(state).items()
        for part, text in _INTERVAL.items()
    ]


def _predictions(
    predicted: dict[str, dict[str, float]] | None, outputs: dict[str, dict[str, Any]]
) -> Iterator[float | None]:
    for name in outputs:
        found = (predicted or {}).get(name, {})
        yield from (found.get(part) for part in _INTERVAL)


def _factors(state: CampaignState) -> dict[str, dict[str, Any]]:
    return state.file.get("factors") or {}


def _outputs(state: CampaignState) -> dict[str, dict[str, Any]]:
    return state.file.get("outputs") or {}


def _dtype(factor: dict[str, Any]) -> DType:
    # A whole number is achieved as a mean, which seldom is whole; hence one type for both.
    return "string" if factor.get("kind") == "categorical" else "float64"


def _fit_unit(part: str, output: dict[str, Any]) -> str:
    return str(output.get("unit", "")) if part == "loo_rmse" else ""


EXPERIMENTS = TableOf("experiments", _experiment_columns, _experiment_rows)
PROPOSALS = TableOf("proposals", _proposal_columns, _proposal_rows)
RESULTS = TableOf("results", _result_columns, _result_rows)
