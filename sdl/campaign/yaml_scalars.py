"""What a plain YAML scalar means: the core schema of YAML 1.2 (section 10.3.2), and nothing more.

PyYAML's own rules are YAML 1.1's, in which `no` is false, `12:30` is 750, `1e6` a text and a
date a date. Reading and writing share the rules here, so what is written is read as it was.
"""

from __future__ import annotations

import re
from typing import Final

Scalar = str | int | float | bool | None

NULL: Final = re.compile(r"^(?:~|null|Null|NULL|)$")
TRUE: Final = re.compile(r"^(?:true|True|TRUE)$")
FALSE: Final = re.compile(r"^(?:false|False|FALSE)$")
INTEGER: Final = re.compile(r"^[-+]?[0-9]+$")
OCTAL_OR_HEX: Final = re.compile(r"^0(?:o[0-7]+|x[0-9a-fA-F]+)$")
FLOAT: Final = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
INFINITE: Final = re.compile(r"^([-+]?)\.(?:inf|Inf|INF)$")
NOT_A_NUMBER: Final = re.compile(r"^\.(?:nan|NaN|NAN)$")

# Past 18 digits an integer is no count of anything; as a float it can't blow up arithmetic.
MAX_DIGITS: Final = 18


def plain_value(text: str) -> Scalar:
    """Return the value of a plain (unquoted) scalar."""
    if NULL.match(text):
        return None
    if TRUE.match(text):
        return True
    if FALSE.match(text):
        return False
    if INTEGER.match(text):
        return int(text) if len(text) <= MAX_DIGITS else float(text)
    if FLOAT.match(text):
        return float(text)
    if OCTAL_OR_HEX.match(text) and len(text) <= MAX_DIGITS:
        return int(text, 0)
    infinite = INFINITE.match(text)
    if infinite:
        return float(infinite.group(1) + "inf")
    if NOT_A_NUMBER.match(text):
        return float("nan")
    return text
