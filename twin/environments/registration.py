"""Makes the environments known to gymnasium, without loading them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

IDS: Final = MappingProxyType(
    {
        "sdl-twin/FedBatch-v0": "twin.environments.fed_batch:FedBatchEnv",
        "sdl-twin/Perfusion-v0": "twin.environments.perfusion:PerfusionEnv",
        "sdl-twin/IndPenSim-v0": "twin.environments.indpensim:IndPenSimEnv",
    }
)
"""Ids and where their classes are."""


class GymnasiumMissing(ImportError):
    """The package gymnasium isn't installed."""

    def __init__(self) -> None:
        super().__init__(
            "twin.environments needs gymnasium (the extra 'gym' of this package); "
            "install it with: pip install 'gymnasium>=1.4'"
        )


def register_environments() -> None:
    """Register what isn't registered yet.

    Raises:
        GymnasiumMissing: gymnasium isn't installed.
    """
    try:
        import gymnasium
    except ModuleNotFoundError as missing:
        if missing.name != "gymnasium":
            raise
        raise GymnasiumMissing from None
    for name, entry_point in IDS.items():
        if name not in gymnasium.registry:
            gymnasium.register(name, entry_point=entry_point)
