"""`sdl export CAMPAIGN`: experiments, results, readings and ledger as files with a manifest."""

from __future__ import annotations

from pathlib import Path

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("export")
@click.argument("campaign")
@db_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet", "json"]),
    default="csv",
    show_default=True,
    help="File format.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Directory to write.")
@click.option("--overwrite", is_flag=True, help="Write into a directory that is not empty.")
@json_option
def command(
    campaign: str, db: str, format_: str, out: Path | None, overwrite: bool, as_json: bool
) -> int:
    """Export CAMPAIGN; manifest.json names every file with its schema, units and hash."""
    from sdl.export import export
    from sdl.store import Store, find_campaign

    with Store.open(db, read_only=True) as store:
        info = find_campaign(store, campaign)
        directory = out or Path(db).resolve().parent / "exports" / f"{info.id}-{format_}"
        manifest = export(store, info.id, directory, format_, overwrite=overwrite)
    if as_json:
        print_json({"campaign": info.id, "format": format_, "manifest": str(manifest)})
    else:
        click.echo(f"manifest: {manifest}")
    return 0
