"""Where every piece of labware is: in exactly one place, whatever goes wrong.

A place holds one piece; `WASTE` holds any number and gives nothing back. A move is one
indivisible step, so there is no moment at which a plate is nowhere or in two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from twin.workcell.labware import Labware

WASTE = "waste"


class PlaceRefused(ValueError):
    """A move that can't be; `cause` is a short code."""

    def __init__(self, reason: str, cause: str) -> None:
        super().__init__(reason)
        self.cause = cause


class Places:
    """The places of a workcell and what stands on them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._held: dict[str, Labware | None] = {}
        self._waste: dict[str, None] = {}  # in the order they came
        for name in names:
            self.add_place(name)

    @property
    def names(self) -> tuple[str, ...]:
        """All places that hold one piece, in order."""
        return tuple(self._held)

    def add_place(self, name: str) -> None:
        """Add an empty place."""
        if name in self._held or name == WASTE:
            raise PlaceRefused(f"there is a place {name!r} already", "no_place")
        self._held[name] = None

    def at(self, place: str) -> Labware | None:
        """Return what stands on a place, None when it is empty.

        Raises:
            PlaceRefused: there is no such place.
        """
        if place not in self._held:
            raise PlaceRefused(f"there is no place {place!r}: {list(self._held)}", "no_place")
        return self._held[place]

    def find(self, labware_id: str) -> str:
        """Return the place of a piece of labware.

        Raises:
            PlaceRefused: there is no such piece.
        """
        for place, held in self._held.items():
            if held is not None and held.labware_id == labware_id:
                return place
        if labware_id in self._waste:
            return WASTE
        raise PlaceRefused(f"there is no labware {labware_id!r}", "no_labware")

    def put_new(self, labware: Labware, place: str) -> None:
        """Put a piece that was nowhere yet on an empty place.

        Raises:
            PlaceRefused: the place is taken or unknown, or the piece is somewhere already.
        """
        if labware.labware_id in self.inventory():
            raise PlaceRefused(f"{labware.labware_id} is in the workcell already", "duplicate")
        self._refuse_occupied(place)
        self._held[place] = labware

    def move(self, source: str, target: str) -> Labware:
        """Move what stands on `source` to `target`.

        Raises:
            PlaceRefused: the source is empty or the target is taken; nothing moved.
        """
        labware = self.at(source)
        if labware is None:
            raise PlaceRefused(f"{source} is empty", "source_empty")
        if target == WASTE:
            self._waste[labware.labware_id] = None
        else:
            self._refuse_occupied(target)
            self._held[target] = labware
        self._held[source] = None
        return labware

    def inventory(self) -> Mapping[str, list[str]]:
        """Return, per piece of labware, every place it is in: always exactly one."""
        found: dict[str, list[str]] = {}
        for place, held in self._held.items():
            if held is not None:
                found.setdefault(held.labware_id, []).append(place)
        for labware_id in self._waste:
            found.setdefault(labware_id, []).append(WASTE)
        return found

    def _refuse_occupied(self, place: str) -> None:
        held = self.at(place)
        if held is not None:
            raise PlaceRefused(f"{place} is occupied by {held.labware_id}", "target_occupied")
