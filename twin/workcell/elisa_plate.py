"""Layout of an ELISA plate, and the protocol by which a liquid handler fills it.

Columns 1-2 hold the standard in duplicate, falling from A to H (H is blank); column 3 the high
and column 4 the low control, eight wells each; columns 5-12 hold up to 32 samples in duplicate.
Samples are diluted in two equal steps in a deep-well block. Volumes are assumptions of usual size.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from itertools import pairwise

from twin.workcell.deck import Deck
from twin.workcell.labware import Labware
from twin.workcell.samples import SampleStore

ROWS = "ABCDEFGH"
STANDARD_TOP = 4.0e-4  # g/L (400 ng/mL)
STANDARD_STEP = 2.5
N_STANDARDS = 7
HIGH_CONTROL = 2.0e-4  # g/L
ANALYTE = "product"
WELL_UL = 100.0
STANDARD_UL = 600.0
DILUTED_UL = 1000.0
MAX_SAMPLES = 32
MAX_DILUTION = 250_000.0
STANDARD_TUBE, CONTROL_TUBE = "A1", "B1"


class NoRoomOnPlate(ValueError):
    """More samples than a plate holds, or the plate has been used."""


def sample_wells(i: int) -> tuple[str, str]:
    """Return the two wells of the i-th sample."""
    row, pair = ROWS[i % 8], 5 + 2 * (i // 8)
    return f"{row}{pair}", f"{row}{pair + 1}"


def block_wells(i: int) -> tuple[str, str]:
    """Return the two wells of the dilution block that the i-th sample goes through."""
    row, pair = ROWS[1 + i // 6], 1 + 2 * (i % 6)
    return f"{row}{pair}", f"{row}{pair + 1}"


def fill_elisa_plate(
    deck: Deck,
    store: SampleStore,
    plate: Labware,
    block: Labware,
    tubes: Labware,
    trough: Labware,
    sample_ids: Sequence[str],
    dilution: float,
) -> Generator[None, None, None]:
    """Fill a plate; yields after each transfer, so that the handler can let time pass.

    Raises:
        NoRoomOnPlate: more than 32 samples, or plate or block have been used.
        ValueError: what `Deck.transfer` and `SampleStore.take` raise.
    """
    if len(sample_ids) > MAX_SAMPLES:
        raise NoRoomOnPlate(f"{len(sample_ids)} samples; a plate holds {MAX_SAMPLES}")
    if plate is block:
        raise NoRoomOnPlate(f"{plate.labware_id} can't be both plate and dilution block")
    for one in (plate, block):
        if one.is_spent or any(one[well].volume_ul for well in one.kind.wells):
            raise NoRoomOnPlate(f"{one.labware_id} has been used; put a new one in its place")
    yield from _standards(deck, plate, block, tubes, trough)
    for well in (f"{row}3" for row in ROWS):
        deck.transfer(tubes, CONTROL_TUBE, plate, well, WELL_UL)
        plate.labels[well] = {"role": "high"}
        yield
    blanks = [f"{row}4" for row in ROWS] + ["H1", "H2"]
    for n, well in enumerate(blanks):
        deck.transfer(trough, "A1", plate, well, WELL_UL, is_new_tip=n == 0)
        plate.labels[well] = {"role": "low"} if well.endswith("4") else _standard_label(0.0)
        yield
    for i, sample_id in enumerate(sample_ids):
        yield from _sample(deck, store, plate, block, trough, sample_id, i, math.sqrt(dilution))


def _standard_label(concentration: float) -> dict[str, float | str]:
    return {"role": "standard", "g_per_l": concentration}


def _standards(
    deck: Deck, plate: Labware, block: Labware, tubes: Labware, trough: Labware
) -> Generator[None, None, None]:
    carried_ul = STANDARD_UL / STANDARD_STEP
    names = [f"A{n + 1}" for n in range(N_STANDARDS)]
    for n, well in enumerate(names[1:]):
        deck.transfer(trough, "A1", block, well, STANDARD_UL - carried_ul, is_new_tip=n == 0)
        yield
    deck.transfer(tubes, STANDARD_TUBE, block, names[0], STANDARD_UL)
    yield
    for before, well in pairwise(names):
        deck.transfer(block, before, block, well, carried_ul)
        yield
    for n, well in enumerate(names):
        for column in (1, 2):
            target = f"{ROWS[n]}{column}"
            deck.transfer(block, well, plate, target, WELL_UL)
            plate.labels[target] = _standard_label(STANDARD_TOP / STANDARD_STEP**n)
            yield


def _sample(
    deck: Deck,
    store: SampleStore,
    plate: Labware,
    block: Labware,
    trough: Labware,
    sample_id: str,
    i: int,
    step: float,
) -> Generator[None, None, None]:
    first, second = block_wells(i)
    carried_ul = DILUTED_UL / step
    for well in (first, second):
        if DILUTED_UL - carried_ul > 0.0:
            deck.transfer(trough, "A1", block, well, DILUTED_UL - carried_ul)
        yield
    portion = store.take(sample_id, carried_ul / 1000.0)
    portion.require(ANALYTE)
    deck.dispense({ANALYTE: portion.composition[ANALYTE]}, block, first, carried_ul)
    yield
    deck.transfer(block, first, block, second, carried_ul)
    yield
    for well in sample_wells(i):
        deck.transfer(block, second, plate, well, WELL_UL)
        plate.labels[well] = {
            "role": "sample",
            "sample": sample_id,
            "dilution": step * step,
            "drawn_us": float(portion.drawn_us),  # exact: far below 2^53
        }
        yield
