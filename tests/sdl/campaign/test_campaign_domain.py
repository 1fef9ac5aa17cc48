"""A BoFire domain given verbatim: accepted when it says what the file says, else told why not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from optimizers.domain import domain_to_json
from optimizers.space import derive_domain
from optimizers.specs import (
    CategoricalSpec,
    ContinuousSpec,
    DiscreteSpec,
    IntegerSpec,
    LinearSpec,
    OutputSpec,
)
from sdl.campaign import CampaignInvalid, campaign_from_dict, load, loads, normalised, to_yaml

QUICK = Path(__file__).parents[3] / "sim_configs" / "quick.yaml"


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    """The quick campaign with a factor of every kind and the domain that belongs to it."""
    value = normalised(load(QUICK).file)
    numeric = {"sets": None, "achieved_tolerance": None}
    value["factors"] |= {
        "ph": {
            "kind": "discrete",
            "unit": "pH",
            "levels": [6.8, 7.0, 7.2],
            "center": 7.0,
            **numeric,
        },
        "shift_day": {"kind": "integer", "unit": "d", "low": 3, "high": 7, "center": 5, **numeric},
    }
    for name in ("ph", "shift_day"):
        del value["recipe"]["settings"][name]
    domain = derive_domain(
        [
            ContinuousSpec("production_temperature", 31.0, 36.5, "degC"),
            ContinuousSpec("feed_rate", 1.0, 5.0, "%/d"),
            ContinuousSpec("seeding_density", 0.3, 1.5, "1e6/mL"),
            CategoricalSpec("medium", ("basal", "rich")),
            DiscreteSpec("ph", (6.8, 7.0, 7.2), "pH"),
            IntegerSpec("shift_day", 3, 7, "d"),
        ],
        [LinearSpec("both", {"feed_rate": 1.0, "seeding_density": 1.0}, None, 6.0)],
        [OutputSpec("titer", "g/L", "maximize"), OutputSpec("viability", "%", None, 60.0)],
    )
    value["domain"] = json.loads(json.dumps(domain_to_json(domain)))
    return value


def feature(value: dict[str, Any], key: str) -> dict[str, Any]:
    parts = value["domain"]["inputs"]["features"] + value["domain"]["outputs"]["features"]
    found: dict[str, Any] = next(f for f in parts if f["key"] == key)
    return found


def test_a_domain_that_says_the_same_is_accepted(good: dict[str, Any]) -> None:
    campaign = campaign_from_dict(good)
    assert campaign.file.domain == good["domain"]
    assert campaign.warnings == ()
    again = loads(to_yaml(campaign.file))
    assert again.file == campaign.file


def test_constraints_that_do_not_count_are_told(good: dict[str, Any]) -> None:
    value = copy.deepcopy(good)
    terms = {"feed_rate": 1.0, "seeding_density": 1.0}
    value["constraints"] = [{"name": "both", "kind": "linear", "terms": terms, "upper": 5.0}]
    (doubt,) = campaign_from_dict(value).warnings
    assert (doubt.severity, doubt.code, doubt.path) == (
        "warning",
        "domain.constraints-unused",
        "constraints",
    )


def without(key: str) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        for side in ("inputs", "outputs"):
            features = value["domain"][side]["features"]
            features[:] = [f for f in features if f["key"] != key]
        value["domain"]["constraints"]["constraints"] = []

    return change


CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any], str, str]] = [
    ("no domain", lambda v: v.update(domain={"type": "Nonsense"}), "domain.invalid", "domain.type"),
    ("empty", lambda v: v.update(domain={"inputs": 7}), "domain.invalid", "domain.inputs"),
    ("a list", lambda v: v.update(domain=[1]), "value.type", "domain"),
    (
        "bounds reversed",
        lambda v: feature(v, "feed_rate").update(bounds=[5.0, 1.0]),
        "domain.invalid",
        "domain.inputs.features[1].bounds",
    ),
    (
        "other bounds",
        lambda v: feature(v, "feed_rate").update(bounds=[1.0, 6.0]),
        "domain.bounds-mismatch",
        "domain.inputs",
    ),
    (
        "other categories",
        lambda v: feature(v, "medium").update(categories=["basal", "lean"]),
        "domain.bounds-mismatch",
        "domain.inputs",
    ),
    (
        "other levels",
        lambda v: feature(v, "ph").update(values=[6.8, 7.0, 7.1]),
        "domain.bounds-mismatch",
        "domain.inputs",
    ),
    (
        "other whole numbers",
        lambda v: feature(v, "shift_day").update(values=[3.0, 4.0, 5.0]),
        "domain.bounds-mismatch",
        "domain.inputs",
    ),
    ("input missing", without("feed_rate"), "domain.factor-missing", "domain.inputs"),
    ("output missing", without("viability"), "domain.output-missing", "domain.outputs"),
    ("no goal", without("titer"), "domain.unsupported", "domain"),
    (
        "input unknown",
        lambda v: v["factors"].pop("shift_day") and v["recipe"]["settings"].update(shift_day=5.0),
        "domain.factor-unknown",
        "domain.inputs",
    ),
    (
        "other kind",
        lambda v: v["factors"].update(
            feed_rate={"kind": "integer", "unit": "%/d", "low": 1, "high": 5, "center": 3},
            ph={"kind": "continuous", "unit": "pH", "low": 6.8, "high": 7.2, "center": 7.0},
        ),
        "domain.kind-mismatch",
        "domain.inputs",
    ),
    (
        "other limits",
        lambda v: v["outputs"]["viability"].update(min=70.0),
        "domain.limits-mismatch",
        "domain.outputs",
    ),
    (
        "other goal",
        lambda v: v["outputs"]["titer"].update(goal="minimize"),
        "domain.goal-mismatch",
        "domain.outputs",
    ),
]


@pytest.mark.parametrize(
    ("change", "code", "path"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_a_domain_that_says_otherwise_is_told(
    good: dict[str, Any], change: Callable[[dict[str, Any]], Any], code: str, path: str
) -> None:
    value = copy.deepcopy(good)
    change(value)
    with pytest.raises(CampaignInvalid) as caught:
        campaign_from_dict(value)
    told = caught.value.diagnostics
    assert (code, path) in {(d.code, d.path) for d in told}, str(caught.value)
    assert all(d.hint for d in told)


def test_any_part_of_a_domain_may_be_nonsense(good: dict[str, Any]) -> None:
    """Each value of the domain in turn becomes each kind of nonsense; nothing is raised."""

    def places(node: Any) -> list[tuple[Any, Any]]:
        steps = node.items() if isinstance(node, dict) else enumerate(node)
        found = []
        for key, part in steps:
            found.append((node, key))
            if isinstance(part, dict | list):
                found += places(part)
        return found

    value = copy.deepcopy(good)
    for holder, key in places(value["domain"]):
        kept = holder[key]
        for nonsense in (None, 7, "x", [], {}, [[]], {"type": 1}, -1e15):
            holder[key] = nonsense
            with suppress(CampaignInvalid):
                campaign_from_dict(value)
        holder[key] = kept
    campaign_from_dict(value)
