"""A problem of a scenario file: where, what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

Where = tuple[str | int, ...]
"""A place in the file: keys and list indices from the top."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `line` counts from 1, None if the text has no lines."""

    path: str
    what: str
    right: str
    line: int | None = None

    def __str__(self) -> str:
        line = f" (line {self.line})" if self.line is not None else ""
        return f"{self.path or 'file'}{line}: {self.what} → {self.right}"


class ScenarioInvalid(ValueError):
    """A scenario file that can't be used; `problems` holds all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def path_text(where: Where) -> str:
    """Return a place as text, such as `scenario.faults[2].size`."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def suggestion(word: object, words: Iterable[str]) -> str:
    """Return "did you mean …?" for the nearest of the words, or the list of them."""
    known = sorted(words)
    folded = {one.casefold(): one for one in known}
    near = get_close_matches(str(word)[:60].casefold(), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[near[0]]}?" if near else f"one of: {', '.join(known)}"


def shown(value: object) -> str:
    """Return a value as a short text for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
