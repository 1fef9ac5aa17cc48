"""Integrates whole schedules: every interval and bolus in one call, one run or thousands.

Numbers are those of an ``Integrator`` that advances from event to event with
``twin.kinetics.mixing`` between, and those of a run do not depend on the ensemble it is part of:
the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from twin.integrate.arguments import Array, WrongVector, positive, rows, times, tolerances
from twin.integrate.compile import CompiledModel
from twin.integrate.rodas4 import DONE, N_WORK
from twin.integrate.run import FIRST_STEP_H, failure, parallel_region
from twin.integrate.schedule import Schedule, mixing_places

CHUNK = 8  # runs handed to a core at a time


def follow_schedule(
    compiled: CompiledModel,
    x0: ArrayLike,
    schedule: Schedule,
    p: ArrayLike,
    *,
    out_times: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: float | Sequence[float] | Array = 1e-8,
    max_step_h: float = math.inf,
    max_steps: int = 100_000,
) -> tuple[Array, Array]:
    """Integrate one run through a schedule; options as for ``Integrator``.

    Returns:
        the states at the end, (n_states,), and at ``out_times``, (n_times, n_states); at an
        event's time that is the state before the event.

    Raises:
        WrongVector: an argument's shape or value doesn't fit, or the schedule is another model's.
        IntegrationFailed: the tolerances can't be met.
    """
    from twin.integrate.followed import follow

    model = compiled.model
    n = model.n_states
    plan = _stacked(compiled, [schedule])
    x = rows("states", x0, 1, n)[0]
    p_ = rows("parameters", p, 1, len(model.parameters))[0]
    grid = times(plan[0][0, 0], plan[0][0, -1], out_times)
    out = np.empty((grid.size, n))
    code, t, culprit = follow(
        compiled.addresses,
        x,
        p_,
        *(part[0] for part in plan),
        *mixing_places(model),
        FIRST_STEP_H,
        positive("max_step_h", max_step_h),
        max_steps,
        positive("rtol", rtol),
        tolerances(compiled, atol),
        compiled.low,
        grid,
        out,
        np.empty((n + 1, n)),
        np.empty((n + 1, n)),
        np.empty((n, n + 2), np.int64),
        np.empty((N_WORK, n)),
    )
    if code != DONE:
        raise failure(compiled, code, t, culprit)
    return x, out


def follow_schedules(
    compiled: CompiledModel,
    x0s: ArrayLike,
    schedules: Schedule | Sequence[Schedule],
    ps: ArrayLike,
    *,
    out_times: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: float | Sequence[float] | Array = 1e-8,
    max_step_h: float = math.inf,
    max_steps: int = 100_000,
) -> tuple[Array, Array]:
    """Integrate many runs through their schedules, on all cores.

    ``x0s`` and ``ps`` are each one vector for all runs or one row per run; ``schedules`` is one for
    all, or one per run with equally many events over the same time.

    Returns:
        final states (n_runs, n_states) and states at ``out_times`` (n_runs, n_times, n_states).

    Raises:
        WrongVector: an argument's shape or value doesn't fit.
        IntegrationFailed: for the first run that failed.
    """
    import numba

    from twin.integrate.followed import follow_all

    model = compiled.model
    several = [schedules] if isinstance(schedules, Schedule) else list(schedules)
    plan = _stacked(compiled, several)
    counts = [np.shape(a)[0] for a in (x0s, ps) if np.ndim(a) == 2]
    n_runs = max([*counts, len(several)])
    if len(several) not in (1, n_runs):
        raise WrongVector(f"{len(several)} schedules for {n_runs} runs; must be one or one each")
    x = rows("states", x0s, n_runs, model.n_states)
    p_ = rows("parameters", ps, n_runs, len(model.parameters))
    grid = times(plan[0][0, 0], plan[0][0, -1], out_times)
    out = np.empty((n_runs, grid.size, model.n_states))
    status = np.empty((n_runs, 3))
    # runs differ in length, and another program may hold up a core: hand them out a few at a time
    with parallel_region, numba.parallel_chunksize(CHUNK):
        follow_all(
            compiled.addresses,
            x,
            p_,
            *plan,
            *mixing_places(model),
            FIRST_STEP_H,
            positive("max_step_h", max_step_h),
            max_steps,
            positive("rtol", rtol),
            tolerances(compiled, atol),
            compiled.low,
            grid,
            out,
            status,
        )
    failed = np.flatnonzero(status[:, 0] != DONE)
    if failed.size:
        code, t, culprit = status[failed[0]]
        raise failure(compiled, code, t, culprit, int(failed[0]))
    return x, out


def _stacked(
    compiled: CompiledModel, schedules: Sequence[Schedule]
) -> tuple[Array, Array, Array, Array]:
    """Times, inputs, volumes and concentrations of all schedules, one row or layer each."""
    if not schedules:
        raise WrongVector("no schedule")
    for one in schedules:
        if one.model is not compiled.model:
            raise WrongVector(
                f"a schedule of model {one.model.name!r} for model {compiled.model.name!r}"
            )
        if one.times_h.shape != schedules[0].times_h.shape:
            raise WrongVector(
                f"schedules of {one.bolus_l.size} and {schedules[0].bolus_l.size} intervals; "
                f"give all runs equally many events"
            )
        if (one.times_h[0], one.times_h[-1]) != (
            schedules[0].times_h[0],
            schedules[0].times_h[-1],
        ):
            raise WrongVector("the schedules don't begin and end at the same times")
    return (
        np.stack([one.times_h for one in schedules]),
        np.stack([one.inputs for one in schedules]),
        np.stack([one.bolus_l for one in schedules]),
        np.stack([one.holds for one in schedules]),
    )
