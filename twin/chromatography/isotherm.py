"""What a resin holds in equilibrium: two kinds of sites, each after Langmuir with one constant."""

from __future__ import annotations

from twin.chromatography.resin import Resin, ResinRefused


def bound_g_per_l(resin: Resin, concentration_g_per_l: float) -> tuple[float, float]:
    """Bound on the fast and on the slow sites at equilibrium with a solution.

    Raises:
        ResinRefused: a negative concentration.
    """
    if not concentration_g_per_l >= 0.0:
        raise ResinRefused(f"a concentration can't be negative, got {concentration_g_per_l!r} g/L")
    load = resin.affinity_l_per_g * concentration_g_per_l
    share = load / (1.0 + load)
    return share * resin.capacity_fast_g_per_l, share * resin.capacity_slow_g_per_l


def static_capacity_g_per_l(resin: Resin, concentration_g_per_l: float) -> float:
    """All that a litre of column holds at equilibrium: between the beads, in pores, and bound."""
    bound = sum(bound_g_per_l(resin, concentration_g_per_l))
    in_beads = resin.open_share * (concentration_g_per_l + bound / resin.pore_share)
    return resin.void_share * concentration_g_per_l + resin.bead_share * in_beads
