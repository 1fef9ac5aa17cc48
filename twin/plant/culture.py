"""One culture in a vessel: the kinetics, integrated only when somebody needs to know.

Between two events (a feed starts, a sample is drawn, a set-point moves) inputs are constant, so
the state is carried forward in one call of the compiled integrator, which also leaves the true
values on the probes' sampling grid.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from twin.device import Floats
from twin.integrate import CompiledModel, IntegrationFailed, Integrator, outputs_at
from twin.kinetics.mixing import with_added
from twin.kinetics.model import KineticsModel


class Culture:
    """State of one culture; times are seconds of the plant's clock.

    Args:
        model: the kinetics, and `compiled` the same compiled.
        x0: initial states, u0: inputs by name, p: parameters; x0 and p in the model's order.
        start_s: when it was inoculated.
        interval_s: step of the sampling grid, which starts at inoculation.
    """

    def __init__(
        self,
        model: KineticsModel,
        compiled: CompiledModel,
        x0: tuple[float, ...],
        u0: Mapping[str, float],
        p: tuple[float, ...],
        start_s: float,
        interval_s: float,
    ) -> None:
        self.model = model
        self._i_state = {state.name: i for i, state in enumerate(model.states)}
        self._i_input = {one.name: i for i, one in enumerate(model.inputs)}
        self._compiled = compiled
        self._integrator = Integrator(compiled)
        self._x = np.array(x0, dtype=float)
        self._u = np.array(model.inputs_with(**u0), dtype=float)
        self._p = np.array(p, dtype=float)
        self.start_s = start_s
        self.now_s = start_s
        self._interval_s = interval_s
        self._grid_n = 0  # next grid point
        self._rows: list[
            tuple[Floats, Floats, Floats]
        ] = []  # times (n,), states (n, ·), inputs (·,)
        self._delivered = np.zeros_like(self._u)  # each input times hours
        self.failure = ""
        self._record_start()

    def __getitem__(self, state: str) -> float:
        return float(self._x[self._i_state[state]])

    @property
    def age_h(self) -> float:
        """Hours since inoculation, up to the last event."""
        return (self.now_s - self.start_s) / 3600.0

    @property
    def grid_step(self) -> int:
        """Number of the last point of the sampling grid, 0 at inoculation."""
        return self._grid_n - 1

    def state(self) -> dict[str, float]:
        """Return the true state by name, as of the last event."""
        return {s.name: float(v) for s, v in zip(self.model.states, self._x, strict=True)}

    def advance(self, to_s: float) -> None:
        """Carry the culture forward to a time; harmless when it is already there.

        Where the model can't be integrated the culture stays as it was and `failure` says why.
        """
        if to_s <= self.now_s or self.failure:
            return
        t0_h, t1_h = self.age_h, (to_s - self.start_s) / 3600.0
        last = int((to_s - self.start_s) / self._interval_s + 1e-9)
        steps = np.arange(self._grid_n, last + 1)
        times_h = np.minimum(steps * self._interval_s / 3600.0, t1_h)
        try:
            self._x, out = self._integrator.advance(
                self._x, self._u, self._p, t0_h, t1_h, out_times=times_h
            )
        except IntegrationFailed as failed:
            self.failure = str(failed)
            return
        self._grid_n = last + 1
        if len(steps):
            self._keep((self.start_s + steps * self._interval_s).astype(np.float64), out)
        self._delivered += self._u * (t1_h - t0_h)
        self.now_s = to_s

    def delivered_l(self, flow: str) -> float:
        """Return what an input in L/h has delivered since inoculation, L."""
        return float(self._delivered[self._i_input[flow]])

    def set_inputs(self, **inputs: float) -> None:
        """Change inputs from now on; call `advance` first."""
        for name, value in inputs.items():
            self._u[self._i_input[name]] = value

    def parameter(self, name: str) -> float:
        """Return a parameter's present value."""
        return float(self._p[self.model.parameter_index(name)])

    def set_parameters(self, **values: float) -> None:
        """Change parameters from now on; call `advance` first."""
        for name, value in values.items():
            self._p[self.model.parameter_index(name)] = value

    def input(self, name: str) -> float:
        """Return an input's present value."""
        return float(self._u[self._i_input[name]])

    def shot(self, volume_l: float, **concentrations: float) -> None:
        """Add a volume at once (a bolus); what is not named is not in it."""
        before = tuple(self._x.tolist())
        self._x = np.array(with_added(self.model, before, volume_l, **concentrations))

    def set_state(self, **values: float) -> None:
        """Overwrite states: an inoculum, a contaminant."""
        for name, value in values.items():
            self._x[self._i_state[name]] = value

    def withdraw(self, volume_l: float) -> bool:
        """Take broth out; False when less than that is left, and then nothing is taken."""
        i = self._i_state["volume"]
        if volume_l >= self._x[i]:
            return False
        self._x[i] -= volume_l
        return True

    def take_rows(self) -> tuple[Floats, Floats, Floats]:
        """Return and forget what the grid recorded: times (s) (n,), states and inputs (n, ·)."""
        rows, self._rows = self._rows, []
        if not rows:
            n_x, n_u = len(self._x), len(self._u)
            return np.empty(0), np.empty((0, n_x)), np.empty((0, n_u))
        times, states, inputs = zip(*rows, strict=True)
        n_rows = [len(one) for one in times]
        u = np.repeat(np.array(inputs), n_rows, axis=0)
        return np.concatenate(times), np.concatenate(states), u

    def derived(self, times_s: Floats, x: Floats, u: Floats) -> dict[str, Floats]:
        """Return the model's algebraic outputs for recorded rows, by name, each (n,)."""
        hours = (times_s - self.start_s) / 3600.0
        values = outputs_at(self._compiled, hours, x, u, self._p)
        return {o.name: values[:, i] for i, o in enumerate(self.model.outputs)}

    def _record_start(self) -> None:
        self._keep(np.array([self.start_s]), self._x[None, :].copy())
        self._grid_n = 1

    def _keep(self, times_s: Floats, states: Floats) -> None:
        self._rows.append((times_s, states, self._u.copy()))
