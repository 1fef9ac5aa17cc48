"""What the checks look at: the sound parts of the file and what the plant's instruments offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from drivers import AssayInfo, InstrumentInfo, PlantSpec, ProgramInfo, PropertyInfo
from sdl.campaign.diagnostics import Finding
from sdl.campaign.structure import Draft

BIOREACTOR = "bioreactor"
LIQUID_HANDLER = "liquid_handler"
DURATION = "duration_day"
"""Property of a culture program that says on which day it is harvested."""

SECTION_OF_KIND: Mapping[str, str] = {
    BIOREACTOR: "vessels",
    LIQUID_HANDLER: "liquid_handlers",
    "plate_reader": "plate_readers",
    "cell_counter": "cell_counters",
    "hplc": "hplcs",
    "osmometer": "osmometers",
    "blood_gas_analyzer": "blood_gas_analyzers",
    "metabolite_analyzer": "metabolite_analyzers",
}


@dataclass(frozen=True, slots=True)
class Context:
    """A draft, the instruments of its plant, and the catalogue: one instrument of every kind."""

    draft: Draft
    instruments: Mapping[str, InstrumentInfo]
    catalogue: Mapping[str, InstrumentInfo]

    @property
    def programs(self) -> dict[str, ProgramInfo]:
        """The programs that the bioreactors publish, by name."""
        return {
            name: program
            for info in self.catalogue.values()
            if info.kind == BIOREACTOR
            for name, program in info.programs.items()
        }

    @property
    def program(self) -> ProgramInfo | None:
        """The recipe's program, or None where the file names none that is known."""
        return self.programs.get(self.draft.program or "")

    @property
    def assays(self) -> dict[str, AssayInfo]:
        """All assays known, by name, whether or not the plant has their instrument."""
        return {n: a for info in self.catalogue.values() for n, a in info.assays.items()}

    def property_of(self, factor: str) -> PropertyInfo | None:
        """Return the property that a factor sets, or None where it is not known."""
        program = self.program
        name = self.draft.factor_properties.get(factor, factor)
        return program.properties.get(name) if program else None

    def has(self, kind: str) -> bool:
        """Whether the plant has an instrument of the kind; true where its section is unsound."""
        is_sound = SECTION_OF_KIND.get(kind) in self.draft.plant_sections
        return not is_sound or any(info.kind == kind for info in self.instruments.values())

    def duration_range(self) -> tuple[float, float] | None:
        """Return the shortest and longest culture in days, or None where it is not known."""
        draft, program = self.draft, self.program
        for name, factor in draft.factors.items():
            if draft.factor_properties[name] == DURATION and factor.kind != "categorical":
                if factor.kind == "discrete":
                    return min(factor.levels), max(factor.levels)
                return float(factor.low), float(factor.high)
        if DURATION in draft.factor_properties.values():
            return None
        if DURATION in draft.declared("recipe", "settings"):
            days: object = draft.settings.get(DURATION)
        else:
            info = program.properties.get(DURATION) if program else None
            days = info.default if info else None
        return (float(days), float(days)) if isinstance(days, int | float) else None


Check = Callable[[Context], Iterator[Finding]]


def context_of(draft: Draft) -> Context:
    """Return the context of a draft; the plant is described, not run."""
    plant = draft.plant.model_copy(update={"faults": ()})  # may name devices that do not exist
    one_of_each: dict[str, object] = {name: {"count": 1} for name in SECTION_OF_KIND.values()}
    one_of_each["organism"] = plant.organism
    return Context(draft, _described(plant), _described(PlantSpec.model_validate(one_of_each)))


@lru_cache(maxsize=4)
def _described(plant: PlantSpec) -> Mapping[str, InstrumentInfo]:
    from drivers import describe_plant

    return describe_plant(plant)
