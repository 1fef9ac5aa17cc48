"""Scenario files: read strictly, every problem told at once, and what they give a plant."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.faults import EQUIPMENT_FAULTS, SIGNAL_FAULTS, PoweredOff
from twin.scenario import (
    ScenarioInvalid,
    load,
    loads,
    problems_of,
    scenario_from_dict,
    unmatched,
)
from twin.scenario.schema import json_schema, schema_text
from twin.wear import MECHANISMS
from twin.wear.vibration import Accelerometer

FILES = sorted((Path(__file__).parents[2] / "sim_configs" / "scenarios").glob("*.yaml"))
SMALL = "scenario: {name: small, seed: 1, wear: [%s], faults: [%s]}"
BIAS = "{kind: bias, device: R01, signal: ph, size: 1.0, at_day: 1.0}"
WRONG = """\
scenario:
  name: Bad Name
  seed: 1.5
  sed: 3
  wear:
    - {kind: membrane_foulin}
    - {kind: membrane_fouling, tmp_start_bar: 0.5, tmp_limit_bar: 0.2, area: 3}
    - {kind: column_ageing, life_cycles: -3, used_before: {cycle: 3}}
    - {kind: column_ageing, device: "*"}
    - {device: R01}
    - 7
  faults:
    - {kind: bias, device: A, signal: ph, size: "0.3", at_day: soon, weibull: {shape: 0, scale: 3}}
    - {kind: freeze, device: R01, for_h: true}
    - {kind: spike, device: A, signal: "p h", size: .nan, at_day: 1, is_two_sided: no, share: 1e-3}
    - {kind: freeze, device: R01, device: R02, signal: ph, at_day: 3, quality: fine}
"""


def test_there_are_example_files_that_turn_on_every_kind():
    found = [load(path) for path in FILES]
    assert [scenario.name for scenario in found] == [path.stem for path in FILES]
    assert {entry.kind for scenario in found for entry in scenario.wear} == set(MECHANISMS)
    kinds = {entry.kind for scenario in found for entry in scenario.faults}
    assert kinds == {*SIGNAL_FAULTS, *EQUIPMENT_FAULTS}


def test_every_problem_of_a_wrong_file_is_told_at_once_with_its_line():
    problems = problems_of(WRONG)
    assert sorted((one.path.removeprefix("scenario."), one.line) for one in problems) == [
        ("faults[0].at_day", 13),
        ("faults[0].size", 13),
        ("faults[0].weibull", 13),
        ("faults[0].weibull.scale", 13),
        ("faults[0].weibull.scale_day", 13),
        ("faults[0].weibull.shape", 13),
        ("faults[1].at_day", 14),
        ("faults[1].for_h", 14),
        ("faults[1].signal", 14),
        ("faults[2].is_two_sided", 15),
        ("faults[2].signal", 15),
        ("faults[2].size", 15),
        ("faults[3].device", 16),
        ("faults[3].quality", 16),
        ("name", 2),
        ("sed", 4),
        ("seed", 3),
        ("wear[0].kind", 6),
        ("wear[1].area", 7),
        ("wear[1].tmp_limit_bar", 7),
        ("wear[2].life_cycles", 8),
        ("wear[2].used_before.cycle", 8),
        ("wear[3]", 9),
        ("wear[4].kind", 10),
        ("wear[5]", 11),
    ]
    assert all(one.what and one.right for one in problems)
    with pytest.raises(ScenarioInvalid) as told:
        loads(WRONG)
    assert list(told.value.problems) == problems
    assert str(told.value).count("\n") == len(problems) - 1


@pytest.mark.parametrize(
    ("wear", "faults", "said"),
    [
        ("{kind: pump_tubin}", "", "'pump_tubin' is none of the kinds → did you mean pump_tubing?"),
        ("{kind: bias}", "", "'bias' is none of the kinds → one of: column_ageing,"),
        ("", "{kind: freez}", "did you mean freeze?"),
        (
            "",
            BIAS.replace("at_day", "for_hr: 3, at_day"),
            "'for_hr' is not a key here → did you mean for_h?",
        ),
        ("", BIAS.replace("1.0, at", "a lot, at"), "'a lot' is not a number"),
        ("", BIAS.replace("size: 1.0, ", ""), "the key size is missing → add size (What is added"),
        ("", BIAS.replace("R01", "1R"), "'1R' is no name here"),
        ("", BIAS.replace("at_day: 1.0", "at_day: yes"), "'yes' is not a number"),
        ("{kind: lamp_ageing, life_cv: 9.0}", "", "9.0 is out of range → at most 2"),
        ("{kind: probe_drift, at_day: .inf}", "", "inf is not a finite number"),
        ("{kind: membrane_fouling, law: cakes}", "", "'cakes' is none of the choices → one of"),
    ],
)
def test_a_problem_says_what_would_be_right(wear, faults, said):
    problems = problems_of(SMALL % (wear, faults))
    assert len(problems) == 1
    assert said in str(problems[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file holds no mapping"),
        ("a: [", "this is not YAML"),
        ("\x00", "this is not YAML"),
        ("scenario: 3", "3 is not a mapping"),
        ("{}", "the key scenario is missing"),
        ("a: &x 1\nb: *x", "the alias *x is not read"),
        ("a: !!python/object:os.system x", "is not read → remove it"),
        ("a: 1\n---\nb: 2", "several documents"),
        ("[" * 5000, "nested more than 12 deep"),
        ("{a: 1, [b]: 2}", "a key is not a text"),
        ("x" * 300_000, "more than 262,144 characters"),
    ],
)
def test_a_text_that_is_no_scenario_is_told_so(text, said):
    assert said in "\n".join(map(str, problems_of(text)))


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=80) | st.lists(st.sampled_from(WRONG.split(" ")), max_size=40).map(" ".join)
)
def test_no_text_makes_it_stumble(text):
    assert problems_of(text)  # none of these is a scenario


def test_a_file_that_cannot_be_read_is_told_so(tmp_path):
    with pytest.raises(ScenarioInvalid, match="No such file"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("scenario: {name: é}".encode("latin-1"))
    with pytest.raises(ScenarioInvalid, match="not UTF-8"):
        load(tmp_path / "latin.yaml")


def test_plain_scalars_are_those_of_yaml_1_2():
    scenario = loads(SMALL % ("", BIAS.replace("size: 1.0", "size: -1e-3").replace("R01", '"no"')))
    assert scenario.faults[0].size == -0.001
    assert scenario.faults[0].device == "no"
    assert loads(SMALL % ("", BIAS.replace("size: 1.0", "size: 2"))).faults[0].size == 2.0


def test_a_scenario_survives_the_way_to_json_and_back():
    for path in FILES:
        scenario = load(path)
        plain = json.loads(json.dumps({"scenario": scenario.model_dump(mode="json")}))
        assert scenario_from_dict(plain) == scenario


def test_the_schema_takes_the_examples_and_describes_every_key():
    import yaml

    schema = json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    for path in FILES:
        validator.validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert not validator.is_valid(yaml.safe_load(WRONG))
    for name, node in schema["$defs"].items():
        for key, part in node.get("properties", {}).items():
            assert key == "kind" or part.get("description"), f"{name}.{key}"


def test_the_published_schema_is_the_present_one():
    published = Path(__file__).parents[2] / "docs" / "reference" / "scenario.schema.json"
    assert published.read_text(encoding="utf-8") == schema_text()


def test_an_exact_device_goes_before_every_device():
    scenario = load(next(path for path in FILES if path.stem == "ageing_plant"))
    kinds = {"sparger_clogging", "pump_tubing", "impeller_bearing"}

    def worn(device):
        return {part.mechanism.kind: part for part in scenario.wear_on(device, kinds)}

    assert set(worn("R01")) == kinds
    assert set(worn("R02")) == kinds - {"impeller_bearing"}
    assert worn("R03")["sparger_clogging"].age == 900.0
    assert worn("R02")["sparger_clogging"].age == 0.0
    assert worn("R03")["sparger_clogging"].life == worn("R03")["sparger_clogging"].life


def test_a_selector_that_means_nothing_in_the_plant_is_told():
    scenario = loads(
        SMALL
        % (
            "{kind: pump_tubing, device: R1}, {kind: lamp_ageing}",
            f"{BIAS}, {BIAS.replace('ph', 'pH')}, {BIAS.replace('R01', 'R03')}, "
            "{kind: freeze, device: '*', signal: do, at_day: 1.0}",
        )
    )
    plant = {"R01": ["ph"], "R02": ["ph", "temperature"]}
    assert [str(one) for one in unmatched(scenario, plant)] == [
        "scenario.wear[0].device: the plant has no device 'R1' → did you mean R01?",
        "scenario.faults[1].signal: R01 has no signal 'pH' → did you mean ph?",
        "scenario.faults[2].device: the plant has no device 'R03' → did you mean R02?",
        "scenario.faults[3].signal: no device has a signal 'do' → one of: ph, temperature",
    ]


def test_a_scenario_gives_the_same_faults_each_time():
    path = next(path for path in FILES if path.stem == "random_faults")
    plant = {f"R{n:02d}": ["ph", "dissolved_oxygen", "capacitance"] for n in range(8)}
    year_us = 365 * 86_400_000_000
    labels = load(path).fault_plan(0).labels(plant, year_us)
    assert labels == load(path).fault_plan(0).labels(plant, year_us)
    other = load(path).model_copy(update={"seed": 99}).fault_plan(0).labels(plant, year_us)
    assert labels != other
    assert len({label.kind for label in labels}) >= 6


def test_a_worn_bearing_of_a_scenario_shakes_more_than_a_new_one():
    scenario = load(next(path for path in FILES if path.stem == "ageing_plant"))
    (part,) = scenario.wear_on("R01", {"impeller_bearing"})
    part.advance(
        part.mechanism.used_before.model_copy(update={"hours": 0.97 * part.life - part.age})
    )
    effect = part.effects()[0]
    sensor = Accelerometer()
    worn, new = (
        sensor.record(index, 200.0, np.random.default_rng(1)) for index in (effect.value, 0.0)
    )
    assert worn.std() > 1.5 * new.std()


def test_a_power_dip_of_the_gallery_stands_where_the_file_puts_it():
    gallery = load(next(path for path in FILES if path.stem == "fault_gallery"))
    timeline = gallery.fault_plan(0).on_device("R03", 14 * 86_400_000_000)
    minutes = np.arange(0, 14 * 1440) * 60_000_000
    off = np.flatnonzero(timeline.during(PoweredOff, minutes))
    assert (off[0], len(off)) == (9 * 1440, 15)
