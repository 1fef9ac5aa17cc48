"""`sdl init [FILE]`: a commented campaign file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from sdl.errors import UserError

SCHEMA = "campaign.schema.json"


@click.command("init")
@click.argument("file", type=click.Path(path_type=Path), default=Path("campaign.yaml"))
@click.option("--force", is_flag=True, help="Overwrite FILE if it is there.")
def command(file: Path, force: bool) -> int:
    """Write a commented campaign file to FILE (campaign.yaml), and its JSON Schema beside it."""
    from sdl.campaign import schema_text, template

    if file.exists() and not force:
        raise UserError(f"{file} is already there", "choose another name, or add --force")
    if not file.parent.is_dir():
        raise UserError(f"there is no directory {file.parent}", "make it first")
    file.write_text(template(file.stem, SCHEMA), encoding="utf-8")
    file.with_name(SCHEMA).write_text(schema_text(), encoding="utf-8")
    click.echo(f"{file} written; its first line lets an editor complete it from {SCHEMA}")
    click.echo(f"check it with: sdl validate {file}")
    return 0
