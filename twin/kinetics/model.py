"""Declares a process model: states, inputs, parameters and the functions with its equations.

A rate function uses only arithmetic on its arguments, so one text serves the compiled simulation,
a controller's algebraic expressions, NumPy arrays and an estimator; no second copy of an equation
exists.  This module needs nothing but the standard library.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

Values = tuple[Any, ...]
"""One value per state, input or parameter: floats, arrays or symbolic expressions."""

RateFunction = Callable[[Any, Values, Values, Values], Values]
"""``f(t, x, u, p)`` with the time ``t`` in hours, returning one value per state or output."""


class ModelInvalid(ValueError):
    """A model's declaration contradicts itself; says which model and which part."""

    def __init__(self, model: str, what: str) -> None:
        super().__init__(f"model {model!r}: {what}")
        self.model = model
        self.what = what


class UnknownName(KeyError):
    """A state, input, parameter, output, clone or medium was asked for that does not exist."""

    def __init__(self, where: str, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "known: " + ", ".join(names)
        self.message = f"{where} has no {kind} {name!r}; {hint}"
        super().__init__(self.message)

    def __str__(self) -> str:
        """Give the plain sentence (a KeyError would quote it)."""
        return self.message


class ValueRefused(ValueError):
    """A value given for a state, input or parameter is not a finite number."""

    def __init__(self, model: str, kind: str, name: str, value: object) -> None:
        super().__init__(f"model {model!r}: {kind} {name!r} must be a finite number, got {value!r}")


class OutOfBounds(ValueRefused):
    """A value is a number, but none the model is meant for; says which bounds it has."""

    def __init__(
        self, model: str, kind: str, name: str, value: float, unit: str, low: float, high: float
    ) -> None:
        of = "" if unit == "1" else f" {unit}"
        if high == math.inf:
            right = f"at least {low:g}"
        elif low == -math.inf:
            right = f"at most {high:g}"
        else:
            right = f"{low:g} .. {high:g}"
        ValueError.__init__(
            self, f"model {model!r}: {kind} {name!r} is {value!r}{of}; must be {right}"
        )


@dataclass(frozen=True, slots=True)
class State:
    """One state variable.

    ``low`` is the least value that means anything (``-inf`` for none): the rates must not drive the
    state below it.  ``scale`` is a typical magnitude, used for absolute tolerances.
    """

    name: str
    unit: str
    low: float
    doc: str
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Input:
    """One quantity that is set from outside and held constant between events.

    ``low`` and ``high`` bound what the model is meant and tested for: anything within keeps every
    state finite and above its own ``low``.
    """

    name: str
    unit: str
    default: float
    doc: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Parameter:
    """One constant of the equations, with where its default comes from.

    ``source`` names a publication and its table, or starts with "assumption".  ``low`` and ``high``
    bound it where the equations make no sense beyond.
    """

    name: str
    unit: str
    default: float
    doc: str
    source: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Output:
    """One derived quantity (viability, gas uptake, ...) that the algebraic function returns."""

    name: str
    unit: str
    doc: str


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class KineticsModel:
    """A process model: declarations and equations.  Two models are equal only if identical.

    ``rates(t, x, u, p)`` returns the derivatives per hour, one per state, in their order.
    ``algebraic(t, x, u, p)`` returns one value per entry of ``outputs``.  Both use only
    ``+ - * / **`` on their arguments, module-level numbers and module-level functions of the same
    kind; ``exp(x)`` is written ``E ** x``.

    Raises:
        ModelInvalid: a name is missing or used twice, a number is not finite, or a function
            does not return one finite number per state or output at the declared magnitudes.
    """

    name: str
    states: tuple[State, ...]
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    rates: RateFunction
    doc: str
    outputs: tuple[Output, ...] = ()
    algebraic: RateFunction | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ModelInvalid(self.name, "the name must be an identifier (letters, digits, _)")
        if not self.states:
            raise ModelInvalid(self.name, "a model needs at least one state")
        for kind, entries in self._groups():
            self._check_names(kind, entries)
        for state in self.states:
            if not (math.isfinite(state.scale) and state.scale > 0.0):
                raise ModelInvalid(self.name, f"state {state.name!r}: scale must be positive")
            if math.isnan(state.low) or state.low == math.inf:
                raise ModelInvalid(self.name, f"state {state.name!r}: low must be finite or -inf")
        defaults = [(entry.name, entry.default) for entry in self.inputs]
        defaults += [(entry.name, entry.default) for entry in self.parameters]
        for name, default in defaults:
            if not math.isfinite(default):
                raise ModelInvalid(self.name, f"{name!r}: the default must be finite")
        for kind, given in (("input", self.inputs), ("parameter", self.parameters)):
            self._check_bounds(kind, given)
        for parameter in self.parameters:
            if not parameter.source:
                raise ModelInvalid(self.name, f"parameter {parameter.name!r} names no source")
        if (self.algebraic is None) != (not self.outputs):
            raise ModelInvalid(self.name, "outputs and the algebraic function belong together")
        self._check_function("rates", self.rates, len(self.states))
        if self.algebraic is not None:
            self._check_function("algebraic", self.algebraic, len(self.outputs))

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.states)

    def state_index(self, name: str) -> int:
        """Position of a state; raises UnknownName."""
        return self._index("state", self.states, name)

    def input_index(self, name: str) -> int:
        """Position of an input; raises UnknownName."""
        return self._index("input", self.inputs, name)

    def parameter_index(self, name: str) -> int:
        """Position of a parameter; raises UnknownName."""
        return self._index("parameter", self.parameters, name)

    def output_index(self, name: str) -> int:
        """Position of an output; raises UnknownName."""
        return self._index("output", self.outputs, name)

    def parameters_with(self, **overrides: float) -> tuple[float, ...]:
        """Every parameter's default, those named replaced.

        Raises:
            UnknownName: the model has no such parameter.
            ValueRefused: a value is not a finite number.
            OutOfBounds: a value is outside its bounds.
        """
        return self._with("parameter", self.parameters, overrides)

    def inputs_with(self, **overrides: float) -> tuple[float, ...]:
        """Every input's default, those named replaced; raises as ``parameters_with``."""
        return self._with("input", self.inputs, overrides)

    def start_with(self, x: Sequence[float]) -> tuple[float, ...]:
        """Return initial states, checked against each state's ``low``.

        Raises:
            ValueRefused: a value is not a finite number.
            OutOfBounds: a value is below its state's ``low``.
        """
        for state, value in zip(self.states, x, strict=True):
            if not math.isfinite(value):
                raise ValueRefused(self.name, "state", state.name, value)
            if value < state.low:
                raise OutOfBounds(
                    self.name, "state", state.name, value, state.unit, state.low, math.inf
                )
        return tuple(x)

    def _groups(self) -> tuple[tuple[str, Sequence[_Named]], ...]:
        return (
            ("state", self.states),
            ("input", self.inputs),
            ("parameter", self.parameters),
            ("output", self.outputs),
        )

    def _check_names(self, kind: str, entries: Sequence[_Named]) -> None:
        seen: set[str] = set()
        for entry in entries:
            if not entry.name.isidentifier():
                raise ModelInvalid(self.name, f"{kind} {entry.name!r} must be an identifier")
            if entry.name in seen:
                raise ModelInvalid(self.name, f"{kind} {entry.name!r} is declared twice")
            if not entry.unit:
                raise ModelInvalid(self.name, f"{kind} {entry.name!r} has no unit ('1' for none)")
            seen.add(entry.name)

    def _check_bounds(self, kind: str, entries: Sequence[Input] | Sequence[Parameter]) -> None:
        for entry in entries:
            if math.isfinite(entry.default) and not entry.low <= entry.default <= entry.high:
                raise ModelInvalid(
                    self.name,
                    f"{kind} {entry.name!r}: the default {entry.default!r} is outside "
                    f"{entry.low!r} .. {entry.high!r}",
                )

    def _check_function(self, which: str, function: RateFunction, n: int) -> None:
        x = tuple(max(state.low, state.scale) for state in self.states)
        u = tuple(entry.default for entry in self.inputs)
        p = tuple(entry.default for entry in self.parameters)
        values = function(0.0, x, u, p)
        if not isinstance(values, tuple) or len(values) != n:
            got = f"{len(values)} values" if isinstance(values, tuple) else type(values).__name__
            raise ModelInvalid(self.name, f"{which} must return a tuple of {n} values, got {got}")
        if not all(math.isfinite(value) for value in values):
            raise ModelInvalid(self.name, f"{which} is not finite at the states' own scales")

    def _index(self, kind: str, entries: Sequence[_Named], name: str) -> int:
        position = _positions(self, kind).get(name)
        if position is None:
            raise UnknownName(f"model {self.name!r}", kind, name, (e.name for e in entries))
        return position

    def _with(
        self,
        kind: str,
        entries: Sequence[Input] | Sequence[Parameter],
        overrides: dict[str, float],
    ) -> tuple[float, ...]:
        values = [entry.default for entry in entries]
        for name, value in overrides.items():
            position = self._index(kind, entries, name)
            if not isinstance(value, (int, float)) or not math.isfinite(value):
                raise ValueRefused(self.name, kind, name, value)
            entry = entries[position]
            if not entry.low <= value <= entry.high:
                raise OutOfBounds(self.name, kind, name, value, entry.unit, entry.low, entry.high)
            values[position] = float(value)
        return tuple(values)


@cache
def _positions(model: KineticsModel, kind: str) -> dict[str, int]:
    """Names of one kind with their positions; looked up often, so kept per model."""
    return {entry.name: i for i, entry in enumerate(dict(model._groups())[kind])}
