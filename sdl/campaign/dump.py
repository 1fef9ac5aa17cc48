"""Writing a campaign file as YAML, such that reading it gives the same file again.

The writer decides by the same rules as the reader (`yaml_scalars`) which texts need quotes.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from sdl.campaign.model import CampaignFile
from sdl.campaign.yaml_scalars import (
    FALSE,
    FLOAT,
    INFINITE,
    INTEGER,
    NOT_A_NUMBER,
    NULL,
    OCTAL_OR_HEX,
    TRUE,
)

_TAG = "tag:yaml.org,2002:"


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer with the scalar rules of the YAML 1.2 core schema."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal parts out each time."""
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"{_TAG}str", value, style="|" if "\n" in value else None)


def _float(dumper: _Dumper, value: float) -> yaml.ScalarNode:
    return dumper.represent_scalar(f"{_TAG}float", repr(value))


for _name, _pattern in (
    ("null", NULL),
    ("bool", TRUE),
    ("bool", FALSE),
    ("int", INTEGER),
    ("int", OCTAL_OR_HEX),
    ("float", FLOAT),
    ("float", INFINITE),
    ("float", NOT_A_NUMBER),
):
    # None: whatever the first character is.
    _Dumper.add_implicit_resolver(_TAG + _name, _pattern, None)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)


def to_yaml(file: CampaignFile) -> str:
    """Return the file as YAML text, keys in the models' order, without empty optional keys."""
    value = _without_none(file.model_dump(mode="json"), is_top=True)
    return yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )


def _without_none(value: Any, *, is_top: bool = False) -> Any:
    if isinstance(value, dict):
        if "kind" in value and not is_top:
            value = {"kind": value["kind"], **value}  # what it is comes first
        return {
            # A None inside the verbatim domain is BoFire's, not an empty key of ours.
            key: part if is_top and key == "domain" else _without_none(part)
            for key, part in value.items()
            if part is not None
        }
    if isinstance(value, list):
        return [_without_none(part) for part in value]
    return value
