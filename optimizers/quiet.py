"""Import BoFire without the warnings that its own dependencies raise while they load."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_import() -> Iterator[None]:
    """Silence what can only be repaired upstream: deprecations and absent optional packages.

    Pydantic's and torch's deprecation warnings are raised by BoFire's module bodies, and BoFire
    warns about rdkit, mordred and entmoot, none of which is used here.
    """
    with warnings.catch_warnings():
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        yield
