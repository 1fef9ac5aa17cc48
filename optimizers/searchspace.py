"""A BoFire domain as arrays: encode recipes, decode points, test and restore feasibility.

A point is a row of d floats in BoFire's column order (`domain.inputs.get_keys()`); a categorical
factor is one column that holds the index of its category, which is BoFire's ordinal encoding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from optimizers.errors import ObservationInvalid
from optimizers.polytope import Array, Polytope, make_polytope

if TYPE_CHECKING:
    from bofire.data_models.domain.api import Domain

MARGIN = 1e-9
"""Relative distance that points keep from a linear limit, so that it holds however it is summed."""

SAME = 0.005
"""Two points are the same recipe if every continuous factor differs by less than this share of its
range, and the others not at all."""


@dataclass(frozen=True, slots=True)
class Column:
    """One factor. `levels`: allowed values (discrete) or category indices (categorical).

    `step` is the distance between two values that a proposal may take (continuous), counted from
    `low`; `decimals` keeps them free of binary noise.
    """

    key: str
    kind: Literal["continuous", "discrete", "categorical"]
    low: float
    high: float
    levels: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    step: float = 0.0
    decimals: int = 12


@dataclass(frozen=True, eq=False, slots=True)
class SearchSpace:
    """The space over which a domain searches.

    `a_ub @ x <= b_ub` and `a_eq @ x == b_eq` hold the linear constraints in the factors' units;
    `is_linear` says whether there are no others.
    """

    domain: Domain
    columns: tuple[Column, ...]
    a_ub: Array
    b_ub: Array
    a_eq: Array
    b_eq: Array
    is_linear: bool

    @property
    def low(self) -> Array:
        """Lower bounds, shape (d,)."""
        return np.array([column.low for column in self.columns])

    @property
    def span(self) -> Array:
        """Ranges, shape (d,)."""
        return np.array([column.high - column.low for column in self.columns])

    def where(self, *kinds: str) -> NDArray[np.intp]:
        """Give the indices of the columns of these kinds."""
        return np.array([i for i, c in enumerate(self.columns) if c.kind in kinds], dtype=np.intp)

    def encode(self, id: str, inputs: Mapping[str, float | str]) -> Array:
        """Give the point of a recipe, shape (d,).

        Raises:
            ObservationInvalid: a factor is missing, unknown, not finite, or no such category.
        """
        known = {column.key for column in self.columns}
        for key in inputs:
            if key not in known:
                raise ObservationInvalid(id, f"{key!r} is no factor of the domain")
        return np.array([_encode(id, column, inputs) for column in self.columns])

    def decode(self, point: Array) -> dict[str, float | str]:
        """Give the recipe of a point, in the order in which the domain lists its factors."""
        values: dict[str, float | str] = {}
        for column, value in zip(self.columns, point, strict=True):
            is_name = column.kind == "categorical"
            values[column.key] = column.names[int(value)] if is_name else float(value)
        return {feature.key: values[feature.key] for feature in self.domain.inputs.features}

    def frame(self, points: Array) -> Any:
        """Give the points as BoFire's data frame, columns in the domain's order."""
        import pandas as pd

        keys = [feature.key for feature in self.domain.inputs.features]
        return pd.DataFrame([self.decode(point) for point in points], columns=keys)

    def to_unit(self, points: Array) -> Array:
        """Scale every column to [0, 1] by its bounds."""
        scaled: Array = (points - self.low) / self.span
        return scaled

    def from_unit(self, points: Array) -> Array:
        """Undo `to_unit`."""
        scaled: Array = self.low + points * self.span
        return scaled

    def polytope(self) -> Polytope:
        """Give the linear constraints in unit coordinates, over all columns."""
        return make_polytope(
            self.a_ub * self.span,
            self.b_ub - self.a_ub @ self.low,
            self.a_eq * self.span,
            self.b_eq - self.a_eq @ self.low,
        )

    def is_feasible(self, points: Array) -> NDArray[np.bool_]:
        """Say for each row of (n, d) whether it meets the linear constraints.

        Inequalities that a continuous factor enters must hold with `MARGIN` to spare; the others,
        whose factors jump from level to level, may sit on their limit. Equalities hold to `MARGIN`.
        """
        has_continuous = (self.a_ub[:, self.where("continuous")] != 0).any(axis=1)
        slack = np.where(has_continuous, -MARGIN, MARGIN) * self._size(self.a_ub, self.b_ub)
        excess = points @ self.a_ub.T - self.b_ub - slack
        off = np.abs(points @ self.a_eq.T - self.b_eq) - MARGIN * self._size(self.a_eq, self.b_eq)
        is_met: NDArray[np.bool_] = np.all(np.hstack([excess, off]) <= 0.0, axis=1)
        return is_met

    def is_same(self, points: Array, others: Array) -> NDArray[np.bool_]:
        """Say for each row of (n, d) whether it is the same recipe as any row of (m, d)."""
        if len(others) == 0 or len(points) == 0:
            return np.zeros(len(points), dtype=np.bool_)
        gap = np.abs(points[:, None, :] - others[None, :, :]) / self.span
        limit = np.array([SAME if c.kind == "continuous" else 1e-9 for c in self.columns])
        is_same: NDArray[np.bool_] = np.any(np.all(gap < limit, axis=2), axis=1)
        return is_same

    def excess(self, points: Array) -> Array:
        """Say for each row of (n, d) how far it lies outside, in units of the bounds; 0 inside."""
        unit, polytope = self.to_unit(points), self.polytope()
        outside = [
            np.maximum(-unit, unit - 1.0),
            unit @ polytope.a_ub.T - polytope.b_ub,
            np.abs(unit @ polytope.a_eq.T - polytope.b_eq),
        ]
        furthest: Array = np.hstack(outside).max(axis=1, initial=0.0)
        return furthest

    def combinations(self, limit: int) -> Array | None:
        """Give every combination of levels, shape (n, d).

        None with a continuous factor, or when there are more than `limit`.
        """
        if len(self.where("continuous")) or math.prod(len(c.levels) for c in self.columns) > limit:
            return None
        return np.array(list(product(*(column.levels for column in self.columns))))

    def _size(self, a: Array, b: Array) -> Array:
        reach = np.maximum(np.abs(self.low), np.abs(self.low + self.span))
        size: Array = np.abs(b) + np.abs(a) @ reach
        return size


def make_space(domain: Domain) -> SearchSpace:
    """Give the search space of a domain (one that `optimizers.domain.check_domain` accepts)."""
    from bofire.data_models.constraints.api import (
        LinearEqualityConstraint,
        LinearInequalityConstraint,
    )

    columns = tuple(_column(domain.inputs.get_by_key(key)) for key in domain.inputs.get_keys())
    index = {column.key: i for i, column in enumerate(columns)}
    linear = (LinearEqualityConstraint, LinearInequalityConstraint)
    is_linear = all(type(c) in linear for c in domain.constraints.constraints) and not any(
        getattr(feature, "allow_zero", False) for feature in domain.inputs.features
    )
    every = domain.constraints.constraints
    a_ub, b_ub = _rows(index, [c for c in every if type(c) is LinearInequalityConstraint])
    a_eq, b_eq = _rows(index, [c for c in every if type(c) is LinearEqualityConstraint])
    return SearchSpace(domain, columns, a_ub, b_ub, a_eq, b_eq, is_linear)


def _rows(index: Mapping[str, int], constraints: Sequence[Any]) -> tuple[Array, Array]:
    a = np.zeros((len(constraints), len(index)))
    for row, constraint in zip(a, constraints, strict=True):
        for key, coefficient in zip(constraint.features, constraint.coefficients, strict=True):
            row[index[key]] += coefficient
    return a, np.array([float(constraint.rhs) for constraint in constraints])


def _column(feature: Any) -> Column:
    from bofire.data_models.features.api import CategoricalInput, ContinuousInput

    if isinstance(feature, CategoricalInput):
        names = tuple(feature.categories)
        allowed = tuple(float(i) for i, ok in enumerate(feature.allowed) if ok)
        return Column(feature.key, "categorical", 0.0, len(names) - 1.0, allowed, names)
    low, high = float(feature.lower_bound), float(feature.upper_bound)
    if not isinstance(feature, ContinuousInput):
        return Column(feature.key, "discrete", low, high, tuple(float(v) for v in feature.values))
    step = feature.stepsize or 10.0 ** (math.floor(math.log10(high - low)) - 3)
    decimals = 12 - math.ceil(math.log10(max(abs(low), abs(high), high - low)))
    return Column(feature.key, "continuous", low, high, step=float(step), decimals=decimals)


def _encode(id: str, column: Column, inputs: Mapping[str, float | str]) -> float:
    if column.key not in inputs:
        raise ObservationInvalid(id, f"the factor {column.key!r} is missing")
    value = inputs[column.key]
    if column.kind == "categorical":
        if value not in column.names:
            known = ", ".join(column.names)
            raise ObservationInvalid(id, f"{column.key} is {value!r}, not one of {known}")
        return float(column.names.index(str(value)))
    if isinstance(value, str) or not math.isfinite(value):
        raise ObservationInvalid(id, f"{column.key} is {value!r}, not a finite number")
    return float(value)
