"""Integrates compiled models over intervals of constant inputs, one run or many at once.

The caller splits time at events (a feed that starts, a bolus, a sample).  ``integrate`` and
``ensemble`` give the same numbers to the last bit.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from twin.integrate.arguments import (
    Array,
    WrongVector,
    inputs_and_parameters,
    positive,
    rows,
    times,
    tolerances,
    vector,
)
from twin.integrate.compile import CompiledModel
from twin.integrate.rodas4 import (
    BELOW_LIMIT,
    DONE,
    N_WORK,
    NOT_A_NUMBER,
    STEP_UNDERFLOW,
    TOO_MANY_STEPS,
    rodas4,
)

FIRST_STEP_H = 1e-3
_REASONS = {
    TOO_MANY_STEPS: "more steps than allowed",
    STEP_UNDERFLOW: "the step size needed for the tolerances is too small",
    NOT_A_NUMBER: "the rates are not finite numbers",
    BELOW_LIMIT: "the rates drive a state below its lower limit",
}
parallel_region = threading.Lock()  # numba's own thread pool takes one caller at a time


class IntegrationFailed(ArithmeticError):
    """The integrator had to give up; says where and why.

    Attributes:
        model: name of the model.
        t_h: time reached, hours.
        reason: what went wrong.
        state: the state with the largest error.
        member: which run of an ensemble, None for a single run.
    """

    def __init__(
        self, model: str, t_h: float, reason: str, state: str, member: int | None = None
    ) -> None:
        which = "" if member is None else f", run {member} of the ensemble"
        super().__init__(f"model {model!r} at {t_h:.6g} h{which}: {reason} (state {state!r})")
        self.model = model
        self.t_h = t_h
        self.reason = reason
        self.state = state
        self.member = member


class Integrator:
    """Integrates one model again and again, going on with the step size of the last interval.

    One per culture and thread: it owns its scratch space.

    Args:
        compiled: the model.
        rtol: relative tolerance.
        atol: absolute tolerance: one number, multiplied with each state's ``scale``, or one number
            per state in that state's unit.
        max_step_h: longest step.
        max_steps: steps tried per interval before giving up.
    """

    def __init__(
        self,
        compiled: CompiledModel,
        *,
        rtol: float = 1e-6,
        atol: float | Sequence[float] | Array = 1e-8,
        max_step_h: float = math.inf,
        max_steps: int = 100_000,
    ) -> None:
        self.compiled = compiled
        self.step_h = FIRST_STEP_H
        n = compiled.model.n_states
        self._rtol = positive("rtol", rtol)
        self._atol = tolerances(compiled, atol)
        self._max_step_h = positive("max_step_h", max_step_h)
        self._max_steps = max_steps
        self._scratch = (
            np.empty((n + 1, n)),
            np.empty((n + 1, n)),
            np.empty((n, n + 2), np.int64),
            np.empty((N_WORK, n)),
        )

    def advance(
        self,
        x0: ArrayLike,
        u: ArrayLike,
        p: ArrayLike,
        t0_h: float,
        t1_h: float,
        *,
        out_times: ArrayLike | None = None,
    ) -> tuple[Array, Array]:
        """Integrate from t0_h to t1_h with constant inputs.

        Returns:
            the states at t1_h, shape (n_states,), and those at ``out_times`` (ascending, within the
            interval; by interpolation of order 3), shape (n_times, n_states).

        Raises:
            WrongVector: an argument's length or value doesn't fit.
            IntegrationFailed: the tolerances can't be met.
        """
        model = self.compiled.model
        x = vector("states", x0, model.n_states).copy()
        u_, p_ = inputs_and_parameters(self.compiled, u, p)
        grid = times(t0_h, t1_h, out_times)
        out = np.empty((grid.size, model.n_states))
        status, t, step, culprit = rodas4(
            self.compiled.addresses,
            x,
            u_,
            p_,
            t0_h,
            t1_h,
            self.step_h,
            self._max_step_h,
            self._max_steps,
            self._rtol,
            self._atol,
            self.compiled.low,
            grid,
            out,
            *self._scratch,
        )
        if status != DONE:
            raise failure(self.compiled, status, t, culprit)
        self.step_h = step
        return x, out


def integrate(
    compiled: CompiledModel,
    x0: ArrayLike,
    u: ArrayLike,
    p: ArrayLike,
    t0_h: float,
    t1_h: float,
    *,
    out_times: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: float | Sequence[float] | Array = 1e-8,
    max_step_h: float = math.inf,
    max_steps: int = 100_000,
) -> tuple[Array, Array]:
    """Integrate once; arguments, results and errors as for ``Integrator``."""
    integrator = Integrator(
        compiled, rtol=rtol, atol=atol, max_step_h=max_step_h, max_steps=max_steps
    )
    return integrator.advance(x0, u, p, t0_h, t1_h, out_times=out_times)


def ensemble(
    compiled: CompiledModel,
    x0s: ArrayLike,
    u: ArrayLike,
    ps: ArrayLike,
    t0_h: float,
    t1_h: float,
    *,
    out_times: ArrayLike | None = None,
    rtol: float = 1e-6,
    atol: float | Sequence[float] | Array = 1e-8,
    max_step_h: float = math.inf,
    max_steps: int = 100_000,
) -> tuple[Array, Array]:
    """Integrate many runs over one interval, on all cores.

    ``x0s``, ``u`` and ``ps`` are each one vector for all runs or one row per run.

    Returns:
        final states (n_runs, n_states) and states at ``out_times`` (n_runs, n_times, n_states).

    Raises:
        WrongVector: an argument's shape or value doesn't fit.
        IntegrationFailed: for the first run that failed.
    """
    from twin.integrate.parallel import rodas4_ensemble

    model = compiled.model
    n_runs = max((np.shape(a)[0] for a in (x0s, u, ps) if np.ndim(a) == 2), default=1)
    x = rows("states", x0s, n_runs, model.n_states)
    u_ = rows("inputs", u, n_runs, len(model.inputs))
    p_ = rows("parameters", ps, n_runs, len(model.parameters))
    grid = times(t0_h, t1_h, out_times)
    outs = np.empty((n_runs, grid.size, model.n_states))
    status = np.empty((n_runs, 3))
    with parallel_region:
        rodas4_ensemble(
            compiled.addresses,
            x,
            u_,
            p_,
            t0_h,
            t1_h,
            FIRST_STEP_H,
            positive("max_step_h", max_step_h),
            max_steps,
            positive("rtol", rtol),
            tolerances(compiled, atol),
            compiled.low,
            grid,
            outs,
            status,
        )
    failed = np.flatnonzero(status[:, 0] != DONE)
    if failed.size:
        code, t, culprit = status[failed[0]]
        raise failure(compiled, code, t, culprit, int(failed[0]))
    return x, outs


def outputs_at(
    compiled: CompiledModel, t_h: ArrayLike, x: ArrayLike, u: ArrayLike, p: ArrayLike
) -> Array:
    """The model's outputs at one state (n_states,) or along rows of states (n_times, n_states).

    ``u`` is one vector of inputs for all rows, or one row of them each.

    Returns:
        outputs of shape (n_outputs,) or (n_times, n_outputs).

    Raises:
        WrongVector: an argument doesn't fit, or the model declares no outputs.
    """
    from twin.integrate.rows import outputs_of_rows

    model = compiled.model
    if compiled.outputs is None:
        raise WrongVector(f"model {model.name!r} declares no outputs")
    n_rows = np.shape(x)[0] if np.ndim(x) == 2 else 1
    states = rows("states", x, n_rows, model.n_states)
    moments = np.array(np.broadcast_to(np.asarray(t_h, float), (n_rows,)))
    u_ = rows("inputs", u, n_rows, len(model.inputs))
    p_ = vector("parameters", p, len(model.parameters))
    results = np.empty((n_rows, len(model.outputs)))
    outputs_of_rows(compiled.outputs.address, moments, states, u_, p_, results)
    return results if np.ndim(x) == 2 else results[0]


def failure(
    compiled: CompiledModel, status: float, t: float, culprit: float, member: int | None = None
) -> IntegrationFailed:
    """The exception for what ``rodas4`` returned."""
    states = compiled.model.states
    return IntegrationFailed(
        compiled.model.name, float(t), _REASONS[int(status)], states[int(culprit)].name, member
    )
