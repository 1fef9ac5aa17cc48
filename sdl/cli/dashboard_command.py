"""`sdl dashboard`: campaigns in the browser, on this computer only."""

from __future__ import annotations

import click

from sdl.cli.options import db_option


@click.command("dashboard")
@db_option
@click.option("--port", type=click.IntRange(1, 65535), default=8050, show_default=True)
def command(db: str, port: int) -> int:
    """Serve the dashboard on loopback, until Ctrl-C."""
    from importlib import import_module

    serve = import_module("dashboard.app").serve  # the one way up the house: a person asked for it
    serve(db, port)
    return 0
