"""`sdl run FILE`: run a campaign file to its end on the in-process twin."""

from __future__ import annotations

from pathlib import Path

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@db_option
@json_option
@click.option("--no-report", is_flag=True, help="Don't write the HTML report at the end.")
def command(file: Path, db: str, as_json: bool, no_report: bool) -> int:
    """Run a campaign FILE to its end and print what it found."""
    from sdl.campaign import load
    from sdl.cli.driving import drive
    from sdl.running import run

    campaign = load(file)
    return drive(
        lambda watchers: run(campaign, db=db, watchers=watchers),
        db=db,
        as_json=as_json,
        with_report=not no_report,
        emit=print_json,
    )
