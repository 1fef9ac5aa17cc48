"""Mass balances of the cultures close to 1e-8: what is formed is what is consumed, by the yields.

A balance that the model's nonlinear terms break on purpose (maintenance, re-uptake, lysis) is
taken with that term off, which is said with it; all else stays on.
"""

import numpy as np
import pytest

from twin.integrate import Integrator, compiled
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.cho_parameters import NO_EXTENSIONS
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.clones import K1
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import RICH
from twin.kinetics.perfusion_start import initial_state as perfused
from twin.kinetics.perfusion_start import perfusion_inputs

CLOSED = 1e-8
FEED, STOCK = 4e-4, 1e-4  # L/h
SPELLS_H = (0.0, 72.0, 192.0, 336.0)  # unfed, fed, fed at a lower temperature
V0 = 0.2


class FedBatch:
    """A fed-batch of 14 days at tight tolerances: what was there, what came in, what is there."""

    def __init__(self, *, is_published: bool = False, contaminant: float = 0.0, **named: float):
        bare = NO_EXTENSIONS if is_published else {}
        p = parameters_for(K1, RICH, **{**bare, **named})
        x = np.array(initial_state(RICH, viable_cells=1.0, volume_l=V0))
        x[CHO_FEDBATCH.state_index("contaminant")] = contaminant
        self._before = x
        self.fed_h = SPELLS_H[-1] - SPELLS_H[1]
        integrator = Integrator(compiled(CHO_FEDBATCH), rtol=1e-12, atol=1e-14)
        for k in range(3):
            u = CHO_FEDBATCH.inputs_with(
                **RICH.feed(),
                feed_rate=FEED if k else 0.0,
                glucose_feed_rate=STOCK if k else 0.0,
                temperature_setpoint=(37.0, 36.5, 33.0)[k],
            )
            x, _ = integrator.advance(x, u, p, SPELLS_H[k], SPELLS_H[k + 1])
        self._after = x

    def gained(self, state: str) -> float:
        """What the vessel holds more at the end than at the start (mmol, 1e9 cells, g)."""
        k, v = CHO_FEDBATCH.state_index(state), CHO_FEDBATCH.state_index("volume")
        return float(self._after[k] * self._after[v] - self._before[k] * self._before[v])

    def consumed(self, state: str) -> float:
        """What of a nutrient was fed and isn't there any more (mmol)."""
        fed = (
            FEED
            * self.fed_h
            * {"glucose": RICH.feed_glucose, "glutamine": RICH.feed_glutamine}[state]
        )
        if state == "glucose":
            fed += STOCK * self.fed_h * 2500.0
        return fed - self.gained(state)


def lactate_of_glucose() -> tuple[float, float]:
    """Lactate formed, and glucose consumed times the yield: cells, overflow and a contaminant.

    Off: re-uptake. One yield for the three.
    """
    run = FedBatch(
        q_lac_uptake=0.0, y_lac_overflow=0.7, lac_contaminant=0.7 * 11.0, contaminant=1e-9
    )
    return run.gained("lactate"), 0.7 * run.consumed("glucose")


def ammonia_of_glutamine() -> tuple[float, float]:
    """Ammonia formed, and glutamine consumed, by cells and by decay.

    Off: maintenance, removal and (whose smooth cut breaks it) death by lactate and ammonia. A
    yield of one, as decay has.
    """
    run = FedBatch(a1=0.0, r_amm=0.0, k_d=0.0, y_amm_gln=1.0)
    return run.gained("ammonia"), run.consumed("glutamine")


def cells_of_glucose() -> tuple[float, float]:
    """Cells formed, living or dead, and glucose consumed times the yield.

    Off: maintenance, overflow, lysis, death by lactate and ammonia (its saving of glucose).
    """
    run = FedBatch(m_glc=0.0, q_overflow=0.0, k_lysis=0.0, k_d=0.0)
    return run.gained("viable_cells") + run.gained("dead_cells"), 0.357 * run.consumed("glucose")


def product_of_cell_hours() -> tuple[float, float]:
    """Product formed per cell and hour, against the cell-hours that a constant death rate counts.

    The published model, with a constant death rate in place of its own.
    """
    run = FedBatch(is_published=True, k_d=0.0, k_d_basal=2e-4)
    rate = 0.00151 * RICH.productivity
    return run.gained("product") / rate, run.gained("dead_cells") / 2e-4


def perfused_nutrients() -> tuple[float, float]:
    """Glucose and lactate of a perfused vessel that fills, bleeds, and leaks cells.

    Glucose plus lactate over the yield, per litre: what fresh medium brings and the flows take.
    """
    p = CHO_PERFUSION.parameters_with(cell_retention=0.97)
    u = perfusion_inputs(volume_l=2.0, medium_vvd=1.2, viable_cells=20.0, bleed_vvd=0.1)
    x0 = perfused(viable_cells=10.0, volume_l=2.0, glucose=25.0)
    x, _ = Integrator(compiled(CHO_PERFUSION), rtol=1e-12, atol=1e-14).advance(x0, u, p, 0.0, 60.0)
    at = dict(zip((s.name for s in CHO_PERFUSION.states), x.tolist(), strict=True))
    # the volume stays at 2 L to 1e-7, so the washout is that of the medium used
    left = np.exp(-at["medium_used"] / 2.0)
    return at["glucose"] + at["lactate"] / 2.0, 40.0 - 15.0 * float(left)


BALANCES = {
    "lactate formed, 0.7 × glucose consumed": lactate_of_glucose,
    "ammonia formed, glutamine consumed": ammonia_of_glutamine,
    "cells formed, 0.357 × glucose consumed": cells_of_glucose,
    "product formed, by the cell-hours": product_of_cell_hours,
    "perfused glucose and lactate, washed out": perfused_nutrients,
}


@pytest.mark.parametrize("balance", BALANCES.values(), ids=lambda balance: balance.__name__)
def test_what_is_formed_is_what_is_consumed(balance):
    formed, consumed = balance()
    assert formed > 0.05
    assert formed == pytest.approx(consumed, rel=CLOSED)
