"""Which versions of what decides a campaign's numbers are at work."""

from __future__ import annotations

import platform
from importlib.metadata import version

DECIDING = (
    "sdl-twin",
    "bofire",
    "botorch",
    "gpytorch",
    "torch",
    "numpy",
    "scipy",
    "numba",
    "simpy",
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a campaign's numbers."""
    return {"python": platform.python_version(), **{name: version(name) for name in DECIDING}}
