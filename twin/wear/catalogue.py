"""Every wear mechanism by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import Field

from twin.wear.column_ageing import ColumnAgeing
from twin.wear.impeller_bearing import ImpellerBearing
from twin.wear.lamp_ageing import LampAgeing
from twin.wear.mechanism import Mechanism
from twin.wear.membrane_fouling import MembraneFouling
from twin.wear.probe_drift import ProbeDrift
from twin.wear.pump_tubing import PumpTubing
from twin.wear.sparger_clogging import SpargerClogging

AnyMechanism = Annotated[
    MembraneFouling
    | SpargerClogging
    | PumpTubing
    | ImpellerBearing
    | ColumnAgeing
    | ProbeDrift
    | LampAgeing,
    Field(discriminator="kind"),
]
"""Any mechanism, told apart by its `kind`."""

MECHANISMS: Final[Mapping[str, type[Mechanism]]] = MappingProxyType(
    {
        "membrane_fouling": MembraneFouling,
        "sparger_clogging": SpargerClogging,
        "pump_tubing": PumpTubing,
        "impeller_bearing": ImpellerBearing,
        "column_ageing": ColumnAgeing,
        "probe_drift": ProbeDrift,
        "lamp_ageing": LampAgeing,
    }
)
