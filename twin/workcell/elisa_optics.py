"""From the concentrations in the wells to the absorbance that a plate reader shows.

The curve of the conditions, then what spoils it: a gain per plate, a gradient across the plate
from the order of dispensing, wells at the rim that warm up faster and dry out, noise from coating
and washing, stray light that lets absorbance saturate, and the detector's own noise. All figures
are assumptions of the usual size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.device import Floats
from twin.workcell.elisa_conditions import Conditions, true_curve
from twin.workcell.elisa_plate import ANALYTE
from twin.workcell.labware import Labware

ROOM_C = 22.0


@dataclass(frozen=True, slots=True)
class Optics:
    """Errors of plate and reader; `scale` multiplies all but edge effect and stray light."""

    scale: float = 1.0
    plate_gain: float = 0.04
    well_noise: float = 0.04
    gradient: float = 0.01
    detector_od: float = 0.004
    edge_per_k: float = 0.004
    edge_time_min: float = 60.0
    stray_light: float = 1.0e-4
    linear_to_od: float = 3.5


def read_plate(
    plate: Labware, conditions: Conditions, rng: np.random.Generator, optics: Optics
) -> dict[str, float]:
    """Return the absorbance of each filled well, by its name."""
    wells = [well for well in plate.kind.wells if plate[well].volume_ul > 0.0]
    concentration = np.array([plate[well].solutes.get(ANALYTE, 0.0) for well in wells])
    signal = np.asarray(true_curve(conditions).at(concentration), dtype=float)
    columns = np.array([plate.kind.row_column(well)[1] for well in wells])
    rim = np.array([plate.kind.is_edge(well) for well in wells])
    shared = rng.standard_normal(2) * optics.scale
    own = rng.standard_normal((2, len(wells))) * optics.scale
    place = columns / max(plate.kind.n_columns - 1, 1) - 0.5
    warmed = 1.0 - np.exp(-conditions.incubation_min / optics.edge_time_min)
    edge = optics.edge_per_k * (conditions.temperature_c - ROOM_C) * warmed
    signal = signal * (1.0 + optics.plate_gain * shared[0])
    signal = signal * (1.0 + optics.gradient * shared[1] * place)
    signal = signal * (1.0 + edge * rim) * np.exp(optics.well_noise * own[0])
    seen = saturated(signal, optics.stray_light) + optics.detector_od * own[1]
    return {w: round(float(v), 4) for w, v in zip(wells, np.maximum(seen, 1e-3), strict=True)}


def saturated(absorbance: Floats, stray_light: float) -> Floats:
    """Return what a photometer with a share of stray light shows (same shape)."""
    return np.asarray(-np.log10((10.0**-absorbance + stray_light) / (1.0 + stray_light)))
