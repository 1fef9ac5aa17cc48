"""`sdl doctor`: what is installed, what is missing, whether this machine can run a campaign."""

from __future__ import annotations

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("doctor")
@db_option
@json_option
def command(db: str, as_json: bool) -> int:
    """Check packages, compiler cache, solver, database; exit code 1 when something is missing."""
    from sdl.doctor import examine

    checks = examine(db)
    if as_json:
        print_json(
            {"is_healthy": all(c.is_ok for c in checks), "checks": [c.as_dict() for c in checks]}
        )
    else:
        for check in checks:
            mark = "ok     " if check.is_ok else "MISSING" if check.is_missing else "PROBLEM"
            click.echo(f"{mark}  {check.name:<22} {check.found}")
            if check.remedy:
                click.echo(f"         → {check.remedy}")
    return 0 if all(c.is_ok for c in checks) else 1
