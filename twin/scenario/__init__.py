"""Scenarios: which parts of a plant wear and which faults happen, in a file.

`load` gives a `Scenario` or raises `ScenarioInvalid` with every problem of the file; the JSON
Schema is in `twin.scenario.schema`.
"""

from __future__ import annotations

from twin.scenario.loading import (
    load,
    loads,
    problems_of,
    scenario_from_dict,
)
from twin.scenario.matching import unmatched
from twin.scenario.model import Scenario
from twin.scenario.problem import Problem, ScenarioInvalid

__all__ = [
    "Problem",
    "Scenario",
    "ScenarioInvalid",
    "load",
    "loads",
    "problems_of",
    "scenario_from_dict",
    "unmatched",
]
