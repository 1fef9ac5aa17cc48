"""Pipetting error by volume: systematic per calibration, random per stroke.

Limits are the maximum permissible errors of ISO 8655-2 for air-displacement pipettes: at 1000 µL
nominal 8 µL systematic and 3 µL random (as quoted in a gravimetric calibration study of 2019);
1.6 and 0.6 µL at 200, 0.5 and 0.2 µL at 50 (recalled). The standard allows them in µL over the
whole range of a pipette. Assumptions: a channel in calibration errs by half of its limit (one
standard deviation), and at small strokes the error falls to 30 % of that at the nominal volume, so
that the relative error grows as volume falls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHARE_OF_LIMIT = 0.5
FLOOR = 0.3
LEAST_STROKE = 0.02  # of the nominal volume; assumption


class StrokeTooSmall(ValueError):
    """No tip can pipette so little."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A pipetting channel with tips of one size; limits in µL at the nominal volume."""

    nominal_ul: float
    systematic_limit_ul: float
    random_limit_ul: float

    def _at(self, limit_ul: float, volume_ul: float) -> float:
        share = min(volume_ul / self.nominal_ul, 1.0)
        return SHARE_OF_LIMIT * limit_ul * (FLOOR + (1.0 - FLOOR) * share)

    def systematic_sd_ul(self, volume_ul: float) -> float:
        """Return the standard deviation between calibrations at a volume."""
        return self._at(self.systematic_limit_ul, volume_ul)

    def random_sd_ul(self, volume_ul: float) -> float:
        """Return the standard deviation between strokes at a volume."""
        return self._at(self.random_limit_ul, volume_ul)


CHANNELS = (Channel(50.0, 0.5, 0.2), Channel(200.0, 1.6, 0.6), Channel(1000.0, 8.0, 3.0))


def channel_for(volume_ul: float) -> Channel:
    """Return the smallest channel that moves a volume in one stroke.

    Raises:
        StrokeTooSmall: it is less than 2 % of the smallest tip, or not a volume.
    """
    if not volume_ul >= LEAST_STROKE * CHANNELS[0].nominal_ul:
        least = LEAST_STROKE * CHANNELS[0].nominal_ul
        raise StrokeTooSmall(f"{volume_ul:g} µL can't be pipetted; the least is {least:g} µL")
    return next((c for c in CHANNELS if volume_ul <= c.nominal_ul), CHANNELS[-1])


def strokes(volume_ul: float) -> list[float]:
    """Split a volume into equal strokes of the tip that moves it."""
    nominal = channel_for(volume_ul).nominal_ul
    n = int(np.ceil(volume_ul / nominal - 1e-12))
    return [volume_ul / n] * n


class PipettingError:
    """Errors of one handler: `scale` 0 makes it perfect."""

    def __init__(self, calibration: np.random.Generator, scale: float) -> None:
        shared = calibration.standard_normal(len(CHANNELS))
        self._shared = {c.nominal_ul: float(z) for c, z in zip(CHANNELS, shared, strict=True)}
        self._scale = scale

    def moved_ul(self, volume_ul: float, rng: np.random.Generator) -> float:
        """Return what really moves when one stroke of `volume_ul` is asked for."""
        channel = channel_for(volume_ul)
        error = self._shared[channel.nominal_ul] * channel.systematic_sd_ul(volume_ul)
        error += float(rng.standard_normal()) * channel.random_sd_ul(volume_ul)
        return max(volume_ul + self._scale * error, 0.0)
