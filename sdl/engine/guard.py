"""The write guard: every value on its way to an instrument passes here, or is refused and recorded.

It holds a program's properties against what the instrument published of them: known, of the right
type, finite, inside the range.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from drivers.describe import InstrumentInfo, PropertyInfo
from drivers.transport import Value


class WriteRefused(ValueError):
    """A value must not reach the instrument; the message says which, where and why."""


def check_program(info: InstrumentInfo, program: str, properties: Mapping[str, Value]) -> None:
    """Refuse a program start that the instrument did not publish.

    Raises:
        WriteRefused: unknown program or property, wrong type, not finite, or out of range.
    """
    if program not in info.programs:
        raise WriteRefused(f"{info.name} has no program {program!r}, only {sorted(info.programs)}")
    published = info.programs[program].properties
    for name, value in properties.items():
        if name not in published:
            raise WriteRefused(f"{info.name}.{program} has no property {name!r}")
        _check_value(f"{info.name}.{program}.{name}", published[name], value)


def _check_value(where: str, spec: PropertyInfo, value: Value) -> None:
    if spec.levels is not None:
        if value not in spec.levels:
            raise WriteRefused(f"{where} = {value!r} is not one of {list(spec.levels)}")
        return
    if not spec.is_numeric:
        return
    if isinstance(value, str) or not math.isfinite(value):
        raise WriteRefused(f"{where} = {value!r} is not a finite number in {spec.unit}")
    if (spec.low is not None and value < spec.low) or (spec.high is not None and value > spec.high):
        raise WriteRefused(
            f"{where} = {value:g} {spec.unit} is outside {spec.low} to {spec.high} {spec.unit}"
        )
