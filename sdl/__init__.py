"""SDL Twin's orchestrator.

Ten lines do a campaign:

    import sdl
    campaign = sdl.load("sim_configs/quick.yaml")
    result = sdl.run(campaign, db="sdl-data/sdl.db")
    frame = result.experiments()

Everything public is reached from here; the modules behind it are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdl.campaign import Campaign, CampaignInvalid, Diagnostic, load, validate
    from sdl.result import CampaignResult, open_result
    from sdl.running import resume, run

__version__ = "0.1.0"

_HOME = {
    "Campaign": "sdl.campaign",
    "CampaignInvalid": "sdl.campaign",
    "CampaignResult": "sdl.result",
    "Diagnostic": "sdl.campaign",
    "load": "sdl.campaign",
    "open_result": "sdl.result",
    "resume": "sdl.running",
    "run": "sdl.running",
    "validate": "sdl.campaign",
}

__all__ = [
    "Campaign",
    "CampaignInvalid",
    "CampaignResult",
    "Diagnostic",
    "__version__",
    "load",
    "open_result",
    "resume",
    "run",
    "validate",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'sdl' has no attribute {name!r}")
