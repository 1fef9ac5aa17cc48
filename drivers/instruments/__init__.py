"""One plain class per kind of instrument, over a transport."""

from __future__ import annotations

from drivers.instruments.analyzer import Analyzer, CellCounter, PlateReader
from drivers.instruments.bioreactor import Bioreactor
from drivers.instruments.instrument import Instrument
from drivers.instruments.lab import Lab
from drivers.instruments.liquid_handler import LiquidHandler

__all__ = [
    "Analyzer",
    "Bioreactor",
    "CellCounter",
    "Instrument",
    "Lab",
    "LiquidHandler",
    "PlateReader",
    "instrument_class",
]

_BY_KIND: dict[str, type[Instrument]] = {
    cls.kind: cls for cls in (Bioreactor, LiquidHandler, PlateReader, CellCounter)
}


def instrument_class(kind: str) -> type[Instrument]:
    """Return the class that drives instruments of `kind`; a plain `Instrument` for others."""
    return _BY_KIND.get(kind, Instrument)
