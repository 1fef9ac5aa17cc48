"""Oxygen uptake, CO2 evolution and respiratory quotient from gas that enters and leaves.

What neither reacts nor dissolves leaves as it came, so the flow out needs no meter:
Q_out = Q_in (1 - yO2 - yCO2)_in / (1 - yO2 - yCO2)_out, and OUR = (Q_in y_in - Q_out y_out)/(V Vm).
Flows are of dry gas in standard litres (0 degC, 101,325 Pa). The liquid's own stores are taken as
steady: after a step in dissolved oxygen or pH the balance shows the transfer, not the uptake.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats

MOLAR_VOLUME_L_PER_MOL = 22.414
AIR_OXYGEN = 0.2095  # dry air, mol/mol
AIR_CO2 = 0.0004


class NoSuchGas(ValueError):
    """A gas can't be: the message says which value, where and what would be right."""


@dataclass(frozen=True, slots=True)
class Gas:
    """A stream of gas: dry flow in standard L/h, oxygen and CO2 in mol/mol, each (n,)."""

    flow_l_per_h: Floats
    oxygen: Floats
    co2: Floats

    def __post_init__(self) -> None:
        if np.any(self.flow_l_per_h <= 0.0):
            raise NoSuchGas(f"gas flow is {self.flow_l_per_h.min()} L/h; must be more than 0")
        for name in ("oxygen", "co2"):
            value = getattr(self, name)
            if not np.all((value >= 0.0) & (value <= 1.0)):
                raise NoSuchGas(f"{name} is {value.min()} to {value.max()}; must be in 0..1")
        if np.any(self.oxygen + self.co2 >= 1.0):
            raise NoSuchGas("oxygen and CO2 leave no room for inert gas; their sum must be below 1")


@dataclass(frozen=True, slots=True)
class Respiration:
    """Oxygen uptake and CO2 evolution in mmol/L/h, each (n,)."""

    oxygen_uptake: Floats
    carbon_evolution: Floats

    @property
    def quotient(self) -> Floats:
        """CO2 evolved per oxygen taken up; not a number where nothing is taken up."""
        return np.divide(
            self.carbon_evolution,
            self.oxygen_uptake,
            out=np.full_like(self.oxygen_uptake, np.nan),
            where=self.oxygen_uptake != 0.0,
        )


def air(flow_l_per_h: Floats, oxygen: float = AIR_OXYGEN, co2: float = AIR_CO2) -> Gas:
    """Return dry air, or air enriched to other shares, at flows (n,)."""
    return Gas(flow_l_per_h, np.full_like(flow_l_per_h, oxygen), np.full_like(flow_l_per_h, co2))


def outlet(inlet: Gas, respiration: Respiration, volume_l: Floats) -> Gas:
    """Return what leaves a culture of `volume_l` (n,) that respires.

    Raises:
        NoSuchGas: more oxygen is taken up than enters.
    """
    to_l_per_h = volume_l * MOLAR_VOLUME_L_PER_MOL / 1000.0
    oxygen = inlet.flow_l_per_h * inlet.oxygen - respiration.oxygen_uptake * to_l_per_h
    co2 = inlet.flow_l_per_h * inlet.co2 + respiration.carbon_evolution * to_l_per_h
    if np.any(oxygen < 0.0):
        raise NoSuchGas(
            "more oxygen is taken up than enters; the gas flow must be at least "
            f"{np.max(respiration.oxygen_uptake * to_l_per_h / inlet.oxygen):.4g} L/h"
        )
    flow = inlet.flow_l_per_h * (1.0 - inlet.oxygen - inlet.co2) + oxygen + co2
    return Gas(flow, oxygen / flow, co2 / flow)


def balance(
    flow_in_l_per_h: Floats,
    inlet: tuple[Floats, Floats],
    outlet: tuple[Floats, Floats],
    volume_l: Floats,
) -> Respiration:
    """Return the respiration by the inert balance; inlet and outlet as (oxygen, CO2), each (n,)."""
    (oxygen_in, co2_in), (oxygen_out, co2_out) = inlet, outlet
    flow_out = flow_in_l_per_h * (1.0 - oxygen_in - co2_in) / (1.0 - oxygen_out - co2_out)
    per_l = 1000.0 / (volume_l * MOLAR_VOLUME_L_PER_MOL)
    return Respiration(
        (flow_in_l_per_h * oxygen_in - flow_out * oxygen_out) * per_l,
        (flow_out * co2_out - flow_in_l_per_h * co2_in) * per_l,
    )
