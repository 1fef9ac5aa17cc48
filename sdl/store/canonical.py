"""One way to write a value as JSON, so that equal values have equal bytes and hashes.

Keys are sorted by code point, no spaces, UTF-8 as it is, floats as Python's shortest `repr`, and
neither NaN nor an infinity.  It is not RFC 8785 (which orders keys by UTF-16 and prints 1.0 as 1);
here 1 and 1.0 are two different facts.
"""

from __future__ import annotations

import json
import math
from hashlib import sha256
from json.encoder import encode_basestring as quote
from sys import intern
from typing import Any

from sdl.store.errors import NotCanonical

GENESIS = "0" * 64
"""`prev` of a chain's first row."""

_encoder = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
# `encode` makes the compiled encoder anew for every value; here one serves them all.
_chunks = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _encoder.default, quote, None, ":", ",", True, False, False
)


def _encode(value: object) -> str:
    return "".join(_chunks(value, 0))


def _with_shared_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict whose keys are shared by all payloads: a long campaign repeats the same few names."""
    return {intern(key): value for key, value in pairs}


_decode = json.JSONDecoder(object_pairs_hook=_with_shared_keys).decode


def canonical(value: object) -> str:
    """Canonical JSON of dicts with str keys, lists, tuples, str, int, float, bool and None.

    Raises `NotCanonical`, with the place, for anything else: a numpy integer, a NaN, a key that
    is no string, half of a surrogate pair.
    """
    return canonical_and_plain(value)[0]


def text_of(value: object) -> str:
    """Canonical JSON of what is known to have it: lists, str, int; not checked."""
    return _encode(value)


def canonical_and_plain(value: object) -> tuple[str, Any]:
    """Canonical JSON, and what a reader of that text will get (tuples become lists)."""
    try:
        text = _encode(value)
        plain = _decode(text)
        text.encode()
    except (TypeError, ValueError, RecursionError) as fault:
        _check(value)
        raise NotCanonical("$", str(fault)) from None
    # Equal after the way there and back is the quick proof that nothing was coerced; only a value
    # with tuples, or with a fault, takes the slow look.
    if plain != value:
        _check(value)
    return text, plain


def chain_hash(
    prev: str,
    campaign: str,
    seq: int,
    time_us: int,
    kind: str,
    actor: str,
    subject: str,
    payload_text: str,
) -> str:
    """SHA-256 (hex) of `prev` and the canonical JSON of the seven fields.

    The payload comes as its canonical text and goes into the hash as it is, so that a stored row
    is checked without being parsed: any byte changed in the text changes the hash.
    """
    text = (
        f"{prev}[{quote(campaign)},{seq},{time_us},{quote(kind)},{quote(actor)},"
        f"{quote(subject)},{payload_text}]"
    )
    return sha256(text.encode()).hexdigest()


def difference(stored: Any, got: Any, path: str = "payload") -> tuple[str, Any, Any] | None:
    """The first place where two plain JSON values differ: (path, stored, got), or None."""
    if isinstance(stored, dict) and isinstance(got, dict):
        for key in sorted(stored.keys() | got.keys()):
            if key not in stored or key not in got:
                return f"{path}.{key}", stored.get(key, "<absent>"), got.get(key, "<absent>")
            found = difference(stored[key], got[key], f"{path}.{key}")
            if found is not None:
                return found
        return None
    if isinstance(stored, list) and isinstance(got, list):
        for index, (left, right) in enumerate(zip(stored, got, strict=False)):
            found = difference(left, right, f"{path}[{index}]")
            if found is not None:
                return found
        if len(stored) != len(got):
            return f"{path} (length)", len(stored), len(got)
        return None
    return None if canonical(stored) == canonical(got) else (path, stored, got)


def _check(value: object) -> None:
    try:
        _refuse(value, "$")
    except RecursionError:
        raise NotCanonical("$", "nested too deep, or in itself") from None


def _refuse(value: object, path: str) -> None:
    """Walk to the first part that has no canonical form and raise for it."""
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotCanonical(path, "text with half of a surrogate pair") from None
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise NotCanonical(path, f"JSON has no {value}; leave the key out")
    elif isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise NotCanonical(path, f"the key {key!r} is no string")
            _refuse(key, path)
            _refuse(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            _refuse(part, f"{path}[{index}]")
    else:
        kind = type(value)
        raise NotCanonical(path, f"{kind.__module__}.{kind.__qualname__} is no JSON value")
