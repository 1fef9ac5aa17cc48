"""What a liquid handler can do on its deck: programs, and the two protocols that are short."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.device import Program, Property
from twin.workcell.deck import Deck
from twin.workcell.elisa_plate import MAX_DILUTION
from twin.workcell.labware import LABWARE_TYPES, Labware, NoSuchWell


def deck_programs(slots: tuple[str, ...]) -> dict[str, Program]:
    """Return the programs of a deck with such slots."""

    def slot(name: str, doc: str, default: int | None = None) -> Property:
        first = None if default is None else slots[default - 1]
        return Property(name, "", levels=slots, default=first, doc=doc)

    def well(name: str) -> Property:
        return Property(name, "", default="A1", doc="well, as in A1")

    volume = Property("volume_ul", "µL", 1.0, 2000.0, doc="volume")
    programs = (
        Program(
            "transfer",
            {
                "source": slot("source", "slot to aspirate from"),
                "source_well": well("source_well"),
                "target": slot("target", "slot to dispense to"),
                "target_well": well("target_well"),
                "volume_ul": volume,
            },
            "pipette from one well to another",
        ),
        Program(
            "dilution_series",
            {
                "plate": slot("plate", "slot of the plate"),
                "diluent": slot("diluent", "slot of the diluent", 4),
                "first_well": well("first_well"),
                "factor": Property("factor", "", 1.1, 100.0, doc="dilution per step"),
                "n_steps": Property("n_steps", "", 1.0, 23.0, doc="steps, along the row"),
                "volume_ul": Property("volume_ul", "µL", 2.0, 2000.0, doc="volume per step"),
            },
            "dilute the content of a well serially along its row",
        ),
        Program(
            "fill_plate",
            {
                "plate": slot("plate", "slot of the plate"),
                "source": slot("source", "slot of the trough", 4),
                "volume_ul": volume,
            },
            "dispense from a trough into every well of a plate with one tip",
        ),
        Program(
            "prepare_elisa",
            {
                "plate": slot("plate", "slot of a new 96-well plate", 7),
                "block": slot("block", "slot of a new deep-well block", 6),
                "tubes": slot("tubes", "slot of the standards", 5),
                "diluent": slot("diluent", "slot of the diluent", 4),
                "dilution": Property(
                    "dilution", "", 4.0, MAX_DILUTION, default=20_000.0, doc="of the samples"
                ),
            },
            "fill a plate with standards, controls and diluted samples for an ELISA",
        ),
        Program(
            "restock",
            {
                "slot": slot("slot", "slot to renew; what stands there is thrown away"),
                "labware": Property("labware", "", levels=tuple(LABWARE_TYPES), doc="kind"),
            },
            "let a person put new labware on a slot (2 min)",
        ),
    )
    return {one.name: one for one in programs}


def diluted(
    deck: Deck,
    plate: Labware,
    trough: Labware,
    first_well: str,
    n_steps: int,
    factor: float,
    volume_ul: float,
) -> Iterator[None]:
    """Dilute a well's content `n_steps` times by `factor`, each in the next well of the row.

    Raises:
        NoSuchWell: the row is too short.
    """
    row, column = plate.kind.row_column(first_well)
    if column + n_steps >= plate.kind.n_columns:
        raise NoSuchWell(
            f"{n_steps} steps from {first_well} go beyond column {plate.kind.n_columns}"
        )
    wells = [f"{chr(ord('A') + row)}{column + 1 + n}" for n in range(n_steps + 1)]
    carried_ul = volume_ul / factor
    for n, well in enumerate(wells[1:]):
        deck.transfer(trough, "A1", plate, well, volume_ul - carried_ul, is_new_tip=n == 0)
        yield
    for before, well in pairwise(wells):
        deck.transfer(plate, before, plate, well, carried_ul)
        yield


def filled(deck: Deck, plate: Labware, trough: Labware, volume_ul: float) -> Iterator[None]:
    """Dispense the same volume into each well of a plate."""
    for n, well in enumerate(plate.kind.wells):
        deck.transfer(trough, "A1", plate, well, volume_ul, is_new_tip=n == 0)
        yield
