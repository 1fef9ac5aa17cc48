"""Whether linear constraints over factors leave any recipe at all, and if not, which ones collide.

Interval arithmetic decides what concerns one constraint; what concerns several is a mixed-integer
linear program in Pyomo, solved by HiGHS, and the colliding set is found by the deletion filter
(Chinneck and Dravnieks, "Locating minimal infeasible constraint sets in linear programs",
ORSA J. Computing 3, 1991). Pyomo is loaded only when there is such a program to solve.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

RELATIVE_TOLERANCE = 1e-6
"""Of the largest term a constraint can have; HiGHS itself works to 1e-7."""

MAX_CONFLICTS = 5
"""Collisions of several constraints that are told at once; each takes a solve per constraint."""


class FeasibilityUndecided(RuntimeError):
    """The solver ended without saying whether a recipe exists."""


@dataclass(frozen=True, slots=True)
class FactorRange:
    """A numeric factor: `low <= x <= high`, whole if `is_integer`, one of `values` if given."""

    name: str
    low: float
    high: float
    center: float
    is_integer: bool = False
    values: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class LinearLimit:
    """`lower <= sum(terms[name] * x[name]) <= upper`; a bound that is None does not count."""

    name: str
    terms: Mapping[str, float]
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A bound that can't be (or is not) met; `nearest` is the nearest value that could be.

    For the centre `nearest` is the value of the sum there. For a conflict it is the nearest bound
    at which a recipe exists beside the other constraints of the conflict; None if these have no
    recipe among themselves.
    """

    constraint: str
    side: Literal["lower", "upper"]
    bound: float
    nearest: float | None


@dataclass(frozen=True, slots=True)
class Feasibility:
    """The answer: `conflicts` holds minimal sets of bounds that exclude each other."""

    is_feasible: bool
    center_is_feasible: bool
    center_violations: tuple[Violation, ...]
    conflicts: tuple[tuple[Violation, ...], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One bound of one constraint, as `sign * sum <= sign * bound`."""

    limit: LinearLimit
    side: Literal["lower", "upper"]
    bound: float

    @property
    def sign(self) -> float:
        return 1.0 if self.side == "upper" else -1.0


def check(factors: Sequence[FactorRange], constraints: Sequence[LinearLimit]) -> Feasibility:
    """Return whether a recipe exists that meets all constraints, and whether the centre does.

    Args:
        factors: the numeric factors, `low <= high` and finite; names unique.
        constraints: linear constraints over these factors, coefficients finite; names unique.

    Raises:
        KeyError: a constraint names a factor that is not given.
        FeasibilityUndecided: the solver gave no answer.
    """
    by_name = {factor.name: factor for factor in factors}
    constraints = [_without_zeros(limit) for limit in constraints]
    rows = [row for limit in constraints for row in _rows(limit)]
    center = {factor.name: factor.center for factor in factors}
    violations = tuple(
        Violation(row.limit.name, row.side, row.bound, _value(row.limit, center))
        for row in rows
        if not _is_met(row, _value(row.limit, center), by_name)
    )
    if not violations and all(_is_allowed(f, f.center) for f in factors):
        return Feasibility(True, True, (), ())  # the centre itself is a recipe
    conflicts, rest = _alone(rows, by_name)
    conflicts += _together(rest, by_name)
    return Feasibility(not conflicts, not violations, violations, tuple(conflicts))


def _rows(limit: LinearLimit) -> list[_Row]:
    rows = []
    if limit.lower is not None:
        rows.append(_Row(limit, "lower", limit.lower))
    if limit.upper is not None:
        rows.append(_Row(limit, "upper", limit.upper))
    return rows


def _without_zeros(limit: LinearLimit) -> LinearLimit:
    terms = {name: coefficient for name, coefficient in limit.terms.items() if coefficient != 0.0}
    return LinearLimit(limit.name, terms, limit.lower, limit.upper)


def _value(limit: LinearLimit, point: Mapping[str, float]) -> float:
    return math.fsum(coefficient * point[name] for name, coefficient in limit.terms.items())


def _size(limit: LinearLimit, factors: Mapping[str, FactorRange]) -> float:
    """The largest term the sum can have, by which its tolerance is measured."""
    sizes = [
        abs(c) * max(abs(factors[n].low), abs(factors[n].high)) for n, c in limit.terms.items()
    ]
    return max(sizes, default=0.0)


def _is_met(row: _Row, value: float, factors: Mapping[str, FactorRange]) -> bool:
    slack = RELATIVE_TOLERANCE * max(_size(row.limit, factors), abs(row.bound))
    return row.sign * value <= row.sign * row.bound + slack


def _is_allowed(factor: FactorRange, value: float) -> bool:
    if factor.values is not None:
        return value in factor.values
    is_whole = not factor.is_integer or float(value).is_integer()
    return is_whole and factor.low <= value <= factor.high


def _extreme(row: _Row, factors: Mapping[str, FactorRange]) -> float:
    """The value of the sum that is best for this row, whatever the other rows ask."""
    best = []
    for name, coefficient in row.limit.terms.items():
        low, high = _ends(factors[name])
        products = (coefficient * low, coefficient * high)
        best.append(min(products) if row.sign > 0 else max(products))
    return math.fsum(best)


def _ends(factor: FactorRange) -> tuple[float, float]:
    if factor.values is not None:
        return min(factor.values), max(factor.values)
    if factor.is_integer:
        return float(math.ceil(factor.low)), float(math.floor(factor.high))
    return factor.low, factor.high


def _alone(
    rows: Iterable[_Row], factors: Mapping[str, FactorRange]
) -> tuple[list[tuple[Violation, ...]], list[_Row]]:
    """Split the rows into those no recipe meets even alone, and the others."""
    conflicts: list[tuple[Violation, ...]] = []
    rest = []
    for row in rows:
        nearest = _extreme(row, factors)
        if not _is_met(row, nearest, factors):
            conflicts.append((Violation(row.limit.name, row.side, row.bound, nearest),))
        elif row.limit.terms:
            rest.append(row)
    return conflicts, rest


def _together(rows: list[_Row], factors: Mapping[str, FactorRange]) -> list[tuple[Violation, ...]]:
    """Return up to `MAX_CONFLICTS` disjoint minimal sets of rows, each without a recipe."""
    conflicts: list[tuple[Violation, ...]] = []
    if len(rows) < 2:
        return conflicts  # one row that can be met alone has a recipe
    program = _Program(rows, factors)
    left = set(range(len(rows)))
    while len(conflicts) < MAX_CONFLICTS and not program.has_recipe(left):
        kept = set(left)
        for index in sorted(left):
            if not program.has_recipe(kept - {index}):
                kept.discard(index)
        conflicts.append(
            tuple(
                Violation(
                    rows[index].limit.name,
                    rows[index].side,
                    rows[index].bound,
                    program.nearest(index, kept - {index}),
                )
                for index in sorted(kept)
            )
        )
        left -= kept
    return conflicts


class _Program:
    """The mixed-integer linear program of the rows, any of which can be switched off.

    Every factor is scaled to its range and every row to its largest term, so that the solver's
    absolute tolerances mean the same for all.
    """

    def __init__(self, rows: Sequence[_Row], factors: Mapping[str, FactorRange]) -> None:
        import pyomo.environ as pyo
        from pyomo.contrib.solver.solvers.highs import Highs

        self._rows = rows
        model: Any = pyo.ConcreteModel()
        names = sorted({name for row in rows for name in row.limit.terms})
        model.amounts = pyo.VarList()
        model.choices = pyo.ConstraintList()
        expressions = {name: _expression(model, factors[name]) for name in names}
        self._scales = [max(_size(row.limit, factors), abs(row.bound), 1e-300) for row in rows]
        self._sums = [
            row.sign
            / scale
            * sum(coefficient * expressions[name] for name, coefficient in row.limit.terms.items())
            for row, scale in zip(rows, self._scales, strict=True)
        ]
        model.rows = pyo.ConstraintList()
        for row, scale, total in zip(rows, self._scales, self._sums, strict=True):
            model.rows.add(total <= row.sign * row.bound / scale)
        model.objective = pyo.Objective(expr=0.0)
        self._model, self._solver = model, Highs()

    def has_recipe(self, rows: Collection[int]) -> bool:
        """Whether a recipe meets the rows of these indices."""
        # HiGHS has no verdict on an empty model, and every factor has a value of its own.
        return not rows or self._minimize(0.0, rows) is not None

    def nearest(self, row: int, others: Collection[int]) -> float | None:
        """The bound nearest to the row's own at which the other rows have a recipe."""
        least = self._minimize(self._sums[row], others)
        return None if least is None else least * self._scales[row] * self._rows[row].sign

    def _minimize(self, expression: Any, rows: Collection[int]) -> float | None:
        from pyomo.contrib.solver.common.results import TerminationCondition

        for index in range(len(self._rows)):
            constraint = self._model.rows[index + 1]
            (constraint.activate if index in rows else constraint.deactivate)()
        self._model.objective.set_value(expression)
        results = self._solver.solve(
            self._model, load_solutions=False, raise_exception_on_nonoptimal_result=False
        )
        ended = results.termination_condition
        if ended == TerminationCondition.convergenceCriteriaSatisfied:
            return float(results.incumbent_objective)
        if ended == TerminationCondition.provenInfeasible:
            return None
        raise FeasibilityUndecided(f"HiGHS ended with {ended.name}")


def _expression(model: Any, factor: FactorRange) -> Any:
    """The factor's value as an expression of scaled variables, added to the model."""
    import pyomo.environ as pyo

    if factor.values is not None:
        picks = []
        for _ in factor.values:
            picks.append(model.amounts.add())
            picks[-1].domain = pyo.Binary
        model.choices.add(sum(picks) == 1)
        return sum(value * pick for value, pick in zip(factor.values, picks, strict=True))
    variable = model.amounts.add()
    if factor.is_integer:
        variable.domain = pyo.Integers
        low, high = _ends(factor)
        variable.setlb(0)
        variable.setub(int(high - low))
        return low + variable
    variable.setlb(0.0)
    variable.setub(1.0)
    return factor.low + (factor.high - factor.low) * variable
