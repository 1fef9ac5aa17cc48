"""The campaign file, format version 1, as pydantic models.

A model says which keys exist, their types, units and limits; that is also what the published JSON
Schema is made of. What takes more than one value to judge is judged in `checks`. A valid campaign
is a `Campaign` (see `load`), not a bare `CampaignFile`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from drivers import PlantSpec
from sdl.campaign.factors import (
    CategoricalFactor,
    ContinuousFactor,
    DiscreteFactor,
    Factor,
    IntegerFactor,
    NumericFactor,
    Part,
    UnitText,
    numeric_range,
    property_of,
)
from sdl.campaign.values import (
    MAX_SEED,
    Alphabetical,
    Flag,
    FormatGuard,
    Fraction,
    Instant,
    JsonObject,
    Name,
    NonNegative,
    Number,
    Positive,
    Setting,
    Slug,
    Text,
    Whole,
)

__all__ = [
    "CampaignFile",
    "CategoricalFactor",
    "ContinuousFactor",
    "DiscreteFactor",
    "Factor",
    "IntegerFactor",
    "LinearConstraint",
    "NumericFactor",
    "OnFailure",
    "Output",
    "Part",
    "Plan",
    "Recipe",
    "SamplePlan",
    "numeric_range",
    "property_of",
]

FORMAT_VERSION = 1


def _unit(unit: str) -> dict[str, JsonValue]:
    return {"unit": unit}


class LinearConstraint(Part):
    """`lower <= sum(coefficient * factor) <= upper` over numeric factors."""

    name: Name = Field(description="Name of the constraint, unique in the file")
    kind: Literal["linear"] = Field(description="linear: a weighted sum of factors is bounded")
    terms: Annotated[dict[str, Number], Field(min_length=1, max_length=100), Alphabetical] = Field(
        description="Coefficient of each factor; its unit is the bound's unit per factor unit"
    )
    lower: Number | None = Field(default=None, description="The sum must not be less than this")
    upper: Number | None = Field(default=None, description="The sum must not be more than this")
    note: Annotated[Text, Field(max_length=500)] | None = Field(
        default=None, description="What the constraint is for, and its unit"
    )


class Output(Part):
    """What is measured of a culture, and what is wanted of it."""

    unit: UnitText = Field(description="Unit of the output; must be the unit of the assay")
    assay: Name = Field(description="Assay that measures it, e.g. titer, viability")
    at: Literal["harvest"] = Field(
        default="harvest",
        description="harvest: measured in a sample drawn at the end of the culture",
    )
    goal: Literal["maximize", "minimize"] | None = Field(
        default=None, description="What the campaign is for; exactly one output has a goal"
    )
    min: Number | None = Field(
        default=None,
        description="Outcome constraint: lowest acceptable value, in the output's unit",
        json_schema_extra=_unit("the output's unit"),
    )
    max: Number | None = Field(
        default=None,
        description="Outcome constraint: highest acceptable value, in the output's unit",
        json_schema_extra=_unit("the output's unit"),
    )


class Plan(Part):
    """How many experiments, and who chooses them."""

    rounds: Annotated[Whole, Field(ge=1, le=10_000)] = Field(
        description="Number of rounds; the model learns after each", json_schema_extra=_unit("1")
    )
    batch_size: Annotated[Whole, Field(ge=1, le=1_000)] = Field(
        description="Experiments per round", json_schema_extra=_unit("1")
    )
    first_round: Literal["sobol", "random"] = Field(
        default="sobol", description="How the first round fills the space, constraints honoured"
    )
    include_center: Flag = Field(
        default=True,
        description="Whether the centre recipe is one of the first round's experiments",
    )
    strategy: Literal["bayesian", "random", "sobol"] = Field(
        default="bayesian", description="Who proposes from the second round on"
    )
    interval_level: Fraction = Field(
        default=0.9,
        description="Coverage of the prediction intervals, as a fraction",
        json_schema_extra=_unit("1"),
    )


class SamplePlan(Part):
    """One assay, the days of culture on which it is done, and what it takes."""

    assay: Name = Field(description="Assay to do, e.g. titer, viability")
    at_day: Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=400)] = Field(
        description="Times of the samples, days after inoculation", json_schema_extra=_unit("d")
    )
    volume_ml: Positive = Field(
        description="Volume of each sample, mL", json_schema_extra=_unit("mL")
    )


class Recipe(Part):
    """The program every experiment runs, and what is fixed of it."""

    program: Name = Field(description="Program published by the bioreactor, e.g. fed_batch")
    settings: Annotated[dict[str, Setting], Field(max_length=200), Alphabetical] = Field(
        default_factory=dict,
        description="Properties of the program that are no factors, each in the property's unit",
    )
    samples: Annotated[tuple[SamplePlan, ...], Field(max_length=200)] = Field(
        default=(),
        description="Samples during the culture; the one at harvest is drawn without an entry",
    )
    turnaround_h: NonNegative = Field(
        default=24.0,
        description="Cleaning and set-up of a vessel between two cultures, hours",
        json_schema_extra=_unit("h"),
    )


class OnFailure(Part):
    """What becomes of an experiment that fails."""

    action: Literal["retry", "abandon"] = Field(
        default="retry", description="retry: run the same conditions again; abandon: leave them"
    )
    max_attempts: Annotated[Whole, Field(ge=1, le=100)] = Field(
        default=2,
        description="Attempts in all before the experiment is abandoned",
        json_schema_extra=_unit("1"),
    )


class CampaignFile(Part):
    """A whole campaign file."""

    format: Annotated[Literal[1], FormatGuard] = Field(description="Version of the file format: 1")
    name: Slug = Field(
        description="Short name: a small letter, then small letters, digits, _ or -, at most 63"
    )
    title: Annotated[Text, Field(max_length=200)] | None = Field(
        default=None, description="One line for people"
    )
    description: Annotated[Text, Field(max_length=20_000)] | None = Field(
        default=None, description="What the campaign is for, as long as wanted"
    )
    seed: Annotated[Whole, Field(ge=0, le=MAX_SEED)] = Field(
        description="Seed of everything random; the same file and seed give the same ledger",
        json_schema_extra=_unit("1"),
    )
    start: Instant = Field(
        description="When virtual time begins: a date and time with a time zone (twin only)"
    )
    factors: Annotated[dict[Name, Factor], Field(min_length=1, max_length=100), Alphabetical] = (
        Field(description="What may be varied: name of the factor, then its kind, unit and bounds")
    )
    constraints: Annotated[tuple[LinearConstraint, ...], Field(max_length=50)] = Field(
        default=(), description="What combinations of factors are allowed"
    )
    outputs: Annotated[dict[Name, Output], Field(min_length=1, max_length=50), Alphabetical] = (
        Field(
            description="What is measured: name of the output, then its assay, unit, goal, limits"
        )
    )
    domain: JsonObject | None = Field(
        default=None,
        description="A BoFire Domain as BoFire serialises it, in place of the derived one",
    )
    plan: Plan = Field(description="Rounds, batch size and strategy")
    recipe: Recipe = Field(description="What every experiment does")
    on_failure: OnFailure = Field(
        default=OnFailure(), description="What becomes of an experiment that fails"
    )
    plant: PlantSpec = Field(description="The plant: vessels, shared instruments, faults")
