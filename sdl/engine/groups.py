"""Task groups that end with the error itself, not with a group around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sdl.engine.journal import JournalStopped


@contextmanager
def first_error() -> Iterator[None]:
    """Raise the first error of an exception group in place of the group, which stays its cause.

    `JournalStopped` only says that another error came before it, so that one is preferred.
    """
    try:
        yield
    except BaseExceptionGroup as group:
        errors = list(_leaves(group))
        causes = [error for error in errors if not isinstance(error, JournalStopped)]
        raise (causes or errors)[0] from group


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
