"""The published upset of a three-column capture, on our Protein A column.

Loefgren, Gomis-Fons and others (preprint, article 481485) captured a recombinant protein on three
1 mL columns at 0.38 mL/min: 45 mL of load of which 36 mL's product stays on the column (the
cycle's load), 95 min per cycle, 79 min at least.  At cycle 4 the load lost 20 % of its
concentration; output fell from 23.1 to 18.0 mg and came to 22.3 mg when the loading controller had
acted, which raised the cycle's load to 44.6 mL by cycle 9.  Their resin is an ion exchanger with
parameters that were not published.  Here the same loads, flow and times are run on the Protein A
bed, so shares can be compared, milligrams can't.  Their virus inactivation upstream, which delays
and spreads the step, is left out.

Fed at ``FEED_AT_STATED_LOADS_G_PER_L``, 45 mL leave 36 mL's product on an empty Protein A column as
well; then a fifth of the load passes on to the second column, which makes the output follow the
step over eight cycles.  The published output fell within two, so by default the columns are fed at
a concentration at which a cycle's load is about the dynamic capacity (10 %).
"""

from __future__ import annotations

from dataclasses import replace

from twin.chromatography.column import Bed
from twin.chromatography.grid import Grid
from twin.chromatography.loading_controller import LoadingController
from twin.chromatography.pcc import Cycle, PccDesign, PeriodicCapture
from twin.chromatography.resin import PROTEIN_A, PROTEIN_A_LENGTH_CM

COLUMN_L = 1e-3
FLOW_L_PER_MIN = 0.38e-3
LOAD_L = 45e-3
CYCLE_LOAD_L = 36e-3
LEAST_CYCLE_MIN = 79.0
STEP_AT_CYCLE = 4
STEP = 0.8
OUTPUT_BEFORE_MG, OUTPUT_AFTER_STEP_MG, OUTPUT_CONTROLLED_MG = 23.1, 18.0, 22.3
CYCLE_LOAD_CONTROLLED_L = 44.6e-3

WASH_MIN = 13.0
"""Assumption: five column volumes; the rest of the least cycle is recovery."""
FEED_G_PER_L = 1.5
FEED_AT_STATED_LOADS_G_PER_L = 2.183
SETTLING_CYCLES = 20
BED = Bed(PROTEIN_A, PROTEIN_A_LENGTH_CM, COLUMN_L, Grid(60, 5))
DESIGN = PccDesign(
    bed=BED,
    n_columns=3,
    flow_l_per_min=FLOW_L_PER_MIN,
    cycle_load_l=CYCLE_LOAD_L,
    wash_min=WASH_MIN,
    recovery_min=LEAST_CYCLE_MIN - WASH_MIN,
)


def upset(
    *,
    is_controlled: bool,
    n_cycles: int = 12,
    gain: float = 1.0,
    feed_g_per_l: float = FEED_G_PER_L,
    n_columns: int = 3,
) -> list[Cycle]:
    """Run a settled capture through the step; its cycles from three before the step on.

    With two columns the cycle is longer by the wash, during which the feed waits.

    Raises:
        PccRefused: ``n_columns`` is neither 2 nor 3, or a setting of the controller is wrong.
    """
    design = replace(DESIGN, n_columns=n_columns)
    controller = LoadingController(
        target_g=CYCLE_LOAD_L * feed_g_per_l,
        least_l=design.least_load_l,
        most_l=2.0 * CYCLE_LOAD_L,
        gain=gain,
    )
    capture = PeriodicCapture(design, controller if is_controlled else None)
    for number in range(1 - SETTLING_CYCLES, n_cycles + 1):
        step = STEP if number >= STEP_AT_CYCLE else 1.0
        capture.push(capture.remaining_l, feed_g_per_l * step)
    return [
        replace(cycle, number=cycle.number - SETTLING_CYCLES)
        for cycle in capture.cycles[SETTLING_CYCLES:]
    ]
