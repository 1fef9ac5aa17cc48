"""Feasibility of linear constraints, held against answers known by hand and by enumeration."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.feasibility import FactorRange, LinearLimit, check


def box(name: str, low: float, high: float, center: float | None = None) -> FactorRange:
    return FactorRange(name, low, high, (low + high) / 2 if center is None else center)


def test_a_center_that_meets_all_is_proof_enough() -> None:
    answer = check([box("a", 0, 1), box("b", 0, 1)], [LinearLimit("sum", {"a": 1, "b": 1}, 0.5, 1)])
    assert answer.is_feasible
    assert answer.center_is_feasible
    assert answer.center_violations == answer.conflicts == ()


def test_a_center_outside_is_told_with_its_value() -> None:
    answer = check(
        [box("a", 0, 1), box("b", 0, 1)], [LinearLimit("sum", {"a": 1, "b": 1}, None, 0.4)]
    )
    assert answer.is_feasible
    assert not answer.center_is_feasible
    (violation,) = answer.center_violations
    assert (violation.constraint, violation.side, violation.bound) == ("sum", "upper", 0.4)
    assert violation.nearest == pytest.approx(1.0)


def test_a_bound_out_of_reach_is_told_with_the_nearest_one() -> None:
    answer = check(
        [box("a", 1, 3), box("b", 2, 4)], [LinearLimit("sum", {"a": 2, "b": -1}, None, -5)]
    )
    assert not answer.is_feasible
    (((violation),),) = answer.conflicts
    assert violation.nearest == pytest.approx(2 * 1 - 4)


def test_the_smallest_colliding_set_is_found() -> None:
    factors = [box("a", 0, 10), box("b", 0, 10), box("c", 0, 10)]
    limits = [
        LinearLimit("harmless", {"c": 1}, None, 9),
        LinearLimit("low", {"a": 1, "b": 1}, None, 4),
        LinearLimit("high", {"a": 1}, 7, None),
    ]
    answer = check(factors, limits)
    assert not answer.is_feasible
    (conflict,) = answer.conflicts
    assert {(v.constraint, v.side) for v in conflict} == {("low", "upper"), ("high", "lower")}
    nearest = {v.constraint: v.nearest for v in conflict}
    assert nearest["low"] == pytest.approx(7, abs=1e-4)
    assert nearest["high"] == pytest.approx(4, abs=1e-4)


def test_two_separate_conflicts_are_both_told() -> None:
    factors = [box(name, 0, 10) for name in "abcd"]
    limits = [
        LinearLimit("l1", {"a": 1, "b": 1}, None, 4),
        LinearLimit("h1", {"a": 1}, 7, None),
        LinearLimit("l2", {"c": 1, "d": 1}, None, 3),
        LinearLimit("h2", {"d": 1}, 8, None),
    ]
    answer = check(factors, limits)
    found = {frozenset(v.constraint for v in conflict) for conflict in answer.conflicts}
    assert found == {frozenset({"l1", "h1"}), frozenset({"l2", "h2"})}


def test_whole_numbers_leave_gaps() -> None:
    factor = FactorRange("n", 0, 3, 1, is_integer=True)
    answer = check([factor], [LinearLimit("half", {"n": 2}, 3, 3)])
    assert not answer.is_feasible
    nearest = {v.side: v.nearest for v in answer.conflicts[0]}
    assert nearest == {"lower": pytest.approx(2), "upper": pytest.approx(4)}


def test_discrete_levels_leave_gaps() -> None:
    levels = FactorRange("v", 1, 8, 2, values=(1.0, 2.0, 8.0))
    assert not check([levels], [LinearLimit("gap", {"v": 1}, 3, 7)]).is_feasible
    assert check([levels], [LinearLimit("gap", {"v": 1}, 3, 8)]).is_feasible


def test_a_term_of_zero_and_an_empty_sum_are_no_trouble() -> None:
    factors = [box("a", 0, 1), box("b", 0, 1)]
    limits = [
        LinearLimit("zero", {"a": 0}, None, 1),
        LinearLimit("b", {"a": 0, "b": 1}, 0.9, None),
        LinearLimit("c", {"b": 1}, None, 0.95),
    ]
    assert check(factors, limits).is_feasible
    assert not check(factors, [*limits, LinearLimit("never", {"a": 0}, 1, None)]).is_feasible


def test_very_different_magnitudes_are_judged_alike() -> None:
    factors = [box("a", 0, 1e-9), box("b", 0, 1e9, 0)]
    limits = [
        LinearLimit("small", {"a": 1}, 6e-10, None),
        LinearLimit("both", {"a": 1e18, "b": 1}, None, 5e8),
    ]
    answer = check(factors, limits)
    assert not answer.is_feasible
    assert {v.constraint for v in answer.conflicts[0]} == {"small", "both"}


def test_an_unknown_factor_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        check([box("a", 0, 1)], [LinearLimit("x", {"zz": 1}, 0, None)])


small = st.integers(-4, 4)


@settings(max_examples=60, deadline=None)
@given(
    limits=st.lists(
        st.tuples(small, small, small, st.none() | small, st.none() | small), min_size=1, max_size=4
    )
)
def test_integer_programs_agree_with_enumeration(
    limits: list[tuple[int, int, int, int | None, int | None]],
) -> None:
    names = ("x", "y", "z")
    factors = [FactorRange(n, 0, 3, 0, is_integer=True) for n in names]
    constraints = [
        LinearLimit(f"c{i}", dict(zip(names, row[:3], strict=True)), row[3], row[4])
        for i, row in enumerate(limits)
    ]

    def meets(chosen: list[LinearLimit], point: tuple[int, ...]) -> bool:
        at = dict(zip(names, point, strict=True))
        return all(
            (c.lower is None or c.lower <= sum(k * at[n] for n, k in c.terms.items()))
            and (c.upper is None or sum(k * at[n] for n, k in c.terms.items()) <= c.upper)
            for c in chosen
        )

    points = list(itertools.product(range(4), repeat=3))
    answer = check(factors, constraints)
    assert answer.is_feasible == any(meets(constraints, p) for p in points)
    by_name = {c.name: c for c in constraints}
    for conflict in answer.conflicts:
        halves = [
            LinearLimit(
                v.constraint,
                by_name[v.constraint].terms,
                v.bound if v.side == "lower" else None,
                v.bound if v.side == "upper" else None,
            )
            for v in conflict
        ]
        assert not any(meets(halves, p) for p in points)
        for dropped in range(len(halves)):  # minimal: without any one of them there is a recipe
            rest = halves[:dropped] + halves[dropped + 1 :]
            assert any(meets(rest, p) for p in points)
            nearest = conflict[dropped].nearest
            assert nearest is not None
            # The nearest bound is met by a recipe of the rest, and none comes closer.
            values = [
                sum(k * x for k, x in zip(halves[dropped].terms.values(), p, strict=True))
                for p in points
                if meets(rest, p)
            ]
            best = min(values) if conflict[dropped].side == "upper" else max(values)
            assert nearest == pytest.approx(best, abs=1e-4)


def test_pyomo_stays_unloaded_until_it_is_needed() -> None:
    code = (
        "import sys; from optimizers.feasibility import *\n"
        "f = [FactorRange('a', 0, 1, 0.5)]\n"
        "assert check(f, [LinearLimit('c', {'a': 1}, None, 1)]).is_feasible\n"
        "assert 'pyomo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
