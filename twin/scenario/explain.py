"""pydantic's errors about a scenario file, as problems in the file's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from twin.faults.catalogue import EQUIPMENT_FAULTS, SIGNAL_FAULTS
from twin.faults.occurrence import WeibullHazard
from twin.scenario.model import Scenario, ScenarioFile
from twin.scenario.problem import Where, shown, suggestion
from twin.wear.catalogue import MECHANISMS
from twin.wear.use import Use

KINDS: Final[Mapping[str, Mapping[str, type[BaseModel]]]] = {
    "wear": MECHANISMS,
    "faults": {**SIGNAL_FAULTS, **EQUIPMENT_FAULTS},
}
_OWNERS: Final[Mapping[str, type[BaseModel]]] = {
    **KINDS["wear"],
    **KINDS["faults"],
    "used_before": Use,
    "weibull": WeibullHazard,
    "scenario": Scenario,
}
_TYPES: Final = {
    "float_type": ("a number", "write a number without quotes, with a decimal point"),
    "int_type": ("a whole number", "write a whole number without quotes"),
    "bool_type": ("true or false", "write true or false"),
    "string_type": ("a text", "write a text, in quotes if it looks like a number"),
    "tuple_type": ("a list", "write one item per line after a dash"),
    "model_type": ("a mapping", "write its keys as {key: value}"),
    "model_attributes_type": ("a mapping", "write its keys as {key: value}"),
}
_LIMITS: Final = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def place(detail: ErrorDetails, raw: object) -> Where:
    """Return where in the file an error is: pydantic's location without its names of kinds."""
    node, where = raw, []
    steps = detail["loc"]
    for n, step in enumerate(steps, start=1):
        if (isinstance(node, Mapping) and step in node) or (
            isinstance(node, list) and isinstance(step, int) and step < len(node)
        ):
            where.append(step)
            node = node[step]  # type: ignore[index]
        elif n == len(steps) and detail["type"] == "missing":
            where.append(step)
    if detail["type"].startswith("union_tag"):
        where.append("kind")
    return tuple(where)


def explain(detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what would be right."""
    kind, value = detail["type"], shown(detail["input"])
    context = detail.get("ctx", {})
    if kind in _TYPES:
        wanted, right = _TYPES[kind]
        return f"{value} is not {wanted}", _with_meaning(right, detail)
    if kind in _LIMITS:
        limit, words = _LIMITS[kind]
        return f"{value} is out of range", _with_meaning(f"{words} {context[limit]:g}", detail)
    if kind == "missing":
        key = detail["loc"][-1]
        return f"the key {key} is missing", _with_meaning(f"add {key}", detail)
    if kind == "extra_forbidden":
        key = detail["loc"][-1]
        return f"{shown(key)} is not a key here", suggestion(key, _owner(detail).model_fields)
    if kind.startswith("union_tag"):
        given = detail["input"]
        tag = given.get("kind") if isinstance(given, Mapping) else None
        known = KINDS["wear" if "wear" in detail["loc"] else "faults"]
        if kind == "union_tag_not_found":
            return "the key kind is missing", f"add kind, {suggestion('', known)}"
        return f"{shown(tag)} is none of the kinds", suggestion(tag, known)
    if kind == "literal_error":
        return f"{value} is none of the choices", f"one of {context['expected']}"
    if kind == "finite_number":
        return f"{value} is not a finite number", _with_meaning("give a finite number", detail)
    if kind == "string_pattern_mismatch":
        return f"{value} is no name here", _with_meaning(
            "a letter, then letters, digits, _ or -", detail
        )
    return f"{value}: {detail['msg'].lower()}", _with_meaning("correct it", detail)


def _owner(detail: ErrorDetails) -> type[BaseModel]:
    """Return the model that an error's last key belongs to."""
    for step in reversed(detail["loc"][:-1]):
        if isinstance(step, str) and step in _OWNERS:
            return _OWNERS[step]
    return ScenarioFile


def _with_meaning(right: str, detail: ErrorDetails) -> str:
    key: Any = detail["loc"][-1] if detail["loc"] else None
    field = _owner(detail).model_fields.get(key) if isinstance(key, str) else None
    return f"{right} ({field.description})" if field and field.description else right
