"""Runs a batch of IndPenSim: recipe, loops and faults every 12 minutes, the equations in between.

The continuous part is the declared model ``INDPENSIM``; what is here is discrete: loops that act
once per sample, faults, and the guards of the published program.

Not followed: PenSimPy integrates 381 of its 1,150 samples over 0.205 h, since the last point of its
time grid depends on rounding.  Here every sample is 0.2 h.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.indpensim import faults
from twin.indpensim.controllers import PAA_FROM_H, Loops
from twin.indpensim.equations import INDPENSIM
from twin.indpensim.guards import N_SUMS, Growth, guard
from twin.indpensim.recipe import DEFAULT_RECIPE, LIMITS, SAMPLE_H, Recipe, checked
from twin.indpensim.result import BatchResult
from twin.indpensim.start import DISTURBANCE_SCALES, DISTURBED, Start, draw_disturbances, draw_start
from twin.integrate import Integrator, compiled

Array = NDArray[np.float64]

BATCH_H = 230.0
RTOL, ATOL = 1.0e-5, 1.0e-6
PENICILLIN, VOLUME = (INDPENSIM.state_index(name) for name in ("penicillin", "volume"))
RESTART_STEP_H = 3.0e-3  # short enough for the jump of the inputs between two samples
N_RECIPE = len(LIMITS)  # the recipe's variables are the model's first inputs, in that order
PAA_FEED = INDPENSIM.input_index("paa_feed")
DISCHARGE = INDPENSIM.input_index("discharge")
MU_X = INDPENSIM.parameter_index("mu_x")


class BatchRefused(ValueError):
    """The batch asked for can't be run; says what would be right."""


class BatchOver(RuntimeError):
    """A step was asked for after the last sample of the batch."""

    def __init__(self, hours: float) -> None:
        super().__init__(f"the batch of {hours:g} h is over; make a new one")


@dataclass(frozen=True, slots=True)
class Sample:
    """How a batch stands at the end of a sample.

    Attributes:
        time_h: hours since the start.
        states: the 33 states, columns as in ``INDPENSIM.states``; read-only.
        inputs: what held during the sample, columns as in ``INDPENSIM.inputs``; read-only.
        is_faulty: whether a fault was active.
        yield_kg: penicillin in the vessel and drawn off so far.
        is_last: whether the batch is over.
    """

    time_h: float
    states: Array
    inputs: Array
    is_faulty: bool
    yield_kg: float
    is_last: bool


class Batch:
    """One batch under way; ``run`` goes to its end, ``step`` one sample (12 minutes) further.

    Args:
        recipe: what is fed, blown in and drawn off.
        seed: draws the start and the disturbances, as PenSimPy does.
        start: initial states and parameters, in place of the seed's.
        disturbances: one row per sample (or more), columns as in ``DISTURBANCE_SCALES``, in place
            of the seed's; without a seed none.
        fault: 0 (none) to 8, see ``faults``.
        is_paa_controlled: hold phenylacetic acid at 1200 mg/L by its feed, from 10 h on.
        hours: length of the batch.
        rtol: relative tolerance of the integration.
        parameters: single parameters of the model, in place of the start's.

    Raises:
        BatchRefused: neither seed nor start, or lengths that don't fit.
        NoSuchFault: the fault's number.
        UnknownName, ValueRefused: a parameter.
    """

    def __init__(
        self,
        recipe: Recipe = DEFAULT_RECIPE,
        *,
        seed: int | None = None,
        start: Start | None = None,
        disturbances: ArrayLike | None = None,
        fault: int = 0,
        is_paa_controlled: bool = False,
        hours: float = BATCH_H,
        rtol: float = RTOL,
        **parameters: float,
    ) -> None:
        faults.check(fault)
        self.hours = hours
        self.n_samples = _n_samples(hours)
        if start is None:
            if seed is None:
                raise BatchRefused("give a seed or a start")
            start = draw_start(seed)
        self._disturbances = _disturbances(seed, disturbances, self.n_samples)
        self._parameters = np.array(INDPENSIM.parameters_with(**{**start.parameters, **parameters}))
        self._recipe = recipe.table(self.n_samples)
        self._fault = fault
        self._is_paa_controlled = is_paa_controlled
        self._x = start.vector()
        self._u = np.array(INDPENSIM.inputs_with(coolant=0.0, heating_water=0.0, paa_feed=0.0))
        self._integrator = Integrator(compiled(INDPENSIM), rtol=rtol, atol=ATOL)
        self._loops = Loops(self._x)
        self._growth = Growth()
        self._discharged_kg = 0.0
        self.n_done = 0
        self._states = np.empty((self.n_samples, INDPENSIM.n_states))
        self._inputs = np.empty((self.n_samples, len(INDPENSIM.inputs)))
        self._is_faulty = np.zeros(self.n_samples, np.bool_)

    def step(self, setpoints: Mapping[str, float] | None = None) -> Sample:
        """Run one sample; ``setpoints`` replace the recipe's values for it, by name.

        A fault goes before a set-point, and so does the loop of phenylacetic acid.

        Raises:
            BatchOver: the batch is at its end.
            RecipeRefused: a set-point's name or value; nothing was run then.
            VesselDrained: the discharges empty the vessel.
            IntegrationFailed: the equations can't be integrated.
        """
        if self.n_done == self.n_samples:
            raise BatchOver(self.hours)
        self._go_on({name: checked(name, value) for name, value in (setpoints or {}).items()})
        k, x = self.n_done - 1, self._x
        states, inputs = self._states[k].view(), self._inputs[k].view()
        states.flags.writeable = inputs.flags.writeable = False
        return Sample(
            time_h=SAMPLE_H * self.n_done,
            states=states,
            inputs=inputs,
            is_faulty=bool(self._is_faulty[k]),
            yield_kg=float(x[VOLUME] * x[PENICILLIN]) / 1000.0 + self._discharged_kg,
            is_last=self.n_done == self.n_samples,
        )

    def run(self) -> BatchResult:
        """Run what is left of the batch; raises as ``step``."""
        while self.n_done < self.n_samples:
            self._go_on({})
        return self.result()

    def result(self) -> BatchResult:
        """What has been run so far; a copy."""
        n = self.n_done
        return BatchResult(
            times_h=np.arange(1, n + 1, dtype=np.float64) * SAMPLE_H,
            state_rows=self._states[:n].copy(),
            input_rows=self._inputs[:n].copy(),
            is_faulty=self._is_faulty[:n].copy(),
            parameters=tuple(self._parameters.tolist()),
        )

    def _go_on(self, given: Mapping[str, float]) -> None:
        """Run one sample and keep it."""
        is_faulty = self._decide(given)
        x = self._advance()
        k = self.n_done
        self._states[k] = x
        self._inputs[k] = self._u
        self._is_faulty[k] = is_faulty
        self._discharged_kg += float(self._u[DISCHARGE] * x[PENICILLIN]) * SAMPLE_H / 1000.0
        self.n_done = k + 1

    def _decide(self, given: Mapping[str, float]) -> bool:
        """Set the inputs that hold during this sample; True if a fault is active."""
        u, k = self._u, self.n_done
        paa_before = float(u[PAA_FEED])
        ph_error = faults.sensor_error(self._fault, faults.PH_SENSOR, k + 1)
        t_error = faults.sensor_error(self._fault, faults.TEMPERATURE_SENSOR, k + 1)
        self._loops.act(u, ph_error, t_error)
        u[:N_RECIPE] = self._recipe[k]
        held = faults.stuck(self._fault, k + 1)
        if given or held:
            for name, value in {**given, **held}.items():
                u[INDPENSIM.input_index(name)] = value
        if self._is_paa_controlled and (k + 1) * SAMPLE_H >= PAA_FROM_H:
            u[PAA_FEED] = self._loops.next_paa(paa_before)
        u[DISTURBED] = self._disturbances[k]
        return bool(held) or ph_error != 0.0 or t_error != 0.0

    def _advance(self) -> Array:
        """Integrate over this sample and apply the guards."""
        limit_per_h = self._growth.limit_per_h()
        if limit_per_h is not None:
            self._parameters[MU_X] = limit_per_h
        self._x[-N_SUMS:] = 0.0
        self._integrator.step_h = RESTART_STEP_H
        t0_h, t1_h = self.n_done * SAMPLE_H, (self.n_done + 1) * SAMPLE_H
        x, _ = self._integrator.advance(self._x, self._u, self._parameters, t0_h, t1_h)
        guard(x, t1_h)
        self._x = x
        self._loops.observe(x)
        self._growth.observe(float(x[-1]))
        return x


def _n_samples(hours: float) -> int:
    n = round(hours / SAMPLE_H) if math.isfinite(hours) else 0
    if n < 1 or not math.isclose(n * SAMPLE_H, hours):
        raise BatchRefused(f"hours must be a multiple of {SAMPLE_H} above 0, got {hours!r}")
    return n


def _disturbances(seed: int | None, given: ArrayLike | None, n_samples: int) -> Array:
    n_columns = len(DISTURBANCE_SCALES)
    if given is None:
        if seed is None:
            return np.zeros((n_samples, n_columns))
        return draw_disturbances(seed, n_samples)
    rows = np.array(given, np.float64)
    if rows.ndim != 2 or rows.shape[0] < n_samples or rows.shape[1] != n_columns:
        raise BatchRefused(
            f"disturbances have the shape {rows.shape}; must be ({n_samples} or more, {n_columns})"
        )
    if not np.isfinite(rows).all():
        raise BatchRefused("disturbances must be finite numbers")
    return rows
