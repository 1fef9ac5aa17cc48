"""`sdl report CAMPAIGN`: one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("report")
@click.argument("campaign")
@db_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="File to write; default beside the db."
)
@json_option
def command(campaign: str, db: str, out: Path | None, as_json: bool) -> int:
    """Write CAMPAIGN's report: best so far, parity, parallel coordinates, culture trends."""
    from sdl.report import write_report
    from sdl.result import open_result

    result = open_result(campaign, db=db)
    path = out or Path(db).resolve().parent / "reports" / f"{result.campaign_id}.html"
    write_report(result, path)
    if as_json:
        print_json(
            {"campaign": result.campaign_id, "report": str(path), "bytes": path.stat().st_size}
        )
    else:
        click.echo(f"report: {path}")
    return 0
