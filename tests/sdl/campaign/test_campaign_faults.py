"""Planted faults: each gets its diagnostic, with code, path and line, and nothing is raised."""

from __future__ import annotations

import json
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sdl.campaign import CampaignInvalid, Diagnostic, load, loads, render, render_all, to_json, validate

ROOT = Path(__file__).parents[3]
DEMO = (ROOT / "sim_configs" / "cho_fedbatch.yaml").read_text(encoding="utf-8")
PH = "ph:                     {kind: continuous, unit: pH, low: 6.8, high: 7.3, center: 7.0}"
TITER = "titer:     {unit: g/L, assay: titer, at: harvest, goal: maximize}"
VIABILITY = 'viability: {unit: "%", assay: viability, at: harvest, min: 70.0}'
TERMS = "terms: {feed_rate: 11.0, feed_start_day: -4.0}"
SETTINGS = "settings: {duration_day: 14.0, do_setpoint: 40.0, clone: K1}"
SAMPLE = "- {assay: viability, at_day: [3, 7, 10, 14], volume_ml: 1.0}"
MEDIUM = "medium:                 {kind: categorical, levels: [basal, rich, lean], center: basal}"
VESSELS = 'vessels: {count: 8, name: "R{:02d}", volume_ml: 200.0, max_volume_ml: 350.0}'


def diagnose(text: str | bytes) -> list[Diagnostic]:
    try:
        return list(loads(text).warnings)
    except CampaignInvalid as invalid:
        return list(invalid.diagnostics)


@dataclass(frozen=True)
class Planted:
    """`old` of the demo becomes `new`; `at` is found in the line of the diagnostic."""

    name: str
    old: str
    new: str
    code: str
    path: str
    at: str | None = None
    severity: str = "error"
    hint: str = ""


def factor(name: str, old: str, new: str, code: str, path: str, **more: Any) -> Planted:
    """A fault in the factor ph."""
    assert old in PH
    return Planted(name, PH, PH.replace(old, new), code, path, at="ph:  ", **more)


FAULTS = [
    # --- factors ---
    factor(
        "bounds reversed",
        "low: 6.8, high: 7.3",
        "low: 7.3, high: 6.8",
        "factor.bounds-reversed",
        "factors.ph.low",
        hint="low: 6.8, high: 7.3",
    ),
    factor("bounds equal", "low: 6.8", "low: 7.3", "factor.bounds-equal", "factors.ph.high"),
    factor("centre outside", "center: 7.0", "center: 7.4", "factor.center-outside", "factors.ph.center"),
    factor(
        "wrong unit", "unit: pH", "unit: mol/L", "factor.unit-mismatch", "factors.ph.unit", hint="unit: pH"
    ),
    factor("empty unit", "unit: pH", 'unit: ""', "value.length", "factors.ph.unit"),
    factor("beyond range low", "low: 6.8", "low: 2.0", "factor.outside-property", "factors.ph.low"),
    factor("beyond range high", "high: 7.3", "high: 9", "factor.outside-property", "factors.ph.high"),
    factor("quoted number", "low: 6.8", 'low: "6.8"', "value.type", "factors.ph.low", hint="6.8"),
    factor("decimal comma", "low: 6.8", 'low: "6,8"', "value.type", "factors.ph.low", hint="6.8"),
    factor("truth for a number", "low: 6.8", "low: true", "value.type", "factors.ph.low"),
    factor("NaN", "low: 6.8", "low: .nan", "value.not-finite", "factors.ph.low"),
    factor("infinity", "high: 7.3", "high: .inf", "value.not-finite", "factors.ph.high"),
    factor("too many digits", "high: 7.3", f"high: {'9' * 400}", "value.not-finite", "factors.ph.high"),
    factor("absurdly large", "high: 7.3", "high: 1e300", "value.out-of-range", "factors.ph.high"),
    factor("no value", "low: 6.8", "low: ", "value.type", "factors.ph.low"),
    factor("list for a number", "low: 6.8", "low: [6.8]", "value.type", "factors.ph.low"),
    factor("missing key", ", center: 7.0", "", "field.missing", "factors.ph.center", hint="centre"),
    factor("unknown key", "low: 6.8", "lwo: 6.8", "field.unknown", "factors.ph.lwo", hint="low"),
    factor("unknown kind", "continuous", "continous", "value.choice", "factors.ph.kind", hint="continuous"),
    factor("no kind", "kind: continuous, ", "", "field.missing", "factors.ph.kind"),
    factor("negative tolerance", "unit: pH", "unit: pH, achieved_tolerance: -1", "value.out-of-range",
           "factors.ph.achieved_tolerance"),
    factor("twice the same key", "low: 6.8", "low: 6.8, low: 6.9", "yaml.duplicate-key", "factors.ph.low"),
    Planted("unknown property", "ph:  ", "pH_value:  ", "name.format", "factors.pH_value", "pH_value:"),
    Planted("misspelt property", "shift_day:  ", "shift_dya:  ", "factor.property-unknown",
            "factors.shift_dya", "shift_dya:", hint="shift_day"),
    Planted("sets an unknown property", PH, PH.replace("unit: pH", "unit: pH, sets: phh"),
            "factor.property-unknown", "factors.ph.sets", "sets: phh", hint="did you mean ph?"),
    Planted("two factors, one property", PH, PH.replace("unit: pH", "unit: pH, sets: shift_day"),
            "factor.sets-collision", "factors.ph.sets", "sets: shift_day"),
    Planted("duplicate factor", PH, f"{PH}\n  {PH}  # twice", "yaml.duplicate-key", "factors.ph", "# twice"),
    Planted("number for a categorical property", MEDIUM,
            "medium: {kind: continuous, unit: '1', low: 0, high: 1, center: 0}",
            "factor.kind-mismatch", "factors.medium.kind", "medium: {"),
    factor("names for a numeric property", PH[PH.index("{"):], "{kind: categorical, levels: [a, b], center: a}",
           "factor.kind-mismatch", "factors.ph.kind", ),
    Planted("unknown level", "[basal, rich, lean]", "[basal, rich, leen]", "factor.level-unknown",
            "factors.medium.levels[2]", "leen", hint="lean"),
    Planted("duplicate level", "[basal, rich, lean]", "[basal, rich, rich]", "factor.level-duplicate",
            "factors.medium.levels[2]", "rich, rich"),
    Planted("single level", "[basal, rich, lean]", "[basal]", "factor.level-single",
            "factors.medium.levels", "[basal]"),
    Planted("centre is no level", "center: basal", "center: bsal", "factor.center-outside",
            "factors.medium.center", "bsal", hint="basal"),
    Planted("level is a number", "[basal, rich, lean]", "[basal, 7]", "value.type",
            "factors.medium.levels[1]", "[basal, 7]", hint='"7"'),
    Planted("unit of a categorical", "kind: categorical,", "kind: categorical, unit: g,", "field.unknown",
            "factors.medium.unit", "unit: g,"),
    Planted("factors is a list", "factors:\n", "factors: []\nfaktors:\n", "value.type", "factors", "factors: []"),
    Planted("unknown section", "factors:\n", "factors: {}\nfaktors:\n", "field.unknown", "faktors", "faktors"),
    Planted("no factor", "factors:\n", "factors: {}\nfaktors:\n", "value.length", "factors", "factors: {}"),
    # --- constraints ---
    Planted("unknown factor", TERMS, TERMS.replace("feed_rate", "feed_rat"), "constraint.factor-unknown",
            "constraints[0].terms.feed_rat", "terms:", hint="feed_rate"),
    Planted("categorical factor", TERMS, TERMS.replace("feed_rate", "medium"),
            "constraint.factor-categorical", "constraints[0].terms.medium", "terms:"),
    Planted("one factor only", TERMS, "terms: {feed_rate: 11.0}", "constraint.single-factor",
            "constraints[0].terms", "terms:"),
    Planted("coefficient zero", TERMS, TERMS.replace("11.0", "11.0, ph: 0"), "constraint.coefficient-zero",
            "constraints[0].terms.ph", "terms:", severity="warning"),
    Planted("coefficient NaN", TERMS, TERMS.replace("11.0", ".NaN"), "value.not-finite",
            "constraints[0].terms.feed_rate", "terms:"),
    Planted("no terms", TERMS, "terms: {}", "value.length", "constraints[0].terms", "terms:"),
    Planted("no bounds", "    upper: 33.0\n", "", "constraint.no-bounds", "constraints[0]", "name: total_feed"),
    Planted("constraint bounds reversed", "upper: 33.0", "upper: 33.0\n    lower: 40.0",
            "constraint.bounds-reversed", "constraints[0].lower", "lower: 40"),
    Planted("infeasible", "upper: 33.0", "upper: -20.0", "constraint.infeasible", "constraints[0].upper",
            "upper:", hint="-9"),
    Planted("centre violates", "upper: 33.0", "upper: 20.0", "constraint.center-violates",
            "constraints[0].upper", "upper:"),
    Planted("constraint twice", "outputs:\n",
            "  - {name: total_feed, kind: linear, terms: {ph: 1, shift_day: 1}, upper: 99}\noutputs:\n",
            "constraint.name-duplicate", "constraints[1].name", "upper: 99"),
    Planted("constraint kind", "kind: linear", "kind: nonlinear", "value.choice", "constraints[0].kind",
            "kind: nonlinear", hint="linear"),
    # --- outputs ---
    Planted("no goal", ", goal: maximize", "", "output.no-goal", "outputs", "outputs:"),
    Planted("two goals", "min: 70.0", "goal: minimize", "output.several-goals", "outputs.viability.goal",
            "goal: minimize"),
    Planted("goal and limit", "goal: maximize", "goal: maximize, min: 1", "output.goal-and-limit",
            "outputs.titer.goal", "goal: maximize, min: 1"),
    Planted("limits reversed", "min: 70.0", "min: 70.0, max: 60.0", "output.limits-reversed",
            "outputs.viability.min", "max: 60"),
    Planted("limits equal", "min: 70.0", "min: 70.0, max: 70", "output.limits-equal",
            "outputs.viability.max", "max: 70"),
    Planted("limit not measurable", "min: 70.0", "min: -5", "output.limit-not-measurable",
            "outputs.viability.min", "min: -5", severity="warning"),
    Planted("unknown assay", "assay: titer, at: harvest", "assay: tite, at: harvest",
            "output.assay-unknown", "outputs.titer.assay", "assay: tite,", hint="titer"),
    Planted("wrong assay unit", "unit: g/L", "unit: mg/L", "output.unit-mismatch", "outputs.titer.unit",
            "mg/L", hint="g/L"),
    Planted("unknown goal", "goal: maximize", "goal: maximise", "value.choice", "outputs.titer.goal",
            "maximise", hint="maximize"),
    Planted("output named as a factor", "  titer:  ", "  ph:  ", "output.name-taken", "outputs.ph",
            "assay: titer, at: harvest"),
    # --- plan ---
    Planted("no rounds", "rounds: 6", "rounds: 0", "value.out-of-range", "plan.rounds", "rounds: 0"),
    Planted("half a round", "rounds: 6", "rounds: 6.5", "value.type", "plan.rounds", "rounds: 6.5"),
    Planted("no batch", "batch_size: 8", "batch_size: -8", "value.out-of-range", "plan.batch_size", "-8"),
    Planted("batch exceeds vessels", "batch_size: 8", "batch_size: 12", "plan.batch-exceeds-vessels",
            "plan.batch_size", "batch_size: 12", severity="warning"),
    Planted("first round small", "batch_size: 8", "batch_size: 2", "plan.first-round-small",
            "plan.batch_size", "batch_size: 2", severity="warning"),
    Planted("one round", "rounds: 6", "rounds: 1", "plan.model-unused", "plan.rounds", "rounds: 1",
            severity="warning"),
    Planted("strategy", "strategy: bayesian", "strategy: bayes", "value.choice", "plan.strategy", "bayes",
            hint="bayesian"),
    Planted("a yes that is a text", "include_center: true", "include_center: yes", "value.type",
            "plan.include_center", "include_center: yes"),
    Planted("interval level", "interval_level: 0.9", "interval_level: 90", "value.out-of-range",
            "plan.interval_level", "interval_level: 90"),
    Planted("no plan", "plan:\n", "plam:\n", "field.missing", "plan", None),
    # --- recipe ---
    Planted("unknown program", "program: fed_batch", "program: fedbatch", "recipe.program-unknown",
            "recipe.program", "program: fedbatch", hint="fed_batch"),
    Planted("unknown setting", SETTINGS, SETTINGS.replace("clone", "clon"), "setting.property-unknown",
            "recipe.settings.clon", "clon:", hint="clone"),
    Planted("setting is also a factor", SETTINGS, SETTINGS.replace("clone: K1", "ph: 7.0"),
            "setting.is-factor", "recipe.settings.ph", "ph: 7.0}"),
    Planted("setting out of range", SETTINGS, SETTINGS.replace("40.0", "400"), "setting.outside-property",
            "recipe.settings.do_setpoint", "400"),
    Planted("unknown clone", SETTINGS, SETTINGS.replace("K1", "K11"), "setting.level-unknown",
            "recipe.settings.clone", "K11", hint="K1"),
    Planted("text for a numeric setting", SETTINGS, SETTINGS.replace("40.0", "high"), "value.type",
            "recipe.settings.do_setpoint", "do_setpoint: high"),
    Planted("truth for a setting", SETTINGS, SETTINGS.replace("40.0", "true"), "value.type",
            "recipe.settings.do_setpoint", "do_setpoint: true"),
    Planted("missing property", f"  {PH}\n", "", "recipe.property-missing", "recipe.settings", "settings:"),
    Planted("sample after harvest", SAMPLE, SAMPLE.replace("14", "15"), "sample.after-harvest",
            "recipe.samples[0].at_day[3]", "15]"),
    Planted("sample before start", SAMPLE, SAMPLE.replace("[3", "[-3"), "value.out-of-range",
            "recipe.samples[0].at_day[0]", "[-3"),
    Planted("sample of no volume", SAMPLE, SAMPLE.replace("1.0", "0"), "value.out-of-range",
            "recipe.samples[0].volume_ml", "volume_ml: 0"),
    Planted("negative volume", SAMPLE, SAMPLE.replace("1.0", "-1.0"), "value.out-of-range",
            "recipe.samples[0].volume_ml", "volume_ml: -1.0"),
    Planted("samples empty the vessel", SAMPLE, SAMPLE.replace("1.0", "60.0"), "sample.volume-too-large",
            "recipe.samples", "samples:"),
    Planted("sample of an unknown assay", SAMPLE, SAMPLE.replace("viability", "vability"),
            "sample.assay-unknown", "recipe.samples[0].assay", "vability", hint="viability"),
    Planted("sample twice", SAMPLE, SAMPLE.replace("[3, 7", "[7, 7"), "sample.duplicate",
            "recipe.samples[0].at_day[1]", "[7, 7", severity="warning"),
    Planted("day is no list", SAMPLE, SAMPLE.replace("[3, 7, 10, 14]", "14"), "value.type",
            "recipe.samples[0].at_day", "at_day: 14"),
    Planted("no days", SAMPLE, SAMPLE.replace("[3, 7, 10, 14]", "[]"), "value.length",
            "recipe.samples[0].at_day", "at_day: []"),
    Planted("turnaround", "turnaround_h: 24.0", "turnaround_h: -1", "value.out-of-range",
            "recipe.turnaround_h", "turnaround_h: -1"),
    # --- failures, plant ---
    Planted("on_failure", "action: retry", "action: retyr", "value.choice", "on_failure.action", "retyr",
            hint="retry"),
    Planted("attempts", "max_attempts: 2", "max_attempts: 0", "value.out-of-range",
            "on_failure.max_attempts", "max_attempts: 0"),
    Planted("no plate reader", "plate_readers: {count: 1}", "plate_readers: {count: 0}",
            "plant.instrument-missing", "outputs.titer.assay", TITER, hint="plate_readers"),
    Planted("no cell counter", "cell_counters: {count: 1}", "cell_counters: {count: 0}",
            "plant.instrument-missing", "recipe.samples[0].assay", SAMPLE, hint="cell_counters"),
    Planted("no liquid handler", "liquid_handlers: {count: 1}", "liquid_handlers: {count: 0}",
            "plant.instrument-missing", "outputs", "outputs:", hint="liquid_handlers"),
    Planted("no vessel", "count: 8,", "count: 0,", "value.out-of-range", "plant.vessels.count", "count: 0"),
    Planted("vessel volume", "volume_ml: 200.0,", "volume_ml: -200.0,", "value.out-of-range",
            "plant.vessels.volume_ml", "-200"),
    Planted("no room to feed", "max_volume_ml: 350.0", "max_volume_ml: 150.0", "value.invalid",
            "plant.vessels", "max_volume_ml: 150"),
    Planted("vessel name", 'name: "R{:02d}"', "name: R", "value.format", "plant.vessels.name", "name: R,"),
    Planted("plant key", "probes:", "probs:", "field.unknown", "plant.probs", "probs:", hint="probes"),
    Planted("fault of an unknown vessel", "device: R05", "device: R15", "fault.device-unknown",
            "plant.faults[1].device", "R15", hint="R05"),
    Planted("unknown fault", "kind: pump_failure", "kind: pump_failur", "value.choice",
            "plant.faults[1].kind", "pump_failur,", hint="pump_failure"),
    Planted("fault before start", "at_day: 36.5", "at_day: -36.5", "value.out-of-range",
            "plant.faults[1].at_day", "-36.5"),
    Planted("fault without a time", ", at_day: 36.5", "", "value.invalid", "plant.faults[1]", "R05"),
    Planted("fault chance", "hazard_per_run: 0.02", "hazard_per_run: 2", "value.out-of-range",
            "plant.faults[2].hazard_per_run", "hazard_per_run: 2"),
    # --- head ---
    Planted("format", "format: 1 ", "format: 2 ", "value.choice", "format", "format: 2"),
    Planted("format is true", "format: 1 ", "format: true ", "value.type", "format", "format: true"),
    Planted("name", "name: cho_fedbatch", "name: CHO fed-batch", "name.format", "name", "CHO fed-batch"),
    Planted("name is a number", "name: cho_fedbatch", "name: 7", "value.type", "name", "name: 7", hint='"7"'),
    Planted("seed negative", "seed: 20261121", "seed: -1", "value.out-of-range", "seed", "seed: -1"),
    Planted("seed too large", "seed: 20261121", "seed: 9007199254740992", "value.out-of-range", "seed",
            "seed: 9"),
    Planted("seed missing", "seed: 20261121", "# no", "field.missing", "seed", None),
    Planted("start without zone", "08:00:00Z", "08:00:00", "start.no-zone", "start", "start:", hint="Z"),
    Planted("start without time", "T08:00:00Z", "", "value.format", "start", "start:"),
    Planted("no such day", "2027-01-04T", "2027-02-31T", "value.format", "start", "start:"),
    Planted("start is a number", "2027-01-04T08:00:00Z", "1798790400", "value.format", "start", "start:"),
    Planted("long ago", "2027-01-04T", "0027-01-04T", "value.out-of-range", "start", "start:"),
    Planted("character", "title: mAb", 'title: "\\a" # mAb', "value.control-character", "title", "title:"),
    # --- YAML ---
    Planted("tag", "seed: 20261121", "seed: !!python/object/apply:os.system [ls]", "yaml.tag", "seed",
            "seed: !!"),
    Planted("merge key", "on_failure: {", "on_failure: {<<: {}, ", "yaml.merge-key",
            "on_failure['<<']", "on_failure:"),
    Planted("unquoted percent", 'unit: "%", assay', "unit: %, assay", "yaml.syntax", "", VIABILITY[:8]
            + ": {unit: %,", hint="quotes"),
    Planted("tabulator", "  rounds: 6", "\trounds: 6", "yaml.syntax", "", "rounds: 6"),
    Planted("open bracket", "[3, 7, 10, 14]", "[3, 7, 10, 14", "yaml.syntax", "", None),
    Planted("unknown alias", "seed: 20261121", "seed: *other", "yaml.alias-unknown", "seed", "*other"),
    Planted("alias in itself", "seed: 20261121", "seed: &a [*a]", "yaml.alias-recursive", "seed",
            "seed: &a"),
    Planted("list as a key", "seed: 20261121", "? [1, 2]\n: 3", "yaml.key-not-text", "", "? [1"),
    Planted("two documents", "plan:\n", "---\nplan:\n", "yaml.several-documents", "", "---"),
]
FAULTS = [fault for fault in FAULTS if fault.code]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_planted_fault_is_told(fault: Planted) -> None:
    assert DEMO.count(fault.old) >= 1
    text = DEMO.replace(fault.old, fault.new, 1)
    found = [d for d in diagnose(text) if (d.code, d.path) == (fault.code, fault.path)]
    assert len(found) == 1, render_all(diagnose(text))
    (diagnostic,) = found
    assert diagnostic.severity == fault.severity
    assert diagnostic.message
    assert diagnostic.hint
    assert fault.hint in diagnostic.hint
    if fault.at is not None:
        lines = [n for n, line in enumerate(text.splitlines(), start=1) if fault.at in line]
        assert diagnostic.line in lines
