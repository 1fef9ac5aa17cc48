"""pydantic's errors in the words of the campaign file: code, place, message and hint.

The hints come from the JSON Schema, which holds what each key is for, so that a description is
written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic_core import ErrorDetails

from sdl.campaign.diagnostics import Finding, Where, error, path_text, suggestion
from sdl.campaign.schema import schema_at
from sdl.campaign.values import NAME_PATTERN, SLUG_PATTERN, shown

Words = tuple[str, str, str]
"""Code, message and hint."""

_MERGE_KEY = "<<"
_WHOLE = "give a whole number"
_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "float_type": ("a number", "give a number"),
    "float_parsing": ("a number", "give a number"),
    "int_type": ("a whole number", _WHOLE),
    "int_parsing": ("a whole number", _WHOLE),
    "int_from_float": ("a whole number", _WHOLE),
    "int_parsing_size": ("a whole number of sensible size", _WHOLE),
    "string_type": ("a text", "put it in quotes"),
    "bool_type": ("true or false", "write true or false"),
    "bool_parsing": ("true or false", "write true or false"),
    "dict_type": ("a mapping", "write its keys below it, indented, or as {key: value}"),
    "model_type": ("a mapping", "write its keys below it, indented, or as {key: value}"),
    "model_attributes_type": ("a mapping", "write its keys below it, indented, or as {key: value}"),
    "tuple_type": ("a list", "write it as [a, b], or one item per line after a dash"),
    "list_type": ("a list", "write it as [a, b], or one item per line after a dash"),
}
_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_LENGTHS: Final = ("too_short", "too_long", "string_too_short", "string_too_long")


def place(detail: ErrorDetails, raw: object) -> Where:
    """Return where in the file an error is: pydantic's location without what is only its own.

    pydantic puts the name of a union's alternative into the location; the file has no such key.
    """
    node = raw
    where: list[str | int] = []
    steps = detail["loc"]
    for n, step in enumerate(steps, start=1):
        is_there = (isinstance(node, dict) and step in node) or (
            isinstance(node, list) and isinstance(step, int) and step < len(node)
        )
        if is_there:
            where.append(step)
            node = node[step]  # type: ignore[index]
        elif n == len(steps) and detail["type"] == "missing":
            where.append(step)
    if detail["type"].startswith("union_tag"):
        where.append(_discriminator(detail))
    return tuple(where)


def explain(detail: ErrorDetails, raw: Mapping[str, Any]) -> Finding:
    """Return one of pydantic's errors as a finding."""
    where = place(detail, raw)
    kind = detail["type"]
    if kind in _TYPES:
        words = _wrong_type(detail, where, raw)
    elif kind in _LIMITS:
        words = _out_of_range(detail, where, raw)
    elif kind in _LENGTHS:
        words = _wrong_length(detail, where, raw)
    elif kind in _EXPLAINED:
        words = _EXPLAINED[kind](detail, where, raw)
    else:
        words = ("value.invalid", detail["msg"], _description(where, raw))
    return error(words[0], where, words[1], words[2])


def _wrong_type(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    wanted, advice = _TYPES[detail["type"]]
    value = detail["input"]
    if value is None:
        parent = schema_at(where[:-1], raw) or {}
        is_optional = where[-1] in parent.get("properties", {}) and (
            where[-1] not in parent.get("required", ())
        )
        advice = f"{advice}, or remove the key" if is_optional else advice
    elif isinstance(value, str) and "number" in wanted:
        advice = _unquoted(value) or advice
    elif wanted == "a text" and isinstance(value, int | float):
        advice = f'put it in quotes: "{shown(value)}"'
    return "value.type", f"{shown(value)} is not {wanted}", _joined(advice, where, raw)


def _unquoted(text: str) -> str | None:
    """What to write for a text that a reader would take for a number."""
    candidate = text.strip().replace(",", ".").replace("_", "").replace(" ", "")
    try:
        float(candidate)
    except ValueError:
        return None
    return f"write {candidate[:40]}, without quotes, with a decimal point and no separators"


def _out_of_range(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    key, words = _LIMITS[detail["type"]]
    limit = f"{words} {shown(detail['ctx'][key])}"
    message = f"{shown(detail['input'])} is out of range"
    return "value.out-of-range", message, _joined(f"give {limit}", where, raw)


def _wrong_length(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    context = detail["ctx"]
    is_text = detail["type"].startswith("string")
    noun = "character" if is_text else "item"
    if "min_length" in context:
        limit = f"at least {_counted(context['min_length'], noun)}"
        message = "it is too short" if detail["input"] else "it is empty"
    else:
        limit = f"at most {_counted(context['max_length'], noun)}"
        message = "it is too long"
    return "value.length", message, _joined(f"give {limit}", where, raw)


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _missing(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    key = where[-1]
    return (
        "field.missing",
        f"the key {key} is missing",
        _joined(f"add {key}", where, raw),
    )


def _unknown(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    *outer, key = where
    if key == _MERGE_KEY:
        return "yaml.merge-key", "merge keys (<<) are not read", "write the keys out"
    known = (schema_at(tuple(outer), raw) or {}).get("properties", {})
    owner = path_text(tuple(outer)) or "a campaign file"
    return "field.unknown", f"{shown(key)} is not a key of {owner}", suggestion(key, known)


def _wrong_choice(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    node = schema_at(where, raw) or {}
    options = [str(o) for o in node.get("enum", [node["const"]] if "const" in node else [])]
    message = f"{shown(detail['input'])} is none of the choices"
    if where == ("format",):
        message = f"format {shown(detail['input'])} is not known to this version"
        return "value.choice", message, f"write format: {options[0]}"
    if not options:
        return "value.choice", message, detail["msg"]
    return "value.choice", message, suggestion(detail["input"], options)


def _wrong_tag(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    options = [o.strip(" '") for o in detail["ctx"]["expected_tags"].split(",")]
    value = _value_at(where, raw)
    return "value.choice", f"{shown(value)} is none of the kinds", suggestion(value, options)


def _no_tag(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    return (
        "field.missing",
        f"the key {where[-1]} is missing",
        f"add {where[-1]}: continuous, integer, discrete or categorical",
    )


def _discriminator(detail: ErrorDetails) -> str:
    return str(detail["ctx"]["discriminator"]).strip("'")


def _wrong_pattern(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    pattern = detail["ctx"]["pattern"]
    hints = {
        NAME_PATTERN: "a small letter, then small letters, digits or _, 63 in all",
        SLUG_PATTERN: "a small letter, then small letters, digits, _ or -, 63 in all",
    }
    value = detail["input"]
    if pattern not in hints:
        return "value.format", f"{shown(value)} has not the right form", _description(where, raw)
    return "name.format", f"{shown(value)} is no name here", hints[pattern]


def _not_finite(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    return "value.not-finite", f"{detail['input']} is not a finite number", "give a finite number"


def _own(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    context = detail["ctx"]
    return context["code"], context["message"], context["hint"]


def _raised(detail: ErrorDetails, where: Where, raw: Mapping[str, Any]) -> Words:
    place = path_text(where) or "the file"
    return "value.invalid", str(detail["ctx"]["error"]), f"correct {place}"


_EXPLAINED: Final[Mapping[str, Callable[[ErrorDetails, Where, Mapping[str, Any]], Words]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _wrong_choice,
    "enum": _wrong_choice,
    "union_tag_invalid": _wrong_tag,
    "union_tag_not_found": _no_tag,
    "string_pattern_mismatch": _wrong_pattern,
    "finite_number": _not_finite,
    "campaign": _own,
    "value_error": _raised,
}


def _description(where: Where, raw: Mapping[str, Any]) -> str:
    for n in (len(where), len(where) - 1):  # an item of a list is described by the list
        node = schema_at(where[:n], raw) if n > 0 else None
        if node and "description" in node:
            return str(node["description"])
    return "see the reference of the campaign file"


def _joined(advice: str, where: Where, raw: Mapping[str, Any]) -> str:
    return f"{advice} ({_description(where, raw)})"


def _value_at(where: Where, raw: object) -> object:
    node = raw
    for step in where:
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node
