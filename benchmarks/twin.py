"""The twin's speed beside its peers, in one run on one machine.

`cho_*`: a CHO fed-batch of 14 days with daily boluses (`reference_culture`), once against SciPy's
`solve_ivp` with the same equations in Python at a tolerance where SciPy is not more accurate, and a
thousand times with other parameters and boluses. Against `insilicho` it is each side's own culture
over 12 days, with states and derived quantities at 12,000 points; against do-mpc's simulator the
same equations and boluses. `indpensim_*`: see `indpensim_parity`. `plant48_*`: 48 reactors for 14
days, every probe at least every 15 minutes, all readings fetched.

Ratios are the peer's processor time over ours, medians of runs that alternate. Where a peer is
missing its figures are null; how to install them is told in `peers`. The ensemble uses all cores:
its wall time depends on what else runs, so its processor time is given too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np
import simpy
from harness import Figures, cpu_seconds, main
from indpensim_parity import Peer, timed
from peers import INSILICHO_DAYS, DoMpc, Insilicho, peer
from reference_culture import (
    DAILY,
    DAYS,
    HOURLY,
    PLAN,
    X0,
    P,
    by_scipy,
    culture,
    draws,
    error,
    own,
)

from twin.indpensim import Batch
from twin.integrate import (
    CompiledModel,
    compiled,
    follow_schedule,
    follow_schedules,
    outputs_at,
)
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec, ProbesSpec, VesselsSpec

SEED = 20261121
RTOL = 2e-5
SCIPY_RTOL, SCIPY_ATOL = 1e-6, 1e-8
DO_MPC_RTOL, DO_MPC_ATOL = 1e-7, 1e-10
N_ENSEMBLE = 1000
N_REACTORS = 48
RECIPE: dict[str, float | str] = {
    "growth_temperature": 36.8,
    "production_temperature": 34.0,
    "shift_day": 5.0,
    "feed_rate": 3.0,
    "feed_start_day": 3.0,
    "glucose_setpoint": 25.0,
    "seeding_density": 0.6,
    "medium": "basal",
}
COMPILE = """
from twin.integrate import compiled
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
compiled(CHO_FEDBATCH)
import twin.integrate.followed
"""


def measure(is_quick: bool) -> Figures:
    """Measure; the quick form repeats less and doesn't time the first compilation."""
    n_runs = 3 if is_quick else 9
    figures: dict[str, float | None] = {} if is_quick else {**compilation()}
    model = compiled(CHO_FEDBATCH)
    reference = follow_schedule(model, X0, PLAN, P, out_times=HOURLY, rtol=1e-11, atol=1e-14)[1]
    figures |= beside_scipy(model, reference, n_runs)
    figures |= ensemble(model, is_quick)
    figures |= beside_insilicho(model, n_runs)
    figures |= beside_do_mpc(model, reference, n_runs)
    figures |= beside_pensimpy(n_runs)
    figures |= plant(1 if is_quick else 3)
    return figures


def compilation() -> dict[str, float]:
    """Wall time of a new process that compiles model and integrator, and of one that loads them."""
    with tempfile.TemporaryDirectory() as directory:
        surroundings = {**os.environ, "SDL_TWIN_CACHE": directory}

        def process_s() -> float:
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", COMPILE], env=surroundings, check=True)
            return time.perf_counter() - began

        return {"compile_cold_s": process_s(), "compile_cached_s": process_s()}


def medians(n_runs: int, *runs: Callable[[], object]) -> list[float]:
    """Median processor time of each of these, seconds; run once before, then alternating."""
    for run in runs:
        run()
    times = [[cpu_seconds(run) for run in runs] for _ in range(n_runs)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def repeated(run: Callable[[], object], n: int = 10) -> Callable[[], None]:
    """Make short runs long enough to be timed."""

    def many() -> None:
        for _ in range(n):
            run()

    return many


def beside_scipy(
    model: CompiledModel, reference: np.ndarray[tuple[int, ...], np.dtype[np.float64]], n_runs: int
) -> dict[str, float]:
    """One culture, hourly states; SciPy plainly, and with a right-hand side on plain floats."""
    own_s, plain_s, floats_s = medians(
        n_runs,
        repeated(lambda: own(model, RTOL)),
        lambda: by_scipy(SCIPY_RTOL, SCIPY_ATOL),
        lambda: by_scipy(SCIPY_RTOL, SCIPY_ATOL, is_of_floats=True),
    )
    return {
        "cho_run_ms": own_s * 100.0,
        "cho_error": error(own(model, RTOL), reference),
        "cho_scipy_run_ms": plain_s * 1000.0,
        "cho_scipy_error": error(by_scipy(SCIPY_RTOL, SCIPY_ATOL), reference),
        "cho_vs_scipy_ratio": plain_s * 10.0 / own_s,
        "cho_vs_scipy_floats_ratio": floats_s * 10.0 / own_s,
        "cho_references_differ": error(by_scipy(1e-11, 1e-13, is_of_floats=True), reference),
    }


def ensemble(model: CompiledModel, is_quick: bool) -> dict[str, float]:
    """A thousand cultures, daily states; checked against single runs to the last bit."""
    import numba

    ps, plans = draws(SEED, N_ENSEMBLE)
    walls, cpus = [], []
    for _ in range(4 if is_quick else 10):
        wall, cpu = time.perf_counter(), time.process_time()
        _, out = follow_schedules(model, X0, plans, ps, out_times=DAILY, rtol=RTOL)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    checked = range(0, N_ENSEMBLE, 20 if is_quick else 1)
    alone = (
        follow_schedule(model, X0, plans[k], ps[k], out_times=DAILY, rtol=RTOL)[1] for k in checked
    )
    differing = sum(not np.array_equal(out[k], one) for k, one in zip(checked, alone, strict=True))
    return {
        "cho_ensemble1000_s": statistics.median(walls[1:]),  # the first loads the compiled code
        "cho_ensemble1000_best_s": min(walls),
        "cho_ensemble1000_cpu_s": statistics.median(cpus[1:]),
        "cho_ensemble_threads": float(numba.get_num_threads()),
        "cho_ensemble_runs_unlike_single": float(differing),
    }


def beside_insilicho(model: CompiledModel, n_runs: int) -> dict[str, float | None]:
    """Whole runs as their user makes them; then only the integration at two points a day."""
    module = peer("insilicho.run", "cho_vs_insilicho_*")
    if module is None:
        return {"cho_vs_insilicho_ratio": None, "cho_vs_insilicho_solve_ratio": None}
    theirs = Insilicho(module)
    plan = culture(days=INSILICHO_DAYS)
    fine = np.linspace(0.0, 24.0 * INSILICHO_DAYS, theirs.execute())
    coarse = np.linspace(0.0, 24.0 * INSILICHO_DAYS, 2 * INSILICHO_DAYS + 1)

    def whole() -> None:
        states = follow_schedule(model, X0, plan, P, out_times=fine, rtol=RTOL)[1]
        inputs = plan.inputs[np.searchsorted(plan.times_h[1:-1], fine)]
        outputs_at(model, fine, states, inputs, P)

    own_s, their_s, own_solve_s, their_solve_s = medians(
        n_runs,
        whole,
        theirs.execute,
        repeated(lambda: follow_schedule(model, X0, plan, P, out_times=coarse, rtol=RTOL)),
        repeated(lambda: theirs.solve(coarse)),
    )
    return {
        "insilicho_run_ms": their_s * 1000.0,
        "cho_vs_insilicho_ratio": their_s / own_s,
        "cho_vs_insilicho_solve_ratio": their_solve_s / own_solve_s,
    }


def beside_do_mpc(
    model: CompiledModel, reference: np.ndarray[tuple[int, ...], np.dtype[np.float64]], n_runs: int
) -> dict[str, float | None]:
    """The same culture, daily states, errors at those."""
    module = peer("do_mpc", "cho_vs_do_mpc_ratio")
    if module is None:
        return {"cho_vs_do_mpc_ratio": None}
    theirs = DoMpc(module, DO_MPC_RTOL, DO_MPC_ATOL)
    own_s, their_s = medians(n_runs, repeated(lambda: own(model, RTOL, DAILY)), theirs.run)
    return {
        "do_mpc_run_ms": their_s * 1000.0,
        "do_mpc_error": error(theirs.run(), reference[::24]),
        "cho_daily_error": error(own(model, RTOL, DAILY), reference[::24]),
        "cho_vs_do_mpc_ratio": their_s * 10.0 / own_s,
    }


def beside_pensimpy(n_runs: int) -> dict[str, float | None]:
    """One batch of IndPenSim; see `indpensim_parity` for the errors of both."""
    if peer("pensimpy", "indpensim_vs_pensimpy_ratio") is None:
        return {"indpensim_vs_pensimpy_ratio": None}
    theirs = Peer()
    theirs.batch(1)
    Batch(seed=1).run()
    return {
        f"indpensim_{n.removeprefix('indpensim_')}": v for n, v in timed(theirs, n_runs).items()
    }


def plant(n_runs: int) -> dict[str, float]:
    """A plant of 48 reactors: simulated events, cultures, probes, readings."""
    spec = PlantSpec(vessels=VesselsSpec(count=N_REACTORS), probes=ProbesSpec(interval_scale=0.5))
    walls, cpus, n_readings = [], [], 0
    for _ in range(n_runs):
        wall, cpu = time.perf_counter(), time.process_time()
        n_readings = _grown(spec)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {
        "plant48_s": statistics.median(walls),
        "plant48_cpu_s": statistics.median(cpus),
        "plant48_readings": float(n_readings),
    }


def _grown(spec: PlantSpec) -> int:
    plant48 = Plant(simpy.Environment(), spec, seed=SEED, epoch_us=0)
    for name, vessel in plant48.vessels.items():
        vessel.start("fed_batch", {**RECIPE, "duration_day": float(DAYS)}, f"C-{name}")
    plant48.env.run(until=(DAYS + 1) * 86400.0)
    series = [one for vessel in plant48.vessels.values() for one in vessel.series({})]
    return sum(one.values.size for one in series)


if __name__ == "__main__":
    main(__doc__ or "", measure, [SEED])
