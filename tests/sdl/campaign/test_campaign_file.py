"""Good campaigns: what loading returns, what identifies them, and the way to YAML and back."""

from __future__ import annotations

import json
import math
import string
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from drivers import PlantSpec
from sdl.campaign import (
    CampaignFile,
    CampaignInvalid,
    Diagnostic,
    campaign_from_dict,
    campaign_from_file,
    json_schema,
    load,
    loads,
    normalised,
    render,
    render_all,
    schema_text,
    slug,
    template,
    to_json,
    to_yaml,
    validate,
)
from sdl.campaign.yaml_source import read_text

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "sim_configs" / "cho_fedbatch.yaml"
QUICK = ROOT / "sim_configs" / "quick.yaml"


def test_the_demo_is_loaded_with_its_types() -> None:
    campaign = load(DEMO)
    file = campaign.file
    assert campaign.source == DEMO
    assert campaign.warnings == ()
    assert (file.plan.rounds, file.plan.batch_size, len(file.factors)) == (6, 8, 9)
    assert file.start == datetime(2027, 1, 4, 8, tzinfo=UTC)
    ph = file.factors["ph"]
    assert ph.kind == "continuous"
    assert (ph.low, ph.high, ph.center, ph.unit) == (6.8, 7.3, 7.0, "pH")
    medium = file.factors["medium"]
    assert medium.kind == "categorical"
    assert (medium.levels, medium.unit, medium.achieved_tolerance) == (
        ("basal", "rich", "lean"),
        "",
        None,
    )
    assert file.recipe.settings == {"duration_day": 14.0, "do_setpoint": 40.0, "clone": "K1"}
    assert file.recipe.samples[1].at_day == (7.0, 10.0, 14.0)
    assert isinstance(file.plant, PlantSpec)


def test_the_quick_campaign_is_small_and_good() -> None:
    campaign = load(str(QUICK))
    assert campaign.warnings == ()
    assert campaign.file.plant.vessels.count == campaign.file.plan.batch_size == 3
    assert campaign.file.plan.rounds == 2
    assert campaign.file.on_failure.max_attempts == 2


def test_a_campaign_cannot_be_changed() -> None:
    campaign = load(QUICK)
    with pytest.raises(AttributeError):
        campaign.digest = "x"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        campaign.file.plan.rounds = 7  # type: ignore[misc]


def test_the_digest_knows_meaning_and_not_layout() -> None:
    text = QUICK.read_text(encoding="utf-8")
    digest = loads(text).digest
    assert len(digest) == 64
    same = [
        "# another comment\n" + text,
        text.replace("low: 31.0", "low: 31"),
        text.replace("seed: 7", "seed: +7"),
        text.replace("2027-01-04T08:00:00Z", "2027-01-04T09:00:00+01:00"),
        text.replace("goal: maximize", "at: harvest, goal: maximize"),
        text.replace("    ph: 7.0\n", "").replace("  settings:\n", "  settings:\n    ph: 7.0\n"),
    ]
    for other in same:
        assert other != text
        assert loads(other).digest == digest
    for other in (text.replace("seed: 7", "seed: 8"), text.replace("low: 31.0", "low: 31.5")):
        assert loads(other).digest != digest


def test_minus_zero_is_zero() -> None:
    value = normalised(load(QUICK).file)
    digests = set()
    for zero in (0, 0.0, -0.0):
        value["recipe"]["turnaround_h"] = zero
        digests.add(campaign_from_dict(value).digest)
    assert len(digests) == 1


def test_equal_digests_mean_equal_order_of_factors() -> None:
    """A campaign restored from canonical JSON, whose keys are sorted, must run the same way."""
    campaign = load(DEMO)
    stored = json.loads(json.dumps(normalised(campaign.file), sort_keys=True))
    restored = campaign_from_dict(stored)
    assert restored.digest == campaign.digest
    assert restored.file == campaign.file
    assert list(restored.file.factors) == list(campaign.file.factors)
    assert list(restored.file.outputs) == list(campaign.file.outputs)
    assert list(restored.file.recipe.settings) == list(campaign.file.recipe.settings)
    assert list(restored.file.constraints[0].terms) == list(campaign.file.constraints[0].terms)


def test_a_model_made_in_python_is_judged_like_a_file() -> None:
    file = load(QUICK).file
    assert campaign_from_file(file).digest == load(QUICK).digest
    bad = file.model_copy(update={"plan": file.plan.model_copy(update={"rounds": 0})})
    with pytest.raises(CampaignInvalid) as caught:
        campaign_from_file(bad)
    assert [(d.code, d.path, d.line) for d in caught.value.diagnostics] == [
        ("value.out-of-range", "plan.rounds", None)
    ]


@pytest.mark.parametrize(
    "value", [{1: 2}, {"a": object()}, {"a": {1, 2}}, {"a": b"x"}, {"a": "\ud800"}, {"a": 10**400}]
)
def test_what_is_not_plain_is_refused(value: dict[Any, Any]) -> None:
    with pytest.raises(CampaignInvalid, match=r"value\.not-plain"):
        campaign_from_dict(value)


def test_what_is_nested_in_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = loop
    with pytest.raises(CampaignInvalid, match=r"value\.not-plain"):
        campaign_from_dict(loop)


def test_validate_takes_a_path_or_a_text() -> None:
    assert validate(DEMO) == validate(str(DEMO)) == []
    assert validate(DEMO.read_text(encoding="utf-8")) == []
    assert [d.code for d in validate("format: 1\n")] == ["field.missing"] * 8


def test_diagnostics_are_rendered_for_people_and_programs() -> None:
    fault = Diagnostic("error", "factor.bounds-reversed", "factors.ph.low", 12, "too high", "swap")
    doubt = Diagnostic("warning", "x.y", "", None, "hm", "")
    assert render(fault) == str(fault)
    assert (
        render(fault) == "error[factor.bounds-reversed] factors.ph.low (line 12): too high → swap"
    )
    assert render(doubt) == "warning[x.y] file: hm"
    assert render_all([fault, doubt]).splitlines()[-1] == "1 error, 1 warning"
    assert render_all([]) == "no faults found"
    assert json.loads(json.dumps(to_json([fault])))[0]["line"] == 12
    assert "1 error" in str(CampaignInvalid([fault]))


# --- template and schema ---


@pytest.mark.parametrize("name", ["run_1", "2027 Run A", "Ü", "", "x" * 200, "a/b\n c"])
def test_the_template_is_good_under_any_name(name: str) -> None:
    text = template(name)
    assert validate(text) == []
    assert loads(text).file.name == slug(name)


def test_the_template_refers_to_its_schema() -> None:
    assert template().startswith("# yaml-language-server: $schema=campaign.schema.json\n")
    assert template(schema="../s.json").startswith("# yaml-language-server: $schema=../s.json\n")
    for path in (DEMO, QUICK):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (path.parent / first.split("=")[1]).is_file()


def test_the_published_schema_is_the_generated_one() -> None:
    path = ROOT / "docs" / "reference" / "campaign.schema.json"
    # To renew it: python -m sdl.campaign.schema > docs/reference/campaign.schema.json
    assert path.read_text(encoding="utf-8") == schema_text()


def test_the_schema_accepts_what_is_good_and_refuses_what_is_not() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    checker = jsonschema.Draft202012Validator(json_schema())
    for text in (DEMO.read_text("utf-8"), QUICK.read_text("utf-8"), template()):
        value: Any = read_text(text).value
        assert list(checker.iter_errors(value)) == []
        assert list(checker.iter_errors(normalised(loads(text).file))) == []
    for section, key, bad in (
        ("plan", "rounds", 0),
        ("plan", "interval_level", 1),
        ("plan", "strategy", "magic"),
        ("plan", "nonsense", 1),
        ("recipe", "turnaround_h", -1),
        ("factors", "ph", {"kind": "continuous"}),
        ("factors", "Bad name", {"kind": "categorical", "levels": ["a"], "center": "a"}),
        ("outputs", "titer", {"unit": "g/L", "assay": "titer", "goal": "more"}),
    ):
        value = read_text(DEMO.read_text("utf-8")).value
        value[section][key] = bad
        assert list(checker.iter_errors(value)), (section, key)


def test_every_key_is_described() -> None:
    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for name, part in node.get("properties", {}).items():
                assert part.get("description"), f"{path}.{name} has no description"
            for key, part in node.items():
                walk(part, f"{path}.{key}")

    walk(json_schema(), "")


# --- the way to YAML and back ---

TRICKY = [*"~%@{'\"=#\n", "yes", "NO", "1e5", "1_000", "0x1F", "0o17", "12:30", "null", "a: b",
          "2027-01-04", "- a", " a", "a ", "#a", "\u00e9\u20ac\U0001f9ea", "a\n b\n", "a\n\n",
          "\ta", ".inf", "+1", "<<", "a\n---\nb", "...", "\u00a0x", "a\n\tb", " \n a"]  # fmt: skip
names = st.text(string.ascii_lowercase + string.digits + "_", max_size=12).map(lambda s: f"n{s}")
texts = st.sampled_from(TRICKY) | st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"],
        exclude_characters="\ufeff",
    ),
    max_size=30,
)
words = texts.filter(lambda s: 0 < len(s) <= 40)
numbers = st.floats(-1e15, 1e15)
positive = st.floats(1e-9, 1e6)
maybe = st.none() | numbers
numeric = {"unit": words, "sets": st.none() | names, "achieved_tolerance": st.none() | positive}
wholes = st.integers(-(10**9), 10**9)
factors = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("continuous"),
            "low": numbers,
            "high": numbers,
            "center": numbers,
            **numeric,
        }
    ),
    st.fixed_dictionaries(
        {"kind": st.just("integer"), "low": wholes, "high": wholes, "center": wholes, **numeric}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("discrete"),
            "levels": st.lists(numbers, min_size=1, max_size=4),
            "center": numbers,
            **numeric,
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("categorical"),
            "levels": st.lists(words, min_size=1, max_size=4),
            "center": words,
            "sets": st.none() | names,
        }
    ),
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
files = st.fixed_dictionaries(
    {
        "format": st.just(1),
        "name": names,
        "title": st.none() | texts,
        "description": st.none() | texts,
        "seed": st.integers(0, 2**53 - 1),
        "start": st.datetimes(
            datetime(1971, 1, 1),
            datetime(2199, 1, 1),
            timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
        ),
        "factors": st.dictionaries(names, factors, min_size=1, max_size=4),
        "constraints": st.lists(
            st.fixed_dictionaries(
                {
                    "name": names,
                    "kind": st.just("linear"),
                    "terms": st.dictionaries(texts, numbers, min_size=1, max_size=3),
                    "lower": maybe,
                    "upper": maybe,
                    "note": st.none() | texts,
                }
            ),
            max_size=2,
        ),
        "outputs": st.dictionaries(
            names,
            st.fixed_dictionaries(
                {
                    "unit": words,
                    "assay": names,
                    "goal": st.sampled_from([None, "maximize", "minimize"]),
                    "min": maybe,
                    "max": maybe,
                }
            ),
            min_size=1,
            max_size=3,
        ),
        "domain": st.none() | st.dictionaries(words, json_values, max_size=3),
        "plan": st.fixed_dictionaries(
            {
                "rounds": st.integers(1, 100),
                "batch_size": st.integers(1, 100),
                "include_center": st.booleans(),
                "interval_level": st.floats(0.01, 0.99),
            }
        ),
        "recipe": st.fixed_dictionaries(
            {
                "program": names,
                "settings": st.dictionaries(texts, numbers | texts, max_size=3),
                "samples": st.lists(
                    st.fixed_dictionaries(
                        {
                            "assay": names,
                            "at_day": st.lists(positive, min_size=1, max_size=3),
                            "volume_ml": positive,
                        }
                    ),
                    max_size=2,
                ),
            }
        ),
        "plant": st.fixed_dictionaries(
            {
                "vessels": st.fixed_dictionaries({"count": st.integers(1, 20)}),
                "faults": st.lists(
                    st.fixed_dictionaries(
                        {"kind": st.just("contamination"), "device": words, "at_day": positive}
                    ),
                    max_size=2,
                ),
            }
        ),
    }
)


@settings(max_examples=60, deadline=None)
@given(files)
def test_yaml_and_back_gives_the_same_file(value: dict[str, Any]) -> None:
    """Structure only: the values are random, so the checks would refuse most of them."""
    file = CampaignFile.model_validate(value)
    source = read_text(to_yaml(file))
    assert source.findings == ()
    assert CampaignFile.model_validate(source.value) == file


@settings(max_examples=30, deadline=None)
@given(
    temperature=st.tuples(*[st.floats(31, 36.5)] * 3).map(sorted).filter(lambda v: v[0] < v[2]),
    title=st.none() | texts,
    seed=st.integers(0, 2**53 - 1),
    rounds=st.integers(2, 50),
)
def test_loading_what_was_written_gives_the_same_campaign(
    temperature: list[float], title: str | None, seed: int, rounds: int
) -> None:
    value = normalised(load(DEMO).file)
    low, center, high = temperature
    value["factors"]["production_temperature"].update(low=low, center=center, high=high)
    value.update(title=title, seed=seed)
    value["plan"]["rounds"] = rounds
    campaign = campaign_from_dict(value)
    again = loads(to_yaml(campaign.file))
    assert again.file == campaign.file
    assert again.digest == campaign.digest


@settings(max_examples=60, deadline=None)
@given(st.floats(allow_nan=True, allow_infinity=True) | st.booleans() | texts | st.none())
def test_a_number_is_a_finite_number_and_nothing_else(value: object) -> None:
    raw = normalised(load(DEMO).file)
    raw["recipe"]["turnaround_h"] = value
    is_good = isinstance(value, float) and math.isfinite(value) and 0 <= value <= 1e15
    if is_good:
        assert campaign_from_dict(raw).file.recipe.turnaround_h == value
        return
    with pytest.raises(CampaignInvalid) as caught:
        campaign_from_dict(raw)
    assert [d.path for d in caught.value.diagnostics] == ["recipe.turnaround_h"]


# --- what is loaded ---

HEAVY = (
    "torch",
    "bofire",
    "pandas",
    "pyomo",
    "sqlmodel",
    "sqlalchemy",
    "numba",
    "botorch",
    "alembic",
)


@pytest.mark.parametrize(
    "code",
    [
        "import sdl.campaign",
        "import sdl.campaign.loading, sdl.campaign.checks",
        "from sdl.campaign import validate; assert validate('sim_configs/cho_fedbatch.yaml') == []",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    code += f"\nimport sys\nloaded = sorted(set({HEAVY!r}) & set(sys.modules))\n"
    code += "assert not loaded, loaded"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=ROOT)
