"""A soft sensor's values without spectra: a true value with the errors such sensors have.

y = x + b + w(t) + N(0, s): an offset b ~ N(0, 0.5 RMSEP) for each batch, a slow random walk w, and
noise s that makes the error over many batches the root mean square error of prediction (RMSEP) that
was published. The share of the walk and its horizon are assumptions.
"""

from __future__ import annotations

import math

from twin.device import Signal
from twin.pat.probe import Probe

BATCH_SHARE = 0.5  # of the RMSEP: standard deviation of the offset
WALK_SHARE = 0.2  # of the RMSEP: root mean square of the walk over the horizon
HORIZON_DAY = 14.0
LATENCY_S = 600.0  # published 5-15 min, recalled

PUBLISHED_RMSEP = {  # g/L, viable cells 1e6/mL
    "glucose": (0.23, "Appl. Spectrosc. 2023, 77, 521"),
    "lactate": (0.29, "Appl. Spectrosc. 2023, 77, 521"),
    "titer": (0.20, "Appl. Spectrosc. 2023, 77, 521"),
    "glucose, generic model": (0.65, "11 batches, 3-200 L, bit.28717"),
    "lactate, generic model": (0.48, "11 batches, 3-200 L, bit.28717"),
    "viable_cell_density": (1.5, "recalled: 1-2"),
}


def noise_of(rmsep: float) -> float:
    """Return the standard deviation of single readings within a batch, in the unit of `rmsep`."""
    return rmsep * math.sqrt(1.0 - BATCH_SHARE**2 - WALK_SHARE**2)


def emulated(signal: Signal, rmsep: float, latency_s: float = LATENCY_S, every: int = 1) -> Probe:
    """Return the probe that shows a true value as a soft sensor with that RMSEP would.

    Args:
        signal: what it shows.
        rmsep: in the signal's unit, over cultures of `HORIZON_DAY`.
        latency_s: a value shows the broth that long ago.
        every: reads at every n-th point of the sampling grid.
    """
    return Probe(
        signal,
        noise=noise_of(rmsep),
        offset=BATCH_SHARE * rmsep,
        # the mean square of a walk over its horizon is half of that at the end
        drift_per_sqrt_day=WALK_SHARE * rmsep * math.sqrt(2.0 / HORIZON_DAY),
        latency_s=latency_s,
        every=every,
    )
