"""Options of an episode: checked as declared, refused with every fault named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationError

from twin.declared import ANY, Declared, NotNegative, Number
from twin.faults import AnyFault
from twin.kinetics.model import KineticsModel, UnknownName

MOST_VARIATION = 0.5


class OptionRefused(ValueError):
    """An option of ``reset`` or of the environment is unknown or can't be."""


def one_of(known: Iterable[str]) -> AfterValidator:
    """The validator of a name that must be one of these."""
    names = tuple(known)

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"there is no {name!r}; known: {', '.join(names)}")
        return name

    return AfterValidator(check)


def _listed(given: Any) -> Any:
    """One fault or many; there is one vessel, so that the device can be left out."""
    many = [given] if isinstance(given, Mapping) else given
    if not isinstance(many, (list, tuple)):
        raise ValueError(f"must be a mapping or a list of them, got {many!r}")
    return [{"device": ANY, **one} if isinstance(one, Mapping) else one for one in many]


Faults = Annotated[tuple[AnyFault, ...], BeforeValidator(_listed)]
Variation = Annotated[float, Strict(), Field(ge=0.0, le=MOST_VARIATION)]


class CultureOptions(Declared):
    """What can be chosen of any culture."""

    seeding_density: Annotated[float, Strict(), Field(gt=0.0, le=6.0)] = Field(
        default=0.6, description="Viable cells at inoculation, 1e9/L"
    )
    growth_cv: Variation = Field(
        default=0.03, description="Between-run coefficient of variation of growth"
    )
    productivity_cv: Variation = Field(
        default=0.04, description="Between-run coefficient of variation of production"
    )
    noise_scale: NotNegative = Field(
        default=1.0, description="Multiplies every probe's and assay's error; 0: perfect"
    )
    parameters: dict[str, Number] = Field(
        default_factory=dict, description="Parameters of the model by name, in their units"
    )
    fault: Faults = Field(default=(), description="A declared fault of twin.faults, or several")


Options = TypeVar("Options", bound=Declared)


def read(kind: Callable[..., Options], *given: Mapping[str, Any] | None) -> Options:
    """The options of an episode; later mappings go before earlier ones.

    Raises:
        OptionRefused: names every option that is wrong.
    """
    merged: dict[str, Any] = {}
    for one in given:
        merged |= one or {}
    try:
        return kind(**merged)
    except ValidationError as invalid:
        said = "; ".join(
            f"option {'.'.join(map(str, one['loc']))!r}: {one['msg']}" for one in invalid.errors()
        )
        raise OptionRefused(said) from None


def check_parameters(model: KineticsModel, parameters: Mapping[str, float]) -> None:
    """Raises OptionRefused if the model has no such parameter."""
    try:
        model.parameters_with(**parameters)
    except UnknownName as unknown:
        raise OptionRefused(f"option 'parameters': {unknown}") from None


def check_start(
    model: KineticsModel, x: Sequence[float], u: Sequence[float], p: Sequence[float]
) -> None:
    """Raises OptionRefused if the equations aren't finite numbers at the start.

    Compiled equations can't say so: in them a division by zero leaves what was there before.
    """
    assert model.algebraic is not None
    at = (0.0, tuple(x), tuple(u), tuple(p))
    try:
        are_numbers = all(
            math.isfinite(value) for value in (*model.rates(*at), *model.algebraic(*at))
        )
    except (ArithmeticError, TypeError):  # TypeError: a root of a negative number is complex
        are_numbers = False
    if not are_numbers:
        raise OptionRefused(
            f"option 'parameters': with these the equations of {model.name!r} are no finite numbers"
        )
