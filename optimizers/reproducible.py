"""The same seed gives the same answer, whatever ran before and however many cores there are.

BoTorch draws from torch's global generator and BoFire from NumPy's; both, and the number of threads
(which decides the order of floating-point sums), are set inside the context and put back after it.
All of them belong to the process: two threads must not be inside at once.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Seed all global generators, compute in one thread, and restore everything afterwards."""
    import torch
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    n_threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]), threadpool_limits(limits=1), _quiet_numerics():
        torch.set_num_threads(1)
        try:
            random.seed(seed)
            np.random.seed(seed % 2**32)  # noqa: NPY002
            torch.manual_seed(seed)
            yield
        finally:
            torch.set_num_threads(n_threads)
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002


@contextmanager
def _quiet_numerics() -> Iterator[None]:
    """Silence what the libraries report and repair themselves (jitter, a repeated fit)."""
    from botorch.exceptions.warnings import BotorchWarning
    from linear_operator.utils.warnings import NumericalWarning

    with warnings.catch_warnings():
        for category in (BotorchWarning, NumericalWarning, DeprecationWarning):
            warnings.simplefilter("ignore", category)
        # BoFire hands a read-only array of categories to torch, which only reads it.
        warnings.filterwarnings("ignore", "The given NumPy array is not writable", UserWarning)
        yield
