"""Check observations and pending points against a search space before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from optimizers.errors import ObservationInvalid
from optimizers.observations import Observation, Pending
from optimizers.searchspace import SearchSpace


def check_observations(space: SearchSpace, observations: Sequence[Observation]) -> None:
    """Refuse observations that don't fit.

    Raises:
        ObservationInvalid: a factor is missing, unknown or no number, a measured value is not
            finite, the status is unknown, or an id stands twice.
    """
    seen: set[str] = set()
    for one in observations:
        if one.id in seen:
            raise ObservationInvalid(one.id, "stands twice among the observations")
        seen.add(one.id)
        if one.status not in ("completed", "failed", "abandoned"):
            raise ObservationInvalid(one.id, f"status {one.status!r} is unknown")
        space.encode(one.id, one.inputs)
        for key, value in one.outputs.items():
            if not math.isfinite(value):
                raise ObservationInvalid(
                    one.id, f"output {key!r} is {value}; leave out what was not measured"
                )


def check_pending(space: SearchSpace, pending: Sequence[Pending]) -> None:
    """Refuse pending points that don't fit.

    Raises:
        ObservationInvalid: a factor is missing, unknown or no number.
    """
    for one in pending:
        space.encode(one.id, one.inputs)
