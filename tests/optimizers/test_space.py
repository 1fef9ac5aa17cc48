from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optimizer_problems import FACTORS, TITER, TOTAL_FEED, VIABILITY

from optimizers import (
    CategoricalSpec,
    ContinuousSpec,
    DiscreteSpec,
    DomainUnsupported,
    FactorSpec,
    IntegerSpec,
    LinearSpec,
    OutputSpec,
    SpaceInvalid,
    derive_domain,
    domain_from_json,
    domain_to_json,
)

NAN, INF = float("nan"), float("inf")


def objective(domain: Any, key: str) -> dict[str, Any]:
    fields: dict[str, Any] = domain.outputs.get_by_key(key).objective.model_dump()
    return fields


def test_goals_and_limits_become_bofire_objectives() -> None:
    outputs = [
        OutputSpec("titer", "g/L", goal="maximize"),
        OutputSpec("viability", "%", min=70.0, spread=100.0),
        OutputSpec("ammonia", "mmol/L", max=8.0),
        OutputSpec("osmolality", "mOsm/kg", min=280.0, max=400.0),
        OutputSpec("lactate", "mmol/L"),
    ]
    domain = derive_domain(FACTORS, [], outputs)
    assert objective(domain, "titer")["type"] == "MaximizeObjective"
    viability = objective(domain, "viability")
    assert (viability["type"], viability["tp"]) == ("MaximizeSigmoidObjective", 70.0)
    assert viability["steepness"] == pytest.approx(1 / 0.5)
    ammonia = objective(domain, "ammonia")
    assert (ammonia["type"], ammonia["tp"]) == ("MinimizeSigmoidObjective", 8.0)
    assert ammonia["steepness"] == pytest.approx(1 / 0.04)
    osmolality = objective(domain, "osmolality")
    assert (osmolality["type"], osmolality["target_value"]) == ("TargetObjective", 340.0)
    assert osmolality["tolerance"] == 60.0
    assert domain.outputs.get_by_key("lactate").objective is None
    assert domain.outputs.get_by_key("titer").unit == "g/L"


def test_minimize_and_factor_kinds() -> None:
    factors: list[FactorSpec] = [
        ContinuousSpec("a", 0, 1, resolution=0.25),
        IntegerSpec("k", 1, 3),
        IntegerSpec("wide", 0, 10_000),
        DiscreteSpec("v", (2.0, 0.5)),
        CategoricalSpec("c", ("z", "y")),
    ]
    domain = derive_domain(factors, [], [OutputSpec("cost", goal="minimize")])
    inputs = domain.inputs
    assert inputs.get_by_key("a").stepsize == 0.25
    assert inputs.get_by_key("k").values == [1.0, 2.0, 3.0]
    assert inputs.get_by_key("wide").stepsize == 1.0
    assert inputs.get_by_key("v").values == [0.5, 2.0]
    assert inputs.get_by_key("c").categories == ["z", "y"]
    assert objective(domain, "cost")["type"] == "MinimizeObjective"


def test_both_sides_of_a_linear_limit() -> None:
    both = LinearSpec("window", {"feed": 1.0, "start": 2.0}, lower=4.0, upper=9.0)
    even = LinearSpec("even", {"feed": 1.0, "ph": -1.0}, lower=0.0, upper=0.0)
    constraints = derive_domain(FACTORS, [both, even], [TITER]).constraints.constraints
    kinds = [(type(c).__name__, c.coefficients, c.rhs, c.context) for c in constraints]
    assert kinds == [
        ("LinearInequalityConstraint", [1.0, 2.0], 9.0, "window"),
        ("LinearInequalityConstraint", [-1.0, -2.0], -4.0, "window"),
        ("LinearEqualityConstraint", [1.0, -1.0], 0.0, "even"),
    ]


A = ContinuousSpec("a", 0.0, 1.0)
B = ContinuousSpec("b", 0.0, 1.0)


@pytest.mark.parametrize(
    ("factors", "constraints", "outputs", "where"),
    [
        ([], [], [TITER], "factors"),
        ([A, A], [], [TITER], "factors and outputs"),
        ([A, ContinuousSpec("titer", 0, 1)], [], [TITER], "factors and outputs"),
        ([ContinuousSpec("a", 1.0, 1.0)], [], [TITER], "factor a"),
        ([ContinuousSpec("a", 2.0, 1.0)], [], [TITER], "factor a"),
        ([ContinuousSpec("a", NAN, 1.0)], [], [TITER], "factor a"),
        ([ContinuousSpec("a", 0.0, INF)], [], [TITER], "factor a"),
        ([ContinuousSpec("a", 0.0, 1.0, resolution=2.0)], [], [TITER], "factor a"),
        ([ContinuousSpec("a", 0.0, 1.0, resolution=0.0)], [], [TITER], "factor a"),
        ([IntegerSpec("a", 3, 3)], [], [TITER], "factor a"),
        ([DiscreteSpec("a", (1.0,))], [], [TITER], "factor a"),
        ([DiscreteSpec("a", (1.0, 1.0))], [], [TITER], "factor a.levels"),
        ([DiscreteSpec("a", (1.0, NAN))], [], [TITER], "factor a"),
        ([CategoricalSpec("a", ("x",))], [], [TITER], "factor a"),
        ([CategoricalSpec("a", ("x", "x"))], [], [TITER], "factor a.levels"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "z": 1.0}, upper=1.0)], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0}, upper=1.0)], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "b": 0.0}, upper=1.0)], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "b": 1.0})], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "b": NAN}, upper=1.0)], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "b": 1.0}, 2.0, 1.0)], [TITER], "constraint s"),
        ([A, B], [LinearSpec("s", {"a": 1.0, "b": 1.0}, upper=INF)], [TITER], "constraint s"),
        (
            [A, B],
            [LinearSpec("s", {"a": 1.0, "b": 1.0}, upper=1.0)] * 2,
            [TITER],
            "constraints",
        ),
        ([A], [], [OutputSpec("y", goal="maximize", min=1.0)], "output y"),
        ([A], [], [TITER, OutputSpec("y", min=2.0, max=1.0)], "output y"),
        ([A], [], [TITER, OutputSpec("y", min=NAN)], "output y"),
        ([A], [], [TITER, OutputSpec("y", min=1.0, spread=0.0)], "output y"),
    ],
)
def test_what_makes_no_space_is_named(
    factors: Any, constraints: Any, outputs: Any, where: str
) -> None:
    with pytest.raises(SpaceInvalid) as caught:
        derive_domain(factors, constraints, outputs)
    assert caught.value.where == where
    assert caught.value.hint


@pytest.mark.parametrize("outputs", [[VIABILITY], [TITER, OutputSpec("b", goal="minimize")]])
def test_exactly_one_goal(outputs: list[OutputSpec]) -> None:
    with pytest.raises(DomainUnsupported, match="outputs have a goal"):
        derive_domain(FACTORS, [], outputs)


def test_json_that_is_no_domain_and_domains_that_are_not_served(domain: Any) -> None:
    with pytest.raises(SpaceInvalid):
        domain_from_json({"inputs": 3})
    document = domain_to_json(domain)
    document["constraints"]["constraints"][0]["rhs"] = float("nan")
    with pytest.raises(SpaceInvalid, match=r"domain\.constraints\.constraints\[0\]\.rhs: is nan"):
        domain_from_json(document)
    document = domain_to_json(domain)
    document["inputs"]["features"][0] = {
        "type": "TaskInput",
        "key": "feed",
        "categories": ["a", "b"],
    }
    with pytest.raises((DomainUnsupported, SpaceInvalid)):
        domain_from_json(document)
    document = domain_to_json(derive_domain(FACTORS, [], [TITER]))
    document["inputs"]["features"][2]["bounds"] = [7.0, 7.0]
    with pytest.raises(DomainUnsupported, match=r"inputs\.ph"):
        domain_from_json(document)
    document = domain_to_json(derive_domain(FACTORS, [], [TITER]))
    document["constraints"]["constraints"] = [
        {
            "type": "NonlinearInequalityConstraint",
            "features": ["feed", "start"],
            "expression": "feed*start-9",
        }
    ]
    with pytest.raises(DomainUnsupported, match="NonlinearInequalityConstraint"):
        domain_from_json(document)


names = st.text("abcdefghij", min_size=1, max_size=5)
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 6))


@st.composite
def specs(draw: st.DrawFn) -> tuple[list[Any], list[LinearSpec], list[OutputSpec]]:
    keys = draw(st.lists(names, min_size=4, max_size=8, unique=True))
    factors: list[Any] = []
    for key in keys[:-1]:
        low, width = draw(numbers), draw(st.floats(1e-3, 1e3))
        factors.append(
            draw(
                st.sampled_from(
                    [
                        ContinuousSpec(key, low, low + width, "u"),
                        IntegerSpec(key, int(low), int(low) + 1 + int(width)),
                        DiscreteSpec(key, (low, low + width)),
                        CategoricalSpec(key, ("p", "q", "r")),
                    ]
                )
            )
        )
    numeric = [f.name for f in factors if not isinstance(f, CategoricalSpec)]
    constraints = []
    if len(numeric) > 1:
        terms = {key: draw(st.floats(0.1, 10.0)) for key in numeric}
        constraints = [LinearSpec("limit", terms, upper=draw(numbers))]
    limit = OutputSpec("limited", max=draw(numbers), spread=draw(st.floats(0.1, 100.0)))
    return factors, constraints, [OutputSpec(keys[-1], goal="minimize"), limit]


@settings(max_examples=30, deadline=None)
@given(specs())
def test_every_derived_domain_survives_bofires_json(described: Any) -> None:
    domain = derive_domain(*described)
    document = json.loads(json.dumps(domain_to_json(domain), allow_nan=False))
    assert domain_from_json(document) == domain
    assert [f.key for f in domain.inputs.features] == [spec.name for spec in described[0]]


def test_the_shared_problem_has_its_limit(domain: Any) -> None:
    (limit,) = domain.constraints.constraints
    assert dict(zip(limit.features, limit.coefficients, strict=True)) == TOTAL_FEED.terms
