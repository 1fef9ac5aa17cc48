"""`sdl validate FILE`: every fault of a campaign file at once."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from sdl.cli.options import json_option, print_json


@click.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> int:
    """Check FILE; exit code 2 when it has an error, 0 when it has none or only warnings."""
    from sdl.campaign import render, validate

    diagnostics = validate(file)
    n_errors = sum(d.severity == "error" for d in diagnostics)
    if as_json:
        print_json(
            {
                "file": str(file),
                "is_valid": n_errors == 0,
                "n_errors": n_errors,
                "n_warnings": len(diagnostics) - n_errors,
                "diagnostics": [asdict(d) for d in diagnostics],
            }
        )
    else:
        for diagnostic in diagnostics:
            click.echo(render(diagnostic))
        n_warnings = len(diagnostics) - n_errors
        click.echo(f"{file}: {_count(n_errors, 'error')}, {_count(n_warnings, 'warning')}")
    return 2 if n_errors else 0


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
