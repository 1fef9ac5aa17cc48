"""Ageing of a column: its capacity falls exponentially with the cycles it has run.

The form is standard (recalled).  A column is replaced at 80 % of its capacity, after 100 to 300
validated cycles (bioprocesstools), so the rate is ``ln(1/0.8)`` over that number.  The source
states this of the dynamic capacity; here it is the capacity of the sites, and the dynamic capacity
falls somewhat faster.
"""

from __future__ import annotations

import math

from twin.chromatography.resin import ResinRefused

REPLACED_AT = 0.8
SHORT_LIFE_CYCLES = 100.0
LONG_LIFE_CYCLES = 300.0


def capacity_factor(n_cycles: float, life_cycles: float = LONG_LIFE_CYCLES) -> float:
    """Capacity over that of new resin after ``n_cycles``.

    Raises:
        ResinRefused: negative cycles, or a life that is not positive.
    """
    if not (n_cycles >= 0.0 and life_cycles > 0.0):
        raise ResinRefused(f"cycles must be 0 or more of a life, got {n_cycles} of {life_cycles}")
    return math.exp(math.log(REPLACED_AT) * n_cycles / life_cycles)


def cycles_until(factor: float, life_cycles: float = LONG_LIFE_CYCLES) -> float:
    """Cycles after which the capacity has fallen to ``factor``.

    Raises:
        ResinRefused: the factor is not within 0 .. 1, or the life is not positive.
    """
    if not (0.0 < factor <= 1.0 and life_cycles > 0.0):
        raise ResinRefused(f"a factor is within 0 .. 1, got {factor} with life {life_cycles}")
    return life_cycles * math.log(factor) / math.log(REPLACED_AT)
