"""Values from YAML events, within limits.

Nesting, the number of values and the expansion of aliases are limited while the events come, so
a hostile text is left as soon as it shows itself; duplicate keys are found; a tag is refused, so
no text can name a type to build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from sdl.campaign.diagnostics import Finding, Where, error
from sdl.campaign.values import UNPRINTABLE
from sdl.campaign.yaml_scalars import plain_value

MAX_DEPTH: Final = 40
MAX_VALUES: Final = 20_000
MAX_KEY: Final = 200

_HINTS: Final = (
    ("mapping values are not allowed", "put the text in quotes, or check the indentation"),
    ("cannot start any token", 'put the text in quotes, as in unit: "%/d"'),
    ("found undefined", "check the name after the *"),
    ("unexpected end of stream", "close the quote"),
    ("expected <block end>", "check the indentation: keys of one mapping start in one column"),
    ("did not find expected key", "check the indentation: keys of one mapping start in one column"),
    ("flow", "check that every [ and { is closed and that commas stand between the items"),
)


class _Stopped(Exception):
    """Reading can't go on; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


_TAB_INDENT: Final = re.compile(r" *\t")


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being built; `size` counts the values in it."""

    container: dict[str, Any] | list[Any]
    where: Where
    anchor: str | None
    key: str | None = None
    is_kept: bool = True
    key_lines: dict[str, int] = field(default_factory=dict)
    size: int = 1


class Builder:
    """Builds the value of one document from its events."""

    def __init__(self) -> None:
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._root: list[Any] = []
        self.lines: dict[Where, int] = {}
        self.findings: list[Finding] = []
        self._n_values = 0

    def build(self, text: str) -> object:
        """Return the document's value, or None with the reason in `findings`."""
        try:
            for event in self._events(text):
                self._take(event)
        except _Stopped as stop:
            self.findings.append(stop.finding)
            return None
        return self._root[0] if self._root else None

    def _events(self, text: str) -> Iterator[Any]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is there
        try:
            yield from yaml.parse(text, Loader=loader)
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            problem = fault.problem or fault.context or "not YAML"
            hint = next(
                (h for part, h in _HINTS if part in str(fault)), "check quotes and brackets"
            )
            # At the end of the text PyYAML's mark may stand behind the last line.
            line = min(mark.line, text.count("\n")) + 1 if mark else None
            if line is not None and _TAB_INDENT.match(text.split("\n")[line - 1]):
                hint = "indent with spaces; YAML allows no tabs there"
            column = f" at column {mark.column + 1}" if mark else ""
            message = f"this is not YAML{column}: {problem}"
            raise _Stopped(Finding("error", "yaml.syntax", (), message, hint, line)) from None
        except yaml.YAMLError as fault:
            message = f"this is not YAML: {str(fault)[:200]}"
            raise _Stopped(error("yaml.syntax", (), message, "check the text")) from None

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._stack.pop()
            if frame.anchor is not None:
                self._anchors[frame.anchor] = (frame.container, frame.size)
            self._add(frame.container, frame.size)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self._root:
            raise self._stop(
                event,
                "yaml.several-documents",
                "the file holds more than one YAML document",
                "remove the line --- and what follows, or split the file",
            )

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        if self._wants_key():
            self._begin_value(event)
            if event.anchor is not None:
                self._anchors[event.anchor] = (event.value, 1)
            return
        where = self._place(event)
        value = plain_value(event.value) if event.implicit[0] else event.value
        self._count(event, 1)
        if isinstance(value, str):
            found = UNPRINTABLE.search(value)
            if found:
                message = f"the text holds the character U+{ord(found.group()):04X}"
                hint = "a text may hold letters, digits, signs, spaces and line breaks"
                line = event.start_mark.line + 1
                self.findings.append(
                    Finding("error", "value.control-character", where, message, hint, line)
                )
                value = UNPRINTABLE.sub("", value)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, 1)

    def _open(self, event: Any) -> None:
        self._refuse_tag(event)
        if self._wants_key():
            raise self._key_stop(event)
        if len(self._stack) >= MAX_DEPTH:
            raise self._stop(
                event,
                "yaml.too-deep",
                f"values are nested more than {MAX_DEPTH} deep",
                "a campaign file is nested six deep at most",
            )
        where = self._place(event)
        self._count(event, 1)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)  # being redefined: not usable until complete
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Frame({} if is_mapping else [], where, event.anchor))

    def _alias(self, event: Any) -> None:
        if self._wants_key():
            raise self._key_stop(event)
        if any(frame.anchor == event.anchor for frame in self._stack):
            raise self._stop(
                event,
                "yaml.alias-recursive",
                f"*{event.anchor} stands inside the value it names",
                "write the value out",
            )
        if event.anchor not in self._anchors:
            raise self._stop(
                event,
                "yaml.alias-unknown",
                f"no value before this is named &{event.anchor}",
                "check the name after the *, or write the value out",
            )
        value, size = self._anchors[event.anchor]
        self._place(event)
        if self._n_values + size > MAX_VALUES:
            raise self._stop(
                event,
                "yaml.alias-bomb",
                f"the aliases (*{event.anchor} and others) stand for more than "
                f"{MAX_VALUES:,} values",
                "write the values out",
            )
        self._count(event, size)
        self._add(value, size)

    def _begin_value(self, event: Any) -> None:
        frame = self._stack[-1]
        assert isinstance(frame.container, dict)
        key: str = event.value
        line = event.start_mark.line + 1
        if len(key) > MAX_KEY or UNPRINTABLE.search(key):
            raise self._stop(
                event, "yaml.key-not-text", "a key is too long or not printable", "use a short name"
            )
        frame.key = key
        frame.is_kept = key not in frame.key_lines
        if frame.is_kept:
            frame.key_lines[key] = line
            self.lines.setdefault((*frame.where, key), line)
            return
        self.findings.append(
            Finding(
                "error",
                "yaml.duplicate-key",
                (*frame.where, key),
                f"the key {key!r} stands twice in one mapping (first in line "
                f"{frame.key_lines[key]})",
                "keep one of the two, or give one another name",
                line,
            )
        )

    def _wants_key(self) -> bool:
        if not self._stack:
            return False
        frame = self._stack[-1]
        return isinstance(frame.container, dict) and frame.key is None

    def _place(self, event: Any) -> Where:
        """Where the value that begins now belongs; notes the line of a list's item."""
        if not self._stack:
            self.lines[()] = event.start_mark.line + 1
            return ()
        frame = self._stack[-1]
        if isinstance(frame.container, dict):
            assert frame.key is not None
            return (*frame.where, frame.key)
        where = (*frame.where, len(frame.container))
        self.lines.setdefault(where, event.start_mark.line + 1)
        return where

    def _add(self, value: object, size: int) -> None:
        if not self._stack:
            self._root.append(value)
            return
        frame = self._stack[-1]
        frame.size += size
        if isinstance(frame.container, list):
            frame.container.append(value)
            return
        assert frame.key is not None
        if frame.is_kept:
            frame.container[frame.key] = value
        frame.key = None

    def _count(self, event: Any, size: int) -> None:
        self._n_values += size
        if self._n_values > MAX_VALUES:
            raise self._stop(
                event,
                "yaml.too-many-values",
                f"the file holds more than {MAX_VALUES:,} values",
                "a campaign file holds a few hundred; keep data elsewhere",
            )

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            raise self._stop(
                event,
                "yaml.tag",
                f"tags such as {event.tag[:60]} have no place here",
                "remove the tag; a text is written in quotes",
            )

    def _key_stop(self, event: Any) -> _Stopped:
        return self._stop(
            event, "yaml.key-not-text", "a key is not a text", "use a name, without [ ] { } or *"
        )

    def _stop(self, event: Any, code: str, message: str, hint: str) -> _Stopped:
        if self._stack:
            frame = self._stack[-1]
            where = frame.where if frame.key is None else (*frame.where, frame.key)
        else:
            where = ()
        return _Stopped(Finding("error", code, where, message, hint, event.start_mark.line + 1))
