"""Named random streams.

Every random quantity of the twin draws from a stream named after what it is (plant seed, device,
run, probe), so that adding a device or reading a probe less often changes no other number.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of the stream `names` under `seed`; equal names give equal numbers."""
    import numpy as np

    key = hashlib.sha256("\x1f".join(names).encode()).digest()
    words = [int.from_bytes(key[i : i + 4], "little") for i in range(0, 16, 4)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))
