"""The fed-batch program: inoculate, grow, feed, shift the temperature, produce, stop at harvest.

Feeding is continuous from a start day at a rate given in per cent of the initial volume per day;
glucose is checked every twelve hours with the Raman reading and topped up to its set-point from a
concentrated stock, as an operator or a skid would.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import simpy

from twin.device import Program, Property, Task
from twin.kinetics.cho_fedbatch import CHO_FEDBATCH
from twin.kinetics.clones import CLONES
from twin.kinetics.culture import initial_state
from twin.kinetics.media import MEDIA
from twin.kinetics.scales import SCALES, parameters_at
from twin.randomness import stream

if TYPE_CHECKING:
    from twin.plant.bioreactor import Bioreactor

PREPARE_S = 4 * 3600.0
CHECK_S = 12 * 3600.0
DAY_S = 86400.0
INOCULATION_CV = 0.03  # of the seeding density; assumption
COUNT_CV = 0.03  # of counting it; assumption
PUMP_CV = 0.03  # calibration of the feed pump (CC-sim: 3 % systematic)


def _number(
    name: str,
    unit: str,
    low: float,
    high: float,
    doc: str,
    default: float | None = None,
    **seen: Any,
) -> Property:
    return Property(name, unit, low, high, default=default, doc=doc, **seen)


_BOTH = ("growth", "production")

FED_BATCH = Program(
    "fed_batch",
    {
        p.name: p
        for p in (
            _number(
                "growth_temperature",
                "degC",
                32.0,
                39.0,
                "culture temperature before the shift",
                signal="temperature",
                phases=("growth",),
            ),
            _number(
                "production_temperature",
                "degC",
                30.0,
                39.0,
                "culture temperature after the shift",
                signal="temperature",
                phases=("production",),
            ),
            _number(
                "shift_day", "d", 0.0, 30.0, "day of the temperature shift", result="shift_day"
            ),
            _number("ph", "pH", 6.6, 7.5, "pH set-point", 7.0, signal="ph", phases=_BOTH),
            _number(
                "feed_rate",
                "%/d",
                0.0,
                15.0,
                "feed, per cent of the initial volume per day",
                result="feed_rate",
            ),
            _number(
                "feed_start_day", "d", 0.0, 30.0, "day feeding starts", result="feed_start_day"
            ),
            _number(
                "glucose_setpoint",
                "mmol/L",
                0.0,
                80.0,
                "glucose is topped up to this every 12 h",
                result="glucose_setpoint",
            ),
            _number(
                "seeding_density",
                "1e6/mL",
                0.05,
                5.0,
                "viable cells at inoculation",
                result="seeding_density",
            ),
            Property("medium", "", levels=tuple(MEDIA), doc="basal medium with its feed"),
            Property(
                "clone", "", levels=tuple(CLONES), default=next(iter(CLONES)), doc="cell line"
            ),
            _number(
                "do_setpoint",
                "%",
                5.0,
                90.0,
                "dissolved oxygen set-point, per cent of air saturation",
                40.0,
                signal="dissolved_oxygen",
                phases=_BOTH,
            ),
            _number("duration_day", "d", 0.5, 60.0, "day of harvest", 14.0),
        )
    },
    "fed-batch culture with a temperature shift",
)


@dataclass
class _Run:
    """What the program has to remember between its events."""

    start_s: float
    planned_l_per_h: float
    pump: float
    feeding_since_s: float | None = None
    top_ups: list[float] = field(default_factory=list)


def fed_batch(vessel: Bioreactor, task: Task) -> Generator[simpy.Event, Any, None]:
    """Run the program on a vessel; fills `task.result` with what was done."""
    settings = task.properties
    vessel.enter(task, "prepare")
    yield vessel.env.timeout(PREPARE_S)
    rng = stream(vessel.seed, vessel.name, task.task_id, "culture")
    start_s = vessel.env.now
    planned = float(settings["feed_rate"]) / 100.0 * vessel.volume_l / 24.0
    run = _Run(start_s, planned, 1.0 + PUMP_CV * float(rng.standard_normal()))
    _inoculate(vessel, task, rng)
    vessel.enter(task, "growth")
    end_s = start_s + float(settings["duration_day"]) * DAY_S
    for when_s, action in _agenda(vessel, task, run, end_s, rng):
        yield vessel.env.timeout(max(0.0, when_s - vessel.env.now))
        vessel.present()
        action()
    yield vessel.env.timeout(max(0.0, end_s - vessel.env.now))
    _conclude(vessel, task, run)


def _conclude(vessel: Bioreactor, task: Task, run: _Run) -> None:
    """Note what was done: volumes from the scales, set-points as they were met."""
    culture = vessel.present()
    feed_l = culture.delivered_l("feed_rate")
    task.result["final_volume_ml"] = culture["volume"] * 1000.0
    task.result["feed_volume_ml"] = feed_l * 1000.0
    task.result["n_top_ups"] = len(run.top_ups)
    if run.top_ups:
        task.result["glucose_setpoint"] = sum(run.top_ups) / len(run.top_ups)
    if run.feeding_since_s is not None:
        days = (vessel.env.now - run.feeding_since_s) / DAY_S
        task.result["feed_rate"] = feed_l / vessel.volume_l / days * 100.0


def _inoculate(vessel: Bioreactor, task: Task, rng: Any) -> None:
    from twin.integrate import compiled  # heavy, and only a running culture needs it
    from twin.plant.culture import Culture

    settings = task.properties
    scale = vessel.spec.variability
    medium = MEDIA[str(settings["medium"])]
    growth = float(rng.lognormal(0.0, scale.growth)) if scale.growth else 1.0
    productivity = float(rng.lognormal(0.0, scale.productivity)) if scale.productivity else 1.0
    clone = CLONES[str(settings["clone"])]
    where = SCALES[vessel.spec.vessels.scale]
    p = parameters_at(where, clone, medium, growth=growth, productivity=productivity)
    z = rng.standard_normal(2)
    density = float(settings["seeding_density"]) * float(1.0 + INOCULATION_CV * z[0])
    task.result["seeding_density"] = density * float(1.0 + COUNT_CV * z[1])
    temperature, ph = float(settings["growth_temperature"]), float(settings["ph"])
    x0 = initial_state(
        medium,
        viable_cells=density,
        volume_l=vessel.volume_l,
        temperature=temperature,
        ph=ph,
    )
    u0 = {**medium.feed(), "temperature_setpoint": temperature, "ph_setpoint": ph}
    culture = Culture(
        CHO_FEDBATCH, compiled(CHO_FEDBATCH), x0, u0, p, vessel.env.now, vessel.interval_s
    )
    vessel.inoculate(task, culture)
    _hold(vessel, task)


def _hold(vessel: Bioreactor, task: Task) -> None:
    settings = task.properties
    is_shifted = "shift_day" in task.result
    which = "production_temperature" if is_shifted else "growth_temperature"
    vessel.hold(
        temperature=float(settings[which]),
        ph=float(settings["ph"]),
        dissolved_oxygen=float(settings["do_setpoint"]),
    )


def _agenda(
    vessel: Bioreactor, task: Task, run: _Run, end_s: float, rng: Any
) -> list[tuple[float, Callable[[], None]]]:
    """Return what happens when, in order, before the end."""
    settings, start_s = task.properties, run.start_s

    def feed() -> None:
        run.feeding_since_s = vessel.env.now
        vessel.feeding.succeed()
        task.result["feed_start_day"] = (vessel.env.now - start_s) / DAY_S
        _set_feed(vessel, run)

    def shift() -> None:
        task.result["shift_day"] = (vessel.env.now - start_s) / DAY_S
        _hold(vessel, task)
        vessel.enter(task, "production")

    def check() -> None:
        _hold(vessel, task)
        _top_up(vessel, task, run, rng)
        if run.feeding_since_s is not None:
            _set_feed(vessel, run)

    events = [
        (start_s + float(settings["shift_day"]) * DAY_S, 0, shift),
        (start_s + float(settings["feed_start_day"]) * DAY_S, 1, feed),
    ]
    n_checks = int((end_s - start_s) / CHECK_S)
    events += [(start_s + k * CHECK_S, 2, check) for k in range(1, n_checks + 1)]
    events.sort(key=lambda event: event[:2])
    return [(when_s, action) for when_s, _, action in events if when_s < end_s]


def _set_feed(vessel: Bioreactor, run: _Run) -> None:
    """Set the pump; it stays off when the vessel would overflow before the next check."""
    culture = vessel.present()
    flow = run.planned_l_per_h * run.pump
    room_l = vessel.max_volume_l - culture["volume"]
    vessel.pump(feed_rate=flow if room_l > flow * CHECK_S / 3600.0 else 0.0)


def _top_up(vessel: Bioreactor, task: Task, run: _Run, rng: Any) -> None:
    """Bring glucose to its set-point, as the Raman reading has it."""
    culture = vessel.present()
    assert vessel.bank is not None
    seen = vessel.bank.spot("raman_glucose", culture["glucose"], culture.grid_step, rng)
    missing = float(task.properties["glucose_setpoint"]) - seen
    stock = culture.input("glucose_stock")
    volume_l = missing * culture["volume"] / stock
    if missing <= 0.0 or culture["volume"] + volume_l > vessel.max_volume_l:
        return
    culture.shot(volume_l, glucose=stock)
    run.top_ups.append(
        vessel.bank.spot("raman_glucose", culture["glucose"], culture.grid_step, rng)
    )
