"""Fed-batch culture of CHO cells as an environment: 14 days, one action a day or every 12 hours.

The process is `twin.kinetics.cho_fedbatch` at a scale of `twin.kinetics.scales`. Every 12 hours
glucose is topped up to its set-point from a concentrated solution, by the Raman reading, as in the
plant's own program; the feed flows all the time.

Prices, bounds and limits are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from twin.environments.action import Setpoint
from twin.environments.cho_probes import FED_BATCH_PROBES, GRID_S, observed
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
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import CLONES
from twin.kinetics.culture import initial_state
from twin.kinetics.media import MEDIA
from twin.kinetics.scales import SCALES, parameters_at
from twin.plant.culture import Culture
from twin.plant.fed_batch import INOCULATION_CV, PUMP_CV
from twin.randomness import stream

DAYS = 14.0
CHECK_H = 12.0
LEAST_VIABILITY = 60.0
MOST_VOLUME = 1.75  # of the starting volume, as in the plant's vessels (350 of 200 mL)
START_TEMPERATURE, START_PH = 37.0, 7.0
COSTS: Mapping[str, float] = MappingProxyType({"feed": 0.2, "glucose_solution": 0.05})
"""g of antibody that a litre is worth."""

SETPOINTS = (
    Setpoint("temperature", "degC", 31.0, 38.0, "culture temperature"),
    Setpoint("ph", "pH", 6.7, 7.4, "pH of the culture"),
    Setpoint("feed_rate", "%/d", 0.0, 8.0, "feed, per cent of the starting volume per day"),
    Setpoint("glucose_setpoint", "mmol/L", 0.0, 50.0, "glucose is topped up to this every 12 h"),
)
SHIFT_DAY, FEED_START_DAY = 5.0, 3.0


class FedBatchOptions(CultureOptions):
    """Options of a fed-batch episode."""

    clone: Annotated[str, one_of(CLONES)] = Field(default="K1", description="Cell line")
    medium: Annotated[str, one_of(MEDIA)] = Field(
        default="basal", description="Basal medium with its feed"
    )
    scale: Annotated[str, one_of(SCALES)] = Field(default="bench_3l", description="Vessel")


class FedBatchEnv(ProcessEnv):
    """Fed-batch culture of CHO cells, ``sdl-twin/FedBatch-v0``.

    **Action**, shape (4,), -1 to 1 each, standing linearly for: ``temperature`` 31 .. 38 degC,
    ``ph`` 6.7 .. 7.4, ``feed_rate`` 0 .. 8 % of the starting volume per day, ``glucose_setpoint``
    0 .. 50 mmol/L. They hold for one step.

    **Observation**, shape (15,), physical units, at the end of the step: ``time`` (d); the probes
    ``temperature`` (degC), ``ph``, ``dissolved_oxygen`` (%), ``soft_sensor_cells`` (1e6/mL),
    ``raman_glucose`` and ``raman_lactate`` (mmol/L), ``oxygen_uptake`` and ``carbon_evolution``
    (mmol/L/h), ``weight`` (g), ``feed_flow`` (mL/h); and assays of a 1 mL sample: ``viability``
    (%), ``viable_cell_density`` (1e6/mL), ``titer`` (g/L), ``ammonia`` (mmol/L).

    **Reward**, g of antibody per L of starting volume: the antibody formed in the step less
    ``costs`` times what flowed in: 0.2 g per L of feed, 0.05 g per L of glucose solution.

    **Terminated** when, looked at every 4 h, living cells are less than 60 % of all, when the
    broth exceeds 1.75 times the starting volume, or when the model can't be integrated (``reason``
    says why; the antibody is kept). **Truncated** after 14 days.

    **Options**: ``clone`` (K1, P2, G3), ``medium`` (basal, rich, lean), ``scale``
    (mini_bioreactor, bench_3l, pilot_200l, production_2000l), ``seeding_density`` (1e9/L),
    ``growth_cv`` and ``productivity_cv`` (between runs), ``noise_scale``, ``parameters`` (of the
    model, by name), ``fault`` (a mapping as in a scenario file, or several).

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
        super().__init__(SETPOINTS, observed(FED_BATCH_PROBES, DAYS), options, render_mode)
        self._step_h = step_h
        self._prices = prices(COSTS, costs)

    def recipe(self) -> dict[str, float]:
        """Warm growth, a shift to 34 degC on day 5, 3 %/d of feed from day 3, glucose 25 mmol/L.

        The centre of the factors of the demo campaign.
        """
        day = self._watched.time_h / 24.0
        return {
            "temperature": 36.8 if day < SHIFT_DAY else 34.0,
            "ph": 7.0,
            "feed_rate": 0.0 if day < FEED_START_DAY else 3.0,
            "glucose_setpoint": 25.0,
        }

    def _begin(self, seed: int, options: Mapping[str, Any]) -> Shown:
        chosen = read(FedBatchOptions, options)
        rng = stream(seed, "culture")
        z = rng.standard_normal(2)
        self._volume_l = SCALES[chosen.scale].volume_l
        self._pump = 1.0 + PUMP_CV * float(z[1])
        medium = MEDIA[chosen.medium]
        check_parameters(CHO_FEDBATCH, chosen.parameters)
        p = parameters_at(
            SCALES[chosen.scale],
            CLONES[chosen.clone],
            medium,
            growth=float(rng.lognormal(0.0, chosen.growth_cv)),
            productivity=float(rng.lognormal(0.0, chosen.productivity_cv)),
            **chosen.parameters,
        )
        x0 = initial_state(
            medium,
            viable_cells=min(chosen.seeding_density * (1.0 + INOCULATION_CV * float(z[0])), 6.0),
            volume_l=self._volume_l,
            temperature=START_TEMPERATURE,
            ph=START_PH,
        )
        check_start(CHO_FEDBATCH, x0, CHO_FEDBATCH.inputs_with(**medium.feed()), p)
        names = tuple(FED_BATCH_PROBES)
        faults = CultureFaults(chosen.fault, seed, DAYS * 24.0, CHO_FEDBATCH, names)
        culture = Culture(CHO_FEDBATCH, compiled(CHO_FEDBATCH), x0, medium.feed(), p, 0.0, GRID_S)
        self._watched = WatchedCulture(culture, FED_BATCH_PROBES, faults, chosen.noise_scale, seed)
        return self._show()

    def _go_on(self, setpoints: Mapping[str, float]) -> tuple[Passed, Shown]:
        watched = self._watched
        flow = setpoints["feed_rate"] / 100.0 * self._volume_l / 24.0 * self._pump
        watched.hold(temperature=setpoints["temperature"], ph=setpoints["ph"])
        watched.faults.intend(feed_rate=flow)
        before = self._product_g(), *self._used_l()
        shots_l, ended = 0.0, ""
        for _ in range(round(self._step_h / CHECK_H)):
            shots_l += self._top_up(setpoints["glucose_setpoint"])
            ended = watched.run(CHECK_H, self._limit)
            if ended:
                break
        formed_g = self._product_g() - before[0]
        feed_l, glucose_l = (
            now - then for now, then in zip(self._used_l(), before[1:], strict=True)
        )
        watched.sample()
        used = {"feed": feed_l, "glucose_solution": glucose_l + shots_l}
        costs = {
            name: self._prices[name] * litres / self._volume_l for name, litres in used.items()
        }
        is_last = watched.time_h >= DAYS * 24.0 - 1e-9
        return Passed(formed_g / self._volume_l, costs, ended, is_last), self._show()

    def _top_up(self, setpoint: float) -> float:
        """Bring glucose to its set-point, as the reading has it; returns the volume (L)."""
        culture = self._watched.culture
        stock = culture.input("glucose_stock")
        missing = setpoint - self._watched.readings["raman_glucose"]
        volume_l = missing * culture["volume"] / stock
        if missing <= 0.0 or culture["volume"] + volume_l > MOST_VOLUME * self._volume_l:
            return 0.0
        culture.shot(volume_l, glucose=stock)
        return volume_l

    def _limit(self) -> str:
        viability, volume_l = self._watched.outputs["viability"], self._watched.culture["volume"]
        if viability < LEAST_VIABILITY:
            return f"viability is {viability:.1f} %, less than {LEAST_VIABILITY:g} %"
        if volume_l > MOST_VOLUME * self._volume_l:
            return f"the vessel overflows at {volume_l:.4g} L"
        return ""

    def _product_g(self) -> float:
        return self._watched.culture["product"] * self._watched.culture["volume"]

    def _used_l(self) -> tuple[float, float]:
        culture = self._watched.culture
        return culture.delivered_l("feed_rate"), culture.delivered_l("glucose_feed_rate")

    def _show(self) -> Shown:
        watched = self._watched
        return Shown(
            readings={"time": watched.time_h / 24.0, **watched.readings},
            truth={**watched.culture.state(), **watched.outputs},
            faults=watched.faults.kinds_on(watched.time_h),
        )
