"""The page on environments says what the environments are, and what policies earn there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from twin.environments import FedBatchEnv, IndPenSimEnv, PerfusionEnv, ProcessEnv
from twin.environments.fed_batch import COSTS as FED_BATCH_COSTS
from twin.environments.fed_batch import FedBatchOptions
from twin.environments.indpensim import COSTS as INDPENSIM_COSTS
from twin.environments.indpensim import IndPenSimOptions
from twin.environments.perfusion import COSTS as PERFUSION_COSTS
from twin.environments.perfusion import PerfusionOptions

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "environments.md"
KINDS = {
    "sdl-twin/FedBatch-v0": (FedBatchEnv, FedBatchOptions, FED_BATCH_COSTS),
    "sdl-twin/Perfusion-v0": (PerfusionEnv, PerfusionOptions, PERFUSION_COSTS),
    "sdl-twin/IndPenSim-v0": (IndPenSimEnv, IndPenSimOptions, INDPENSIM_COSTS),
}


def section(name: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.split(f"## `{name}`\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.split("|")[1:-1]] for line in lines]


@pytest.mark.parametrize("name", KINDS)
def test_actions_observations_options_and_prices_stand_there(name: str) -> None:
    kind, options, costs = KINDS[name]
    env, found = kind(), rows(section(name))
    for setpoint in env.setpoints:
        bounds = [f"{setpoint.low:g}", f"{setpoint.high:g}"]
        assert [setpoint.name, setpoint.unit, *bounds, setpoint.doc] in found
    for signal in env.signals:
        ranges = [f"{signal.low:g}", f"{signal.high:g}"]
        assert [signal.name, signal.unit, *ranges, signal.doc] in found
    for option, field in options.model_fields.items():
        (row,) = (row for row in found if row[0] == option and len(row) == 3)
        assert row[2] == field.description
        assert row[1] in (str(field.default), "–")
    prose = re.findall(r"(\d+\.\d+) (?:k?g )?per", " ".join(section(name).split()))
    assert sorted(map(float, prose)) == sorted(costs.values())
    assert all(f"{price:g}" in (kind.__doc__ or "") for price in costs.values())


def earned(env: ProcessEnv, seed: int, is_recipe: bool) -> float:
    env.action_space.seed(seed)
    env.reset(seed=seed)
    total, is_over = 0.0, False
    while not is_over:
        action = env.recipe_action() if is_recipe else env.action_space.sample()
        _, reward, terminated, truncated, _ = env.step(action)
        total, is_over = total + reward, terminated or truncated
    return total


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.slow] if "IndPenSim" in n else []) for n in KINDS],
)
def test_the_returns_are_those_of_seeds_0_to_4(name: str) -> None:
    (row,) = (
        row for row in rows(PAGE.read_text(encoding="utf-8")) if row[0] == name and ".." in row[2]
    )
    for cell, is_recipe in ((row[2], True), (row[3], False)):
        returns = [earned(KINDS[name][0](), seed, is_recipe) for seed in range(5)]
        said = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", cell)]
        last_digit = 0.01 if "." in cell.split()[0] else 1.0
        measured = [np.mean(returns), min(returns), max(returns)]
        assert said == pytest.approx(measured, abs=0.6 * last_digit)
