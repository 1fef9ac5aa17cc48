"""Faults: what goes wrong with signals and equipment, when, and the truth about it.

A signal fault changes what is read and never the process; an equipment fault names what it does
to a device. `FaultPlan` turns declared faults into distorted signals, effects over time and
ground-truth labels.
"""

from __future__ import annotations

from twin.faults.catalogue import EQUIPMENT_FAULTS, SIGNAL_FAULTS, AnyFault
from twin.faults.equipment import EquipmentFault
from twin.faults.equipment_effect import (
    ContaminantAdded,
    EquipmentEffect,
    InputMultiplied,
    InputStuck,
    NoCommunication,
    PoweredOff,
)
from twin.faults.fault import Fault
from twin.faults.faulty_signal import FaultySignal, SamplesOutOfOrder
from twin.faults.label import FaultLabel
from twin.faults.occurrence import WeibullHazard, Window
from twin.faults.plan import FaultPlan
from twin.faults.signal_fault import SignalFault
from twin.faults.systematic import SystematicError, SystematicFault
from twin.faults.timeline import EquipmentTimeline, Happening

__all__ = [
    "EQUIPMENT_FAULTS",
    "SIGNAL_FAULTS",
    "AnyFault",
    "ContaminantAdded",
    "EquipmentEffect",
    "EquipmentFault",
    "EquipmentTimeline",
    "Fault",
    "FaultLabel",
    "FaultPlan",
    "FaultySignal",
    "Happening",
    "InputMultiplied",
    "InputStuck",
    "NoCommunication",
    "PoweredOff",
    "SamplesOutOfOrder",
    "SignalFault",
    "SystematicError",
    "SystematicFault",
    "WeibullHazard",
    "Window",
]
