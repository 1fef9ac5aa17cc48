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
    from sdl.store import Store, list_campaigns, load_state

    with Store.open(db, read_only=True) as store:
        rows = [
            {"campaign": info.id, **load_state(store, info.id).summary()}
            for info in list_campaigns(store)
        ]
    if as_json:
        print_json({"database": db, "campaigns": rows})
    else:
        print_campaigns(rows)
    return 0
