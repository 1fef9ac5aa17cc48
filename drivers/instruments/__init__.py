"""One plain class per kind of instrument, over a transport."""

from __future__ import annotations

from drivers.instruments.analyzer import (
    Analyzer,
    BloodGasAnalyzer,
    CellCounter,
    Hplc,
    MetaboliteAnalyzer,
    Osmometer,
    PlateReader,
)
from drivers.instruments.bioreactor import Bioreactor
from drivers.instruments.instrument import Instrument
from drivers.instruments.lab import Lab
from drivers.instruments.liquid_handler import LiquidHandler
from drivers.instruments.mover import Agv, Mover, RobotArm

__all__ = [
    "Agv",
    "Analyzer",
    "Bioreactor",
    "BloodGasAnalyzer",
    "CellCounter",
    "Hplc",
    "Instrument",
    "Lab",
    "LiquidHandler",
    "MetaboliteAnalyzer",
    "Mover",
    "Osmometer",
    "PlateReader",
    "RobotArm",
    "instrument_class",
]

_BY_KIND: dict[str, type[Instrument]] = {
    cls.kind: cls
    for cls in (
        Bioreactor,
        LiquidHandler,
        PlateReader,
        CellCounter,
        Hplc,
        Osmometer,
        BloodGasAnalyzer,
        MetaboliteAnalyzer,
        RobotArm,
        Agv,
    )
}


def instrument_class(kind: str) -> type[Instrument]:
    """Return the class that drives instruments of `kind`; a plain `Instrument` for others."""
    return _BY_KIND.get(kind, Instrument)
