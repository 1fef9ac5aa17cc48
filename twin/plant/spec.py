"""What a plant file may say: how many of each device, their sizes, variability and faults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StrictBool,
    StrictInt,
    field_validator,
    model_validator,
)

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
FaultKind = Literal["contamination", "pump_failure"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VesselsSpec(_Part):
    """A battery of equal bioreactors."""

    count: Annotated[StrictInt, Field(ge=1, le=512)] = Field(
        default=8, description="Number of vessels"
    )
    name: str = Field(
        default="R{:02d}",
        description="Name of a vessel; {} is replaced by its number, {:02d} by two digits",
        pattern=r"^[A-Za-z][A-Za-z0-9_-]*\{(:0?[0-9]?d)?\}$",
    )
    volume_ml: Annotated[Number, Field(gt=0, le=2_000_000)] = Field(
        default=200.0, description="Volume at inoculation, mL"
    )
    max_volume_ml: Annotated[Number, Field(gt=0, le=4_000_000)] = Field(
        default=350.0, description="Highest working volume, mL; feeding stops there"
    )
    has_cell_retention: StrictBool = Field(
        default=False,
        description="Whether a device keeps the cells back, so that the vessels also run perfusion",
    )
    scale: Literal["mini_bioreactor", "bench_3l", "pilot_200l", "production_2000l"] = Field(
        default="mini_bioreactor",
        description="What the vessels are in oxygen transfer, mixing and CO2 stripping; their "
        "volume is volume_ml all the same",
    )

    @model_validator(mode="after")
    def _room_for_feed(self) -> VesselsSpec:
        if self.max_volume_ml <= self.volume_ml:
            raise ValueError(
                f"max_volume_ml ({self.max_volume_ml:g} mL) must exceed "
                f"volume_ml ({self.volume_ml:g} mL)"
            )
        return self


class SharedSpec(_Part):
    """Instruments of one kind that the vessels share."""

    count: Annotated[StrictInt, Field(ge=0, le=64)] = Field(
        default=1, description="Number of instruments"
    )


class OptionalSpec(_Part):
    """Instruments of one kind that a plant has only where the file asks for them."""

    count: Annotated[StrictInt, Field(ge=0, le=64)] = Field(
        default=0, description="Number of instruments"
    )


class AtLineSpec(_Part):
    """The bench of at-line analyzers: one hand loads them all, first come, first served."""

    calibration_h: Annotated[Number, Field(gt=0, le=8760)] = Field(
        default=24.0,
        description="Age of a calibration at which an analyzer renews it, and its systematic error",
        json_schema_extra={"unit": "h"},
    )
    has_cell_counters: StrictBool = Field(
        default=False,
        description="Whether the cell counters stand on this bench; if not, they measure at once "
        "and their systematic error is drawn at every run",
    )


class MoversSpec(_Part):
    """Movers of one kind, which carry labware between stations."""

    count: Annotated[StrictInt, Field(ge=0, le=8)] = Field(
        default=0, description="Number of movers"
    )
    failure: Annotated[Number, Field(ge=0, le=1)] = Field(
        default=0.0, description="Probability that a grip or a release fails"
    )


class VariabilitySpec(_Part):
    """Between-run coefficient of variation (1 = 100 %)."""

    growth: Annotated[Number, Field(ge=0, le=0.5)] = Field(
        default=0.03, description="CV of the growth rate between runs"
    )
    productivity: Annotated[Number, Field(ge=0, le=0.5)] = Field(
        default=0.04, description="CV of the specific productivity between runs"
    )


class ProbesSpec(_Part):
    """How often the probes are read and how good they are."""

    interval_scale: Annotated[Number, Field(gt=0, le=96)] = Field(
        default=1.0, description="Multiplies every probe's sampling interval (1 = 15 min for most)"
    )
    noise_scale: Annotated[Number, Field(ge=0, le=10)] = Field(
        default=1.0, description="Multiplies every probe's and assay's error (0 = perfect)"
    )


class FaultSpec(_Part):
    """A fault at a time on a device, or at random in any culture."""

    kind: FaultKind = Field(description="What goes wrong")
    device: str | None = Field(
        default=None, description="Vessel it happens to; left out with a hazard"
    )
    at_day: Annotated[Number, Field(ge=0)] | None = Field(
        default=None, description="Days after the start of the plant"
    )
    hazard_per_run: Annotated[Number, Field(gt=0, le=1)] | None = Field(
        default=None, description="Probability that a culture suffers it, at a uniformly drawn time"
    )

    @model_validator(mode="after")
    def _scheduled_or_random(self) -> FaultSpec:
        if self.hazard_per_run is None:
            if self.device is None or self.at_day is None:
                raise ValueError("give device and at_day, or hazard_per_run")
        elif self.at_day is not None or self.device is not None:
            raise ValueError("give either device and at_day or hazard_per_run, not both")
        return self


class PlantSpec(_Part):
    """A plant of vessels and an assay workcell."""

    organism: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        default="cho",
        description="What grows in the vessels: cho, or MODULE:NAME of an organism of your own",
    )
    vessels: VesselsSpec = Field(default_factory=VesselsSpec, description="Bioreactors")
    liquid_handlers: SharedSpec = Field(
        default_factory=SharedSpec, description="Draw samples and fill plates; named LH1, LH2 …"
    )
    plate_readers: SharedSpec = Field(
        default_factory=SharedSpec, description="Measure titer and metabolites; named PR1, PR2 …"
    )
    cell_counters: SharedSpec = Field(
        default_factory=SharedSpec, description="Count cells; named CC1, CC2 …"
    )
    hplcs: OptionalSpec = Field(
        default_factory=OptionalSpec,
        description="Titer by Protein A, aggregates by SEC, drug load by HIC; named HPLC1 …",
    )
    osmometers: OptionalSpec = Field(
        default_factory=OptionalSpec, description="Measure osmolality; named OSM1 …"
    )
    blood_gas_analyzers: OptionalSpec = Field(
        default_factory=OptionalSpec, description="Measure pO2, pCO2 and pH; named BGA1 …"
    )
    metabolite_analyzers: OptionalSpec = Field(
        default_factory=OptionalSpec,
        description="Measure glucose, glutamine, ammonia and IgG at-line; named MA1 …",
    )
    at_line: AtLineSpec = Field(
        default_factory=AtLineSpec,
        description="Bench of osmometers, blood-gas and metabolite analyzers",
    )
    robot_arms: MoversSpec = Field(
        default_factory=MoversSpec,
        description="Carry plates inside the workcell; named ARM1 … Without one a person does",
    )
    agvs: MoversSpec = Field(
        default_factory=MoversSpec,
        description="Drive labware between the workcell's dock and the store; named AGV1 …",
    )
    variability: VariabilitySpec = Field(
        default_factory=VariabilitySpec, description="Between-run variability"
    )
    probes: ProbesSpec = Field(default_factory=ProbesSpec, description="Probes")
    faults: tuple[FaultSpec, ...] = Field(default=(), description="Faults to inject")

    @field_validator("organism")
    @classmethod
    def _can_be_grown(cls, name: str) -> str:
        from twin.plant.organism import load_organism

        if name != "cho":
            load_organism(name)
        return name

    def vessel_names(self) -> list[str]:
        """Names of the vessels, in order."""
        return [self.vessels.name.format(i + 1) for i in range(self.vessels.count)]
