"""The rules of the house that hold across rooms."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "alembic",
    "bofire",
    "botorch",
    "dash",
    "gymnasium",
    "numba",
    "pandas",
    "plotly",
    "pyomo",
    "scipy",
    "sqlalchemy",
    "sqlmodel",
    "torch",
}


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after a statement."""
    listing = "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    code = f"{statement}\nimport json, sys\n{listing}"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(out.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import sdl, twin, drivers, optimizers, dashboard", set()),
        ("import sdl.cli", set()),
        ("import sdl.campaign", set()),
        ("import sdl.store", set()),
        ("import twin.clock", set()),
        ("import twin.environments", {"gymnasium"}),
        ("import twin.kinetics.cho_fedbatch", set()),
        ("import twin.wear, twin.faults, twin.scenario", set()),
        ("import twin.pat.raman.soft_sensor, twin.pat.offgas, twin.pat.cell_estimate", set()),
        ("import drivers.instruments", set()),
        ("import optimizers.space", set()),
        ("from sdl.campaign import validate; validate('sim_configs/cho_fedbatch.yaml')", {"pyomo"}),
    ],
)
def test_importing_a_room_loads_nothing_heavy(statement: str, allowed: set[str]) -> None:
    assert (loaded_by(statement) & HEAVY) - allowed == set()


def test_help_loads_nothing_but_click() -> None:
    statement = (
        "import sys; sys.argv = ['sdl', '--help']\n"
        "from sdl.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert loaded_by(statement) & (HEAVY | {"numpy", "pydantic", "rich", "yaml", "simpy"}) == set()
