"""Options that several commands share."""

from __future__ import annotations

import json
from typing import Any

import click

DEFAULT_DB = "sdl-data/sdl.db"

db_option = click.option(
    "--db", default=DEFAULT_DB, show_default=True, metavar="PATH", help="Database file or URL."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def print_json(value: Any) -> None:
    """Print a value as JSON on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
