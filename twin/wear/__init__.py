"""Wear: how parts of a plant age by use, what of it shows, and when they fail.

Each mechanism is a file of pure laws, vectorised over ages and units; `Wear` is one part that
ages. `MECHANISMS` lists them by kind.
"""

from __future__ import annotations

from twin.wear.catalogue import MECHANISMS, AnyMechanism
from twin.wear.column_ageing import ColumnAgeing
from twin.wear.impeller_bearing import ImpellerBearing
from twin.wear.lamp_ageing import LampAgeing
from twin.wear.mechanism import ActionRefused, Mechanism, Quantity
from twin.wear.membrane_fouling import MembraneFouling
from twin.wear.probe_drift import ProbeDrift
from twin.wear.pump_tubing import PumpTubing
from twin.wear.sparger_clogging import SpargerClogging
from twin.wear.unit import Effect, Wear
from twin.wear.use import Use

__all__ = [
    "MECHANISMS",
    "ActionRefused",
    "AnyMechanism",
    "ColumnAgeing",
    "Effect",
    "ImpellerBearing",
    "LampAgeing",
    "Mechanism",
    "MembraneFouling",
    "ProbeDrift",
    "PumpTubing",
    "Quantity",
    "SpargerClogging",
    "Use",
    "Wear",
]
