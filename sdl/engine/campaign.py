"""The campaign loop: ask, approve, run, tell, until the budget is spent.

A round asks the optimizer for a batch, runs all of it, retries or abandons what failed, and only
then asks again. The state the optimizer sees is the fold over the ledger, so a replayed ledger
leads to the same next question.
"""

from __future__ import annotations

import asyncio

from drivers.instruments import Lab
from drivers.transport import Value
from sdl.campaign import Campaign
from sdl.engine.asking import ask
from sdl.engine.experiment import Experiment, ExperimentFailed, Outcome
from sdl.engine.groups import first_error
from sdl.engine.journal import Journal
from sdl.engine.resources import ResourcePool
from sdl.engine.workcell import Workcell


class CampaignFailed(RuntimeError):
    """The campaign can't go on; it is recorded as failed in the ledger."""


class CampaignEngine:
    """Runs one campaign on one lab."""

    def __init__(self, campaign: Campaign, lab: Lab, journal: Journal) -> None:
        self._file = campaign.file
        self._lab = lab
        self._journal = journal
        self._pool = ResourcePool(lab.instruments.values())
        self._workcell = Workcell(lab, self._pool, journal)

    async def run(self) -> None:
        """Run all rounds.

        Raises:
            CampaignFailed: a round ended without a single completed experiment.
        """
        with first_error():
            await self._rounds()
        if self._journal.state.reason is not None:
            raise CampaignFailed(self._journal.state.reason)
        figures = self._journal.state.summary() | {"status": "finished"}
        self._journal.record("campaign.finished", **figures)
        self._journal.flush()

    async def _rounds(self) -> None:
        async with asyncio.TaskGroup() as background:
            for number in range(1, self._file.plan.rounds + 1):
                if not await self._round(number, background):
                    break

    async def _round(self, number: int, background: asyncio.TaskGroup) -> bool:
        """Run a round; False when it failed as a whole, which is recorded."""
        proposals = await ask(self._file, self._journal, number)
        self._journal.flush()
        async with asyncio.TaskGroup() as group:
            runs = [
                group.create_task(self._proposal(proposal_id, inputs, background))
                for proposal_id, inputs in proposals
            ]
        is_useful = any(run.result() for run in runs)
        if not is_useful:
            reason = f"none of the {len(runs)} proposals of round {number} gave a result"
            self._journal.record("campaign.failed", reason=reason)
            self._journal.flush()
        return is_useful

    async def _proposal(
        self, proposal_id: str, inputs: dict[str, Value], background: asyncio.TaskGroup
    ) -> bool:
        """Run a proposal, again after a failure where the policy says so; True when completed."""
        policy = self._file.on_failure
        attempts = policy.max_attempts if policy.action == "retry" else 1
        for attempt in range(1, attempts + 1):
            experiment_id = self._journal.next_id("E")
            self._journal.record(
                "experiment.queued", experiment_id, proposal=proposal_id, attempt=attempt
            )
            outcome = await self._attempt(experiment_id, inputs, background)
            if outcome is not None:
                self._tell(
                    experiment_id, "completed", {**inputs, **outcome.inputs}, outcome.outputs
                )
                return True
            is_last = attempt == attempts
            if is_last:
                reason = f"{attempts} attempt{'s' if attempts > 1 else ''} failed"
                self._journal.record("proposal.abandoned", proposal_id, reason=reason)
            self._tell(experiment_id, "abandoned" if is_last else "failed", inputs, {})
        return False

    async def _attempt(
        self, experiment_id: str, inputs: dict[str, Value], background: asyncio.TaskGroup
    ) -> Outcome | None:
        experiment = Experiment(
            self._file, experiment_id, inputs, self._journal, self._pool, self._workcell, background
        )
        try:
            return await experiment.run()
        except ExperimentFailed as failed:
            self._journal.record(
                "experiment.failed",
                experiment_id,
                reason=failed.reason,
                cause=failed.cause,
                outputs={},
                telemetry_digest=self._journal.telemetry.seal(
                    self._journal.state.campaign, experiment_id
                ),
            )
            return None

    def _tell(
        self, experiment_id: str, status: str, inputs: dict[str, Value], outputs: dict[str, float]
    ) -> None:
        self._journal.record(
            "experiment.told", experiment_id, status=status, inputs=inputs, outputs=outputs
        )
        self._journal.checkpoint()
