"""Factors: what the optimizer may vary, each a property of the recipe's program.

Four kinds, told apart by `kind`, with the words of BoFire's input features. The models hold the
structure only; whether bounds are in order and units are right is judged in `checks`, so that all
faults of a factor are told at once.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sdl.campaign.values import Name, Number, Positive, Text, Whole

_UNIT = "Unit of the factor; must be the unit of the program's property, e.g. degC, pH, d, mmol/L"
_SETS = "Property of the program that this factor sets, when its name is another than the factor's"
_TOLERANCE = (
    "Largest gap between commanded and achieved value that is not flagged, in the factor's unit"
)

UnitText = Annotated[Text, Field(min_length=1, max_length=40)]
Level = Annotated[Text, Field(min_length=1, max_length=80)]
_FACTOR_UNIT: dict[str, JsonValue] = {"unit": "the factor's unit"}


class Part(BaseModel):
    """A part of the campaign file: nothing but the keys it knows, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Numeric(Part):
    unit: UnitText = Field(description=_UNIT)
    sets: Name | None = Field(default=None, description=_SETS)
    achieved_tolerance: Positive | None = Field(
        default=None, description=_TOLERANCE, json_schema_extra=_FACTOR_UNIT
    )


class ContinuousFactor(_Numeric):
    """Any number between two bounds."""

    kind: Literal["continuous"] = Field(description="Any number between low and high")
    low: Number = Field(
        description="Lower bound, in the factor's unit", json_schema_extra=_FACTOR_UNIT
    )
    high: Number = Field(
        description="Upper bound, in the factor's unit", json_schema_extra=_FACTOR_UNIT
    )
    center: Number = Field(
        description="Value in the centre recipe (what is run today), in the factor's unit",
        json_schema_extra=_FACTOR_UNIT,
    )


class IntegerFactor(_Numeric):
    """A whole number between two bounds."""

    kind: Literal["integer"] = Field(description="Any whole number between low and high")
    low: Annotated[Whole, Field(ge=-(10**9), le=10**9)] = Field(
        description="Lower bound, a whole number in the factor's unit",
        json_schema_extra=_FACTOR_UNIT,
    )
    high: Annotated[Whole, Field(ge=-(10**9), le=10**9)] = Field(
        description="Upper bound, a whole number in the factor's unit",
        json_schema_extra=_FACTOR_UNIT,
    )
    center: Annotated[Whole, Field(ge=-(10**9), le=10**9)] = Field(
        description="Value in the centre recipe, a whole number in the factor's unit",
        json_schema_extra=_FACTOR_UNIT,
    )


class DiscreteFactor(_Numeric):
    """One of a list of numbers."""

    kind: Literal["discrete"] = Field(description="One of a list of numbers")
    levels: Annotated[tuple[Number, ...], Field(min_length=1, max_length=200)] = Field(
        description="The numbers allowed, in the factor's unit", json_schema_extra=_FACTOR_UNIT
    )
    center: Number = Field(
        description="Value in the centre recipe, one of the levels", json_schema_extra=_FACTOR_UNIT
    )


class CategoricalFactor(Part):
    """One of a list of names; it has no unit and no order."""

    unit: ClassVar[str] = ""
    achieved_tolerance: ClassVar[None] = None

    kind: Literal["categorical"] = Field(description="One of a list of names, without an order")
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=200)] = Field(
        description="The names allowed, each known to the program's property"
    )
    center: Level = Field(description="Level in the centre recipe")
    sets: Name | None = Field(default=None, description=_SETS)


NumericFactor = ContinuousFactor | IntegerFactor | DiscreteFactor
Factor = Annotated[
    ContinuousFactor | IntegerFactor | DiscreteFactor | CategoricalFactor,
    Field(discriminator="kind"),
]


def numeric_range(factor: NumericFactor) -> tuple[float, float]:
    """Return the smallest and largest value of a numeric factor, in its unit."""
    if isinstance(factor, DiscreteFactor):
        return min(factor.levels), max(factor.levels)
    return float(factor.low), float(factor.high)


def property_of(name: str, factor: Factor) -> str:
    """Return the program's property that the factor called `name` sets."""
    return factor.sets or name
