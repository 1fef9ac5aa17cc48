"""The liquid handler: draws samples from vessels, and pipettes on its deck.

Durations are assumptions: 10 min to draw, 30 min for a plate prepared without a deck, 15 s per
transfer on the deck.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import simpy

from twin.device import Program, Property, Task, TaskFailed
from twin.randomness import stream
from twin.workcell.deck import Deck, NoLabware, NoTips
from twin.workcell.elisa_plate import (
    CONTROL_TUBE,
    HIGH_CONTROL,
    STANDARD_TOP,
    STANDARD_TUBE,
    NoRoomOnPlate,
    fill_elisa_plate,
)
from twin.workcell.handler_programs import deck_programs, diluted, filled
from twin.workcell.labware import Labware, NoSuchWell, Overflow
from twin.workcell.pipetting import PipettingError, StrokeTooSmall
from twin.workcell.places import Places
from twin.workcell.samples import NotInSample, Overdrawn, Sample, SampleStore
from twin.workcell.served import ServedDevice

DRAW_S = 600.0
PLATE_S = 1800.0
TRANSFER_S = 15.0
RESTOCK_S = 120.0
FIRST_DECK = (
    "tips_50",
    "tips_200",
    "tips_1000",
    "trough",
    "tube_rack_24",
    "deep_well_96",
    "plate_96",
)
N_SLOTS = 8
TROUGH_UL = 150_000.0
TUBE_UL = 1800.0
CAUSES: Mapping[type[ValueError], str] = {
    NoTips: "no_tips",
    NoLabware: "no_labware",
    NoSuchWell: "no_well",
    NoRoomOnPlate: "plate_used",
    Overdrawn: "overdraw",
    Overflow: "overflow",
    StrokeTooSmall: "volume",
    NotInSample: "no_analyte",
}


class SamplePort(Protocol):
    """The side of a vessel that gives samples."""

    def draw(self, volume_ml: float) -> Mapping[str, float] | None:
        """Take `volume_ml` out and return what it holds; None when the vessel has no culture."""
        ...


class LiquidHandler(ServedDevice):
    """One arm: a program at a time."""

    kind = "liquid_handler"

    def __init__(
        self,
        env: simpy.Environment,
        name: str,
        epoch_us: int,
        ports: Mapping[str, SamplePort],
        store: SampleStore,
        places: Places,
        seed: int,
        noise_scale: float = 1.0,
    ) -> None:
        super().__init__(env, name, epoch_us)
        self._ports = ports
        self._store = store
        self._seed = seed
        error = PipettingError(stream(seed, name, "pipettes"), noise_scale)
        self.deck = Deck(name, N_SLOTS, places, error, stream(seed, name, "strokes"))
        for slot, kind in zip(self.deck.slots, FIRST_DECK, strict=False):
            self._stock(slot, kind)
        self.programs = {
            "draw_sample": Program(
                "draw_sample",
                {
                    "vessel": Property(
                        "vessel", "", levels=tuple(ports), doc="vessel to draw from"
                    ),
                    "volume_ml": Property("volume_ml", "mL", 0.1, 50.0, doc="sample volume"),
                },
                "draw a sample from a vessel (10 min)",
            ),
            "prepare_plate": Program("prepare_plate", {}, "dilute samples into a plate (30 min)"),
            **deck_programs(self.deck.slots),
        }

    def _run_draw_sample(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "drawing")
        vessel, volume_ml = str(task.properties["vessel"]), float(task.properties["volume_ml"])
        drawn_us = self.now_us()
        composition = self._ports[vessel].draw(volume_ml)
        yield self.env.timeout(DRAW_S)
        if composition is None:
            raise TaskFailed(f"{vessel} holds no culture or less than {volume_ml:g} mL", "empty")
        sample = Sample(f"S-{task.task_id}", vessel, drawn_us, volume_ml, composition)
        self._store.add(sample)
        task.result = {"sample": sample.sample_id, "drawn_us": drawn_us}

    def _run_prepare_plate(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "diluting")
        yield self.env.timeout(PLATE_S)
        task.result = {"samples": list(task.samples)}

    def _run_transfer(self, task: Task) -> Generator[simpy.Event, Any, None]:
        def steps() -> Iterator[None]:
            p = task.properties
            source, target = self._labware(p["source"]), self._labware(p["target"])
            wells = str(p["source_well"]), str(p["target_well"])
            volume_ul = float(p["volume_ul"])
            moved = self.deck.transfer(source, wells[0], target, wells[1], volume_ul)
            task.result["moved_ul"] = round(moved, 4)
            yield

        yield from self._pipette(task, steps)

    def _run_dilution_series(self, task: Task) -> Generator[simpy.Event, Any, None]:
        def steps() -> Iterator[None]:
            p = task.properties
            plate, trough = self._labware(p["plate"]), self._labware(p["diluent"])
            n_steps, factor = round(float(p["n_steps"])), float(p["factor"])
            first, volume_ul = str(p["first_well"]), float(p["volume_ul"])
            yield from diluted(self.deck, plate, trough, first, n_steps, factor, volume_ul)

        yield from self._pipette(task, steps)

    def _run_fill_plate(self, task: Task) -> Generator[simpy.Event, Any, None]:
        def steps() -> Iterator[None]:
            p = task.properties
            plate, trough = self._labware(p["plate"]), self._labware(p["source"])
            yield from filled(self.deck, plate, trough, float(p["volume_ul"]))

        yield from self._pipette(task, steps)

    def _run_prepare_elisa(self, task: Task) -> Generator[simpy.Event, Any, None]:
        def steps() -> Iterator[None]:
            p = task.properties
            names = ("plate", "block", "tubes", "diluent")
            plate, block, tubes, trough = (self._labware(p[name]) for name in names)
            dilution = float(p["dilution"])
            task.result |= {"plate": plate.labware_id, "samples": list(task.samples)}
            plate.is_in_use = True
            try:
                yield from fill_elisa_plate(
                    self.deck, self._store, plate, block, tubes, trough, task.samples, dilution
                )
            finally:
                plate.is_in_use = False

        yield from self._pipette(task, steps)

    def _run_restock(self, task: Task) -> Generator[simpy.Event, Any, None]:
        self.enter(task, "restocking")
        yield self.env.timeout(RESTOCK_S)
        slot, kind = str(task.properties["slot"]), str(task.properties["labware"])
        task.result = {"labware": self._stock(slot, kind).labware_id}

    def _pipette(
        self, task: Task, steps: Callable[[], Iterator[None]]
    ) -> Generator[simpy.Event, Any, None]:
        """Do a protocol step by step; what it can't do ends the task with a cause."""
        self.deck.rng = stream(self._seed, self.name, task.task_id)
        before = self.deck.n_tips_used
        task.result = {"n_transfers": 0, "n_tips": 0}
        self.enter(task, "pipetting")
        self.deck.settle(float(self.env.now))
        try:
            with _as_data():
                for _ in steps():
                    task.result["n_transfers"] += 1
                    yield self.env.timeout(TRANSFER_S)
                    self.deck.settle(float(self.env.now))
        finally:
            task.result["n_tips"] = self.deck.n_tips_used - before

    def _labware(self, slot: object) -> Labware:
        return self.deck.on(str(slot))

    def _stock(self, slot: str, kind: str) -> Labware:
        """Put new labware on a slot; troughs come full of diluent, racks with assay standards."""
        labware = self.deck.renew(slot, kind, float(self.env.now))
        if kind == "trough":
            labware.add("A1", TROUGH_UL, {})
        elif kind == "tube_rack_24":
            labware.is_lidded = True
            labware.add(STANDARD_TUBE, TUBE_UL, {"product": STANDARD_TOP})
            labware.add(CONTROL_TUBE, TUBE_UL, {"product": HIGH_CONTROL})
        return labware


@contextmanager
def _as_data() -> Iterator[None]:
    try:
        yield
    except tuple(CAUSES) as refused:
        raise TaskFailed(str(refused), CAUSES[type(refused)]) from refused
