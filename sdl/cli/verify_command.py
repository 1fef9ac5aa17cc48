"""`sdl verify [CAMPAIGN]`: recompute the hash chain and name every row that was changed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sdl.cli.options import db_option, json_option, print_json

if TYPE_CHECKING:
    from sdl.export import ManifestFault
    from sdl.store import Verification


@click.command("verify")
@click.argument("campaign", required=False)
@db_option
@json_option
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="An earlier export: check its files too, and that the ledger still holds what it held.",
)
def command(campaign: str | None, db: str, as_json: bool, manifest: Path | None) -> int:
    """Check CAMPAIGN's ledger and sealed readings, or every campaign's; exit code 1 on a fault."""
    from sdl.export import read_anchor, verify_manifest
    from sdl.store import Store, find_campaign, list_campaigns, verify

    anchor, export_faults = None, []
    if manifest is not None:
        exported, anchor = read_anchor(manifest)
        if campaign not in (None, exported):
            raise click.UsageError(f"{manifest} is an export of {exported!r}, not of {campaign!r}")
        campaign = exported
        export_faults = verify_manifest(manifest)
    with Store.open(db, read_only=True) as store:
        infos = [find_campaign(store, campaign)] if campaign else list_campaigns(store)
        checked = {info.id: verify(store, info.id, anchor=anchor) for info in infos}
    if as_json:
        print_json(_facts(checked, export_faults, with_export=manifest is not None))
    else:
        _print(checked)
        if manifest is not None:
            _print_export(manifest, export_faults)
    return 1 if export_faults or any(v.faults for v in checked.values()) else 0


def _facts(
    checked: dict[str, Verification], export_faults: list[ManifestFault], *, with_export: bool
) -> dict[str, Any]:
    facts: dict[str, Any] = {name: asdict(v) for name, v in checked.items()}
    if with_export:
        facts["manifest.json"] = {"faults": [asdict(fault) for fault in export_faults]}
    return facts


def _print(checked: dict[str, Verification]) -> None:
    for name, verification in checked.items():
        seq, head = verification.head
        click.echo(
            f"{name}: {_verdict(len(verification.faults))}, {verification.n_rows} rows, "
            f"head {seq} {head}"
        )
        for fault in verification.faults:
            click.echo(f"  row {fault.seq}: {fault.what}")


def _print_export(manifest: Path, faults: list[ManifestFault]) -> None:
    click.echo(f"{manifest}: {_verdict(len(faults))}")
    for fault in faults:
        click.echo(f"  {fault.path}: {fault.what}")


def _verdict(n_faults: int) -> str:
    return "intact" if n_faults == 0 else f"CHANGED, {n_faults} fault{'' if n_faults == 1 else 's'}"
