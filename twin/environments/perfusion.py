"""Perfusion culture of CHO cells as an environment: 30 days, one action a day or every 12 hours.

The process is `twin.kinetics.cho_perfusion`, cells kept by a membrane, volume held by the harvest.
Prices, bounds and limits are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, Strict

from twin.environments.action import Setpoint
from twin.environments.cho_probes import GRID_S, PERFUSION_PROBES, observed
from twin.environments.cost import prices
from twin.environments.culture_faults import CultureFaults
from twin.environments.episode import Passed, ProcessEnv, Shown
from twin.environments.options import (
    CultureOptions,
    OptionRefused,
    check_parameters,
    check_start,
    one_of,
    read,
)
from twin.environments.watched_culture import WatchedCulture
from twin.integrate import compiled
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.media import MEDIA
from twin.kinetics.perfusion_start import flow_l_per_h, initial_state, perfusion_inputs
from twin.plant.culture import Culture
from twin.plant.fed_batch import INOCULATION_CV, PUMP_CV
from twin.randomness import stream

DAYS = 30.0
LEAST_VIABILITY = 60.0
MOST_VOLUME, LEAST_VOLUME = 1.2, 0.5  # of the volume held
START_TEMPERATURE, START_PH = 37.0, 7.1
COSTS: Mapping[str, float] = MappingProxyType({"medium": 0.05})
"""g of antibody that a litre is worth."""

SETPOINTS = (
    Setpoint("perfusion_rate", "1/d", 0.0, 3.0, "fresh medium, vessel volumes per day"),
    Setpoint("bleed_rate", "1/d", 0.0, 0.6, "broth bled, vessel volumes per day"),
    Setpoint("temperature", "degC", 33.0, 38.0, "culture temperature"),
    Setpoint("ph", "pH", 6.8, 7.4, "pH of the culture"),
)
START_DAY, BLEED_DAY = 2.0, 8.0


class PerfusionOptions(CultureOptions):
    """Options of a perfusion episode."""

    seeding_density: Annotated[float, Strict(), Field(gt=0.0, le=20.0)] = Field(
        default=1.0, description="Viable cells at inoculation, 1e9/L"
    )
    medium: Annotated[str, one_of(MEDIA)] | None = Field(
        default=None,
        description="Medium by name, with its glucose, glutamine and effect on growth and "
        "production; left out for that of the model",
    )
    volume_l: Annotated[float, Strict(), Field(ge=0.1, le=2000.0)] = Field(
        default=3.0, description="Volume held, L"
    )


class PerfusionEnv(ProcessEnv):
    """Perfusion culture of CHO cells, ``sdl-twin/Perfusion-v0``.

    **Action**, shape (4,), -1 to 1 each, standing linearly for: ``perfusion_rate`` 0 .. 3 vessel
    volumes per day, ``bleed_rate`` 0 .. 0.6 vessel volumes per day (never more than the fresh
    medium), ``temperature`` 33 .. 38 degC, ``ph`` 6.8 .. 7.4. They hold for one step.

    **Observation**, shape (17,), physical units, at the end of the step: ``time`` (d); the probes
    ``temperature`` (degC), ``ph``, ``dissolved_oxygen`` (%), ``soft_sensor_cells`` (1e6/mL),
    ``raman_glucose`` and ``raman_lactate`` (mmol/L), ``oxygen_uptake`` and ``carbon_evolution``
    (mmol/L/h), ``weight`` (g), ``medium_flow``, ``harvest_flow`` and ``bleed_flow`` (mL/h); and
    assays of a 1 mL sample: ``viability`` (%), ``viable_cell_density`` (1e6/mL), ``titer`` in the
    broth (g/L), ``ammonia`` (mmol/L).

    **Reward**, g of antibody per L of vessel volume: the antibody harvested through the membrane in
    the step less 0.05 g per L of fresh medium. What is bled, and what is left in the vessel at the
    end, earns nothing.

    **Terminated** when, looked at every 4 h, living cells are less than 60 % of all, when the
    broth is more than 1.2 times the volume that is held (overflow) or less than half of it
    (drained), or when the model can't be integrated; ``reason`` says why. **Truncated** after 30
    days.

    **Options**: ``medium`` (basal, rich, lean; none for the model's own), ``volume_l``,
    ``seeding_density`` (1e9/L), ``growth_cv`` and ``productivity_cv`` (between runs),
    ``noise_scale``, ``parameters`` (of the model, by name), ``fault`` (a mapping as in a scenario
    file, or several). The clones are parameter sets of the fed-batch model and have no meaning
    here.

    Args:
        step_h: hours per step, 12 or 24.
        costs: prices that replace ``COSTS``, g of antibody per L.
        options: options for every episode.
        render_mode: None or "ansi".

    Raises:
        OptionRefused: ``step_h`` or ``render_mode``; options are checked by ``reset``.
        CostRefused: a price.
    """

    def __init__(
        self,
        *,
        step_h: float = 24.0,
        costs: Mapping[str, float] | None = None,
        options: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        if step_h not in (12.0, 24.0):
            raise OptionRefused(f"step_h is {step_h!r} h; must be 12 or 24")
        super().__init__(SETPOINTS, observed(PERFUSION_PROBES, DAYS), options, render_mode)
        self._step_h = step_h
        self._prices = prices(COSTS, costs)

    def recipe(self) -> dict[str, float]:
        """One volume a day from day 2, a bleed of 0.2 volumes a day from day 8; 37 degC, pH 7.1."""
        day = self._watched.time_h / 24.0
        return {
            "perfusion_rate": 0.0 if day < START_DAY else 1.0,
            "bleed_rate": 0.0 if day < BLEED_DAY else 0.2,
            "temperature": 37.0,
            "ph": 7.1,
        }

    def _begin(self, seed: int, options: Mapping[str, Any]) -> Shown:
        chosen = read(PerfusionOptions, options)
        rng = stream(seed, "culture")
        z = rng.standard_normal(2)
        growth = float(rng.lognormal(0.0, chosen.growth_cv))
        productivity = float(rng.lognormal(0.0, chosen.productivity_cv))
        self._volume_l = chosen.volume_l
        self._pump = 1.0 + PUMP_CV * float(z[1])
        check_parameters(CHO_PERFUSION, chosen.parameters)
        own = {parameter.name: parameter.default for parameter in CHO_PERFUSION.parameters}
        broth = {}
        if chosen.medium is not None:
            medium = MEDIA[chosen.medium]
            broth = {"glucose": medium.glucose, "glutamine": medium.glutamine}
            growth, productivity = growth * medium.growth, productivity * medium.productivity
        drawn = {
            "mu_multiplier": own["mu_multiplier"] * growth,
            "q_mab": own["q_mab"] * productivity,
        }
        inputs = perfusion_inputs(
            volume_l=chosen.volume_l, **{f"medium_{name}": value for name, value in broth.items()}
        )
        x0 = initial_state(
            viable_cells=chosen.seeding_density * (1.0 + INOCULATION_CV * float(z[0])),
            volume_l=chosen.volume_l,
            temperature=START_TEMPERATURE,
            ph=START_PH,
            **broth,
        )
        p = CHO_PERFUSION.parameters_with(**{**drawn, **chosen.parameters})
        check_start(CHO_PERFUSION, x0, inputs, p)
        u0 = {i.name: value for i, value in zip(CHO_PERFUSION.inputs, inputs, strict=True)}
        culture = Culture(CHO_PERFUSION, compiled(CHO_PERFUSION), x0, u0, p, 0.0, GRID_S)
        names = tuple(PERFUSION_PROBES)
        faults = CultureFaults(chosen.fault, seed, DAYS * 24.0, CHO_PERFUSION, names)
        self._watched = WatchedCulture(culture, PERFUSION_PROBES, faults, chosen.noise_scale, seed)
        return self._show()

    def _go_on(self, setpoints: Mapping[str, float]) -> tuple[Passed, Shown]:
        watched = self._watched
        culture = watched.culture
        watched.hold(temperature=setpoints["temperature"], ph=setpoints["ph"])
        watched.faults.intend(
            medium_rate=flow_l_per_h(setpoints["perfusion_rate"], self._volume_l) * self._pump,
            bleed_rate=flow_l_per_h(setpoints["bleed_rate"], self._volume_l),
        )
        harvested_g, medium_l = culture["product_harvested"], culture["medium_used"]
        ended = watched.run(self._step_h, self._limit)
        harvested_g = culture["product_harvested"] - harvested_g
        medium_l = culture["medium_used"] - medium_l
        watched.sample()
        costs = {"medium": self._prices["medium"] * medium_l / self._volume_l}
        is_last = watched.time_h >= DAYS * 24.0 - 1e-9
        return Passed(harvested_g / self._volume_l, costs, ended, is_last), self._show()

    def _limit(self) -> str:
        viability, volume_l = self._watched.outputs["viability"], self._watched.culture["volume"]
        if viability < LEAST_VIABILITY:
            return f"viability is {viability:.1f} %, less than {LEAST_VIABILITY:g} %"
        if volume_l > MOST_VOLUME * self._volume_l:
            return f"the vessel overflows at {volume_l:.4g} L"
        if volume_l < LEAST_VOLUME * self._volume_l:
            return f"the vessel is drained to {volume_l:.4g} L"
        return ""

    def _show(self) -> Shown:
        watched = self._watched
        return Shown(
            readings={"time": watched.time_h / 24.0, **watched.readings},
            truth={**watched.culture.state(), **watched.outputs},
            faults=watched.faults.kinds_on(watched.time_h),
        )
