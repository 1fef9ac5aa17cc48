"""A chromatography resin: its capacity, its kinetics and how a column of it is packed.

``PROTEIN_A`` is the capture resin of Gomis-Fons et al. 2020 as scaled up in the QuarticGym
documentation (Table 6.2).  Lengths in cm, times in min, concentrations in g/L (= mg/mL).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


class ResinRefused(ValueError):
    """A property of a resin or a column is not possible."""


@dataclass(frozen=True, slots=True)
class Resin:
    """Two kinds of binding sites in porous beads.

    Args:
        capacity_fast_g_per_l, capacity_slow_g_per_l: most that the two kinds of sites bind.
        rate_fast_l_per_g_min, rate_slow_l_per_g_min: their adsorption rate constants.
        affinity_l_per_g: Langmuir constant of both.
        pore_diffusivity_cm2_per_min: effective diffusivity in the pores.
        bead_radius_cm, void_share, pore_share: bead radius, interstitial porosity of the bed, and
            porosity of the beads.
        dispersion_cm: axial dispersion over superficial velocity.
        film_factor, film_exponent: film transfer ``film_factor v**film_exponent`` (cm/min).
        open_share: share of the bead's surface that the film flux passes.  1 as the equations are
            printed: what a bead holds is then ``cp + q / pore_share`` per volume.  With
            ``pore_share`` it holds ``pore_share cp + q``, the usual meaning of ``q``.

    Raises:
        ResinRefused: a value is not positive, or a share is above 1.
    """

    capacity_fast_g_per_l: float
    rate_fast_l_per_g_min: float
    capacity_slow_g_per_l: float
    rate_slow_l_per_g_min: float
    affinity_l_per_g: float
    pore_diffusivity_cm2_per_min: float
    bead_radius_cm: float
    void_share: float
    pore_share: float
    dispersion_cm: float
    film_factor: float
    film_exponent: float
    open_share: float = 1.0

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if not (math.isfinite(value) and value > 0.0):
                raise ResinRefused(f"resin: {entry.name} must be positive, got {value!r}")
            if entry.name.endswith("_share") and value > 1.0:
                raise ResinRefused(f"resin: {entry.name} must be at most 1, got {value!r}")

    def film_cm_per_min(self, velocity_cm_per_min: float) -> float:
        """Film transfer coefficient at a superficial velocity."""
        return float(self.film_factor * velocity_cm_per_min**self.film_exponent)

    @property
    def bead_share(self) -> float:
        """Share of the bed that is beads."""
        return 1.0 - self.void_share


PROTEIN_A = Resin(
    capacity_fast_g_per_l=36.45,
    rate_fast_l_per_g_min=0.704,
    capacity_slow_g_per_l=77.85,
    rate_slow_l_per_g_min=2.1e-2,
    affinity_l_per_g=15.3,
    pore_diffusivity_cm2_per_min=7.6e-5,
    bead_radius_cm=4.25e-3,
    void_share=0.31,
    pore_share=0.94,
    dispersion_cm=0.55,
    film_factor=0.067,
    film_exponent=0.58,
)
"""Table 6.2 of the QuarticGym documentation, capture step."""

PROTEIN_A_LENGTH_CM = 20.0
PROTEIN_A_VOLUME_L = 100.0
