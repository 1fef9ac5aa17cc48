"""Cell-culture simulators of others, each None where it isn't installed.

`pip install -c constraints.txt do-mpc`, which brings CasADi; `pip install --no-deps insilicho
pensimpy pint flexparser flexcache`, without their other dependencies: insilicho pins numpy 1.23.5,
pandas below 2, Pint below 0.20 and mypy 0.991, but runs on the versions of this project and a Pint
that knows NumPy 2 (0.25.3).
"""

from __future__ import annotations

import importlib
import sys
import warnings
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from reference_culture import BOLUS, DAYS, PLAN, X0, P

from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.mixing import with_added

Array = NDArray[np.float64]
INSILICHO_DAYS = 12  # its default


def peer(name: str, for_figures: str) -> ModuleType | None:
    """Import a peer; where it is missing say which figures that costs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a peer says of its own optional parts
            return importlib.import_module(name)
    except ImportError as missing:
        print(f"{for_figures} not measured: {missing}", file=sys.stderr)
        return None


class Insilicho:
    """The example of its documentation, over its default of 12 days, noise and all."""

    def __init__(self, run: ModuleType) -> None:
        self._run = run
        self._solve = importlib.import_module("insilicho.solver").solve
        self._grow = self._model()

    def _model(self) -> Any:
        return self._run.GrowCHO(
            {"parameters": {"K_lys": "0.05 1/h"}},
            feed_fn=lambda _hours: 0.003,
            temp_fn=lambda _hours: 36.4,
        )

    def execute(self) -> int:
        """A whole run as its user makes it; returns the number of points it reports."""
        model = self._model()
        model.execute(initial_conditions={"V": "50 mL"})
        return len(model.full_result.t)

    def solve(self, times_h: Array) -> Array:
        """Only the integration (SciPy's odeint), at these times."""
        grow = self._grow
        states, _, _ = self._solve(
            grow.params,
            grow.initial_conditions,
            tspan=times_h,
            feed_fn=grow.feed_fn,
            temp_fn=grow.temp_fn,
        )
        return np.asarray(states)


class DoMpc:
    """The same equations as a do-mpc model, integrated by its simulator (SUNDIALS' CVODES).

    CasADi compiles the equations and their derivatives to its own virtual machine. A simulator
    steps by one fixed interval: here a day, the time between two boluses.
    """

    def __init__(self, do_mpc: ModuleType, rtol: float, atol: float) -> None:
        model = do_mpc.model.Model("continuous")
        x = tuple(model.set_variable("_x", state.name) for state in CHO_FEDBATCH.states)
        u = tuple(model.set_variable("_u", one.name) for one in CHO_FEDBATCH.inputs)
        p = tuple(model.set_variable("_p", one.name) for one in CHO_FEDBATCH.parameters)
        for state, slope in zip(CHO_FEDBATCH.states, CHO_FEDBATCH.rates(0.0, x, u, p), strict=True):
            model.set_rhs(state.name, slope)
        model.setup()
        simulator = do_mpc.simulator.Simulator(model)
        simulator.settings.t_step = 24.0
        simulator.settings.integration_tool = "cvodes"
        simulator.settings.reltol = rtol
        simulator.settings.abstol = atol
        values = simulator.get_p_template()
        for one, value in zip(CHO_FEDBATCH.parameters, P.tolist(), strict=True):
            values[one.name] = value
        simulator.set_p_fun(lambda _t: values)
        simulator.setup()
        self._simulator = simulator

    def run(self) -> Array:
        """States at the start and the end of each day, before its bolus."""
        plan, simulator = PLAN, self._simulator
        simulator.reset_history()
        x, rows = X0, [X0]
        for day in range(DAYS):
            k = int(np.searchsorted(plan.times_h, 24.0 * day, side="right")) - 1
            if plan.times_h[k] == 24.0 * day and plan.bolus_l[k] > 0.0:
                x = np.array(with_added(CHO_FEDBATCH, tuple(x.tolist()), plan.bolus_l[k], **BOLUS))
            simulator.x0 = x
            x = np.asarray(simulator.make_step(plan.inputs[k][:, None])).ravel()
            rows.append(x)
        return np.array(rows)
