"""A small campaign written out by hand: what an engine would record, the same at every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sdl.store import Ledger, Store, TelemetryWriter

CAMPAIGN = "cho"
START_US = 1_799_049_600_000_000  # 2027-01-04T08:00:00Z
DAY_US = 86_400_000_000

FILE: dict[str, Any] = {
    "format": 1,
    "name": "cho",
    "title": "Titer of a CHO culture",
    "seed": 7,
    "factors": {
        "ph": {"kind": "continuous", "unit": "pH", "low": 6.8, "high": 7.3, "center": 7.0},
        "warmth": {
            "kind": "continuous",
            "unit": "degC",
            "low": 35.0,
            "high": 37.5,
            "center": 36.8,
            "sets": "growth_temperature",
        },
        "medium": {"kind": "categorical", "levels": ["basal", "rich"], "center": "basal"},
    },
    "outputs": {
        "titer": {"unit": "g/L", "assay": "titer", "at": "harvest", "goal": "maximize"},
        "viability": {"unit": "%", "assay": "viability", "at": "harvest", "min": 70.0},
    },
    "plan": {"rounds": 2, "batch_size": 3},
    "recipe": {"program": "fed_batch"},
}

# proposal -> origin, round, inputs, attempts as (titer, viability) or None for a failure
COURSE: list[tuple[str, str, int, dict[str, Any], list[tuple[float, float] | None]]] = [
    ("P0001", "center", 1, {"ph": 7.0, "warmth": 36.8, "medium": "basal"}, [(2.0, 85.0)]),
    ("P0002", "space_filling", 1, {"ph": 6.9, "warmth": 36.0, "medium": "rich"}, [(2.5, 80.0)]),
    ("P0003", "space_filling", 1, {"ph": 7.2, "warmth": 37.0, "medium": "rich"}, [(9.0, 40.0)]),
    ("P0004", "model", 2, {"ph": 7.1, "warmth": 36.2, "medium": "rich"}, [None, (3.0, 75.0)]),
    ("P0005", "model", 2, {"ph": 6.8, "warmth": 35.5, "medium": "basal"}, [None, None]),
]


class Script:
    """Writes the course of `COURSE` step by step; stop iterating and it was interrupted."""

    def __init__(self, ledger: Ledger, *, flush: bool = True) -> None:
        self.ledger = ledger
        self.telemetry = TelemetryWriter(ledger)
        self.now_us = START_US
        self.flush = flush
        self.n_commands = 0
        self.n_experiments = 0

    def say(self, kind: str, subject: str = "", **payload: Any) -> None:
        self.ledger.append(
            kind, time_us=self.now_us, actor="engine", subject=subject, payload=payload
        )

    def steps(self) -> Iterator[str]:
        self.say(
            "campaign.defined",
            CAMPAIGN,
            name="cho",
            digest="d" * 64,
            seed=7,
            file=FILE,
            versions={"sdl-twin": "0.1.0"},
        )
        yield "defined"
        for number in (1, 2):
            group = [one for one in COURSE if one[2] == number]
            self.say("round.started", str(number), round=number, n=len(group))
            for name, origin, _, inputs, _ in group:
                self._ask(name, origin, number, inputs)
            for name, *_ in group:
                self.say("proposal.approved", name, by="policy", policy="none")
            yield f"asked {number}"
            for name, _, _, inputs, attempts in group:
                yield from self._attempts(name, inputs, attempts)
        self.say("campaign.finished", n=len(COURSE))
        if self.flush:
            self.ledger.flush()
        yield "finished"

    def run(self) -> None:
        for _ in self.steps():
            pass

    def _ask(self, name: str, origin: str, number: int, inputs: dict[str, Any]) -> None:
        predicted = None
        if origin == "model":
            predicted = {
                "titer": {"mean": 2.9, "sd": 0.3, "low": 2.4, "high": 3.4},
                "viability": {"mean": 78.0, "sd": 4.0, "low": 71.0, "high": 85.0},
            }
        self.say(
            "proposal.asked",
            name,
            round=number,
            inputs=inputs,
            strategy="sobol" if number == 1 else "bayesian",
            seed=100 + number,
            predicted=predicted,
            acquisition=None,
            fit=None,
            fallback=None,
            origin=origin,
            p_feasible=0.9 if predicted else None,
        )

    def _attempts(
        self, proposal: str, inputs: dict[str, Any], attempts: list[tuple[float, float] | None]
    ) -> Iterator[str]:
        for number, outcome in enumerate(attempts, start=1):
            self.n_experiments += 1
            name = f"E{self.n_experiments:04d}"
            self.proposal = proposal
            self.say("experiment.queued", name, proposal=proposal, attempt=number)
            self.say("experiment.started", name, vessel="R01")
            self.n_commands += 1
            command = f"C{self.n_commands:06d}"
            self.say(
                "command.intended",
                command,
                instrument="R01",
                verb="fed_batch",
                arguments=_commanded(inputs),
                experiment=name,
                deadline_us=self.now_us + 60_000_000,
            )
            self.say("command.acknowledged", command)
            yield f"started {name}"
            self._culture(name)
            yield f"measured {name}"
            self.say("command.completed", command, result={"volume_ml": 180.5})
            if outcome is None:
                self._fail(name, is_last=number == len(attempts), inputs=inputs)
            else:
                self._complete(name, inputs, *outcome)
            if self.flush:
                self.ledger.flush()
            yield f"told {name}"

    def _culture(self, name: str) -> None:
        rng = np.random.default_rng(self.n_experiments)
        self.say("phase.changed", name, phase="growth")
        for day in range(3):
            start = self.now_us
            minutes = start + np.arange(1440) * 60_000_000
            ph = 7.0 + 0.01 * rng.standard_normal(1440)
            marks = np.zeros(1440, np.uint8)
            if day == 1:
                ph[10:20] = np.nan
                marks[10:20] = 2
            self._write(name, "ph", "pH", minutes, ph, marks)
            moments = start + np.sort(rng.choice(DAY_US, 50, replace=False))
            self._write(name, "raman_glucose", "mmol/L", moments, 20 + rng.random(50), None)
            self.now_us = start + DAY_US

    def _write(
        self, name: str, signal: str, unit: str, times: Any, values: Any, marks: Any
    ) -> None:
        self.telemetry.write(CAMPAIGN, name, "R01", signal, unit, times, values, marks)

    def _complete(self, name: str, inputs: dict[str, Any], titer: float, viability: float) -> None:
        for assay, value, unit in (("titer", titer, "g/L"), ("viability", viability, "%")):
            self.say(
                "result.recorded",
                name,
                sample=f"S-{name}",
                assay=assay,
                value=value,
                unit=unit,
                at_day=3.0,
                source_time_us=self.now_us,
                quality="good",
                instrument="PR1",
            )
        commanded = _commanded(inputs)
        achieved = {**commanded, "ph": inputs["ph"] + 0.004}
        outputs = {"titer": titer, "viability": viability}
        self.say(
            "experiment.completed",
            name,
            achieved=achieved,
            commanded=commanded,
            outputs=outputs,
            telemetry_digest=self.telemetry.seal(CAMPAIGN, name),
            flags=["ph.gap"],
        )
        told = {"ph": achieved["ph"], "warmth": inputs["warmth"], "medium": inputs["medium"]}
        self.say("experiment.told", name, status="completed", inputs=told, outputs=outputs)

    def _fail(self, name: str, *, is_last: bool, inputs: dict[str, Any]) -> None:
        self.say(
            "experiment.failed", name, reason="contaminated", cause="contamination", outputs={}
        )
        self.say("alarm.raised", name, message="contamination in R01")
        if is_last:
            self.say("proposal.abandoned", self.proposal, reason="2 attempts failed")
        status = "abandoned" if is_last else "failed"
        self.say("experiment.told", name, status=status, inputs=inputs, outputs={})


def _commanded(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "ph": inputs["ph"],
        "growth_temperature": inputs["warmth"],
        "medium": inputs["medium"],
        "duration_day": 3.0,
    }


def write_course(store: Store) -> tuple[int, str]:
    """Write the whole course and return the ledger's head."""
    ledger = Ledger.create(store, CAMPAIGN)
    Script(ledger).run()
    return ledger.head
