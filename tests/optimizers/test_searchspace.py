from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from optimizer_problems import MIXED, TITER

from optimizers import LinearSpec, ObservationInvalid, derive_domain
from optimizers.searchspace import make_space


def test_encoding_is_bofires_ordinal_encoding(domain: Any) -> None:
    from bofire.data_models.enum import CategoricalEncodingEnum

    space = make_space(domain)
    recipes: list[dict[str, float | str]] = [
        {"feed": 2.0, "start": 3.0, "ph": 7.0, "medium": medium}
        for medium in ("lean", "basal", "rich")
    ]
    points = np.array([space.encode("x", recipe) for recipe in recipes])
    ordinal = domain.inputs.transform(
        space.frame(points), {"medium": CategoricalEncodingEnum.ORDINAL}
    )
    np.testing.assert_array_equal(points, ordinal.to_numpy(dtype=float))
    assert [space.decode(point) for point in points] == recipes
    assert list(space.decode(points[0])) == ["feed", "start", "ph", "medium"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"feed": None}, "'feed' is missing"),
        ({"feed": float("nan")}, "not a finite number"),
        ({"feed": "much"}, "not a finite number"),
        ({"medium": "soup"}, "not one of basal, rich, lean"),
        ({"colour": 1.0}, "'colour' is no factor"),
    ],
)
def test_recipes_that_do_not_fit_are_named(domain: Any, change: Any, message: str) -> None:
    recipe = {"feed": 2.0, "start": 3.0, "ph": 7.0, "medium": "rich", **change}
    recipe = {key: value for key, value in recipe.items() if value is not None}
    with pytest.raises(ObservationInvalid, match=message) as caught:
        make_space(domain).encode("E0007", recipe)
    assert caught.value.id == "E0007"


def test_same_recipe_means_half_a_percent(domain: Any) -> None:
    space = make_space(domain)
    base = space.encode("x", {"feed": 2.0, "start": 3.0, "ph": 7.0, "medium": "rich"})
    near, far, other = base.copy(), base.copy(), base.copy()
    near[0] += 0.02
    far[0] += 0.03
    other[-1] = 0
    assert space.is_same(np.array([near, far, other]), base[None]).tolist() == [True, False, False]


def test_limits_of_levels_may_be_met_exactly_those_of_real_numbers_keep_a_margin() -> None:
    levels = LinearSpec("levels", {"k": 1.0, "v": 1.0}, upper=3.0)
    mixed = LinearSpec("mixed", {"x": 1.0, "k": 1.0}, upper=3.0)
    point: dict[str, float | str] = {"x": 0.0, "k": 2.0, "v": 1.0, "c": "a"}
    space = make_space(derive_domain(MIXED, [levels], [TITER]))
    assert space.is_feasible(space.encode("p", point)[None])[0]
    space = make_space(derive_domain(MIXED, [mixed], [TITER]))
    for x, expected in ((0.999999, True), (1.0, False)):
        at = space.encode("p", {**point, "x": x})
        assert space.is_feasible(at[None])[0] == expected


def test_excess_measures_how_far_outside(domain: Any) -> None:
    space = make_space(domain)
    inside = space.encode("x", {"feed": 2.0, "start": 3.0, "ph": 7.0, "medium": "rich"})
    outside = inside.copy()
    outside[[column.key for column in space.columns].index("ph")] = 7.35
    assert space.excess(np.array([inside, outside])) == pytest.approx([0.0, 0.1])
