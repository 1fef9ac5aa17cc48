"""Asking: turns the folded state into the optimizer's question and its answer into proposals.

The question is a pure function of the ledger; the seed of each ask derives from the campaign's
seed and the round. In a replay an answer that is already in the ledger is taken from there.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drivers.transport import Value
from sdl.campaign import CampaignFile
from sdl.engine.journal import Journal
from sdl.engine.space import domain_of

if TYPE_CHECKING:
    from optimizers import Batch

Proposals = list[tuple[str, dict[str, Value]]]


def ask_seed(seed: int, number: int) -> int:
    """Return the seed of a round's ask."""
    digest = hashlib.sha256(f"{seed}/ask/{number}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


async def ask(file: CampaignFile, journal: Journal, number: int) -> Proposals:
    """Ask for a round's batch, record and approve it, and return (proposal id, inputs)."""
    n = file.plan.batch_size
    journal.record("round.started", str(number), round=number, n=n)
    answers = journal.upcoming("proposal.asked", n)
    if len(answers) < n:  # live, or the replay ends within this answer: the same is computed again
        answers = await _answer(file, journal, number, n)
    proposals: Proposals = []
    for answer in answers:
        proposal_id = journal.next_id("P")
        journal.record("proposal.asked", proposal_id, **answer)
        proposals.append((proposal_id, dict(answer["inputs"])))
    for proposal_id, _ in proposals:
        journal.record("proposal.approved", proposal_id, by="policy", policy="none")
    return proposals


async def _answer(
    file: CampaignFile, journal: Journal, number: int, n: int
) -> list[dict[str, Any]]:
    """Compute a round's answer as the payloads of its ledger rows."""
    from optimizers.propose import propose

    seed = ask_seed(file.seed, number)
    domain = domain_of(file)
    observations = journal.state.observations()
    pending = journal.state.pending()
    answers: list[dict[str, Any]] = []
    n_left = n
    if number == 1 and file.plan.include_center:
        answers.append(_center(file, number, seed))
        n_left -= 1
    strategy = file.plan.first_round if number == 1 else file.plan.strategy
    if n_left:
        batch = await asyncio.to_thread(
            propose,
            domain,
            observations,
            pending,
            n_left,
            seed,
            strategy=strategy,
            level=file.plan.interval_level,
        )
        answers += _payloads(batch, number)
    return answers


def _center(file: CampaignFile, number: int, seed: int) -> dict[str, Any]:
    inputs = {name: factor.center for name, factor in file.factors.items()}
    return {
        "round": number,
        "inputs": inputs,
        "strategy": "centre recipe of the file",
        "seed": seed,
        "predicted": None,
        "p_feasible": None,
        "acquisition": None,
        "fit": None,
        "fallback": None,
        "origin": "center",
    }


def _payloads(batch: Batch, number: int) -> list[dict[str, Any]]:
    fit = None if batch.fit is None else {name: asdict(f) for name, f in batch.fit.items()}
    return [
        {
            "round": number,
            "inputs": dict(candidate.inputs),
            "strategy": batch.strategy,
            "seed": batch.seed,
            "predicted": None
            if candidate.predicted is None
            else {name: asdict(p) for name, p in candidate.predicted.items()},
            "p_feasible": candidate.p_feasible,
            "acquisition": candidate.acquisition,
            "fit": fit,
            "fallback": batch.fallback,
            "origin": candidate.origin,
        }
        for candidate in batch.candidates
    ]
