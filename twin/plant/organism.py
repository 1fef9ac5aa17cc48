"""An organism: everything a plant has to know to grow it, in one declaration.

`cho` is built in; any other is named as MODULE:NAME, where NAME is an `Organism` (how-to:
`docs/how-to/add-an-organism.md`).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from twin.pat.probe import Probe
from twin.plant.process import Process
from twin.workcell.analyzer import Method

BUILT_IN = {"cho": "twin.plant.cho:CHO"}


class OrganismUnusable(ValueError):
    """The plant file names an organism that can't be loaded, or that contradicts itself."""


@dataclass(frozen=True, slots=True)
class Organism:
    """What grows in the vessels of a plant.

    Attributes:
        name: for people.
        processes: the kinds of culture that a vessel runs.
        retained: further ones of a vessel with cell retention.
        probes: the vessel's probes, given the step of the sampling grid (s) and whether the vessel
            retains cells.
        assays: further assays of the plate readers.
    """

    name: str
    processes: tuple[Process, ...]
    probes: Callable[[float, bool], tuple[Probe, ...]]
    retained: tuple[Process, ...] = ()
    assays: tuple[Method, ...] = ()

    def __post_init__(self) -> None:
        for retains in (False, True):
            signals = {probe.signal.name for probe in self.probes(900.0, retains)}
            for process in self.runs(retains):
                blind = sorted(signals - set(process.seen))
                if blind:
                    raise OrganismUnusable(
                        f"organism {self.name!r}: the program {process.program.name!r} doesn't say "
                        f"what the probe {blind[0]!r} sees"
                    )

    def runs(self, is_retaining: bool) -> tuple[Process, ...]:
        """Return the processes of a vessel."""
        return self.processes + (self.retained if is_retaining else ())


def load_organism(name: str) -> Organism:
    """Return the organism of that name: one that is built in, or MODULE:NAME.

    Raises:
        OrganismUnusable: there is no such module or name, or it is something else.
    """
    module, colon, attribute = BUILT_IN.get(name, name).partition(":")
    if not colon:
        known = ", ".join(sorted(BUILT_IN))
        raise OrganismUnusable(f"there is no organism {name!r}; give {known} or MODULE:NAME")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as missing:
        raise OrganismUnusable(
            f"organism {name!r}: there is no module {missing.name!r}; "
            "it must be importable, for instance from a directory in PYTHONPATH"
        ) from None
    except AttributeError:
        raise OrganismUnusable(f"organism {name!r}: {module} has no {attribute!r}") from None
    if not isinstance(found, Organism):
        kind = type(found).__name__
        raise OrganismUnusable(f"organism {name!r} is a {kind}, not a twin.plant.Organism")
    return found
