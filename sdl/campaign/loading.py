"""Loading and judging a campaign: text, structure, then meaning, and all faults at once.

`load` and its kin return a `Campaign`, which is valid by construction; `validate` returns what is
wrong. Neither lets another exception out, whatever the file holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdl.campaign.checks import check_all
from sdl.campaign.diagnostics import CampaignInvalid, Diagnostic, diagnose, has_errors
from sdl.campaign.model import CampaignFile
from sdl.campaign.plain import NotPlain, plain
from sdl.campaign.structure import judge
from sdl.campaign.yaml_source import Source, read_file, read_text
from sdl.store.canonical import canonical


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that can be run: a file without errors, where it came from, and its identity."""

    file: CampaignFile
    source: Path | None
    digest: str
    """SHA-256, in hex, of the canonical JSON of `file`; layout and comments do not count."""
    warnings: tuple[Diagnostic, ...] = ()


def load(path: str | Path) -> Campaign:
    """Return the campaign of a file.

    Raises:
        CampaignInvalid: the file can't be read or has errors; it holds every one of them.
    """
    path = Path(path)
    return _campaign(read_file(path), path)


def loads(text: str | bytes) -> Campaign:
    """Return the campaign of a text (bytes are taken as UTF-8).

    Raises:
        CampaignInvalid: the text has errors; it holds every one of them.
    """
    return _campaign(read_text(text), None)


def campaign_from_dict(value: Mapping[str, Any]) -> Campaign:
    """Return the campaign of plain values, such as the normalised file in a ledger.

    Raises:
        CampaignInvalid: the values have errors, or are not plain.
    """
    return _campaign(_plain_source(value), None)


def campaign_from_file(file: CampaignFile) -> Campaign:
    """Return the campaign of a file model that was made in Python.

    Raises:
        CampaignInvalid: the model has errors that only the checks find.
    """
    return campaign_from_dict(normalised(file))


def validate(source: str | Path) -> list[Diagnostic]:
    """Return all that is wrong or doubtful; an empty list says the file is good.

    A `Path`, or a str without a line break, names a file; any other str is the text itself.
    """
    is_text = isinstance(source, str) and "\n" in source
    return _judged(read_text(str(source)) if is_text else read_file(Path(source)))[1]


def normalised(file: CampaignFile) -> dict[str, Any]:
    """Return the file as plain JSON values with all defaults; `campaign_from_dict` reads them."""
    plain_values: dict[str, Any] = file.model_dump(mode="json")
    return plain_values


def digest(file: CampaignFile) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of the file model."""
    return hashlib.sha256(canonical(normalised(file)).encode()).hexdigest()


def _plain_source(value: Mapping[str, Any]) -> Source:
    try:
        return Source(plain(value), {}, (), is_readable=True)
    except NotPlain as fault:
        return Source(None, {}, (fault.finding,), is_readable=False)


def _judged(source: Source) -> tuple[CampaignFile | None, list[Diagnostic]]:
    findings = list(source.findings)
    file = None
    if source.is_readable:
        assert isinstance(source.value, dict)
        file, draft, structural = judge(source.value)
        findings += structural
        findings += check_all(draft)
    return file, diagnose(findings, source.line_of)


def _campaign(source: Source, path: Path | None) -> Campaign:
    file, diagnostics = _judged(source)
    if file is None or has_errors(diagnostics):
        raise CampaignInvalid(diagnostics)
    return Campaign(file, path, digest(file), tuple(diagnostics))
