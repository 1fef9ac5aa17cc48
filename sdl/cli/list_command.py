"""`sdl list`: the campaigns of a database."""

from __future__ import annotations

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("list")
@db_option
@json_option
def command(db: str, as_json: bool) -> int:
    """List the campaigns of a database with their status and best result."""
    from sdl.cli.summary import print_campaigns
    from sdl.result import CampaignResult
    from sdl.store import Store, list_campaigns

    with Store.open(db, read_only=True) as store:
        ids = [info.id for info in list_campaigns(store)]
    rows = [{"campaign": name, **CampaignResult(db, name).summary()} for name in ids]
    if as_json:
        print_json({"database": db, "campaigns": rows})
    else:
        print_campaigns(rows)
    return 0
