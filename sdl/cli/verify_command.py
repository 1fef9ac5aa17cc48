"""`sdl verify [CAMPAIGN]`: recompute the hash chain and name every row that was changed."""

from __future__ import annotations

from dataclasses import asdict

import click

from sdl.cli.options import db_option, json_option, print_json


@click.command("verify")
@click.argument("campaign", required=False)
@db_option
@json_option
def command(campaign: str | None, db: str, as_json: bool) -> int:
    """Check CAMPAIGN's ledger and sealed readings, or every campaign's; exit code 1 on a fault."""
    from sdl.store import Store, find_campaign, list_campaigns, verify

    with Store.open(db, read_only=True) as store:
        infos = [find_campaign(store, campaign)] if campaign else list_campaigns(store)
        checked = {info.id: verify(store, info.id) for info in infos}
    if as_json:
        print_json({name: asdict(v) for name, v in checked.items()})
    else:
        for name, verification in checked.items():
            seq, head = verification.head
            n = len(verification.faults)
            verdict = "intact" if n == 0 else f"CHANGED, {n} fault{'' if n == 1 else 's'}"
            click.echo(f"{name}: {verdict}, {verification.n_rows} rows, head {seq} {head}")
            for fault in verification.faults:
                click.echo(f"  row {fault.seq}: {fault.what}")
    return 1 if any(v.faults for v in checked.values()) else 0
