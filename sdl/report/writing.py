"""Writing the report: as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sdl.errors import UserError

if TYPE_CHECKING:
    from sdl.result import CampaignResult


class ReportUnwritable(UserError):
    """The report's file or directory can't be made or written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"the report can't be written to {path} ({why})", "choose another place")
        self.path = path


def write_report(result: CampaignResult, path: Path) -> Path:
    """Write a campaign's report to `path`, making its directory; returns the path.

    The campaign may be under way, finished or failed.  A reader never sees a half-written file.

    Raises:
        ReportUnwritable: the file can't be written there.
        StoreError: the database can't be read.
    """
    from sdl.report.gathering import gather
    from sdl.report.page import render

    page = render(gather(result))
    path = Path(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_text(page, encoding="utf-8")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as fault:
        raise ReportUnwritable(path, fault.strerror or str(fault)) from None
    return path
