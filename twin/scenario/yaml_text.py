"""Reads a YAML text into plain values with the line of each, or into what is wrong with it.

Scalars mean what the core schema of YAML 1.2 says (PyYAML's own rules take `no` for false and
`1e-3` for a text). Aliases and tags are refused and depth and size limited, so that no text can
be costly to read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from twin.scenario.problem import Problem, Where, path_text, shown

MAX_CHARACTERS: Final = 256 * 1024
MAX_DEPTH: Final = 12
MAX_DIGITS: Final = 18

_CONSTANTS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", "+.inf", ".Inf", "+.Inf"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Text:
    """What was read: the value, the line of each place, and problems; no value with `is_lost`."""

    value: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_lost: bool = False

    def line_of(self, where: Where) -> int | None:
        """Return the line of a place, or of the nearest place around it."""
        for n in range(len(where), -1, -1):
            if where[:n] in self.lines:
                return self.lines[where[:n]]
        return None


def read(text: str) -> Text:
    """Read a YAML text; problems are in the answer, never raised."""
    found = Text()
    if len(text) > MAX_CHARACTERS:
        what = f"the file has more than {MAX_CHARACTERS:,} characters"
        return _lost(what, "a scenario takes a few kilobytes", None)
    try:
        refused = _refused(text)
        if refused is not None:
            return refused
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        what = f"this is not YAML: {fault.problem or fault.context}"
        return _lost(
            what, "check indentation, quotes and brackets", mark.line + 1 if mark else None
        )
    except yaml.YAMLError as fault:
        return _lost(f"this is not YAML: {shown(str(fault))}", "is this a text file?", None)
    if node is not None:
        found.value = _value(node, (), found)
    return found


def _lost(what: str, right: str, line: int | None) -> Text:
    return Text(problems=[Problem("", what, right, line)], is_lost=True)


def _refused(text: str) -> Text | None:
    """Return the answer for a text that isn't read at all, None for one that is."""
    depth = n_documents = 0
    event: Any
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return _lost(f"the alias *{event.anchor} is not read", "write the value out", line)
        if isinstance(event, yaml.DocumentStartEvent):
            n_documents += 1
            if n_documents > 1:
                return _lost("the file holds several documents", "split the file at ---", line)
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent):
            if event.tag is not None:
                return _lost(f"the tag {shown(event.tag)} is not read", "remove it", line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            if depth > MAX_DEPTH:
                what = f"values are nested more than {MAX_DEPTH} deep"
                return _lost(what, "a scenario is nested five deep at most", line)
    return None


def _value(node: Any, where: Where, found: Text) -> Any:
    found.lines.setdefault(where, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*where, n), found) for n, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, found)
    is_quoted = bool(node.style)  # None or empty for a plain scalar, by the parser in use
    return node.value if is_quoted else _plain(node.value)


def _mapping(node: yaml.MappingNode, where: Where, found: Text) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            what, right = "a key is not a text", "write a name before the colon"
            found.problems.append(Problem(path_text(where), what, right, line))
            continue
        place = (*where, key_node.value)
        if key_node.value in values:
            what = f"the key {shown(key_node.value)} stands twice"
            found.problems.append(Problem(path_text(place), what, "keep one of the two", line))
            continue
        found.lines[place] = line
        values[key_node.value] = _value(value_node, place, found)
    return values


def _plain(text: str) -> str | int | float | bool | None:
    """Return the value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and len(text) <= MAX_DIGITS:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
