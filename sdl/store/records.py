"""What the folded state is made of: one small record per proposal, experiment, command and result.

Times are µs since the epoch, UTC; None where it hasn't come to that yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Value = float | str
CampaignStatus = Literal["defined", "running", "finished", "failed"]
ToldStatus = Literal["completed", "failed", "abandoned"]
ProposalStatus = Literal["pending", "running", "completed", "failed", "abandoned"]
ExperimentStatus = Literal["queued", "running", "completed", "failed"]


@dataclass(slots=True)
class RoundRecord:
    """A round: how many proposals it was to ask for, and which it asked."""

    round: int
    n: int
    started_us: int
    proposals: list[str] = field(default_factory=list)
    n_ended: int = 0

    @property
    def is_over(self) -> bool:
        """Whether every proposal that was to be asked for has come to an end."""
        return self.n_ended >= self.n


@dataclass(slots=True)
class ProposalRecord:
    """A proposal and what became of it; `experiments` are its attempts in order.

    `predicted` maps an output to mean, sd, low, high, in the output's unit.
    """

    id: str
    round: int
    inputs: dict[str, Value]
    origin: str
    strategy: str
    seed: int
    asked_us: int
    predicted: dict[str, dict[str, float]] | None
    p_feasible: float | None
    acquisition: float | None
    fit: dict[str, dict[str, float]] | None
    fallback: str | None
    status: ProposalStatus = "pending"
    approved_by: str | None = None
    experiments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ExperimentRecord:
    """One attempt at one proposal.

    `commanded` and `achieved` are by property of the recipe's program, `told_inputs`, what the
    optimizer was told, by factor.  `is_feasible` is None until the outputs are known.
    """

    id: str
    proposal: str
    attempt: int
    queued_us: int
    status: ExperimentStatus = "queued"
    vessel: str | None = None
    started_us: int | None = None
    ended_us: int | None = None
    phase: str | None = None
    commanded: dict[str, Value] = field(default_factory=dict)
    achieved: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, float] = field(default_factory=dict)
    is_feasible: bool | None = None
    flags: list[str] = field(default_factory=list)
    reason: str | None = None
    cause: str | None = None
    telemetry_digest: str | None = None
    told_status: ToldStatus | None = None
    told_inputs: dict[str, Value] = field(default_factory=dict)
    told_outputs: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class CommandRecord:
    """A command whose outcome isn't known yet."""

    id: str
    instrument: str
    verb: str
    arguments: dict[str, Any]
    experiment: str
    deadline_us: int
    intended_us: int
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """One value that an assay gave, of a sample drawn at `source_time_us`."""

    experiment: str
    sample: str
    assay: str
    value: float | None
    unit: str
    at_day: float
    source_time_us: int
    recorded_us: int
    quality: str
    instrument: str


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """Something that asks for a person's attention; `subject` is what it is about."""

    time_us: int
    subject: str
    message: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """The output to be optimized, and the limits that outputs must keep to count as feasible."""

    output: str
    unit: str
    is_maximized: bool
    limits: dict[str, tuple[float | None, float | None]]

    @classmethod
    def of(cls, file: dict[str, Any]) -> Goal | None:
        """Read the goal from a normalised campaign file; None if no output has one."""
        outputs = file.get("outputs", {})
        limits = {
            name: (output.get("min"), output.get("max"))
            for name, output in outputs.items()
            if output.get("min") is not None or output.get("max") is not None
        }
        for name, output in outputs.items():
            if output.get("goal") is not None:
                return cls(name, output["unit"], output["goal"] == "maximize", limits)
        return None

    def is_feasible(self, outputs: dict[str, float]) -> bool:
        """Whether the goal's output was measured and every limited one lies within its limits."""
        if outputs.get(self.output) is None:
            return False
        for name, (low, high) in self.limits.items():
            value = outputs.get(name)
            if value is None or (low is not None and value < low):
                return False
            if high is not None and value > high:
                return False
        return True

    def is_better(self, value: float, than: float) -> bool:
        """Whether `value` is strictly the better one."""
        return value > than if self.is_maximized else value < than

    def gain(self, value: float, over: float) -> float:
        """How much better `value` is, in the output's unit; negative if it is worse."""
        return value - over if self.is_maximized else over - value
