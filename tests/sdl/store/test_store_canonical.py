from __future__ import annotations

import json
import math
from collections import OrderedDict
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdl.store.canonical import GENESIS, canonical, canonical_and_plain, chain_hash, difference
from sdl.store.errors import NotCanonical

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        return [shuffled(part, random) for part in value]
    return value


@given(values)
def test_what_is_read_back_is_what_was_written(value: Any) -> None:
    text, plain = canonical_and_plain(value)
    assert plain == value
    assert canonical(json.loads(text)) == text


@given(values, st.randoms())
def test_the_order_of_keys_makes_no_difference(value: Any, random: Any) -> None:
    assert canonical(shuffled(value, random)) == canonical(value)


@given(values, values)
def test_equal_bytes_are_equal_values_and_a_difference_is_found(left: Any, right: Any) -> None:
    is_same = canonical(left) == canonical(right)
    assert (difference(left, right) is None) == is_same


def test_the_form() -> None:
    value = {"b": [1, 1.0, 1e22, -0.0, True, None], "a": 'µ " \n \u2028'}
    assert canonical(value) == '{"a":"µ \\" \\n \u2028","b":[1,1.0,1e+22,-0.0,true,null]}'
    assert canonical((1, (2, 3))) == "[1,[2,3]]"
    assert canonical_and_plain({"a": (1, 2)})[1] == {"a": [1, 2]}
    assert canonical(OrderedDict(b=1, a=np.float64(0.1))) == '{"a":0.1,"b":1}'


@pytest.mark.parametrize(
    ("value", "path", "why"),
    [
        ({"a": {"b": math.nan}}, "$.a.b", "nan"),
        ({"a": [0.0, math.inf]}, "$.a[1]", "inf"),
        ({"a": {1: 2}}, "$.a", "the key 1 is no string"),
        ({None: 2}, "$", "the key None"),
        ({"a": 1, 2: 3}, "$", "the key 2"),
        ({"a": np.int64(3)}, "$.a", "numpy.int64"),
        ({"a": np.zeros(2)}, "$.a", "numpy.ndarray"),
        ({"a": {3}}, "$.a", "builtins.set"),
        ({"a": b"x"}, "$.a", "builtins.bytes"),
        ({"a": "\ud800"}, "$.a", "surrogate"),
        ({"\ud800": 1}, "$", "surrogate"),
        ({"a": MappingProxyType({})}, "$.a", "mappingproxy"),
    ],
)
def test_what_has_no_canonical_form_is_named_with_its_place(
    value: Any, path: str, why: str
) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical(value)
    assert caught.value.path == path
    assert why in caught.value.why


def test_a_value_inside_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["a"] = [value]
    with pytest.raises(NotCanonical, match="in itself"):
        canonical(value)


def test_a_key_that_would_be_written_twice_is_refused() -> None:
    with pytest.raises(NotCanonical):
        canonical({"1": "a", 1: "b"})


def test_the_hash_is_sha256_over_prev_and_the_json_of_the_seven_fields() -> None:
    fields = ("cho", 1, 5, "campaign.defined", 'user:"ö"', "a\\b", {"x": 1.5})
    expected = sha256((GENESIS + canonical(list(fields))).encode()).hexdigest()
    assert chain_hash(GENESIS, *fields[:-1], canonical(fields[-1])) == expected  # type: ignore[arg-type]
