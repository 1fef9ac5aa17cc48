"""The perfusion program: inoculate, grow as a batch, then exchange medium and hold the cells.

From its start day fresh medium flows at a constant number of vessel volumes a day, harvest leaves
through the membrane that keeps the cells, and what grows beyond the density wanted is bled. The
vessel's own controls of level and bleed are part of the model (`twin.kinetics.cho_perfusion`).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from twin.device import Program, Property, Task
from twin.kinetics.cho_perfusion import CHO_PERFUSION
from twin.kinetics.perfusion_start import initial_state, perfusion_inputs
from twin.plant.fed_batch import CHECK_S, COUNT_CV, DAY_S, INOCULATION_CV, PREPARE_S, PUMP_CV
from twin.randomness import stream

if TYPE_CHECKING:
    from twin.plant.bioreactor import Bioreactor
    from twin.plant.culture import Culture

_BOTH = ("growth", "production")

PERFUSION = Program(
    "perfusion",
    {
        p.name: p
        for p in (
            Property(
                "temperature",
                "degC",
                32.0,
                39.0,
                default=37.0,
                doc="culture temperature",
                signal="temperature",
                phases=_BOTH,
            ),
            Property(
                "ph", "pH", 6.6, 7.5, default=7.1, doc="pH set-point", signal="ph", phases=_BOTH
            ),
            Property(
                "do_setpoint",
                "%",
                5.0,
                90.0,
                default=40.0,
                doc="dissolved oxygen set-point, per cent of air saturation",
                signal="dissolved_oxygen",
                phases=_BOTH,
            ),
            Property(
                "seeding_density",
                "1e6/mL",
                0.05,
                10.0,
                default=1.0,
                doc="viable cells at inoculation",
                result="seeding_density",
            ),
            Property(
                "perfusion_start_day",
                "d",
                0.0,
                10.0,
                default=2.0,
                doc="day the medium exchange starts",
                result="perfusion_start_day",
            ),
            Property(
                "perfusion_rate",
                "1/d",
                0.1,
                5.0,
                default=1.0,
                doc="fresh medium, vessel volumes per day",
                result="perfusion_rate",
            ),
            Property(
                "cell_density",
                "1e6/mL",
                1.0,
                100.0,
                default=20.0,
                doc="viable cells held by bleeding",
            ),
            Property("duration_day", "d", 1.0, 60.0, default=30.0, doc="day of the end"),
        )
    },
    "perfusion culture at a constant cell density",
)


def perfusion(vessel: Bioreactor, task: Task) -> Generator[simpy.Event, Any, None]:
    """Run the program on a vessel; fills `task.result` with what was done."""
    settings = task.properties
    vessel.enter(task, "prepare")
    yield vessel.env.timeout(PREPARE_S)
    rng = stream(vessel.seed, vessel.name, task.task_id, "culture")
    pump = 1.0 + PUMP_CV * float(rng.standard_normal())
    _inoculate(vessel, task, rng)
    vessel.enter(task, "growth")
    start_s = vessel.env.now
    end_s = start_s + float(settings["duration_day"]) * DAY_S
    exchange_s = min(start_s + float(settings["perfusion_start_day"]) * DAY_S, end_s)
    yield from _watch(vessel, task, exchange_s)
    culture = vessel.present()
    if exchange_s < end_s:
        vvd = float(settings["perfusion_rate"])
        vessel.feeding.succeed()
        vessel.pump(medium_rate=vvd * vessel.volume_l / 24.0 * pump)
        culture.set_inputs(viable_cells_setpoint=float(settings["cell_density"]))
        task.result["perfusion_start_day"] = (vessel.env.now - start_s) / DAY_S
        vessel.enter(task, "production")
        yield from _watch(vessel, task, end_s)
    _conclude(vessel, task, vessel.present(), (end_s - exchange_s) / DAY_S)


def _watch(vessel: Bioreactor, task: Task, until_s: float) -> Generator[simpy.Event, Any, None]:
    """Let time pass, the loops set anew at every check."""
    while vessel.env.now < until_s:
        yield vessel.env.timeout(min(CHECK_S, until_s - vessel.env.now))
        _hold(vessel, task)


def _hold(vessel: Bioreactor, task: Task) -> None:
    vessel.hold(
        temperature=float(task.properties["temperature"]),
        ph=float(task.properties["ph"]),
        dissolved_oxygen=float(task.properties["do_setpoint"]),
    )


def _inoculate(vessel: Bioreactor, task: Task, rng: Any) -> None:
    from twin.integrate import compiled  # heavy, and only a running culture needs it
    from twin.plant.culture import Culture

    settings = task.properties
    scale = vessel.spec.variability
    growth = float(rng.lognormal(0.0, scale.growth)) if scale.growth else 1.0
    productivity = float(rng.lognormal(0.0, scale.productivity)) if scale.productivity else 1.0
    z = rng.standard_normal(2)
    density = float(settings["seeding_density"]) * float(1.0 + INOCULATION_CV * z[0])
    task.result["seeding_density"] = density * float(1.0 + COUNT_CV * z[1])
    model = CHO_PERFUSION
    default = {parameter.name: parameter.default for parameter in model.parameters}
    p = model.parameters_with(
        mu_multiplier=default["mu_multiplier"] * growth, q_mab=default["q_mab"] * productivity
    )
    x0 = initial_state(
        viable_cells=density,
        volume_l=vessel.volume_l,
        temperature=float(settings["temperature"]),
        ph=float(settings["ph"]),
    )
    u = perfusion_inputs(
        volume_l=vessel.volume_l,
        temperature_setpoint=float(settings["temperature"]),
        ph_setpoint=float(settings["ph"]),
    )
    u0 = {one.name: value for one, value in zip(model.inputs, u, strict=True)}
    culture = Culture(model, compiled(model), x0, u0, p, vessel.env.now, vessel.interval_s)
    vessel.inoculate(task, culture)
    _hold(vessel, task)


def _conclude(vessel: Bioreactor, task: Task, culture: Culture, perfused_day: float) -> None:
    harvested_l = culture["harvested"]
    task.result |= {
        "final_volume_ml": culture["volume"] * 1000.0,
        "medium_ml": culture["medium_used"] * 1000.0,
        "harvest_ml": harvested_l * 1000.0,
        "product_harvested_mg": culture["product_harvested"] * 1000.0,
        "product_bled_mg": culture["product_bled"] * 1000.0,
    }
    if harvested_l > 0.0:
        task.result["harvest_titer_g_per_l"] = culture["product_harvested"] / harvested_l
    if perfused_day > 0.0:
        task.result["perfusion_rate"] = culture["medium_used"] / vessel.volume_l / perfused_day
