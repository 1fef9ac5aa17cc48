"""Turns a model's plain functions into one self-contained text that can be compiled and cached.

The rate functions and every function and number they refer to are found through their globals,
checked to be nothing but arithmetic, and written out in order of use.  Standard library only.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from types import FunctionType

from twin.integrate.plain import Inliner, NotPlainArithmetic, full_name
from twin.kinetics.model import KineticsModel, RateFunction


@dataclass(frozen=True, slots=True)
class PlainSource:
    """The text of a model's functions: constants and functions, no imports."""

    constants: tuple[str, ...]
    """One assignment each."""
    functions: tuple[str, ...]
    """One definition each, after those of the functions it calls."""
    rates: str
    algebraic: str | None

    @property
    def text(self) -> str:
        """The whole as one Python text."""
        return "\n\n".join([*self.constants, *self.functions]) + "\n"


def plain_source(model: KineticsModel) -> PlainSource:
    """Collect a model's functions as one text.

    Raises:
        NotPlainArithmetic: a construct, call or name is not allowed; says where and what to write.
        UnpackedInWrongOrder: ``p`` is unpacked into names that contradict the declared order.
    """
    collector = _TextCollector([parameter.name for parameter in model.parameters])
    rates = collector.entry(model.rates, model.name)
    algebraic = collector.entry(model.algebraic, model.name) if model.algebraic else None
    return PlainSource(
        constants=tuple(collector.constants),
        functions=tuple(collector.functions),
        rates=rates,
        algebraic=algebraic,
    )


class _TextCollector:
    def __init__(self, parameters: Sequence[str]) -> None:
        self.constants: list[str] = []
        self.functions: list[str] = []
        self._parameters = parameters
        self._function_names: dict[FunctionType, str] = {}
        self._constant_names: dict[tuple[str, float], str] = {}
        self._open: list[FunctionType] = []

    def entry(self, function: RateFunction, asked_by: str) -> str:
        if not isinstance(function, FunctionType):
            raise NotPlainArithmetic(
                f"model {asked_by!r}",
                0,
                f"{function!r} is not a plain function",
                "give a function defined with def at module level",
            )
        return self.function(function, asked_by)

    def function(self, function: FunctionType, asked_by: str) -> str:
        if function in self._function_names:
            return self._function_names[function]
        if function in self._open:
            raise NotPlainArithmetic(
                full_name(function),
                function.__code__.co_firstlineno,
                f"the function calls itself (through {asked_by})",
                "write it without recursion",
            )
        self._open.append(function)
        tree = Inliner(self, function, self._parameters).inlined()
        self._open.pop()
        name = self._free_name(function.__name__)
        tree.name = name
        self._function_names[function] = name
        self.functions.append(ast.unparse(tree))
        return name

    def constant(self, name: str, value: float) -> str:
        key = (name, value)
        if key not in self._constant_names:
            free = self._free_name(name)
            self._constant_names[key] = free
            self.constants.append(f"{free} = {value!r}")
        return self._constant_names[key]

    def _free_name(self, name: str) -> str:
        taken = {*self._function_names.values(), *self._constant_names.values()}
        free, n = name, 2
        while free in taken:
            free, n = f"{name}__{n}", n + 1
        return free
