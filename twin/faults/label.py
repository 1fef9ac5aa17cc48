"""The ground truth about a fault, for those who test detectors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FaultLabel:
    """What really happened: which fault, where, from when until when (excluded), how large.

    `signal` is None for equipment, `end_us` for a fault that doesn't end. `magnitude` is in
    `magnitude_unit`, "signal" standing for the unit of the signal.
    """

    kind: str
    device: str
    signal: str | None
    start_us: int
    end_us: int | None
    magnitude: float
    magnitude_unit: str
