"""What can be wrong with a question put to an optimizer, one exception per situation.

Each says what was wrong, where, and what would be right. None of them is a `ValueError`: those are
what BoFire raises while it fits, and they lead to a recorded fallback, never to a stop.
"""

from __future__ import annotations


class OptimizerError(Exception):
    """Anything that an optimizer refuses to answer."""


class SpaceInvalid(OptimizerError):
    """A factor, constraint or output is described in a way that makes no search space."""

    def __init__(self, where: str, what: str, hint: str) -> None:
        super().__init__(f"{where}: {what}; {hint}")
        self.where = where
        self.what = what
        self.hint = hint


class DomainUnsupported(OptimizerError):
    """A BoFire domain given verbatim uses a feature that these strategies can't serve."""

    def __init__(self, where: str, what: str, hint: str) -> None:
        super().__init__(f"{where}: {what}; {hint}")
        self.where = where
        self.what = what
        self.hint = hint


class ObservationInvalid(OptimizerError):
    """An observation or a pending point doesn't fit the domain."""

    def __init__(self, id: str, what: str) -> None:
        super().__init__(f"{id}: {what}")
        self.id = id
        self.what = what


class NoFeasiblePoint(OptimizerError):
    """The constraints together leave no room, or next to none, inside the bounds."""


class SpaceExhausted(OptimizerError):
    """Fewer different recipes are left than were asked for."""

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(
            f"{asked} different recipes asked for, {left} left that are neither pending nor "
            f"abandoned; ask for fewer, widen the factors, or allow replicates"
        )
        self.asked = asked
        self.left = left


class ModelUnavailable(OptimizerError):
    """A prediction was asked for, but no model can be fitted to these observations."""
