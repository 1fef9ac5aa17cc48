"""Every fault by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field

from twin.faults.bias import Bias
from twin.faults.bubble import Bubble
from twin.faults.contamination import Contamination
from twin.faults.delay import Delay
from twin.faults.drift import Drift
from twin.faults.equipment import EquipmentFault
from twin.faults.foam import Foam
from twin.faults.freeze import Freeze
from twin.faults.gain import Gain
from twin.faults.lost_communication import LostCommunication
from twin.faults.noise import Noise
from twin.faults.power_dip import PowerDip
from twin.faults.pump_failure import PumpFailure
from twin.faults.signal_fault import SignalFault
from twin.faults.spike import Spike
from twin.faults.stuck_valve import StuckValve

AnyFault = Annotated[
    Bias
    | Drift
    | Gain
    | Freeze
    | Spike
    | Noise
    | Delay
    | Bubble
    | StuckValve
    | PumpFailure
    | Contamination
    | Foam
    | PowerDip
    | LostCommunication,
    Field(discriminator="kind"),
]
"""Any fault, told apart by its `kind`."""

SIGNAL_FAULTS: Final[Mapping[str, type[SignalFault]]] = MappingProxyType(
    {
        "bias": Bias,
        "drift": Drift,
        "gain": Gain,
        "freeze": Freeze,
        "spike": Spike,
        "noise": Noise,
        "delay": Delay,
        "bubble": Bubble,
    }
)
EQUIPMENT_FAULTS: Final[Mapping[str, type[EquipmentFault]]] = MappingProxyType(
    {
        "stuck_valve": StuckValve,
        "pump_failure": PumpFailure,
        "contamination": Contamination,
        "foam": Foam,
        "power_dip": PowerDip,
        "lost_communication": LostCommunication,
    }
)
