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
    from sdl.result import latest_result, open_result

    result = open_result(campaign, db=db) if campaign else latest_result(db=db)
    state = result.state()
    if as_json:
        print_json({"campaign": result.campaign_id, "database": db, **state.summary()})
    else:
        print_status(result.campaign_id, state)
    return 0
