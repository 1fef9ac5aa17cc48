from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "bofire", "botorch", "gpytorch", "pandas", "numpy", "scipy", "pydantic")


def loaded_after(code: str) -> set[str]:
    probe = f"{code}\nimport sys\nprint(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import optimizers",
        "from optimizers import Observation, Batch, ContinuousSpec, SpaceInvalid, derive_domain",
        "import optimizers.observations, optimizers.specs, optimizers.space, optimizers.domain",
    ],
)
def test_describing_loads_nothing_heavy(code: str) -> None:
    assert loaded_after(code) == set()


def test_the_functions_load_no_engine_before_they_are_called() -> None:
    loaded = loaded_after("import optimizers.propose, optimizers.predict")
    assert loaded <= {"numpy"}


def test_unknown_names_are_refused() -> None:
    import optimizers

    with pytest.raises(AttributeError, match="nothing_here"):
        _ = optimizers.nothing_here
    assert set(optimizers.__all__) <= set(dir(optimizers))
    assert all(getattr(optimizers, name) is not None for name in optimizers.__all__)
