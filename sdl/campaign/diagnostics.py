"""Diagnostics: what is wrong in a campaign file, where, and what would be right.

A `Diagnostic` answers with severity, code, path in the file, line, message and hint, after the
validation answers of Pioreactor. Checks yield a `Finding`, which knows the place as a tuple; the
line is looked up once, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]
Where = tuple[str | int, ...]
"""A place in the file: keys and list indices from the top."""

_PLAIN_KEY = re.compile(r"^[A-Za-z_][\w-]*$", re.ASCII)
_KEY_WIDTH = 60
_N_LISTED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of the file, before its line is known."""

    severity: Severity
    code: str
    where: Where
    message: str
    hint: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something wrong (or doubtful) in a campaign file; `line` counts from 1."""

    severity: Severity
    code: str
    path: str
    line: int | None
    message: str
    hint: str

    def __str__(self) -> str:
        return render(self)

    def to_dict(self) -> dict[str, str | int | None]:
        """Return the diagnostic as a JSON object."""
        return asdict(self)


class CampaignInvalid(ValueError):
    """A campaign file with at least one error; `diagnostics` holds all of them and the warnings."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(render_all(self.diagnostics))


def error(code: str, where: Where, message: str, hint: str) -> Finding:
    """Return a finding that makes the file invalid."""
    return Finding("error", code, where, message, hint)


def warning(code: str, where: Where, message: str, hint: str) -> Finding:
    """Return a finding that a person should know and may ignore."""
    return Finding("warning", code, where, message, hint)


def path_text(where: Where) -> str:
    """Return a place as text, such as `constraints[0].terms.ph`."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.match(step) and len(step) <= _KEY_WIDTH:
            text += f".{step}" if text else step
        else:
            text += f"[{step[:_KEY_WIDTH] + ('…' if len(step) > _KEY_WIDTH else '')!r}]"
    return text


def diagnose(
    findings: Iterable[Finding], line_of: Callable[[Where], int | None]
) -> list[Diagnostic]:
    """Return the findings as diagnostics, each once, in the order of the file's lines."""
    diagnostics = [
        Diagnostic(
            f.severity,
            f.code,
            path_text(f.where),
            f.line if f.line is not None else line_of(f.where),
            f.message,
            f.hint,
        )
        for f in findings
    ]
    return sorted(dict.fromkeys(diagnostics), key=lambda d: d.line or 0)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them makes the file invalid."""
    return any(d.severity == "error" for d in diagnostics)


def render(diagnostic: Diagnostic) -> str:
    """Return a diagnostic as one line: `error[code] path (line 12): what is wrong → what to do`."""
    d = diagnostic
    line = f" (line {d.line})" if d.line is not None else ""
    hint = f" → {d.hint}" if d.hint else ""
    return f"{d.severity}[{d.code}] {d.path or 'file'}{line}: {d.message}{hint}"


def render_all(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the diagnostics, one line each, and a last line that counts them."""
    if not diagnostics:
        return "no faults found"
    n_errors = sum(d.severity == "error" for d in diagnostics)
    n_warnings = len(diagnostics) - n_errors
    lines = [str(d) for d in diagnostics]
    lines.append(f"{_count(n_errors, 'error')}, {_count(n_warnings, 'warning')}")
    return "\n".join(lines)


def to_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, str | int | None]]:
    """Return the diagnostics as a JSON array."""
    return [d.to_dict() for d in diagnostics]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def suggestion(word: object, words: Iterable[str]) -> str:
    """Return "did you mean …?" for the nearest of the words, or the list of them."""
    known = sorted(words)
    by_folded = {w.casefold(): w for w in known}
    near = get_close_matches(str(word)[:_KEY_WIDTH].casefold(), by_folded, n=1, cutoff=0.6)
    if near:
        return f"did you mean {by_folded[near[0]]}?"
    if not known:
        return "there are none to choose from"
    listed = ", ".join(known[:_N_LISTED]) + (" …" if len(known) > _N_LISTED else "")
    return f"one of: {listed}"
