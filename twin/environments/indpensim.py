"""IndPenSim as an environment: a batch of penicillin in 100 m3, 230 h, one action per 12 minutes.

The process is `twin.indpensim`: its loops hold pH and temperature, an agent sets flows and the
pressure. Prices are assumptions, as are the bounds (`twin.indpensim.LIMITS`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any

import numpy as np
from pydantic import Field, Strict, StrictBool

from twin.declared import Declared, NotNegative, Number
from twin.device import Floats, Signal
from twin.environments.action import Setpoint
from twin.environments.cost import prices
from twin.environments.episode import Passed, ProcessEnv, Shown
from twin.environments.options import OptionRefused, check_parameters, check_start, read
from twin.environments.penicillin_probes import PROBES
from twin.indpensim import (
    DEFAULT_RECIPE,
    INDPENSIM,
    LIMITS,
    Batch,
    Start,
    VesselDrained,
    draw_start,
)
from twin.indpensim.faults import PH_SENSOR, TEMPERATURE_SENSOR, sensor_error
from twin.indpensim.recipe import SAMPLE_H, UNITS
from twin.integrate import IntegrationFailed, compiled, outputs_at
from twin.pat.bank import ProbeBank
from twin.randomness import stream

HOURS = 230.0
VESSEL_L = 100_000.0
MINUTES_PER_H = 60.0
SETTABLE = tuple(LIMITS)
COSTS: Mapping[str, float] = MappingProxyType(
    {"sugar_feed": 0.016, "oil_feed": 0.06, "paa_feed": 0.18, "aeration": 0.0003}
)
"""kg of penicillin that a litre is worth; of air a cubic metre."""
_DOC = {one.name: one.doc for one in INDPENSIM.inputs}
_SENSORS = {"temperature": TEMPERATURE_SENSOR, "ph": PH_SENSOR}


class IndPenSimOptions(Declared):
    """Options of an IndPenSim episode."""

    batch_seed: Annotated[int, Strict(), Field(ge=0, lt=2**31)] | None = Field(
        default=None,
        description="Start and disturbances in PenSimPy's counting; left out to be drawn",
    )
    fault: Annotated[int, Strict(), Field(ge=0, le=PH_SENSOR)] = Field(
        default=0, description="0 (none) to 8, as published"
    )
    is_paa_controlled: StrictBool = Field(
        default=False, description="Whether a loop holds phenylacetic acid, from 10 h on"
    )
    noise_scale: NotNegative = Field(
        default=1.0, description="Multiplies every probe's error; 0: perfect"
    )
    parameters: dict[str, Number] = Field(
        default_factory=dict, description="Parameters of the model by name, in their units"
    )


class IndPenSimEnv(ProcessEnv):
    """A batch of penicillin, ``sdl-twin/IndPenSim-v0``.

    **Action**, shape (7,), -1 to 1 each, standing linearly for: ``sugar_feed`` 0 .. 200 L/h,
    ``oil_feed`` 0 .. 60 L/h, ``aeration`` 10 .. 100 m3/min, ``head_pressure`` 0 .. 2.5 bar,
    ``discharge`` 0 .. 6000 L/h, ``water`` 0 .. 1000 L/h, ``paa_feed`` 0 .. 50 L/h. They hold for
    12 minutes. With ``controlled`` the action has only the components named there, and the
    published recipe sets the others. A fault goes before an action.

    **Observation**, shape (16,), physical units, at the end of the step: ``time`` (h); the probes
    ``temperature`` (degC), ``ph``, ``dissolved_oxygen`` (mg/L), ``head_pressure`` (bar, over
    atmosphere), ``weight`` (kg), ``oxygen_in_gas`` and ``co2_in_gas`` (mol/mol), ``aeration``
    (m3/min), ``sugar_feed``, ``base`` and ``coolant`` (L/h); and soft sensors for ``penicillin``
    and ``biomass`` (g/L), ``paa`` and ``nitrogen`` (mg/L). At ``reset`` the flows are those that
    the recipe begins with. The faults 7 and 8 show in what is observed.

    **Reward**, kg of penicillin: how much more there is, in the vessel and drawn off, than at the
    step before (less where it hydrolyses), less the costs: 0.016 kg per L of sugar feed, 0.06 per L
    of oil, 0.18 per L of phenylacetic acid, 0.0003 per m3 of air.

    **Terminated** when less than 10 m3 are left (drained; that step earns nothing), when the broth
    has more than 100 m3 (overflow), or when the model can't be integrated; ``reason`` says why, and
    what was made is kept. **Truncated** after 230 h.

    **Options**: ``batch_seed`` (a batch of PenSimPy, such as 1), ``fault`` (0 to 8),
    ``is_paa_controlled``, ``noise_scale``, ``parameters`` (of the model, by name).

    Args:
        controlled: names of the variables that the action sets, in its order.
        costs: prices that replace ``COSTS``.
        options: options for every episode.
        render_mode: None or "ansi".

    Raises:
        OptionRefused: ``controlled`` or ``render_mode``; options are checked by ``reset``.
        CostRefused: a price.
    """

    def __init__(
        self,
        *,
        controlled: Sequence[str] = SETTABLE,
        costs: Mapping[str, float] | None = None,
        options: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        unknown = sorted(set(controlled) - set(LIMITS))
        if unknown or not controlled or len(set(controlled)) < len(controlled):
            raise OptionRefused(
                f"controlled is {controlled!r}; must be some of {', '.join(LIMITS)}, each once"
            )
        super().__init__(
            [Setpoint(name, UNITS[name], *LIMITS[name], _DOC[name]) for name in controlled],
            [
                Signal("time", "h", 0.0, HOURS, doc="since the start"),
                *(probe.signal for probe, _ in PROBES.values()),
            ],
            options,
            render_mode,
        )
        self._prices = prices(COSTS, costs)
        self._table = DEFAULT_RECIPE.table(round(HOURS / SAMPLE_H))

    def recipe(self) -> dict[str, float]:
        """The published recipe for 230 h, of the variables that the action sets."""
        row = self._table[min(self._batch.n_done, len(self._table) - 1)]
        values = dict(zip(LIMITS, row.tolist(), strict=True))
        return {one.name: values[one.name] for one in self.setpoints}

    def _begin(self, seed: int, options: Mapping[str, Any]) -> Shown:
        chosen = read(IndPenSimOptions, options)
        check_parameters(INDPENSIM, chosen.parameters)
        batch_seed = seed if chosen.batch_seed is None else chosen.batch_seed
        drawn = draw_start(batch_seed)
        start = Start(drawn.states, {**drawn.parameters, **chosen.parameters})
        x0, self._p = start.vector(), INDPENSIM.parameters_with(**start.parameters)
        check_start(INDPENSIM, x0.tolist(), INDPENSIM.inputs_with(), self._p)
        self._batch = Batch(
            seed=batch_seed,
            start=start,
            fault=chosen.fault,
            is_paa_controlled=chosen.is_paa_controlled,
            hours=HOURS,
        )
        self._fault = chosen.fault
        self._yield_kg = 0.0
        self._bank = ProbeBank(
            [probe for probe, _ in PROBES.values()],
            SAMPLE_H * 3600.0,
            chosen.noise_scale,
            stream(seed, "probes"),
        )
        return self._show(0.0, x0, np.array(INDPENSIM.inputs_with()), False)

    def _go_on(self, setpoints: Mapping[str, float]) -> tuple[Passed, Shown]:
        try:
            sample = self._batch.step(setpoints)
        except (VesselDrained, IntegrationFailed) as failed:
            return Passed(0.0, {}, str(failed)), self._last
        made_kg, self._yield_kg = sample.yield_kg - self._yield_kg, sample.yield_kg
        shown = self._show(sample.time_h, sample.states, sample.inputs, sample.is_faulty)
        volume_l = shown.truth["volume"]
        ended = f"the vessel overflows at {volume_l:.0f} L" if volume_l > VESSEL_L else ""
        return Passed(made_kg, self._costs(shown.truth), ended, sample.is_last), shown

    def _costs(self, flows: Mapping[str, float]) -> dict[str, float]:
        """What a step used up: flows are per hour, that of air per minute."""
        per_h = {"aeration": MINUTES_PER_H}
        return {
            name: price * flows[name] * per_h.get(name, 1.0) * SAMPLE_H
            for name, price in self._prices.items()
        }

    def _show(self, time_h: float, x: Floats, u: Floats, is_faulty: bool) -> Shown:
        outputs = outputs_at(compiled(INDPENSIM), time_h, x, u, self._p)
        truth: dict[str, float] = {}
        for entries, values in (
            (INDPENSIM.inputs, u),
            (INDPENSIM.states, x),
            (INDPENSIM.outputs, outputs),
        ):
            truth |= zip((one.name for one in entries), values.tolist(), strict=True)
        seen = {name: see(truth) for name, (_, see) in PROBES.items()}
        for name, sensor in _SENSORS.items():
            seen[name] -= sensor_error(self._fault, sensor, self._batch.n_done)
        shown, _ = self._bank.read(np.array([list(seen.values())]))
        readings = dict(zip(PROBES, shown[0].tolist(), strict=True))
        faults = [f"fault {self._fault}"] if is_faulty else []
        self._last = Shown({"time": time_h, **readings}, truth, faults)
        return self._last
