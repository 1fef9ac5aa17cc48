"""Loads a scenario and tells every problem of a wrong one at once.

Structure is judged by pydantic, which tells all of its errors; what contradicts itself is looked
for in the sound part of each entry, so that one misspelt key hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twin.declared import CONTRADICTION, Declared
from twin.scenario.explain import KINDS, explain, place
from twin.scenario.model import Scenario, ScenarioFile
from twin.scenario.problem import Problem, ScenarioInvalid, Where, path_text
from twin.scenario.yaml_text import Text, read


def load(path: str | Path) -> Scenario:
    """Return the scenario of a file.

    Raises:
        ScenarioInvalid: the file can't be read or is wrong; it holds every problem.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8"
        raise ScenarioInvalid([Problem("", f"{path}: {reason}", "name a scenario file")]) from fault
    return loads(text)


def loads(text: str) -> Scenario:
    """Return the scenario of a YAML text; raises as `load`."""
    return _scenario(read(text))


def scenario_from_dict(value: Mapping[str, Any]) -> Scenario:
    """Return the scenario of plain values, `{"scenario": {...}}`; raises as `load`."""
    return _scenario(Text(value=value))


def problems_of(text: str) -> list[Problem]:
    """Return all that is wrong with a YAML text; an empty list says it is good."""
    return _judged(read(text))[1]


def _scenario(text: Text) -> Scenario:
    scenario, problems = _judged(text)
    if scenario is None or problems:
        raise ScenarioInvalid(problems)
    return scenario


def _judged(text: Text) -> tuple[Scenario | None, list[Problem]]:
    problems = list(text.problems)
    if text.is_lost:
        return None, problems
    if not isinstance(text.value, Mapping):
        right = "write scenario: and its keys below"
        return None, [*problems, Problem("", "the file holds no mapping", right, text.line_of(()))]
    scenario = None
    faulty: set[Where] = set()
    try:
        scenario = ScenarioFile.model_validate(text.value).scenario
    except ValidationError as fault:
        for detail in fault.errors(include_url=False):
            if detail["type"] != CONTRADICTION:
                where = place(detail, text.value)
                faulty.add(where)
                problems.append(Problem(path_text(where), *explain(detail), text.line_of(where)))
    problems += _contradictions(text, faulty)
    return scenario, sorted(dict.fromkeys(problems), key=lambda one: one.line or 0)


def _contradictions(text: Text, faulty: set[Where]) -> Iterator[Problem]:
    raw = text.value.get("scenario")
    if not isinstance(raw, Mapping):
        return
    entries: dict[str, list[Any]] = {}
    for section, kinds in KINDS.items():
        listed = raw.get(section)
        entries[section] = listed if isinstance(listed, list) else []
        for index, entry in enumerate(entries[section]):
            kind = entry.get("kind") if isinstance(entry, Mapping) else None
            model = kinds.get(kind) if isinstance(kind, str) else None
            if model is None or not issubclass(model, Declared):
                continue
            where: Where = ("scenario", section, index)
            for found in model.contradictions(_sound(model, entry, where, faulty)):
                at = (*where, found.key)
                yield Problem(path_text(at), found.what, found.right, text.line_of(at))
    known = [entry if isinstance(entry, Mapping) else {} for entry in entries["wear"]]
    for found in Scenario.contradictions({"wear": known}):
        index = int(found.key.removeprefix("wear[").removesuffix("]"))
        at = ("scenario", "wear", index)
        yield Problem(path_text(at), found.what, found.right, text.line_of(at))


def _sound(
    model: type[Declared], entry: Mapping[str, Any], where: Where, faulty: set[Where]
) -> dict[str, Any]:
    """Return an entry's values and defaults by name, without those that are wrong."""
    n = len(where)
    wrong = {at[n] for at in faulty if at[:n] == where and len(at) > n}
    values = {}
    for name, field in model.model_fields.items():
        if name not in wrong:
            values[name] = entry.get(name, field.get_default(call_default_factory=True))
    return values
