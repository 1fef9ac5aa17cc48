"""Seed train: from a vial through growing stages to the inoculum of production.

Each stage is a batch of the CHO culture model, inoculated with what the stage before holds and
fresh medium, grown until it is dense enough for the next.  What a stage has and the next does not
need is discarded; the split ratio says how much it was diluted.  Stage volumes are a user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import Clone
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import Medium
from twin.units.unit import UnitRefused, positive

CELLS = CHO_FEDBATCH.state_index("viable_cells")
DEAD = CHO_FEDBATCH.state_index("dead_cells")
VOLUME = CHO_FEDBATCH.state_index("volume")
HELD = tuple(CHO_FEDBATCH.state_index(name) for name in ("temperature", "ph", "volume"))
CHECK_H = 1.0


class InoculumTooSmall(UnitRefused):
    """A stage can't be seeded from the one before, or never grew dense enough."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One vessel: working volume, density right after seeding, density to pass on at (1e9/L)."""

    name: str
    volume_l: float
    seeding: float
    transfer: float
    longest_h: float = 240.0

    def __post_init__(self) -> None:
        positive(
            f"stage {self.name}",
            volume_l=self.volume_l,
            seeding=self.seeding,
            longest_h=self.longest_h,
            growth_from_seeding_to_transfer=self.transfer - self.seeding,
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a stage.

    ``inoculum_l`` came into it, ``split_ratio`` is its volume over that, ``discarded_l`` is what
    was left of the stage before.
    """

    stage: str
    inoculum_l: float
    split_ratio: float
    discarded_l: float
    hours: float
    cells: float
    viability: float
    volume_l: float


STAGES = (
    Stage("shake flask", 0.1, 0.4, 2.5),
    Stage("large flask", 0.5, 0.4, 2.5),
    Stage("rocking bag", 2.5, 0.4, 2.5),
    Stage("N-2", 12.5, 0.4, 2.5),
    Stage("N-1", 60.0, 0.4, 2.5),
)
"""Fivefold steps (assumption)."""


def seed_train(
    clone: Clone,
    medium: Medium,
    *,
    stages: Sequence[Stage] = STAGES,
    vial_cells_1e9: float = 0.05,
    temperature: float = 37.0,
    ph: float = 7.0,
) -> list[Passage]:
    """Grow from a vial through the stages.

    ``vial_cells_1e9`` viable cells are thawed into the first stage, which begins at what density
    that gives.

    Raises:
        InoculumTooSmall: a stage needs more than the one before holds, or never gets dense enough.
    """
    import numpy as np

    from twin.integrate import Integrator, compiled

    if not stages:
        raise UnitRefused("seed train", "needs at least one stage")
    p = parameters_for(clone, medium)
    u = CHO_FEDBATCH.inputs_with(temperature_setpoint=temperature, ph_setpoint=ph)
    passages: list[Passage] = []
    broth = None
    for stage in stages:
        fresh = np.array(
            initial_state(
                medium, viable_cells=0.0, volume_l=stage.volume_l, temperature=temperature, ph=ph
            )
        )
        if broth is None:
            inoculum_l = discarded_l = 0.0
            x = fresh
            x[CELLS] = vial_cells_1e9 / stage.volume_l
        else:
            inoculum_l = stage.seeding * stage.volume_l / broth[CELLS]
            discarded_l = broth[VOLUME] - inoculum_l
            if discarded_l < 0.0:
                raise InoculumTooSmall(
                    stage.name,
                    f"seeding {stage.volume_l:g} L to {stage.seeding:g}e9 cells/L takes "
                    f"{inoculum_l:.3g} L of the stage before, which holds {broth[VOLUME]:.3g} L",
                )
            share = inoculum_l / stage.volume_l
            x = share * broth + (1.0 - share) * fresh
            for at in HELD:
                x[at] = fresh[at]
        solver = Integrator(compiled(CHO_FEDBATCH))
        hours = 0.0
        while x[CELLS] < stage.transfer:
            if hours >= stage.longest_h:
                raise InoculumTooSmall(
                    stage.name,
                    f"reached {x[CELLS]:.3g} of {stage.transfer:g}e9 cells/L in {hours:g} h",
                )
            x, _ = solver.advance(x, u, p, hours, hours + CHECK_H)
            hours += CHECK_H
        passages.append(
            Passage(
                stage=stage.name,
                inoculum_l=float(inoculum_l),
                split_ratio=stage.volume_l / inoculum_l if inoculum_l else 1.0,
                discarded_l=float(discarded_l),
                hours=hours,
                cells=float(x[CELLS]),
                viability=float(x[CELLS] / (x[CELLS] + x[DEAD])),
                volume_l=float(x[VOLUME]),
            )
        )
        broth = x
    return passages
