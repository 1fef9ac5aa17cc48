"""The scalar types of a campaign file: numbers, texts, names and instants, none of them coerced.

A text is never a number here ("7" is refused, and so is `true` for 1), a number is always finite,
and a text holds no control character, so that whatever is accepted can be stored, hashed and
written again without a change. A refusal carries its own code and hint (see `structure`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    JsonValue,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

T = TypeVar("T")
MAX_MAGNITUDE: Final = 1e15
MAX_SEED: Final = 2**53 - 1
FIRST_YEAR, LAST_YEAR = 1970, 2200
NAME_PATTERN: Final = r"^[a-z][a-z0-9_]{0,62}$"
SLUG_PATTERN: Final = r"^[a-z][a-z0-9_-]{0,62}$"

# Everything YAML 1.2 calls printable, less the two "next line" breaks that come back as spaces.
UNPRINTABLE: Final = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INSTANT: Final = re.compile(
    r"^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([Zz]|[+-]\d\d:?\d\d)?$",
    re.ASCII,
)


def refusal(code: str, message: str, hint: str) -> PydanticCustomError:
    """Return an error for a validator to raise; `structure` turns it into a diagnostic."""
    # Braces in the template would be taken for placeholders, so everything goes in as context.
    return PydanticCustomError("campaign", "{message}", _context(code, message, hint))


def _context(code: str, message: str, hint: str) -> dict[str, Any]:
    return {"code": code, "message": message, "hint": hint}


def _bounded(value: float) -> float:
    if abs(value) > MAX_MAGNITUDE:
        raise refusal(
            "value.out-of-range",
            f"{value:g} is larger than any quantity of a campaign",
            f"numbers lie within ±{MAX_MAGNITUDE:g}; is the unit right?",
        )
    return value + 0.0  # -0.0 and 0.0 are one number and must have one digest


def _printable(value: str) -> str:
    found = UNPRINTABLE.search(value)
    if found:
        raise refusal(
            "value.control-character",
            f"the text holds the character U+{ord(found.group()):04X}, which can't be printed",
            "remove it; a text may hold letters, digits, signs, spaces and line breaks",
        )
    return value


def _number_or_text(value: object) -> float | str:
    if isinstance(value, str):
        return _printable(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal(
            "value.type",
            f"{shown(value)} is neither a number nor a text",
            "give a number, or a text such as K1",
        )
    if not math.isfinite(value):
        raise refusal("value.not-finite", f"{value} is not a finite number", "give a finite number")
    return _bounded(float(value))


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        moment = value
    else:
        match = _INSTANT.match(value) if isinstance(value, str) else None
        if match is None:
            raise refusal(
                "value.format",
                f"{shown(value)} is not a date with a time",
                "write it as 2027-01-04T08:00:00Z",
            )
        day, time, zone = match.groups()
        try:
            moment = datetime.fromisoformat(f"{day}T{time}{(zone or '').upper()}")
        except ValueError as fault:
            raise refusal(
                "value.format", f"{shown(value)}: {fault}", "write it as 2027-01-04T08:00:00Z"
            ) from None
    if moment.tzinfo is None:
        raise refusal(
            "start.no-zone",
            f"{shown(value)} has no time zone",
            "add Z for UTC or an offset such as +01:00",
        )
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise refusal(
            "value.out-of-range",
            f"the year {moment.year} is outside {FIRST_YEAR + 1} to {LAST_YEAR - 1}",
            "give the date on which virtual time begins",
        )
    return moment.astimezone(UTC)


def _not_a_truth_value(value: object) -> object:
    # Python holds True == 1, and pydantic's Literal[1] therefore takes it.
    if isinstance(value, bool | float):
        raise refusal("value.type", f"{shown(value)} is not a whole number", "write format: 1")
    return value


def _plain_json(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for scalar in _scalars(value):
        if isinstance(scalar, str):
            _printable(scalar)
        elif isinstance(scalar, float) and not math.isfinite(scalar):
            raise refusal(
                "value.not-finite", f"{scalar} is not a JSON number", "JSON has no NaN or infinity"
            )
    return value


def _sorted(value: dict[str, T]) -> dict[str, T]:
    return dict(sorted(value.items()))


def _scalars(value: JsonValue) -> Iterator[JsonValue]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _scalars(part)
    elif isinstance(value, list):
        for part in value:
            yield from _scalars(part)
    else:
        yield value


def shown(value: object, width: int = 60) -> str:
    """Return a value as a reader of the file would recognise it, cut to `width` characters."""
    if value is None:
        return "nothing (an empty value)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        value = value if len(value) <= width else value[: width - 1] + "…"
        return repr(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


# Limits stand before the validators, or pydantic would not put them into the JSON Schema.
_FINITE = (Strict(), Field(allow_inf_nan=False))
Number = Annotated[float, *_FINITE, AfterValidator(_bounded)]
Positive = Annotated[float, *_FINITE, Field(gt=0), AfterValidator(_bounded)]
NonNegative = Annotated[float, *_FINITE, Field(ge=0), AfterValidator(_bounded)]
Fraction = Annotated[float, *_FINITE, Field(gt=0, lt=1)]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Text = Annotated[str, Strict(), AfterValidator(_printable)]
Name = Annotated[str, Strict(), Field(pattern=NAME_PATTERN)]
Slug = Annotated[str, Strict(), Field(pattern=SLUG_PATTERN)]
Setting = Annotated[float | str, BeforeValidator(_number_or_text)]
JsonObject = Annotated[dict[str, JsonValue], AfterValidator(_plain_json)]
Alphabetical = AfterValidator(_sorted)
"""For mappings: equal digests must mean equal campaigns, and a digest knows no order of keys."""
FormatGuard = BeforeValidator(_not_a_truth_value)
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(
        lambda t: t.isoformat().replace("+00:00", "Z"), return_type=str, when_used="json"
    ),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware datetime, kept in UTC."""
