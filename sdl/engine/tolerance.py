"""How far an achieved value may lie from the commanded one before it is flagged."""

from __future__ import annotations

from sdl.campaign import CampaignFile, NumericFactor, numeric_range

DEFAULT_SHARE = 0.05  # of the factor's range


def tolerances(file: CampaignFile) -> dict[str, float]:
    """Return the largest unflagged gap by program property, in the factor's unit.

    A factor without `achieved_tolerance` gets a twentieth of its range.
    """
    return {
        factor.sets or name: _share_of_range(factor)
        if factor.achieved_tolerance is None
        else factor.achieved_tolerance
        for name, factor in file.factors.items()
        if factor.kind != "categorical"
    }


def _share_of_range(factor: NumericFactor) -> float:
    low, high = numeric_range(factor)
    return DEFAULT_SHARE * (high - low)
