"""`sdl status [CAMPAIGN]`: how a campaign stands, also while another process runs it."""

from __future__ import annotations

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("status")
@click.argument("campaign", required=False)
@db_option
@json_option
def command(campaign: str | None, db: str, as_json: bool) -> int:
    """Show how CAMPAIGN stands, or the one worked on last."""
    from sdl.cli.summary import print_status
    from sdl.result import open_result

    result = open_result(campaign, db=db)
    facts = {"campaign": result.campaign_id, "database": db, **result.summary()}
    if as_json:
        print_json(facts)
    else:
        print_status(facts, result.state())
    return 0
