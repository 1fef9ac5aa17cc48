"""Small campaigns written out by hand, in every state that a report may find one in."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sdl.store import Ledger, Store, TelemetryWriter

CAMPAIGN = "course"
START_US = 1_799_049_600_000_000  # 2027-01-04T08:00:00Z
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000

FILE: dict[str, Any] = {
    "format": 1,
    "name": "course",
    "title": "Titer of a CHO culture",
    "description": "What is run today, and what may be better.",
    "seed": 7,
    "factors": {
        "medium": {"kind": "categorical", "levels": ["basal", "rich"], "center": "basal"},
        "ph": {"kind": "continuous", "unit": "pH", "low": 6.8, "high": 7.3, "center": 7.0},
        "warmth": {
            "kind": "continuous",
            "unit": "degC",
            "low": 35.0,
            "high": 37.5,
            "center": 36.8,
            "sets": "growth_temperature",
        },
    },
    "outputs": {
        "titer": {"unit": "g/L", "assay": "titer", "at": "harvest", "goal": "maximize"},
        "viability": {"unit": "%", "assay": "viability", "at": "harvest", "min": 70.0},
    },
    "plan": {"rounds": 2, "batch_size": 3, "interval_level": 0.9},
    "recipe": {"program": "fed_batch"},
}

Result = tuple[float, float] | None  # titer and viability; None: the attempt fails


@dataclass(frozen=True)
class Ask:
    """A proposal, its predicted titer, and how its attempts go."""

    origin: str
    inputs: dict[str, Any]
    attempts: list[Result]
    predicted: float | None = None
    fallback: str | None = None


def _inputs(medium: str, ph: float, warmth: float) -> dict[str, Any]:
    return {"medium": medium, "ph": ph, "warmth": warmth}


ROUNDS: list[list[Ask]] = [
    [
        Ask("center", _inputs("basal", 7.0, 36.8), [(2.0, 65.0)]),
        Ask("space_filling", _inputs("rich", 6.9, 36.0), [(2.5, 80.0)]),
        Ask("space_filling", _inputs("rich", 7.2, 37.0), [(9.0, 40.0)]),
    ],
    [
        Ask("model", _inputs("rich", 7.1, 35.0), [None, (3.0, 75.0)], predicted=2.9),
        Ask("model", _inputs("basal", 7.05, 36.5), [(2.8, 82.0)], predicted=4.0),
        Ask("model", _inputs("basal", 6.8, 35.5), [None, None], predicted=2.6),
    ],
]


@dataclass
class Course:
    """Writes a campaign; `stop_at` is the experiment that still runs when the writing stops."""

    rounds: list[list[Ask]] = field(default_factory=lambda: copy.deepcopy(ROUNDS))
    file: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(FILE))
    stop_at: str | None = None
    fails: str | None = None
    is_open: bool = False
    has_readings: bool = True
    reason: str = "contamination: bacteria seen"
    alarm: str = "no titer sample on day 2"
    flag: str = "ph: achieved 7.2, commanded 7.1"

    def write(self, db: Path) -> Path:
        """Write the campaign into a new database and return its path."""
        with Store.open(db, durability="twin") as store:
            self._ledger = Ledger.create(store, CAMPAIGN)
            self._telemetry = TelemetryWriter(self._ledger)
            self._now = START_US
            self._n = 0
            self._n_asked = 0
            self._say(
                "campaign.defined",
                CAMPAIGN,
                name=self.file["name"],
                digest="d" * 64,
                seed=7,
                file=self.file,
                versions={"sdl-twin": "0.1.0"},
            )
            if self._run() and not self.is_open:
                if self.fails is not None:
                    self._say("campaign.failed", reason=self.fails)
                else:
                    self._say("campaign.finished", n=self._n)
            self._ledger.flush()
        return db

    def _run(self) -> bool:
        for number, asks in enumerate(self.rounds, start=1):
            self._say("round.started", str(number), round=number, n=len(asks))
            ids = [self._ask(number, ask) for ask in asks]
            for proposal, ask in zip(ids, asks, strict=True):
                for attempt, result in enumerate(ask.attempts, start=1):
                    if not self._attempt(proposal, ask, attempt, result):
                        return False
        return True

    def _say(self, kind: str, subject: str = "", **payload: Any) -> None:
        self._ledger.append(
            kind, time_us=self._now, actor="engine", subject=subject, payload=payload
        )

    def _ask(self, number: int, ask: Ask) -> str:
        self._n_asked += 1
        proposal = f"P{self._n_asked:04d}"
        predicted, fit = None, None
        if ask.predicted is not None:
            mean = ask.predicted
            predicted = {
                "titer": {"mean": mean, "sd": 0.3, "low": mean - 0.5, "high": mean + 0.5},
                "viability": {"mean": 78.0, "sd": 4.0, "low": 69.0, "high": 87.0},
            }
            fit = {
                "titer": {"n": 3, "loo_r2": -0.5, "loo_rmse": 0.4, "loo_coverage": 1.0},
                "viability": {"n": 3, "loo_r2": 0.6, "loo_rmse": 3.0, "loo_coverage": 0.66},
            }
        self._say(
            "proposal.asked",
            proposal,
            round=number,
            inputs=ask.inputs,
            strategy="sobol" if number == 1 else "bayesian",
            seed=100 + number,
            predicted=predicted,
            acquisition=None,
            fit=fit,
            fallback=ask.fallback,
            origin=ask.origin,
            p_feasible=0.9999 if predicted else None,
        )
        self._say("proposal.approved", proposal, by="policy", policy="none")
        return proposal

    def _attempt(self, proposal: str, ask: Ask, attempt: int, result: Result) -> bool:
        self._n += 1
        name = f"E{self._n:04d}"
        self._say("experiment.queued", name, proposal=proposal, attempt=attempt)
        self._say("experiment.started", name, vessel="R01")
        self._say("phase.changed", name, phase="prepare")
        self._now += 4 * HOUR_US
        self._say("phase.changed", name, phase="growth")
        if self.has_readings:
            self._readings(name)
        self._now += 7 * DAY_US
        self._say("phase.changed", name, phase="production")
        if name == self.stop_at:
            return False
        self._now += 7 * DAY_US
        if result is None:
            self._say(
                "experiment.failed", name, reason=self.reason, cause="contamination", outputs={}
            )
            is_last = attempt == len(ask.attempts)
            status = "abandoned" if is_last else "failed"
            self._say("experiment.told", name, status=status, inputs=ask.inputs, outputs={})
        else:
            self._complete(name, ask.inputs, *result)
        self._ledger.flush()
        self._now += DAY_US
        return True

    def _readings(self, name: str) -> None:
        rng = np.random.default_rng(self._n)
        times = self._now + np.arange(2016) * 10 * 60_000_000
        warmth = 36.5 + 0.02 * rng.standard_normal(2016)
        marks = np.zeros(2016, np.uint8)
        warmth[900:905], marks[900:905] = np.nan, 2
        marks[1200:1210] = 1
        kept = np.r_[0:500, 600:2016]  # a probe that was silent for most of a day
        self._series(name, "temperature", "degC", times[kept], warmth[kept], marks[kept])
        rare = times[::6]
        glucose = 20 + rng.standard_normal(len(rare))
        self._series(name, "raman_glucose", "mmol/L", rare, glucose, None)

    def _series(
        self, name: str, signal: str, unit: str, times: Any, values: Any, marks: Any
    ) -> None:
        quality = np.zeros(len(times), np.uint8) if marks is None else marks
        self._telemetry.write(CAMPAIGN, name, "R01", signal, unit, times, values, quality)

    def _complete(self, name: str, inputs: dict[str, Any], titer: float, viability: float) -> None:
        if name == "E0002":
            self._say("alarm.raised", name, message=self.alarm)
        for assay, value, unit in (
            ("titer", titer, "g/L"),
            ("viability", viability, "%"),
            ("glucose", 18.0, "mmol/L"),
        ):
            self._say(
                "result.recorded",
                name,
                sample=f"S-{name}",
                assay=assay,
                value=value,
                unit=unit,
                at_day=14.0,
                source_time_us=self._now,
                quality=0,
                instrument="PR1",
            )
        self._ledger.flush()
        settings = {"growth_temperature": inputs["warmth"], "ph": inputs["ph"]}
        achieved = {key: value + 0.01 for key, value in settings.items()}
        outputs = {"titer": titer, "viability": viability}
        self._say(
            "experiment.completed",
            name,
            achieved={**achieved, "medium": inputs["medium"]},
            commanded={**settings, "medium": inputs["medium"]},
            outputs=outputs,
            telemetry_digest=self._telemetry.digest(CAMPAIGN, name),
            flags=[self.flag] if name == "E0005" else [],
        )
        self._say("experiment.told", name, status="completed", inputs=inputs, outputs=outputs)


def _running() -> Course:
    return Course(stop_at="E0005")


def _failed() -> Course:
    ask = Ask("space_filling", _inputs("rich", 6.9, 36.0), [None])
    return Course(rounds=[[ask, ask]], fails="none of the 2 proposals of round 1 gave a result")


def _infeasible() -> Course:
    rounds = copy.deepcopy(ROUNDS[:1])
    rounds[0][1].attempts[0] = (2.5, 50.0)
    return Course(rounds=rounds)


SCENARIOS: dict[str, Callable[[], Course]] = {
    "finished": Course,
    "running": _running,
    "failed": _failed,
    "infeasible": _infeasible,
    "empty": lambda: Course(rounds=[], is_open=True),
    "first culture": lambda: Course(stop_at="E0001"),
}
