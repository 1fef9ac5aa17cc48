"""A small integrated train, from the harvest of a 50 L perfusion culture to drug substance.

Perfusion harvest, three-column capture, continuous low-pH inactivation in a narrow flow path,
flow-through polishing, a diverter, a pool, and at the end filtration into buffer.  For hours that
are named "disturbed" the culture is starved of medium and the lot counts as out of specification.
Sizes are chosen for the flow (assumptions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import simpy

from twin.chromatography.column import Bed
from twin.chromatography.grid import Grid
from twin.chromatography.pcc import PccDesign, PeriodicCapture
from twin.chromatography.resin import PROTEIN_A, PROTEIN_A_LENGTH_CM
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.model import Values
from twin.kinetics.perfusion_start import initial_state, perfusion_inputs
from twin.units.capture import Capture
from twin.units.diversion import Diverter, LotsAbove
from twin.units.hold_tank import HoldTank
from twin.units.material import lot
from twin.units.perfusion_harvest import perfusion_harvest
from twin.units.polishing import FlowThrough, anion_exchanger_path
from twin.units.residence_time import NARROW_PECLET, from_peclet
from twin.units.tangential_flow import TangentialFlow
from twin.units.train import Train
from twin.units.unit import Parcel
from twin.units.virus_inactivation import FlowInactivation

REACTOR_L = 50.0
CELLS = 20.0
MEDIUM_VVD = 1.0
COLUMN_L = 0.15
CYCLE_LOAD_L = 19.0
HARVEST_L_PER_MIN = 0.0230
ELUATE_L_PER_MIN = 0.0009
INACTIVATION_MIN = 60.0
PUMP_INTERVAL_MIN = 10.0
UNDISTURBED, DISTURBED = "harvest", "disturbed harvest"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """From which hour to which the culture gets so little of its medium."""

    from_h: float
    until_h: float
    medium_share: float = 0.4

    def covers(self, t_h: float) -> bool:
        """Whether that hour is disturbed."""
        return self.from_h <= t_h < self.until_h


def example_train(limit: float, disturbed_lots: tuple[str, ...] = (DISTURBED,)) -> Train:
    """The train, empty; its diverter lets at most ``limit`` of the product be disturbed."""
    train = Train(simpy.Environment())
    bed = Bed(PROTEIN_A, PROTEIN_A_LENGTH_CM, COLUMN_L, Grid(60, 4))
    columns = PeriodicCapture(
        PccDesign(bed, 3, HARVEST_L_PER_MIN, CYCLE_LOAD_L, wash_min=40.0, recovery_min=120.0)
    )
    path = from_peclet(NARROW_PECLET, INACTIVATION_MIN * ELUATE_L_PER_MIN)
    polishing = anion_exchanger_path(0.05)
    train.add(Capture("capture", columns))
    train.add(HoldTank("eluate tank", 5.0))
    train.add(FlowInactivation("inactivation", path, lot("priming buffer", path.volume_l)))
    train.add(FlowThrough("polishing", polishing, lot("priming buffer", polishing.volume_l)))
    train.add(Diverter("diverter", [LotsAbove(frozenset(disturbed_lots), limit)]))
    train.add(HoldTank("pool", 50.0))
    train.add(TangentialFlow("filtration", area_m2=0.1))
    train.add(HoldTank("drug substance", 10.0))
    train.join("capture", "eluate tank")
    train.join("inactivation", "polishing")
    train.join("polishing", "diverter")
    train.join("diverter", "pool")
    train.join("filtration", "drug substance")
    train.pump("eluate tank", "inactivation", ELUATE_L_PER_MIN, PUMP_INTERVAL_MIN)
    return train


def harvest(hours: float, disturbance: Disturbance | None) -> Iterator[Parcel]:
    """Hourly harvest of the settled culture."""

    def share(t_h: float) -> float:
        return disturbance.medium_share if disturbance and disturbance.covers(t_h) else 1.0

    def inputs_at(t_h: float) -> Values:
        vvd = MEDIUM_VVD * share(t_h)
        return perfusion_inputs(volume_l=REACTOR_L, medium_vvd=vvd, viable_cells=CELLS)

    return perfusion_harvest(
        _settled(),
        inputs_at,
        CHO_PERFUSION.parameters_with(),
        hours=hours,
        interval_h=1.0,
        lot_at=lambda t_h: UNDISTURBED if share(t_h) == 1.0 else DISTURBED,
    )


def run(train: Train, hours: float, disturbance: Disturbance | None = None) -> Train:
    """Run a train for so long and a day more, and finish its pool."""
    train.source("capture", harvest(hours, disturbance))
    train.env.run(until=60.0 * (hours + 24.0))
    train.empty("pool", "filtration", PUMP_INTERVAL_MIN)
    train.env.run(until=60.0 * (hours + 48.0))
    return train


def _settled() -> Values:
    from twin.integrate import Integrator, compiled

    u = perfusion_inputs(volume_l=REACTOR_L, medium_vvd=MEDIUM_VVD, viable_cells=CELLS)
    x0 = initial_state(viable_cells=CELLS, volume_l=REACTOR_L)
    x, _ = Integrator(compiled(CHO_PERFUSION)).advance(
        x0, u, CHO_PERFUSION.parameters_with(), 0.0, 1000.0
    )
    return tuple(x.tolist())
