"""Starts and sets a CHO perfusion culture in the units of the trade: volumes per day, CSPR."""

from __future__ import annotations

from twin.kinetics.cho_fedbatch import AIR_OXYGEN_PRESSURE, oxygen_solubility
from twin.kinetics.cho_perfusion import CHO_PERFUSION, HOURS_PER_DAY, PL_PER_CELL
from twin.kinetics.perfusion_parameters import STATES

VIABILITY_AT_START = 0.97
NO_BLEED = 1000.0


class NotPositive(ValueError):
    """A volume, density or rate that must be more than zero is not."""

    def __init__(self, name: str, value: float) -> None:
        super().__init__(f"{name} must be more than 0, got {value!r}")
        self.name = name


def cspr(vvd: float, viable_cells: float) -> float:
    """Fresh medium per cell (pL/cell/d) at ``vvd`` volumes a day and ``viable_cells`` (1e9/L).

    Raises:
        NotPositive: there are no cells.
    """
    return vvd * PL_PER_CELL / _positive("viable_cells", viable_cells)


def vvd(cspr: float, viable_cells: float) -> float:
    """Volumes a day that give each cell ``cspr`` (pL/cell/d) at ``viable_cells`` (1e9/L)."""
    return cspr * viable_cells / PL_PER_CELL


def flow_l_per_h(vvd: float, volume_l: float) -> float:
    """Flow (L/h) of ``vvd`` vessel volumes a day."""
    return vvd * volume_l / HOURS_PER_DAY


def perfusion_inputs(
    *,
    volume_l: float,
    medium_vvd: float = 0.0,
    bleed_vvd: float = 0.0,
    viable_cells: float = NO_BLEED,
    **others: float,
) -> tuple[float, ...]:
    """The inputs of a culture held at ``volume_l``, flows in volumes a day.

    ``viable_cells`` (1e9/L) is the density that bleeding holds; left out, only ``bleed_vvd`` is
    bled.  ``others`` are further inputs by name.

    Raises:
        NotPositive: no volume, or a density to hold of 0.
        UnknownName: the model has no such input.
        ValueRefused: a value is not a finite number.
        OutOfBounds: a value is outside its input's bounds.
    """
    _positive("volume_l", volume_l)
    return CHO_PERFUSION.inputs_with(
        medium_rate=flow_l_per_h(medium_vvd, volume_l),
        bleed_rate=flow_l_per_h(bleed_vvd, volume_l),
        viable_cells_setpoint=_positive("viable_cells", viable_cells),
        volume_setpoint=volume_l,
        **others,
    )


def initial_state(
    *,
    viable_cells: float,
    volume_l: float,
    glucose: float = 40.0,
    glutamine: float = 10.0,
    temperature: float = 37.0,
    ph: float = 7.1,
) -> tuple[float, ...]:
    """The states right after inoculation to ``viable_cells`` (1e9/L): fresh, saturated with air.

    Raises:
        NotPositive: no volume.
        OutOfBounds: a value below its state's ``low``.
        ValueRefused: a value is not a finite number.
    """
    start = {
        "viable_cells": viable_cells,
        "dead_cells": viable_cells * (1.0 / VIABILITY_AT_START - 1.0),
        "glucose": glucose,
        "glutamine": glutamine,
        "oxygen": oxygen_solubility(temperature, AIR_OXYGEN_PRESSURE),
        "temperature": temperature,
        "ph": ph,
        "volume": _positive("volume_l", volume_l),
    }
    return CHO_PERFUSION.start_with([start.get(state.name, 0.0) for state in STATES])


def _positive(name: str, value: float) -> float:
    if not value > 0.0:
        raise NotPositive(name, value)
    return value
