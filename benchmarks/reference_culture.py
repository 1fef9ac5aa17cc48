"""The culture that the twin's benchmark times: a CHO fed-batch of 14 days with daily boluses.

Seeded at 0.6e6/mL in the basal medium, shifted from 36.8 to 34 degC on day 5, and given a bolus of
3 % of its first volume every day from the third. The same schedule is followed by the compiled
integrator and by SciPy's `solve_ivp` (LSODA) with the model's own functions as a Python right-hand
side: plainly, on the array that SciPy hands over, or on plain floats made of it, which Python
computes with about twice as fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.integrate import CompiledModel, Event, Schedule, follow_schedule, schedule_of
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import K1
from twin.kinetics.culture import initial_state, parameters_for
from twin.kinetics.media import BASAL
from twin.kinetics.mixing import with_added
from twin.randomness import stream

Array = NDArray[np.float64]
Slopes = Callable[[float, Any], Any]

DAYS = 14
VOLUME_L = 0.2
BOLUS_L = 0.006
BOLUS = {"glucose": 650.0, "glutamine": 60.0, "ions": 500.0}
HOURLY = np.arange(0.0, 24.0 * DAYS + 1.0)
DAILY = HOURLY[::24]
P = np.array(parameters_for(K1, BASAL))
X0 = np.array(initial_state(BASAL, viable_cells=0.6, volume_l=VOLUME_L, temperature=36.8))
N_PUBLISHED = 17  # parameters of Kornecki & Strube, the first of the vector
SPREAD = 0.05  # of each drawn parameter, lognormal
BOLUS_SPREAD = 0.1


def culture(bolus_l: float = BOLUS_L, days: int = DAYS) -> Schedule:
    """Return the schedule of one culture."""
    inputs = CHO_FEDBATCH.inputs_with(**BASAL.feed(), temperature_setpoint=36.8)
    shift = {5: {"temperature_setpoint": 34.0}}
    events = [Event(24.0 * day, bolus_l, BOLUS, shift.get(day, {})) for day in range(3, days)]
    return schedule_of(CHO_FEDBATCH, 0.0, 24.0 * days, inputs, events)


PLAN = culture()


def draws(seed: int, n: int) -> tuple[Array, list[Schedule]]:
    """Parameters (n, n_parameters) and schedules of n cultures that differ in both."""
    rng = stream(seed, "benchmark", "ensemble")
    ps = np.tile(P, (n, 1))
    ps[:, :N_PUBLISHED] *= np.exp(SPREAD * rng.standard_normal((n, N_PUBLISHED)))
    volumes = BOLUS_L * np.exp(BOLUS_SPREAD * rng.standard_normal(n))
    return ps, [culture(float(volume)) for volume in volumes]


def by_scipy(rtol: float, atol: float, *, is_of_floats: bool = False) -> Array:
    """States of every hour by `solve_ivp`; a new call after each event, as SciPy needs it."""
    from scipy.integrate import solve_ivp

    scale = np.array([state.scale for state in CHO_FEDBATCH.states])
    x, p = X0, tuple(P.tolist())
    rows = [X0[None, :]]
    for k, inputs in enumerate(PLAN.inputs):
        if PLAN.bolus_l[k] > 0.0:
            x = np.array(with_added(CHO_FEDBATCH, tuple(x.tolist()), PLAN.bolus_l[k], **BOLUS))
        t0, t1 = float(PLAN.times_h[k]), float(PLAN.times_h[k + 1])
        solution = solve_ivp(
            _slopes(tuple(inputs.tolist()), p, is_of_floats),
            (t0, t1),
            x,
            method="LSODA",
            t_eval=HOURLY[(t0 < HOURLY) & (t1 >= HOURLY)],
            rtol=rtol,
            atol=atol * scale,
        )
        rows.append(solution.y.T)
        x = solution.y[:, -1]
    return np.concatenate(rows)


def _slopes(u: tuple[float, ...], p: tuple[float, ...], is_of_floats: bool) -> Slopes:
    rates = CHO_FEDBATCH.rates
    if is_of_floats:
        return lambda t, x: rates(t, tuple(x.tolist()), u, p)
    return lambda t, x: rates(t, x, u, p)


def own(compiled: CompiledModel, rtol: float, times_h: Array = HOURLY) -> Array:
    """States at these times by the compiled integrator."""
    return follow_schedule(compiled, X0, PLAN, P, out_times=times_h, rtol=rtol)[1]


def error(states: Array, reference: Array) -> float:
    """Largest difference over all times and states, over that state's largest value."""
    peak = np.abs(reference).max(axis=0)
    peak[peak == 0.0] = 1.0  # a contaminant that isn't there
    return float((np.abs(states - reference) / peak).max())
