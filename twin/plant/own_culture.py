"""Runs a culture of an organism that was declared: inoculate, hold, feed, note what was done."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import simpy

from twin.device import Task
from twin.kinetics.model import KineticsModel
from twin.plant.fed_batch import CHECK_S, COUNT_CV, DAY_S, INOCULATION_CV, PREPARE_S, PUMP_CV
from twin.randomness import stream

if TYPE_CHECKING:
    from twin.plant.bioreactor import Bioreactor

PHASE = "growth"
VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Setpoint:
    """What a local loop of the vessel holds, by the signal that shows it.

    `sets` is the input of the model; `low`, `high` and `default` are in that input's unit.
    """

    sets: str
    low: float
    high: float
    default: float


@dataclass(frozen=True, slots=True)
class Declared:
    """What `own_organism.organism` was given, checked."""

    model: KineticsModel
    start: Mapping[str, float]
    seeding: str
    setpoints: Mapping[str, Setpoint]
    feed: str | None
    varies: Mapping[str, float]


def run_culture(
    declared: Declared, vessel: Bioreactor, task: Task
) -> Generator[simpy.Event, Any, None]:
    """Run the program on a vessel; fills `task.result` with what was done."""
    settings = task.properties
    vessel.enter(task, "prepare")
    yield vessel.env.timeout(PREPARE_S)
    rng = stream(vessel.seed, vessel.name, task.task_id, "culture")
    pump = 1.0 + PUMP_CV * float(rng.standard_normal())
    _inoculate(declared, vessel, task, rng)
    vessel.enter(task, PHASE)
    start_s = vessel.env.now
    end_s = start_s + float(settings["duration_day"]) * DAY_S
    if declared.feed is None:
        yield from _watch(declared, vessel, task, end_s)
    else:
        feed_s = min(start_s + float(settings["feed_start_day"]) * DAY_S, end_s)
        yield from _watch(declared, vessel, task, feed_s)
        if feed_s < end_s:
            flow = float(settings["feed_rate"]) / 100.0 * vessel.volume_l / 24.0 * pump
            yield from _feed(declared, vessel, task, flow, end_s)
            days = (end_s - feed_s) / DAY_S
            delivered_l = vessel.present().delivered_l(declared.feed)
            task.result["feed_start_day"] = (feed_s - start_s) / DAY_S
            task.result["feed_rate"] = delivered_l / vessel.volume_l / days * 100.0
    task.result["final_volume_ml"] = vessel.present()[VOLUME] * 1000.0


def _feed(
    declared: Declared, vessel: Bioreactor, task: Task, flow_l_per_h: float, end_s: float
) -> Generator[simpy.Event, Any, None]:
    """Feed to the end; the pump pauses where the vessel would overflow before the next check."""
    assert declared.feed is not None
    if flow_l_per_h > 0.0:
        vessel.feeding.succeed()
    while vessel.env.now < end_s:
        room_l = vessel.max_volume_l - vessel.present()[VOLUME]
        has_room = room_l > flow_l_per_h * CHECK_S / 3600.0
        vessel.pump(**{declared.feed: flow_l_per_h if has_room else 0.0})
        yield vessel.env.timeout(min(CHECK_S, end_s - vessel.env.now))
        _hold(declared, vessel, task)


def _watch(
    declared: Declared, vessel: Bioreactor, task: Task, until_s: float
) -> Generator[simpy.Event, Any, None]:
    while vessel.env.now < until_s:
        yield vessel.env.timeout(min(CHECK_S, until_s - vessel.env.now))
        _hold(declared, vessel, task)


def _hold(declared: Declared, vessel: Bioreactor, task: Task) -> None:
    vessel.hold(**{signal: float(task.properties[signal]) for signal in declared.setpoints})


def _inoculate(declared: Declared, vessel: Bioreactor, task: Task, rng: Any) -> None:
    from twin.integrate import compiled  # heavy, and only a running culture needs it
    from twin.plant.culture import Culture

    model = declared.model
    z = rng.standard_normal(2)
    density = float(task.properties["seeding_density"]) * float(1.0 + INOCULATION_CV * z[0])
    task.result["seeding_density"] = density * float(1.0 + COUNT_CV * z[1])
    values = {**declared.start, declared.seeding: density, VOLUME: vessel.volume_l}
    default = {parameter.name: parameter.default for parameter in model.parameters}
    p = model.parameters_with(
        **{
            name: default[name] * float(rng.lognormal(0.0, cv))
            for name, cv in declared.varies.items()
        }
    )
    u0 = {one.sets: float(task.properties[name]) for name, one in declared.setpoints.items()}
    x0 = tuple(values[state.name] for state in model.states)
    culture = Culture(model, compiled(model), x0, u0, p, vessel.env.now, vessel.interval_s)
    vessel.inoculate(task, culture)
    _hold(declared, vessel, task)
