"""A plate reader with an incubator and a washer: simple assays by name, and whole ELISA plates.

The incubator's true temperature is off by an offset drawn once per reader (0.2 K, one standard
deviation) and its probe shows the set-point's deviation to 0.1 K; the washes take 30 min, a plate
carried by hand 5 min, reading 3 min. All assumptions.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import simpy

from twin.device import BAD, GOOD, UNCERTAIN, Program, Property, Task, TaskFailed
from twin.randomness import stream
from twin.workcell.analyzer import PLATE_METHODS, Analyzer, Method
from twin.workcell.elisa_analysis import Flag, NoControls, PlateResult, analyse
from twin.workcell.elisa_conditions import Conditions
from twin.workcell.elisa_optics import Optics, read_plate
from twin.workcell.labware import Labware
from twin.workcell.logistic4 import NoFit
from twin.workcell.places import WASTE, PlaceRefused, Places
from twin.workcell.samples import SampleStore

WASH_S = 1800.0
READ_S = 180.0
HAND_CARRY_S = 300.0
INCUBATOR_OFFSET_K = 0.2
INCUBATOR_PROBE_K = 0.1

ELISA = Program(
    "elisa",
    {
        "plate": Property("plate", "", doc="labware id of a plate filled by prepare_elisa"),
        "incubation_min": Property(
            "incubation_min",
            "min",
            5.0,
            240.0,
            default=60.0,
            doc="incubation of the samples",
            result="incubation_min",
        ),
        "incubation_temperature": Property(
            "incubation_temperature",
            "degC",
            18.0,
            45.0,
            default=25.0,
            doc="temperature of that incubation",
            result="incubation_temperature",
        ),
        "conjugate_dilution": Property(
            "conjugate_dilution",
            "",
            500.0,
            50_000.0,
            default=4000.0,
            doc="one part of detection conjugate in so many",
        ),
    },
    "incubate, wash and read an ELISA plate; concentrations, quantification limits and Z′",
)


QUALITY: Mapping[Flag, int] = {
    "ok": GOOD,
    "below_lloq": UNCERTAIN,
    "above_uloq": UNCERTAIN,
    "saturated": UNCERTAIN,
    "no_range": BAD,
}


class PlateReader(Analyzer):
    """Measures samples by a named assay, or develops and reads an ELISA plate.

    Where no mover serves it (`station` is None), a person brings the plate and throws it away
    afterwards; otherwise the plate must stand in `nest`, and stays there.
    """

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        store: SampleStore,
        places: Places,
        seed: int,
        noise_scale: float = 1.0,
        assays: tuple[Method, ...] = (),
    ) -> None:
        methods = (*PLATE_METHODS, *assays)
        super().__init__(env, name, epoch_us, "plate_reader", methods, store, seed, noise_scale)
        self.nest = f"{name}.nest"
        places.add_place(self.nest)
        self._places = places
        self._optics = Optics(scale=noise_scale)
        offset = float(stream(seed, name, "incubator").standard_normal())
        self._incubator_offset_k = INCUBATOR_OFFSET_K * offset * noise_scale
        self.programs = {**self.programs, "elisa": ELISA}

    def _run_elisa(self, task: Task) -> Generator[simpy.Event, Any, None]:
        p = task.properties
        self.enter(task, "loading")
        plate = yield from self._loaded(str(p["plate"]))
        setpoint_c, minutes = float(p["incubation_temperature"]), float(p["incubation_min"])
        true_c = setpoint_c + self._incubator_offset_k
        plate.settle(float(self.env.now))
        plate.is_lidded = True
        self.enter(task, "incubating")
        yield self.env.timeout(60.0 * minutes)
        self.enter(task, "washing")
        yield self.env.timeout(WASH_S)
        self.enter(task, "reading")
        yield self.env.timeout(READ_S)
        rng = stream(self._seed, self.name, task.task_id, "elisa")
        shown_c = true_c + INCUBATOR_PROBE_K * float(rng.standard_normal()) * self._optics.scale
        conditions = Conditions(minutes, true_c, float(p["conjugate_dilution"]))
        absorbance = read_plate(plate, conditions, rng, self._optics)
        plate.is_spent = True
        if self.station is None:
            self._places.move(self.nest, WASTE)
        task.result = {
            "incubation_min": minutes,
            "incubation_temperature": round(shown_c, 2),
            "files": [_file(plate, absorbance)],
        }
        try:
            meant = {well: od for well, od in absorbance.items() if well in plate.labels}
            found = analyse(meant, plate.labels, self._optics.linear_to_od)
        except (NoFit, NoControls) as refused:
            raise TaskFailed(f"{plate.labware_id}: {refused}", "no_curve") from refused
        task.result |= _figures(found)

    def _loaded(self, plate_id: str) -> Generator[simpy.Event, Any, Labware]:
        """Return the plate once it is in the nest."""
        try:
            place = self._places.find(plate_id)
            if place == WASTE:
                raise TaskFailed(f"{plate_id} was thrown away", "plate_used")
            if place != self.nest and self.station is None:
                labware = self._places.at(place)
                if labware is not None and labware.is_in_use:
                    raise TaskFailed(f"{plate_id} is being filled at {place}", "interlock")
                yield self.env.timeout(HAND_CARRY_S)
                self._places.move(self._places.find(plate_id), self.nest)
                place = self.nest
        except PlaceRefused as refused:
            raise TaskFailed(f"{self.name}: {refused}", refused.cause) from refused
        plate = self._places.at(self.nest)
        if plate is None or plate.labware_id != plate_id:
            raise TaskFailed(f"{plate_id} is at {place}, not at {self.nest}", "no_plate")
        if plate.is_spent or not plate.labels:
            what = "was read before" if plate.is_spent else "was not filled for an ELISA"
            raise TaskFailed(f"{plate_id} {what}", "plate_used")
        return plate


def _figures(found: PlateResult) -> dict[str, Any]:
    """Return what a plate showed, as JSON has it: what is not finite is left out."""
    curve = found.curve
    numbers = {
        "z_prime": found.z_prime,
        "background_od": curve.bottom,
        "signal_window_od": curve.top - curve.bottom,
        "ec50_ng_per_ml": curve.ec50 * 1e6,
        "slope": curve.slope,
        "lloq_ng_per_ml": found.lloq_g_per_l * 1e6,
        "uloq_ng_per_ml": found.uloq_g_per_l * 1e6,
    }
    return {
        **{k: round(v, 6) for k, v in numbers.items() if abs(v) < float("inf")},
        "values": {
            sample: {
                "value": round(one.value_g_per_l, 6),
                "unit": "g/L",
                "quality": QUALITY[one.flag],
                "flag": one.flag,
                "cv_percent": round(one.cv_percent, 2),
                "drawn_us": one.drawn_us,
            }
            for sample, one in found.samples.items()
        },
    }


def _file(plate: Labware, absorbance: dict[str, float]) -> dict[str, str]:
    lines = ["well,role,absorbance"]
    roles = {well: label["role"] for well, label in plate.labels.items()}
    lines += [f"{w},{roles.get(w, 'unknown')},{od:.4f}" for w, od in absorbance.items()]
    return {
        "name": f"{plate.labware_id}.csv",
        "mime_type": "text/csv",
        "text": "\n".join(lines) + "\n",
    }
