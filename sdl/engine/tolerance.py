"""How far an achieved value may lie from the commanded one before it is flagged."""

from __future__ import annotations

from sdl.campaign import CampaignFile

DEFAULT_SHARE = 0.05  # of the factor's range


def tolerances(file: CampaignFile) -> dict[str, float]:
    """Return the largest unflagged gap by program property, in the factor's unit.

    A factor without `achieved_tolerance` gets a twentieth of its range.
    """
    found: dict[str, float] = {}
    for name, factor in file.factors.items():
        if factor.kind in ("continuous", "integer"):
            given = factor.achieved_tolerance
            share = DEFAULT_SHARE * (factor.high - factor.low)
            found[factor.sets or name] = share if given is None else given
    return found
