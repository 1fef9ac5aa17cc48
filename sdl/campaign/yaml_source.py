"""Safe reading of a YAML text into plain values, with the line of every value.

PyYAML supplies the events and `yaml_build` makes values of them. A text that can't be read gives
findings, never an exception, in well under a second and little memory whatever it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sdl.campaign.diagnostics import Finding, Where, error
from sdl.campaign.values import UNPRINTABLE
from sdl.campaign.yaml_build import Builder

MAX_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A text that was read: its value (None if there is none), lines and what was wrong."""

    value: object
    lines: Mapping[Where, int]
    findings: tuple[Finding, ...]
    is_readable: bool

    def line_of(self, where: Where) -> int | None:
        """Return the line of a place, or of the nearest place around it, counted from 1."""
        for n in range(len(where), -1, -1):
            line = self.lines.get(where[:n])
            if line is not None:
                return line
        return None


def read_file(path: Path) -> Source:
    """Read a file; one that is missing, no file, too large or not UTF-8 gives findings."""
    try:
        if not path.exists():
            return _refused(
                error("file.not-found", (), f"there is no file {path}", "check the path")
            )
        if not path.is_file():
            return _refused(
                error("file.not-a-file", (), f"{path} is not a file", "name a campaign file")
            )
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as fault:  # ValueError: a path with a NUL in it
        reason = fault.strerror if isinstance(fault, OSError) else str(fault)
        return _refused(
            error("file.unreadable", (), f"{path} can't be read: {reason}", "check its permissions")
        )
    return read_text(data)


def read_text(text: str | bytes) -> Source:
    """Read the text of a campaign file (bytes are taken as UTF-8)."""
    if len(text) > MAX_BYTES:
        return _refused(
            error(
                "file.too-large",
                (),
                f"the file is larger than {MAX_BYTES // 1024} KiB",
                "a campaign file takes a few kilobytes; keep data elsewhere",
            )
        )
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as fault:
        return _refused(_not_utf8(fault))
    text = decoded.removeprefix("\ufeff")
    unprintable = UNPRINTABLE.search(text.replace("\r", "\n"))
    if unprintable:
        line = text.count("\n", 0, unprintable.start()) + 1
        code_point = f"U+{ord(unprintable.group()):04X}"
        return _refused(
            Finding(
                "error",
                "yaml.control-character",
                (),
                f"the file holds the character {code_point}, which can't be printed",
                "remove it; is this a text file?",
                line,
            )
        )
    builder = Builder()
    value = builder.build(text)
    findings = list(builder.findings)
    if isinstance(value, dict):
        return Source(value, builder.lines, tuple(findings), is_readable=True)
    if value is not None:
        findings.append(
            error(
                "yaml.not-a-mapping",
                (),
                "the file is not a mapping of keys to values",
                "its first keys are format: 1 and name:",
            )
        )
    elif not findings:
        findings.append(
            error(
                "yaml.empty", (), "the file holds no campaign", "start from one that sdl init wrote"
            )
        )
    return Source(None, builder.lines, tuple(findings), is_readable=False)


def _refused(finding: Finding) -> Source:
    return Source(None, {}, (finding,), is_readable=False)


def _not_utf8(fault: UnicodeDecodeError) -> Finding:
    data = fault.object
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return Finding(
        "error",
        "file.not-utf8",
        (),
        f"the file is not UTF-8 text: byte 0x{data[fault.start]:02x} at offset {fault.start}",
        "save it as UTF-8" + (" (it looks like UTF-16)" if is_utf16 else ""),
        data.count(b"\n", 0, fault.start) + 1,
    )
