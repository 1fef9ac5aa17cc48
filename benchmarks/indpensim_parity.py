"""IndPenSim beside PenSimPy in one run: the same batches, and the time each takes.

PenSimPy (`pip install --no-deps pensimpy`) brings its own loops, recipe figures, draws and
right-hand side, which is compiled with numba here and integrated by SciPy's LSODA (rtol 1e-6, atol
1e-9), without Raman spectra. Two things are put right for the comparison: its recipe is read as
values that hold until their hour, and every sample lasts 0.2 h (as shipped, 381 of 1,150 last
0.205 h: `peer_as_shipped_yield_kg`). [H+] is kept above 1e-12 mol/L, without which it stops.

`error_*` is the mean difference over a batch divided by the largest value; `own_error` and
`peer_error` are the largest of these against a run of ours at rtol 1e-9. The ratio is the median
of the peer's processor time over the median of ours, runs alternating.
"""

from __future__ import annotations

import importlib
import inspect
import math
import statistics
import sys
import types
from typing import Any

import numpy as np
from harness import cpu_seconds, main
from numpy.typing import NDArray

from twin.indpensim import DEFAULT_RECIPE, Batch, BatchResult

SEED = 1
N_RUNS = 7
N_SAMPLES = 1150
N_POINTS = 41  # of PenSimPy's time grid over one sample: 40 intervals of 0.005 h
CHANNELS = {
    "s": "S",
    "do": "DO2",
    "p": "P",
    "v": "V",
    "x": "X",
    "t": "T",
    "ph": "pH",
    "paa": "PAA",
    "n": "NH3",
}


class Peer:
    """PenSimPy with its right-hand side compiled; raises ImportError where it isn't installed."""

    def __init__(self) -> None:
        import numba

        # its compiled solver is not on PyPI; the module must exist, but is not used
        sys.modules.setdefault("fastodeint", types.ModuleType("fastodeint"))
        self._module: Any = importlib.import_module("pensimpy.peni_env_setup")
        equations = importlib.import_module("pensimpy.ode.indpensim_ode_py")
        text = inspect.getsource(equations.indpensim_ode_py)
        for n in (10, 33):  # lists of integers would be compiled as such
            text = text.replace(f"[0] * {n}", f"np.zeros({n})")
        scope: dict[str, Any] = {"math": math, "np": np}
        exec(text, scope)
        slopes = numba.njit(scope["indpensim_ode_py"])

        def kept_acid(t: float, y: Any, parameters: Any) -> Any:
            x = y.copy()
            x[6] = max(x[6], 1.0e-12)
            return slopes(t, x, parameters)

        self._slopes = numba.njit(kept_acid)

    def batch(
        self, seed: int, fault: int = 0, *, rtol: float = 1e-6, is_as_shipped: bool = False
    ) -> tuple[dict[str, NDArray[np.float64]], float]:
        """Channels and yield (kg) of one batch."""
        from scipy.integrate import odeint

        def integrated(_f: Any, x0: Any, grid: Any, *, tfirst: bool, args: Any) -> Any:
            return odeint(
                self._slopes,
                np.array(x0, float),
                grid if is_as_shipped else grid[:N_POINTS],
                tfirst=tfirst,
                args=(np.array(args[0], float),),
                rtol=rtol,
                atol=1e-3 * rtol,
                mxstep=50_000,
            )

        self._module.odeint = integrated
        env = self._module.PenSimEnv(recipe_combo=None, fast=False)
        env.ctrl_flags.Faults, env.ctrl_flags.Raman_spec = fault, 0
        env.random_seed_ref = seed
        _, data = env.reset()
        total = 0.0
        table = DEFAULT_RECIPE.table(N_SAMPLES)  # its columns are in the order of PenSimPy's step
        for k, row in enumerate(table):
            _, data, made, _ = env.step(k + 1, data, *row)
            total += made
        return {
            name: np.array(getattr(data, theirs).y[:N_SAMPLES]) for name, theirs in CHANNELS.items()
        }, total


def channels_of(result: BatchResult) -> dict[str, NDArray[np.float64]]:
    """Our trajectories under the short names of ``CHANNELS``."""
    states = result.states
    return {
        "s": states["substrate"],
        "do": states["oxygen"],
        "p": states["penicillin"],
        "v": states["volume"],
        "x": result.biomass_g_per_l,
        "t": states["temperature"],
        "ph": result.ph,
        "paa": states["paa"],
        "n": states["nitrogen"],
    }


def errors(
    one: dict[str, NDArray[np.float64]], other: dict[str, NDArray[np.float64]]
) -> dict[str, float]:
    """Mean difference over the largest value, per channel."""
    return {
        name: float(np.abs(one[name] - other[name]).mean() / np.abs(other[name]).max())
        for name in CHANNELS
    }


def measure(is_quick: bool) -> dict[str, float]:
    """Compare one batch, and time both."""
    try:
        peer = Peer()
    except ImportError as missing:
        raise SystemExit(f"needs PenSimPy (pip install --no-deps pensimpy): {missing}") from None
    theirs, their_yield = peer.batch(SEED)
    own = Batch(seed=SEED).run()
    exact = channels_of(Batch(seed=SEED, rtol=1e-9).run())
    figures = {f"error_{n}": e for n, e in errors(channels_of(own), theirs).items()}
    _, shipped = peer.batch(SEED, is_as_shipped=True)
    figures |= {
        "own_error": max(errors(channels_of(own), exact).values()),
        "peer_error": max(errors(theirs, exact).values()),
        "own_yield_kg": own.yield_kg,
        "peer_yield_kg": their_yield,
        "peer_as_shipped_yield_kg": shipped,
    }
    return figures | timed(peer, 3 if is_quick else N_RUNS)


def timed(peer: Peer, n_runs: int) -> dict[str, float]:
    """Processor time of a batch here and there, runs alternating; both have run once before."""
    times: dict[str, list[float]] = {"own": [], "peer": []}
    for _ in range(n_runs):
        times["own"].append(cpu_seconds(lambda: Batch(seed=SEED).run()))
        times["peer"].append(cpu_seconds(lambda: peer.batch(SEED)))
    own_s, peer_s = statistics.median(times["own"]), statistics.median(times["peer"])
    return {
        "own_batch_s": own_s,
        "peer_batch_s": peer_s,
        "indpensim_vs_pensimpy_ratio": peer_s / own_s,
    }


if __name__ == "__main__":
    main(__doc__ or "", measure, [SEED])
