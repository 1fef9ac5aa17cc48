"""Prints results, status and lists for people; the figures come from `CampaignState.summary`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sdl.cli.words import duration, number, resume_command

if TYPE_CHECKING:
    from sdl.store import CampaignState


def print_summary(facts: Mapping[str, Any]) -> None:
    """Print how a campaign ended: best conditions, gains, cost, and where everything lies."""
    _title(facts)
    _best(facts)
    _gains(facts)
    counts = ", ".join(f"{n} {status}" for status, n in facts["n_experiments"].items())
    click.echo(f"\n  experiments      {counts}; {facts['n_results']} assay results")
    click.echo(
        f"  lab time         {facts['lab_days']:.1f} days of virtual lab time, "
        f"{facts['vessel_days']:.0f} vessel-days, in {duration(facts['wall_s'])}"
    )
    if facts["report"]:
        click.echo(f"  report           {facts['report']}")
    click.echo(f"  database         {facts['database']}")


def print_status(facts: Mapping[str, Any], state: CampaignState) -> None:
    """Print how a campaign stands now."""
    _title(facts)
    if facts["status"] == "interrupted":
        click.echo(f"  go on with: {resume_command(facts['campaign'], facts['database'])}")
    click.echo(f"  round            {facts['n_rounds']} of {facts['n_rounds_planned']}")
    counts = ", ".join(f"{n} {status}" for status, n in facts["n_experiments"].items())
    click.echo(f"  experiments      {counts or 'none yet'}")
    click.echo(
        f"  lab time         {facts['lab_days']:.1f} days, {facts['vessel_days']:.0f} vessel-days"
    )
    for name, vessel in sorted(state.running.items(), key=lambda item: item[1]):
        record = state.experiments[name]
        click.echo(f"  {vessel:<16} {name} ({record.proposal}) {record.phase or 'waiting'}")
    _best(facts)
    _gains(facts)


def print_campaigns(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print one line per campaign."""
    if not rows:
        click.echo("no campaigns yet; start one with: sdl run FILE")
        return
    width = max(len(row["campaign"]) for row in rows)
    for row in rows:
        best = row["best"]
        value = f"best {number(best['value'])} {best['unit']}" if best else "no feasible result"
        n = sum(row["n_experiments"].values())
        click.echo(
            f"{row['campaign']:<{width}}  {row['status']:<9} round {row['n_rounds']}/"
            f"{row['n_rounds_planned']}  {n} experiments  {value}"
        )


def _title(facts: Mapping[str, Any]) -> None:
    reason = f": {facts['reason']}" if facts["reason"] else ""
    click.echo(f"\n{facts['campaign']} {facts['status']}{reason}")


def _best(facts: Mapping[str, Any]) -> None:
    best, goal = facts["best"], facts["goal"]
    if goal is None:
        return
    if best is None:
        n_completed = facts["n_experiments"].get("completed", 0)
        nothing = "no experiment met the constraints yet" if n_completed else "no result yet"
        click.echo(f"\n  {nothing}")
        return
    predicted = (best["predicted"] or {}).get(goal["output"])
    said = (
        f"predicted {number(predicted['mean'])} [{number(predicted['low'])} to "
        f"{number(predicted['high'])}] {best['unit']}"
        if predicted
        else f"not predicted ({best['origin'].replace('_', ' ')})"
    )
    click.echo(
        f"\n  best {goal['output']:<11} {number(best['value'])} {best['unit']} measured, {said}"
    )
    for name, value in best["outputs"].items():
        if name != goal["output"]:
            unit = best["output_units"].get(name) or ""
            click.echo(f"  {name:<16} {number(value)} {unit}".rstrip())
    click.echo(
        f"  found by         {best['experiment']} ({best['proposal']}, round {best['round']}, "
        f"vessel {best['vessel']})"
    )
    click.echo("\n  best conditions            proposed   achieved")
    for name, given in best["inputs"].items():
        achieved = best["achieved"].get(name, {}).get("value")
        click.echo(
            f"    {name:<24} {number(given['value']):<10} "
            f"{'' if achieved is None else number(achieved):<10} {given['unit'] or ''}".rstrip()
        )
    for flag in best["flags"]:
        click.echo(f"    flag: {flag}")


def _gains(facts: Mapping[str, Any]) -> None:
    for key, what in (("first_round", "space-filling best"), ("center", "centre recipe")):
        other = facts[key]
        if other is None or other["gain"] is None:
            continue
        percent = other["gain_percent"]
        infeasible = "" if other["is_feasible"] else ", which misses a constraint"
        click.echo(
            f"  gain over {what:<18} {percent:+.1f} % ({number(other['value'])} "
            f"{facts['goal']['unit']}, {other['experiment']}{infeasible})"
        )
