"""Values from Python made plain: what a YAML text could have held, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sdl.campaign.diagnostics import Finding, Where, error
from sdl.campaign.values import UNPRINTABLE, shown
from sdl.campaign.yaml_build import MAX_DEPTH

_MAX_INTEGER: Final = 10**18


class NotPlain(ValueError):
    """A value that no campaign file can hold; `finding` says where and why."""

    def __init__(self, where: Where, what: str) -> None:
        super().__init__(what)
        self.finding: Finding = error(
            "value.not-plain",
            where,
            what,
            "use dicts with text keys, lists, texts, numbers, true, false and None",
        )


def plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy in dicts, lists and scalars.

    Raises:
        NotPlain: a value of another type, a key that is no text, or too deep a nesting.
    """
    copied: dict[str, Any] = _plain(value, ())
    return copied


def _plain(value: object, where: Where) -> Any:
    if len(where) > MAX_DEPTH:
        raise NotPlain(where[:3], f"values are nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotPlain(where, f"the key {shown(key)} is no text")
        return {key: _plain(part, (*where, key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, (*where, index)) for index, part in enumerate(value)]
    if isinstance(value, str):
        found = UNPRINTABLE.search(value)
        if found:
            raise NotPlain(where, f"the text holds the character U+{ord(found.group()):04X}")
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _MAX_INTEGER:
        raise NotPlain(where, "a whole number has more than 18 digits")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise NotPlain(where, f"a {type(value).__name__} has no place in a campaign file")
