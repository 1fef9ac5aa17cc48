"""`sdl resume [CAMPAIGN]`: go on with what was interrupted."""

from __future__ import annotations

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("resume")
@click.argument("campaign", required=False)
@db_option
@json_option
@click.option("--no-report", is_flag=True, help="Don't write the HTML report at the end.")
def command(campaign: str | None, db: str, as_json: bool, no_report: bool) -> int:
    """Go on with CAMPAIGN, or with the one that was interrupted last."""
    from sdl.cli.driving import drive
    from sdl.running import resume

    return drive(
        lambda watchers: resume(campaign, db=db, watchers=watchers),
        db=db,
        as_json=as_json,
        with_report=not no_report,
        emit=print_json,
    )
