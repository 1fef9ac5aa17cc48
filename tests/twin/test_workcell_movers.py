"""Movers and handshakes: every step in order, every refusal said, nothing ever lost."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.device import DeviceBusy, Task
from twin.plant.plant import Plant
from twin.plant.spec import PlantSpec
from twin.workcell.agv import Agv
from twin.workcell.liquid_handler import LiquidHandler
from twin.workcell.movers import Mover
from twin.workcell.places import WASTE, PlaceRefused, Places
from twin.workcell.plate_reader import PlateReader
from twin.workcell.station import Station

PLATE = "LH1-plate_96-7"


def plant(seed: int = 1, failure: float = 0.0) -> Plant:
    spec = {
        "vessels": {"count": 1},
        "robot_arms": {"count": 1, "failure": failure},
        "agvs": {"count": 1, "failure": failure},
    }
    return Plant(simpy.Environment(), PlantSpec.model_validate(spec), seed=seed, epoch_us=0)


def order(p: Plant, mover: str, program: str, task_id: str, **properties: Any) -> Task:
    return p.devices[mover].start(program, properties, task_id)


def carry(p: Plant, mover: str, source: str, target: str, task_id: str, **more: Any) -> Task:
    task = order(p, mover, "move", task_id, source=source, target=target, **more)
    p.env.run(until=p.env.now + 1000.0)
    return task


def station(p: Plant) -> Station:
    handler = p.devices["LH1"]
    assert isinstance(handler, LiquidHandler)
    assert handler.station is not None
    return handler.station


def test_a_plate_goes_from_deck_to_reader_by_two_handshakes() -> None:
    p = plant()
    task = carry(p, "ARM1", "LH1.7", "PR1.nest", "M1")
    assert (task.state, task.result["labware"]) == ("completed", PLATE)
    assert p.workcell.places.find(PLATE) == "PR1.nest"
    steps = [(s["step"], s["place"]) for s in task.result["handshakes"]]
    expected = ["request", "ready", "transfer", "confirm"]
    assert steps == [(s, "LH1.7") for s in expected] + [(s, "PR1.nest") for s in expected]
    times = [s["time_s"] for s in task.result["handshakes"]]
    assert times == sorted(times)
    assert [phase for phase, _ in task.phases] == ["fetching", "carrying"]


def test_a_plate_goes_to_the_far_store_and_costs_charge() -> None:
    p = plant()
    assert carry(p, "ARM1", "LH1.7", "dock.1", "M1").state == "completed"
    assert carry(p, "AGV1", "dock.1", "store.5", "M2").state == "completed"
    assert p.workcell.places.find(PLATE) == "store.5"
    (battery,) = p.devices["AGV1"].series({})
    assert battery.values[0] == 100.0
    assert battery.values[-1] < 100.0


def test_an_empty_vehicle_stays_and_can_be_charged() -> None:
    p = plant()
    agv = p.devices["AGV1"]
    assert isinstance(agv, Agv)
    carry(p, "ARM1", "LH1.7", "dock.1", "M0")
    agv.battery_percent = 10.5
    assert carry(p, "AGV1", "dock.1", "store.1", "M1").cause == "battery_low"
    assert p.workcell.places.find(PLATE) in ("dock.1", "AGV1.gripper")
    order(p, "AGV1", "charge", "C")
    p.env.run(until=p.env.now + 4000.0)
    assert agv.battery_percent == 100.0


@pytest.mark.parametrize(
    ("source", "target", "cause"),
    [
        ("LH1.8", "hotel.1", "source_empty"),
        ("LH1.7", "LH1.6", "target_occupied"),
        ("LH1.7", "LH1.7", "target_occupied"),
    ],
)
def test_moves_that_cannot_be_are_refused_with_a_cause(
    source: str, target: str, cause: str
) -> None:
    p = plant()
    before = p.workcell.places.inventory()
    task = carry(p, "ARM1", source, target, "M1")
    assert (task.state, task.cause) == ("failed", cause)
    assert p.workcell.places.inventory() == before


def test_waste_takes_any_number_and_gives_nothing_back() -> None:
    p = plant()
    for n, slot in enumerate(("LH1.6", "LH1.7")):
        assert carry(p, "ARM1", slot, WASTE, f"M{n}").state == "completed"
    assert p.workcell.places.find(PLATE) == WASTE
    with pytest.raises(PlaceRefused, match="no place 'waste'"):
        p.workcell.places.move(WASTE, "LH1.7")


def test_a_mover_waits_for_a_working_handler_and_the_handler_for_it() -> None:
    p = plant()
    handler = p.devices["LH1"]
    handler.start("fill_plate", {"plate": "LH1.7", "volume_ul": 20.0}, "F")
    task = order(p, "ARM1", "move", "M1", source="LH1.7", target="hotel.1", timeout_s=7200.0)
    p.env.run(until=600.0)
    assert p.workcell.places.find(PLATE) == "LH1.7"
    p.env.run(until=96 * 15.0 + 2.0)
    assert handler.active is None
    assert station(p).state == "opening"
    with pytest.raises(DeviceBusy, match="interlock"):
        handler.start("fill_plate", {"plate": "LH1.7", "volume_ul": 20.0}, "G")
    p.env.run(until=3600.0)
    assert task.state == "completed"
    handler.start("restock", {"slot": "LH1.7", "labware": "plate_96"}, "H")


def test_a_station_that_is_not_ready_in_time_is_left_alone() -> None:
    p = plant()
    p.devices["LH1"].start("fill_plate", {"plate": "LH1.7", "volume_ul": 20.0}, "F")
    task = carry(p, "ARM1", "LH1.7", "hotel.1", "M1", timeout_s=60.0)
    assert (task.state, task.cause) == ("failed", "timeout")
    assert [s["step"] for s in task.result["handshakes"]] == ["request", "cancel"]
    assert station(p).state == "idle"
    p.env.run()
    assert p.devices["LH1"].tasks["F"].state == "completed"


def test_a_stop_in_a_transfer_faults_the_station_until_it_is_reset() -> None:
    p = plant()
    order(p, "ARM1", "move", "M1", source="LH1.7", target="hotel.1")
    while station(p).state != "transferring":
        p.env.step()
    p.devices["ARM1"].abort("hand in the cell")
    p.env.run(until=p.env.now + 100.0)
    assert p.devices["ARM1"].tasks["M1"].state == "aborted"
    assert station(p).state == "faulted"
    assert carry(p, "ARM1", "LH1.7", "hotel.1", "M2").cause == "station_faulted"
    with pytest.raises(DeviceBusy, match="interlock"):
        p.devices["LH1"].start("fill_plate", {"plate": "LH1.7", "volume_ul": 20.0}, "F")
    order(p, "ARM1", "reset_station", "R", place="LH1.7")
    p.env.run(until=p.env.now + 100.0)
    assert carry(p, "ARM1", "LH1.7", "hotel.1", "M3").state == "completed"


def test_what_is_left_in_the_gripper_is_put_down() -> None:
    p = plant()
    order(p, "ARM1", "move", "M1", source="LH1.7", target="hotel.1")
    while p.workcell.places.find(PLATE) != "ARM1.gripper":
        p.env.step()
    p.devices["ARM1"].abort("stop")
    p.env.run(until=p.env.now + 60.0)
    assert carry(p, "ARM1", "LH1.6", "hotel.2", "M2").cause == "gripper_occupied"
    order(p, "ARM1", "put_down", "D", target="hotel.1")
    p.env.run(until=p.env.now + 100.0)
    assert p.workcell.places.find(PLATE) == "hotel.1"


def test_one_mover_at_a_time_and_steps_only_in_their_order() -> None:
    env = simpy.Environment()
    places = Places(["a", "b"])
    one = Station(env, "S", places, ("a", "b"), (0.0, 0.0))
    first = one.request("load", "a", "ARM1")
    with pytest.raises(PlaceRefused, match="serving ARM1"):
        one.request("load", "b", "ARM2")
    with pytest.raises(PlaceRefused, match="not ready for ticket 1"):
        one.begin(first)
    env.run()
    one.begin(first)
    with pytest.raises(PlaceRefused, match="not ready"):
        one.begin(first)
    one.confirm(first, is_done=True)
    with pytest.raises(PlaceRefused, match="not transferring"):
        one.confirm(first, is_done=True)
    assert [s.step for s in one.steps] == ["request", "ready", "transfer", "confirm"]


def test_a_reader_served_by_an_arm_wants_the_plate_brought() -> None:
    p = plant()
    reader = p.devices["PR1"]
    assert isinstance(reader, PlateReader)
    p.devices["LH1"].start("prepare_elisa", {}, "P")
    p.env.run()
    reader.start("elisa", {"plate": PLATE}, "E1")
    p.env.run()
    assert reader.tasks["E1"].cause == "no_plate"
    carry(p, "ARM1", "LH1.7", "PR1.nest", "M1")
    reader.start("elisa", {"plate": PLATE}, "E2")
    p.env.run()
    assert reader.tasks["E2"].state == "completed"
    assert p.workcell.places.find(PLATE) == "PR1.nest"


ARM_PLACES = ["LH1.6", "LH1.7", "LH1.8", "PR1.nest", "hotel.1", "dock.1", "dock.2", WASTE]
AGV_PLACES = ["dock.1", "dock.2", "store.1", "store.2"]
ARM_MOVE = st.tuples(st.just("ARM1"), st.sampled_from(ARM_PLACES[:-1]), st.sampled_from(ARM_PLACES))
AGV_MOVE = st.tuples(st.just("AGV1"), st.sampled_from(AGV_PLACES), st.sampled_from(AGV_PLACES))
ARM_OTHER = st.tuples(
    st.just("ARM1"), st.sampled_from(["put_down", "reset_station"]), st.sampled_from(ARM_PLACES)
)
AGV_OTHER = st.tuples(
    st.just("AGV1"), st.sampled_from(["put_down", "reset_station"]), st.sampled_from(AGV_PLACES)
)
WORK = st.tuples(st.sampled_from(["fill", "restock", "elisa"]), st.just(""), st.just(""))
STOP = st.tuples(st.just("abort"), st.sampled_from(["ARM1", "AGV1", "LH1"]), st.just(""))
COMMANDS = st.lists(
    st.tuples(
        st.one_of(ARM_MOVE, AGV_MOVE, ARM_OTHER, AGV_OTHER, WORK, STOP), st.floats(0.0, 120.0)
    ),
    max_size=40,
)


@given(commands=COMMANDS, seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_every_piece_is_always_in_exactly_one_place(
    commands: list[tuple[tuple[str, str, str], float]], seed: int
) -> None:
    p = plant(seed, failure=0.3)
    places = p.workcell.places
    known = set(places.inventory())
    for n, ((who, what, where), wait_s) in enumerate(commands):
        with suppress(DeviceBusy):
            _command(p, n, who, what, where)
        until = p.env.now + wait_s
        while p.env.peek() <= until:
            p.env.step()
            known |= _checked(p, known)
        p.env.run(until=until + 1e-6)
    p.env.run()
    _checked(p, known)
    assert all(task.is_over for d in p.devices.values() for task in d.tasks.values())
    for name in ("ARM1", "AGV1"):
        mover = p.devices[name]
        assert isinstance(mover, Mover)
        failed = [t for t in mover.tasks.values() if t.state == "failed"]
        assert all(t.cause and t.reason for t in failed)


def _checked(p: Plant, known: set[str]) -> set[str]:
    inventory = p.workcell.places.inventory()
    assert known <= set(inventory), "a piece has vanished"
    assert all(len(where) == 1 for where in inventory.values())
    return set(inventory)


def _command(p: Plant, n: int, who: str, what: str, where: str) -> None:
    handler, reader = p.devices["LH1"], p.devices["PR1"]
    if who == "abort":
        p.devices[what].abort("test")
    elif who == "fill":
        handler.start("fill_plate", {"plate": "LH1.7", "volume_ul": 5.0}, f"T{n}")
    elif who == "restock":
        handler.start("restock", {"slot": "LH1.7", "labware": "plate_96"}, f"T{n}")
    elif who == "elisa":
        reader.start("elisa", {"plate": PLATE, "incubation_min": 5.0}, f"T{n}")
    elif what in ("put_down", "reset_station"):
        key = "target" if what == "put_down" else "place"
        p.devices[who].start(what, {key: where}, f"T{n}")
    else:
        p.devices[who].start("move", {"source": what, "target": where}, f"T{n}")
