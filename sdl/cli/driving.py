"""What `sdl run` and `sdl resume` share: progress while it runs, the result when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sdl.cli.progress import Progress
from sdl.cli.summary import print_summary
from sdl.cli.words import resume_command
from sdl.engine.campaign import CampaignFailed
from sdl.engine.journal import Watcher
from sdl.result import CampaignResult


def drive(
    start: Callable[[tuple[Watcher, ...]], CampaignResult],
    *,
    db: str,
    as_json: bool,
    with_report: bool,
    emit: Callable[[Any], None],
) -> int:
    """Run with live progress on standard error, then print the result; return the exit code."""
    began = time.monotonic()
    try:
        with Progress() as progress:
            result = start((progress,))
    except CampaignFailed as failed:
        click.echo(f"campaign failed: {failed}", err=True)
        return 1
    except KeyboardInterrupt:
        command = resume_command(None, db)
        click.echo(f"\ninterrupted; everything recorded is kept. Go on with: {command}", err=True)
        return 130
    facts = result.summary() | {
        "campaign": result.campaign_id,
        "database": str(Path(result.db).resolve()),
        "wall_s": round(time.monotonic() - began, 1),
        "report": None,
    }
    if with_report:
        facts["report"] = str(_write_report(result))
    if as_json:
        emit(facts)
    else:
        print_summary(facts)
    return 0


def _write_report(result: CampaignResult) -> Path:
    from sdl.report import write_report

    path = Path(result.db).resolve().parent / "reports" / f"{result.campaign_id}.html"
    write_report(result, path)
    return path
