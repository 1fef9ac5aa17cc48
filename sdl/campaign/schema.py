"""The JSON Schema of the campaign file, which lets editors complete and check it.

It is generated from the models and published as `docs/reference/campaign.schema.json`; a test
holds the two together. It knows structure only: `sdl validate` finds more. To publish it again:
`python -m sdl.campaign.schema > docs/reference/campaign.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from sdl.campaign.diagnostics import Where
from sdl.campaign.model import FORMAT_VERSION, CampaignFile

_REF = "#/$defs/"
_LIMITS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
}


@cache
def _generated() -> dict[str, Any]:
    schema = _strict(CampaignFile.model_json_schema(mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Generated from sdl.campaign.model; do not edit.",
        **schema,
        "title": f"SDL Twin campaign file, format {FORMAT_VERSION}",
    }


def _strict(node: Any) -> Any:
    """Say in JSON Schema's words what pydantic leaves out or says in its own."""
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    strict = {_LIMITS.get(key, key): _strict(part) for key, part in node.items()}
    if "patternProperties" in strict:
        strict["additionalProperties"] = False  # a key of another form is refused
    return strict


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the campaign file, a new object each time."""
    copy: dict[str, Any] = json.loads(json.dumps(_generated()))
    return copy


def schema_text() -> str:
    """Return the schema as it is published: indented JSON with a line break at the end."""
    return json.dumps(_generated(), indent=2, ensure_ascii=False) + "\n"


def schema_at(where: Where, raw: object) -> Mapping[str, Any] | None:
    """Return what the schema says of a place, or None where it says nothing.

    `raw` is the value of the whole file: its `kind` keys choose between alternatives.
    """
    node: Mapping[str, Any] | None = _generated()
    value = raw
    for step in where:
        if node is None:
            return None
        node = _step(_resolve(node, value), step)
        value = _inside(value, step)
    if node is None:
        return None
    resolved = _resolve(node, value)
    # A reference is described where it stands, the thing it names in general.
    description = node.get("description", resolved.get("description"))
    return resolved if description is None else {**resolved, "description": description}


def _step(node: Mapping[str, Any], step: str | int) -> Mapping[str, Any] | None:
    if isinstance(step, int):
        found = node.get("items")
    elif step in node.get("properties", {}):
        found = node["properties"][step]
    else:
        found = node.get("additionalProperties")
        if not isinstance(found, Mapping):  # pydantic writes a mapping whose keys have a pattern so
            found = next(iter(node.get("patternProperties", {}).values()), None)
    return found if isinstance(found, Mapping) else None


def _resolve(node: Mapping[str, Any], value: object) -> Mapping[str, Any]:
    """Follow a reference, an optional value and the choice that `value` makes."""
    while True:
        if "$ref" in node:
            node = _generated()["$defs"][node["$ref"].removeprefix(_REF)]
        elif "discriminator" in node:
            chosen = node["discriminator"]["mapping"].get(_kind(value))
            if chosen is None:
                return node
            node = {"$ref": chosen}
        elif "anyOf" in node:
            others = [n for n in node["anyOf"] if n.get("type") != "null"]
            if len(others) != 1:
                return node
            node = others[0]
        else:
            return node


def _kind(value: object) -> str:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _inside(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


if __name__ == "__main__":
    import sys

    sys.stdout.write(schema_text())
