"""An off-gas analyser: what it says of oxygen uptake and CO2 evolution, with its errors.

Cells of animals take a fraction of a per cent off the oxygen of the gas, so that an error of 0.5 %
of the reading is larger than what is to be measured. As real ones do, the analyser is therefore
adjusted on the inlet gas at the start (its error then cancels) and averages; both can be switched
off. When the dryer fails, water vapour dilutes oxygen and CO2 alike and the inert balance takes it
for inert gas: oxygen uptake reads too high and RQ too low. Sensor errors: `catalogue`. The
averaging time and the vapour that a failed dryer lets through are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.device import GOOD, UNCERTAIN, Codes, Floats
from twin.pat.bank import ProbeBank
from twin.pat.calibration import Reference
from twin.pat.catalogue import probes
from twin.pat.gas_balance import (
    MOLAR_VOLUME_L_PER_MOL,
    Gas,
    NoSuchGas,
    Respiration,
    balance,
    outlet,
)

if TYPE_CHECKING:
    from numpy.random import Generator

Flags = np.ndarray[Any, np.dtype[np.bool_]]
SIGNIFICANT = 3.0  # times the noise, below which a value is uncertain
PRESSURE_PA = 101325.0


@dataclass(frozen=True, slots=True)
class OffGasReadings:
    """What the analyser shows, each (n,): mol/mol, standard L/h, mmol/L/h; RQ without unit."""

    oxygen: Floats
    co2: Floats
    gas_flow: Floats
    oxygen_uptake: Floats
    carbon_evolution: Floats
    quotient: Floats
    quality: Codes


def vapour_pressure_pa(temperature_c: float) -> float:
    """Return the saturation pressure of water (Magnus form, recalled)."""
    return float(611.2 * np.exp(17.62 * temperature_c / (243.12 + temperature_c)))


class OffGasAnalyzer:
    """The gas sensors of one vessel; reading in one piece or in many gives the same numbers.

    Args:
        inlet: true shares of oxygen and CO2 in the gas supplied.
        interval_s: step of the sampling grid.
        n_averaged: raw readings behind one on the grid; noise falls with the root.
        is_zeroed: adjusted on the inlet gas at the start.
        noise_scale: multiplies every error; rng: where errors come from.

    Raises:
        NoSuchGas: no raw reading is averaged.
    """

    def __init__(
        self,
        inlet: tuple[float, float],
        interval_s: float,
        noise_scale: float,
        rng: Generator,
        n_averaged: int = 60,
        is_zeroed: bool = True,
    ) -> None:
        if n_averaged < 1:
            raise NoSuchGas(f"{n_averaged} raw readings are averaged; must be 1 or more")
        self._inlet = inlet
        sensors = probes(("oxygen_in_gas", "co2_in_gas", "gas_flow"), interval_s)
        share = 1.0 / np.sqrt(n_averaged)
        self._sensors = [replace(s, noise_rel=float(s.noise_rel * share)) for s in sensors]
        self._scale = noise_scale
        bank_rng, zero_rng = rng.spawn(2)
        self._bank = ProbeBank(self._sensors, interval_s, noise_scale, bank_rng)
        if is_zeroed:
            reference = Reference("inlet gas of known shares").instrument(zero_rng)
            for name, share in zip(("oxygen_in_gas", "co2_in_gas"), inlet, strict=True):
                self._bank.calibrate(name, 0, [share], reference, zero_rng)

    def read(
        self,
        respiration: Respiration,
        volume_l: Floats,
        gas_flow_l_per_h: Floats,
        is_dry: Flags | None = None,
        dryer_c: float = 25.0,
    ) -> OffGasReadings:
        """Return readings of the next grid steps, true values (n,) in, readings (n,) out.

        Args:
            respiration: what the culture truly does.
            volume_l: its volume, which is taken as known.
            gas_flow_l_per_h: dry gas supplied, standard L/h.
            is_dry: where the dryer works; everywhere when None.
            dryer_c: temperature at which gas is saturated behind a failed dryer.

        Raises:
            NoSuchGas: no gas flows, or more oxygen is taken up than enters.
        """
        supplied = Gas(
            gas_flow_l_per_h,
            np.full_like(gas_flow_l_per_h, self._inlet[0]),
            np.full_like(gas_flow_l_per_h, self._inlet[1]),
        )
        leaving = outlet(supplied, respiration, volume_l)
        vapour = vapour_pressure_pa(dryer_c) / PRESSURE_PA
        dilution = 1.0 if is_dry is None else np.where(is_dry, 1.0, 1.0 - vapour)
        truth = np.column_stack(
            [leaving.oxygen * dilution, leaving.co2 * dilution, gas_flow_l_per_h]
        )
        seen, quality = self._bank.read(truth)
        oxygen, co2, flow = seen.T
        found = balance(flow, (supplied.oxygen, supplied.co2), (oxygen, co2), volume_l)
        per_l = 1000.0 * flow / (volume_l * MOLAR_VOLUME_L_PER_MOL)
        noise = self._sensors[0].noise_rel * self._scale * oxygen * per_l
        is_lost = np.abs(found.oxygen_uptake) < SIGNIFICANT * noise
        return OffGasReadings(
            oxygen,
            co2,
            flow,
            found.oxygen_uptake,
            found.carbon_evolution,
            found.quotient,
            np.where(is_lost, UNCERTAIN, np.maximum(quality.max(axis=1), GOOD)).astype(np.uint8),
        )
