"""Diafiltration at constant volume, in closed form: what is left after so many diavolumes.

A well mixed retentate gives ``c / c0 = exp(-S N)`` for the sieving coefficient ``S`` (permeate over
retentate: 1 for a small molecule, near 0 for an antibody) and ``N`` volumes of buffer per volume.
"""

from __future__ import annotations

import math


class WashRefused(ValueError):
    """Diavolumes, a sieving coefficient or a share is not possible."""


def remaining_share(diavolumes: float, sieving: float = 1.0) -> float:
    """Share of a solute left in the retentate.

    Raises:
        WashRefused: negative diavolumes, or sieving outside 0 .. 1.
    """
    if not (math.isfinite(diavolumes) and diavolumes >= 0.0):
        raise WashRefused(f"diavolumes must not be negative, got {diavolumes!r}")
    if not 0.0 <= sieving <= 1.0:
        raise WashRefused(f"sieving must be within 0 .. 1, got {sieving!r}")
    return math.exp(-sieving * diavolumes)


def diavolumes_for(share: float, sieving: float = 1.0) -> float:
    """Diavolumes after which that share is left.

    Raises:
        WashRefused: a share outside 0 .. 1 (0 itself is never reached), or nothing passes.
    """
    if not 0.0 < share <= 1.0:
        raise WashRefused(f"the share left must be above 0 and at most 1, got {share!r}")
    if not 0.0 < sieving <= 1.0:
        raise WashRefused(f"sieving must be above 0 and at most 1, got {sieving!r}")
    return -math.log(share) / sieving
