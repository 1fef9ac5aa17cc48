"""Planted faults: each gets its diagnostic, with code, path and line, and nothing is raised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sdl.campaign import CampaignInvalid, Diagnostic, loads, render_all

DEMO = (Path(__file__).parents[3] / "sim_configs" / "cho_fedbatch.yaml").read_text(encoding="utf-8")
FAULTS: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8")
)


def diagnose(text: str | bytes) -> list[Diagnostic]:
    try:
        return list(loads(text).warnings)
    except CampaignInvalid as invalid:
        return list(invalid.diagnostics)


def planted(fault: dict[str, str], text: str = DEMO) -> tuple[str, int]:
    """The text with the fault, and the line (from 1) where it begins."""
    start = text.rindex("\n", 0, text.index(fault["in"])) if "in" in fault else 0
    position = text.index(fault["old"], start)
    changed = text[:position] + fault["new"] + text[position + len(fault["old"]) :]
    return changed, text.count("\n", 0, position) + 1


def test_the_table_is_large_and_its_names_are_unique() -> None:
    names = [fault["name"] for fault in FAULTS]
    assert len(names) == len(set(names)) >= 100


def test_the_demo_has_no_fault() -> None:
    assert diagnose(DEMO) == []


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["name"] for fault in FAULTS])
def test_a_planted_fault_is_told(fault: dict[str, Any]) -> None:
    text, line = planted(fault)
    told = diagnose(text)
    found = [d for d in told if (d.code, d.path) == (fault["code"], fault["path"])]
    assert len(found) == 1, render_all(told)
    (diagnostic,) = found
    assert diagnostic.severity == fault.get("severity", "error")
    assert diagnostic.message
    assert diagnostic.hint
    assert fault.get("hint", "") in diagnostic.hint
    if "at" in fault:
        assert diagnostic.line is not None
        assert fault["at"] in text.splitlines()[diagnostic.line - 1]
    else:
        assert diagnostic.line == line


def test_all_faults_of_all_sections_are_told_at_once() -> None:
    """Structural and semantic faults together; none hides another."""
    chosen = (
        "wrong unit",
        "bounds reversed",
        "misspelt property",
        "unknown level",
        "unknown factor",
        "no goal",
        "limits reversed",
        "half a round",
        "setting out of range",
        "negative volume",
        "on_failure",
        "no plate reader",
        "fault of an unknown vessel",
        "plant key",
        "seed negative",
        "start without zone",
    )
    faults = [next(f for f in FAULTS if f["name"] == name) for name in chosen]
    text = DEMO
    for fault in faults:
        text, _ = planted(fault, text)
    told = {(d.code, d.path) for d in diagnose(text)}
    assert told >= {(fault["code"], fault["path"]) for fault in faults}
    lines = [d.line for d in diagnose(text)]
    assert all(line is not None for line in lines)
    assert lines == sorted(lines, key=lambda line: line or 0)


def test_one_fault_gives_no_followers() -> None:
    """A fault in one place does not make sound places look faulty."""
    alone = {"factor.bounds-reversed", "factor.unit-mismatch", "value.type"}
    for fault in FAULTS:
        if fault["code"] in alone and fault["path"].startswith(("factors.ph", "outputs", "plan.")):
            assert len(diagnose(planted(fault)[0])) == 1, fault["name"]


def test_an_unknown_key_does_not_hide_the_other_faults_of_its_factor() -> None:
    text = DEMO.replace("unit: pH, low: 6.8, high: 7.3", "unit: g, low: 7.3, high: 6.8, nice: true")
    assert {(d.code, d.path) for d in diagnose(text)} == {
        ("field.unknown", "factors.ph.nice"),
        ("factor.unit-mismatch", "factors.ph.unit"),
        ("factor.bounds-reversed", "factors.ph.low"),
    }


def test_a_broken_section_of_the_plant_does_not_hide_the_others() -> None:
    text = DEMO.replace("growth: 0.03", "growth: x").replace("device: R05", "device: R09")
    text = text.replace("plate_readers: {count: 1}", "plate_readers: {count: 0}")
    assert {d.code for d in diagnose(text)} == {
        "value.type",
        "fault.device-unknown",
        "plant.instrument-missing",
    }


def test_a_broken_output_with_the_goal_still_counts_as_the_goal() -> None:
    text = DEMO.replace("unit: g/L", "unit: 7")
    assert [d.code for d in diagnose(text)] == ["value.type"]


def test_two_constraints_that_exclude_each_other_are_both_named() -> None:
    extra = "  - {name: much, kind: linear, terms: {feed_rate: 1, ph: 1}, lower: 12.8}\noutputs:\n"
    told = [
        d
        for d in diagnose(DEMO.replace("outputs:\n", extra).replace("upper: 33.0", "upper: 30.0"))
        if d.code == "constraint.infeasible"
    ]
    # The first allows feed_rate up to (30 + 4 * 5) / 11 = 4.55; the second wants 12.8 - 7.3 = 5.5.
    assert {d.path for d in told} == {"constraints[0].upper", "constraints[1].lower"}
    by_path = {d.path: d for d in told}
    assert "much" in by_path["constraints[0].upper"].message
    assert "total_feed" in by_path["constraints[1].lower"].message
    assert "40.5" in by_path["constraints[0].upper"].hint
    assert "11.8455" in by_path["constraints[1].lower"].hint


def test_a_centre_that_is_not_run_may_violate_a_constraint() -> None:
    text = DEMO.replace("upper: 33.0", "upper: 20.0").replace(
        "include_center: true", "include_center: false"
    )
    assert [(d.severity, d.code) for d in diagnose(text)] == [
        ("warning", "constraint.center-violates")
    ]


def test_a_duration_from_a_default_or_a_factor_is_known() -> None:
    late = DEMO.replace("[3, 7, 10, 14]", "[3, 7, 10, 20]")
    by_default = late.replace("duration_day: 14.0, ", "")
    assert [d.code for d in diagnose(by_default)] == ["sample.after-harvest"]
    as_factor = by_default.replace(
        "constraints:\n",
        "  duration_day: {kind: integer, unit: d, low: 12, high: 21, center: 14}\nconstraints:\n",
    )
    assert {(d.severity, d.code) for d in diagnose(as_factor)} == {
        ("warning", "sample.after-harvest")
    }


def test_integer_and_discrete_factors_are_judged() -> None:
    ph = "{kind: continuous, unit: pH, low: 6.8, high: 7.3, center: 7.0}"
    discrete = "{kind: discrete, unit: pH, levels: [6.8, 7.0, 9.0, 7.0], center: 7.1}"
    assert [(d.code, d.path) for d in diagnose(DEMO.replace(ph, discrete))] == [
        ("factor.level-duplicate", "factors.ph.levels[3]"),
        ("factor.center-outside", "factors.ph.center"),
        ("factor.outside-property", "factors.ph.levels[2]"),
    ]
    integer = "{kind: integer, unit: pH, low: 6.8, high: 7, center: 7}"
    assert [(d.code, d.path) for d in diagnose(DEMO.replace(ph, integer))] == [
        ("value.type", "factors.ph.low")
    ]
    assert (
        diagnose(DEMO.replace(ph, integer.replace("6.8", "7").replace("high: 7", "high: 8"))) != []
    )


def test_a_factor_may_have_a_name_of_its_own() -> None:
    text = DEMO.replace("  ph:  ", "  acidity:  ").replace("unit: pH", "unit: pH, sets: ph")
    assert diagnose(text) == []
