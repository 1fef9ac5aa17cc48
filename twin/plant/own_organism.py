"""An organism of your own, declared in one file: kinetics, start, set-points, feed, probes, assays.

The vessel gets a program `culture` whose properties follow from the declaration, so campaigns,
transports and pages need nothing else to work with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twin.device import Assay, Program, Property, Signal
from twin.kinetics.model import KineticsModel
from twin.pat.probe import Probe
from twin.plant.organism import Organism, OrganismUnusable
from twin.plant.own_culture import PHASE, VOLUME, Declared, Setpoint, run_culture
from twin.plant.process import Process, seen_as
from twin.workcell.analyzer import Method

__all__ = ["Measured", "Sensor", "Setpoint", "organism"]

PROGRAM = "culture"


@dataclass(frozen=True, slots=True)
class Sensor:
    """A probe: it shows `of` (a state, input or output) times `scale`, with its errors.

    The errors are as in `twin.pat.Probe`: absolute ones in `unit`, relative ones as a fraction.
    """

    of: str
    unit: str
    low: float
    high: float
    scale: float = 1.0
    noise: float = 0.0
    noise_rel: float = 0.0
    offset: float = 0.0
    offset_rel: float = 0.0
    drift_per_sqrt_day: float = 0.0
    t98_s: float = 0.0
    every: int = 1
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """An assay of the plate reader: it measures the state `of`, with relative errors."""

    of: str
    low: float
    high: float
    random_rel: float = 0.05
    systematic_rel: float = 0.05
    setup_s: float = 1800.0
    per_sample_s: float = 60.0


def organism(
    model: KineticsModel,
    *,
    start: Mapping[str, float],
    seeding: str,
    seeding_range: tuple[float, float],
    sensors: Mapping[str, Sensor],
    setpoints: Mapping[str, Setpoint] | None = None,
    feed: str | None = None,
    assays: Mapping[str, Measured] | None = None,
    varies: Mapping[str, float] | None = None,
    days: tuple[float, float] = (0.1, 60.0),
) -> Organism:
    """Declare an organism.

    Args:
        model: the kinetics; one state is called `volume`, in L.
        start: every state but `volume` right after inoculation, in its unit.
        seeding: the state that the property `seeding_density` sets.
        seeding_range: its lowest and highest value, in the state's unit.
        sensors: the vessel's probes by signal, one for each set-point among them.
        setpoints: what loops hold, by signal; a property of the signal's name sets it.
        feed: the input (L/h) that the feed pump delivers; the properties `feed_rate` (per cent of
            the initial volume per day) and `feed_start_day` set it.
        assays: what the plate reader measures besides its own assays, by name.
        varies: coefficient of variation between cultures, by parameter.
        days: shortest and longest culture.

    Raises:
        OrganismUnusable: a part is missing or contradicts another one; says which.
        UnknownName: the model has no such state, input, output or parameter.
    """
    declared = Declared(model, start, seeding, setpoints or {}, feed, varies or {})
    _check(declared, sensors)
    process = Process(
        program=_program(declared, seeding_range, days),
        run=lambda vessel, task: run_culture(declared, vessel, task),
        model=model,
        seen={name: seen_as(model, one.of, one.scale) for name, one in sensors.items()},
        loops={signal: one.sets for signal, one in declared.setpoints.items()},
    )
    return Organism(
        name=model.name,
        processes=(process,),
        probes=lambda interval_s, _: _probes(sensors, interval_s),
        assays=tuple(_method(model, name, one) for name, one in (assays or {}).items()),
    )


def _check(declared: Declared, sensors: Mapping[str, Sensor]) -> None:
    model = declared.model

    def refuse(what: str) -> None:
        raise OrganismUnusable(f"organism {model.name!r}: {what}")

    model.state_index(VOLUME)
    model.state_index(declared.seeding)
    for name in declared.start:
        model.state_index(name)
    wanted = {state.name for state in model.states} - {VOLUME, declared.seeding}
    missing = sorted(wanted - set(declared.start))
    if missing:
        refuse(f"start doesn't say how much {missing[0]!r} there is")
    if declared.feed is not None:
        model.input_index(declared.feed)
    for name in declared.varies:
        model.parameter_index(name)
    for signal, one in declared.setpoints.items():
        model.input_index(one.sets)
        if signal not in sensors:
            refuse(f"the set-point {signal!r} has no sensor of that name that shows it")
        if not one.low <= one.default <= one.high:
            refuse(f"the set-point {signal!r} starts at {one.default}, not within its range")
    reserved = {"feed_rate", "feed_start_day", "seeding_density", "duration_day"}
    for name in sorted(reserved & set(declared.setpoints)):
        refuse(f"{name!r} is a property of the program; give the set-point another name")


def _program(
    declared: Declared, seeding_range: tuple[float, float], days: tuple[float, float]
) -> Program:
    model = declared.model
    unit = model.states[model.state_index(declared.seeding)].unit
    low, high = seeding_range
    properties = [
        Property(
            "seeding_density",
            unit,
            low,
            high,
            doc=f"{declared.seeding} at inoculation",
            result="seeding_density",
        ),
        Property("duration_day", "d", *days, doc="day of harvest"),
    ]
    for signal, one in declared.setpoints.items():
        properties.append(
            Property(
                signal,
                model.inputs[model.input_index(one.sets)].unit,
                one.low,
                one.high,
                default=one.default,
                doc=f"set-point of {signal}",
                signal=signal,
                phases=(PHASE,),
            )
        )
    if declared.feed is not None:
        what = "feed, per cent of the initial volume per day"
        properties.append(
            Property("feed_rate", "%/d", 0.0, 500.0, default=0.0, doc=what, result="feed_rate")
        )
        properties.append(
            Property(
                "feed_start_day",
                "d",
                0.0,
                days[1],
                default=0.0,
                doc="day feeding starts",
                result="feed_start_day",
            )
        )
    return Program(PROGRAM, {one.name: one for one in properties}, f"culture of {model.name}")


def _probes(sensors: Mapping[str, Sensor], interval_s: float) -> tuple[Probe, ...]:
    return tuple(
        Probe(
            Signal(
                name,
                one.unit,
                one.low,
                one.high,
                interval_s=interval_s * one.every,
                doc=one.doc or f"shows {one.of}",
            ),
            noise=one.noise,
            noise_rel=one.noise_rel,
            offset=one.offset,
            offset_rel=one.offset_rel,
            drift_per_sqrt_day=one.drift_per_sqrt_day,
            t98_s=one.t98_s,
            every=one.every,
        )
        for name, one in sensors.items()
    )


def _method(model: KineticsModel, name: str, one: Measured) -> Method:
    unit = model.states[model.state_index(one.of)].unit
    return Method(
        Assay(name, unit, one.low, one.high, f"{one.of} of {model.name}"),
        lambda composition: composition[one.of],
        one.random_rel,
        one.systematic_rel,
        setup_s=one.setup_s,
        per_sample_s=one.per_sample_s,
        needs=(one.of,),
    )
