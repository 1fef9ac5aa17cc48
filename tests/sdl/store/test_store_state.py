from __future__ import annotations

import gc
import json
import time
from typing import Any

import pytest
from store_course import CAMPAIGN, DAY_US, START_US, Script, write_course

from sdl.store import (
    CampaignState,
    Entry,
    Ledger,
    LedgerInconsistent,
    NoSuchCampaign,
    Store,
    load_state,
    read_entries,
    refresh_state,
)
from sdl.store.canonical import GENESIS, canonical
from sdl.store.records import Goal


class Teller:
    """Makes chained entries without a database, and a state that takes them."""

    def __init__(self, **file: Any) -> None:
        self.state = CampaignState("c")
        self.tell(
            "campaign.defined", "c", name="n", digest="0" * 64, seed=1, file=file, versions={}
        )

    def tell(self, kind: str, subject: str = "", /, **payload: Any) -> None:
        seq, prev = self.state.head
        self.state.apply(
            Entry("c", seq + 1, seq, kind, "me", subject, payload, prev, f"{seq:064d}")
        )

    def ask(self, proposal: str, number: int = 1, origin: str = "model") -> None:
        self.tell(
            "proposal.asked",
            proposal,
            round=number,
            inputs={"x": 1.0},
            strategy="sobol",
            seed=1,
            origin=origin,
        )

    def run(self, proposal: str, experiment: str, outputs: dict[str, float] | None) -> None:
        self.tell("experiment.queued", experiment, proposal=proposal, attempt=1)
        self.tell("experiment.started", experiment, vessel="R1")
        if outputs is None:
            self.tell("experiment.failed", experiment, reason="r", cause="c", outputs={})
        else:
            self.tell(
                "experiment.completed", experiment, achieved={}, commanded={}, outputs=outputs
            )


def test_the_state_of_a_whole_course(course: Store) -> None:
    state = load_state(course, CAMPAIGN)
    assert (state.campaign, state.name, state.seed, state.status) == ("cho", "cho", 7, "finished")
    assert state.is_over
    assert state.now_us == START_US + 21 * DAY_US
    assert {n: (r.n, r.n_ended, r.is_over) for n, r in state.rounds.items()} == {
        1: (3, 3, True),
        2: (2, 2, True),
    }
    assert {p.id: p.status for p in state.proposals.values()} == {
        "P0001": "completed",
        "P0002": "completed",
        "P0003": "completed",
        "P0004": "completed",
        "P0005": "abandoned",
    }
    assert state.proposals["P0004"].experiments == ["E0004", "E0005"]
    assert state.proposals["P0004"].approved_by == "policy"
    assert {e.id: e.status for e in state.experiments.values()} == {
        "E0001": "completed",
        "E0002": "completed",
        "E0003": "completed",
        "E0004": "failed",
        "E0005": "completed",
        "E0006": "failed",
        "E0007": "failed",
    }
    failed = state.experiments["E0004"]
    assert (failed.vessel, failed.attempt, failed.phase) == ("R01", 1, "growth")
    assert (failed.reason, failed.cause) == ("contaminated", "contamination")
    assert failed.commanded["growth_temperature"] == 36.2
    assert (failed.ended_us or 0) - (failed.started_us or 0) == 3 * DAY_US
    assert state.commands == {}
    assert state.n_commands == 7
    assert len(state.results) == 8
    assert [alarm.subject for alarm in state.alarms] == ["E0004", "E0006", "E0007"]
    assert state.open == {}
    assert state.running == {}
    assert state.final == {"n": 5}


def test_the_best_is_the_best_feasible_one(course: Store) -> None:
    state = load_state(course, CAMPAIGN)
    assert state.best is state.experiments["E0005"]
    assert state.best_history == [("E0001", 2.0), ("E0002", 2.5), ("E0005", 3.0)]
    assert state.experiments["E0003"].is_feasible is False
    summary = state.summary()
    assert json.loads(canonical(summary)) == summary
    assert summary["best"]["value"] == 3.0
    assert summary["best"]["predicted"]["titer"]["mean"] == 2.9
    assert summary["best"]["inputs"]["warmth"] == {"value": 36.2, "unit": "degC"}
    assert summary["best"]["achieved"]["warmth"] == {"value": 36.2, "unit": "degC"}
    assert summary["first_round"]["experiment"] == "E0002"
    assert summary["first_round"]["gain_percent"] == pytest.approx(20)
    assert summary["center"]["gain"] == pytest.approx(1.0)
    assert summary["lab_days"] == summary["vessel_days"] == 21.0
    assert summary["n_experiments"] == {"completed": 4, "failed": 3}


def test_what_the_optimizer_is_asked_and_told(store: Store) -> None:
    state = CampaignState(CAMPAIGN)
    ledger = Ledger.create(store, CAMPAIGN)
    for step in Script(ledger).steps():
        refresh(state, store, ledger)
        if step == "asked 2":
            assert [p.id for p in state.pending()] == ["P0004", "P0005"]
            assert state.pending()[0].inputs == {"ph": 7.1, "warmth": 36.2, "medium": "rich"}
            assert [o.id for o in state.observations()] == ["E0001", "E0002", "E0003"]
        if step == "measured E0004":
            assert state.running == {"E0004": "R01"}
            assert list(state.commands) == ["C000004"]
            assert state.commands["C000004"].is_acknowledged
            assert state.proposals["P0004"].status == "running"
            assert state.vessel_us_so_far() == 9 * DAY_US
        if step == "told E0004":
            assert state.vessel_us_so_far() == 12 * DAY_US
        if step == "started E0005":
            assert [p.id for p in state.pending()] == ["P0005", "P0004"]
    told = state.observations()
    assert [(o.id, o.status) for o in told][3:] == [
        ("E0004", "failed"),
        ("E0005", "completed"),
        ("E0006", "failed"),
        ("E0007", "abandoned"),
    ]
    assert told[0].inputs == {"ph": 7.004, "warmth": 36.8, "medium": "basal"}
    assert told[0].outputs == {"titer": 2.0, "viability": 85.0}
    assert state.pending() == []


def refresh(state: CampaignState, store: Store, ledger: Ledger) -> None:
    ledger.flush()
    refresh_state(state, store)
    assert state.head == ledger.head


def test_a_state_goes_on_from_where_it_was(course: Store) -> None:
    whole = load_state(course, CAMPAIGN)
    entries = list(read_entries(course, CAMPAIGN))
    for cut in (1, 20, 81):
        state = CampaignState.fold(CAMPAIGN, entries[:cut])
        assert refresh_state(state, course) == 82 - cut
        assert vars(state) == vars(whole)
        assert refresh_state(state, course) == 0
    with pytest.raises(NoSuchCampaign):
        load_state(course, "other")


def test_entries_that_dont_follow_are_refused(course: Store) -> None:
    entries = list(read_entries(course, CAMPAIGN))
    state = CampaignState(CAMPAIGN)
    with pytest.raises(LedgerInconsistent, match="doesn't follow row 0"):
        state.apply(entries[1])
    state.apply(entries[0])
    with pytest.raises(LedgerInconsistent):
        state.apply(entries[0])


@pytest.mark.parametrize(
    ("kind", "subject", "payload", "words"),
    [
        ("experiment.queued", "E1", {"proposal": "P9", "attempt": 1}, "P9"),
        ("experiment.started", "E9", {"vessel": "R1"}, "E9"),
        ("experiment.started", "E1", {}, "vessel"),
        ("experiment.queued", "E1", {"proposal": "P1", "attempt": 1}, "before"),
        ("proposal.asked", "P1", {"round": 1}, "before"),
        ("proposal.approved", "P2", {"by": "x"}, "P2"),
        ("command.completed", "C1", {"result": {}}, "C1"),
        ("experiment.told", "E1", {"status": "maybe", "inputs": {}, "outputs": {}}, "maybe"),
        ("proposal.asked", "P2", {"round": 7}, "7"),
    ],
)
def test_contradictions_are_named(
    kind: str, subject: str, payload: dict[str, Any], words: str
) -> None:
    teller = Teller()
    teller.tell("round.started", "1", round=1, n=1)
    teller.ask("P1")
    teller.tell("experiment.queued", "E1", proposal="P1", attempt=1)
    with pytest.raises(LedgerInconsistent, match=words) as caught:
        teller.tell(kind, subject, **payload)
    assert (caught.value.seq, caught.value.kind) == (5, kind)


def test_kinds_of_a_later_version_move_the_clock_and_are_counted() -> None:
    teller = Teller()
    teller.tell("signature.given", "x", anything=1)
    assert teller.state.n_unknown == {"signature.given": 1}
    assert teller.state.head[0] == 2


def test_a_campaign_that_minimizes() -> None:
    outputs = {
        "lactate": {"unit": "mmol/L", "assay": "lactate", "goal": "minimize", "max": 50.0},
        "ph": {"unit": "pH", "assay": "ph", "min": 6.5, "max": 7.5},
    }
    teller = Teller(outputs=outputs, plan={"rounds": 3})
    teller.tell("round.started", "1", round=1, n=5)
    values: list[tuple[str, dict[str, float] | None]] = [
        ("center", {"lactate": 40.0, "ph": 7.0}),
        ("space_filling", {"lactate": 30.0, "ph": 7.0}),
        ("space_filling", {"lactate": 10.0, "ph": 7.6}),
        ("space_filling", {"lactate": 20.0}),
        ("space_filling", None),
    ]
    for number, (origin, measured) in enumerate(values):
        teller.ask(f"P{number}", origin=origin)
        teller.run(f"P{number}", f"E{number}", measured)
    state = teller.state
    assert [e.is_feasible for e in state.experiments.values()] == [True, True, False, False, None]
    assert state.best is not None
    assert state.best.id == "E1"
    summary = state.summary()
    assert summary["goal"]["goal"] == "minimize"
    assert (summary["center"]["gain"], summary["center"]["gain_percent"]) == (10.0, 25.0)
    assert summary["first_round"]["gain"] == 0.0


def test_without_anything_feasible_there_is_no_best() -> None:
    teller = Teller(outputs={"y": {"unit": "1", "assay": "y", "goal": "maximize", "min": 5.0}})
    teller.tell("round.started", "1", round=1, n=1)
    teller.ask("P1", origin="center")
    teller.run("P1", "E1", {"y": 0.0})
    summary = teller.state.summary()
    assert summary["best"] is None
    assert summary["center"] == {
        "experiment": "E1",
        "value": 0.0,
        "is_feasible": False,
        "gain": None,
        "gain_percent": None,
    }
    empty = CampaignState("c").summary()
    assert empty["best"] is empty["goal"] is empty["center"] is None


def test_goals() -> None:
    assert Goal.of({}) is None
    assert Goal.of({"outputs": {"y": {"unit": "1", "min": 1.0}}}) is None


def test_an_entry_costs_the_same_however_long_the_ledger_is() -> None:
    def seconds(n: int) -> float:
        """CPU time of 300 experiments after `n`; the best of three, without the collector."""
        teller = Teller(outputs={"y": {"unit": "1", "assay": "y", "goal": "maximize"}})
        teller.tell("round.started", "1", round=1, n=10**6)
        number, spans = 0, []
        while len(spans) < 3:
            start = time.process_time()
            for _ in range(300):
                number += 1
                teller.ask(f"P{number}")
                teller.run(f"P{number}", f"E{number}", {"y": float(number % 7)})
            if number > n:
                spans.append(time.process_time() - start)
        return min(spans)

    gc.disable()
    try:
        assert seconds(6000) < 3 * seconds(0) + 0.01
    finally:
        gc.enable()


def test_genesis() -> None:
    assert CampaignState("c").head == (0, GENESIS)


def test_without_details_the_figures_and_what_the_optimizer_sees_stay_the_same(
    store: Store,
) -> None:
    write_course(store)
    whole = CampaignState(CAMPAIGN)
    slim = CampaignState(CAMPAIGN, keeps_details=False)
    for entry in read_entries(store, CAMPAIGN):
        whole.apply(entry)
        slim.apply(entry)
        assert slim.summary() == whole.summary()
        assert slim.observations() == whole.observations()
        assert slim.pending() == whole.pending()
    assert slim.results == []
    slimmed = [one for one in slim.experiments.values() if one.told_status and not one.achieved]
    assert slimmed
