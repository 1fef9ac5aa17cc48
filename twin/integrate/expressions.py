"""Arithmetic recorded as a graph: equations called with its nodes leave their formula behind.

Equal expressions become one node, numbers are folded, and additions of zero or products with zero
or one vanish.  Standard library only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Operand = int | float | str | None
Key = tuple[str, Any, Any]

_FOLDED: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One expression: an operation on nodes, a number (``const``) or a variable (``name``)."""

    graph: Graph
    operation: str
    left: Any
    right: Any
    depends: frozenset[str]
    """The variables that it is made of."""

    def is_number(self, value: float) -> bool:
        """Whether it is this number."""
        return self.operation == "const" and bool(self.left == value)

    def __add__(self, other: Any) -> Node:
        return self.graph.combine("+", self, other)

    def __radd__(self, other: Any) -> Node:
        return self.graph.combine("+", other, self)

    def __sub__(self, other: Any) -> Node:
        return self.graph.combine("-", self, other)

    def __rsub__(self, other: Any) -> Node:
        return self.graph.combine("-", other, self)

    def __mul__(self, other: Any) -> Node:
        return self.graph.combine("*", self, other)

    def __rmul__(self, other: Any) -> Node:
        return self.graph.combine("*", other, self)

    def __truediv__(self, other: Any) -> Node:
        return self.graph.combine("/", self, other)

    def __rtruediv__(self, other: Any) -> Node:
        return self.graph.combine("/", other, self)

    def __pow__(self, other: Any) -> Node:
        return self.graph.combine("**", self, other)

    def __rpow__(self, other: Any) -> Node:
        return self.graph.combine("**", other, self)

    def __neg__(self) -> Node:
        return self.graph.combine("*", -1.0, self)

    def __pos__(self) -> Node:
        return self


class Graph:
    """Expressions that share their equal parts; nodes are listed after what they are made of."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Any, Node] = {}

    def number(self, value: float) -> Node:
        """A number as a node; ``2`` and ``2.0`` are told apart, as powers are."""
        return self._node("const", value, type(value).__name__, frozenset())

    def variable(self, name: str) -> Node:
        """A variable, written as ``name``."""
        return self._node("name", name, None, frozenset((name,)))

    def function(self, name: str, of: Node) -> Node:
        """A call of one argument, for derivatives that are more than arithmetic."""
        return self._node(name, of, None, of.depends)

    def combine(self, operation: str, left: Any, right: Any) -> Node:
        """The node of ``left operation right``."""
        a = left if isinstance(left, Node) else self.number(left)
        b = right if isinstance(right, Node) else self.number(right)
        if a.operation == b.operation == "const":
            try:
                value = _FOLDED[operation](a.left, b.left)
            except ArithmeticError:
                value = math.nan
            if isinstance(value, (int, float)) and math.isfinite(value):
                return self.number(value)
        simpler = _simplified(operation, a, b, self)
        if simpler is not None:
            return simpler
        return self._node(operation, a, b, a.depends | b.depends)

    def _node(self, operation: str, left: Any, right: Any, depends: frozenset[str]) -> Node:
        key = (
            operation,
            id(left) if isinstance(left, Node) else left,
            id(right) if isinstance(right, Node) else right,
        )
        if key not in self._known:
            node = Node(self, operation, left, right, depends)
            self._known[key] = node
            self.nodes.append(node)
        return self._known[key]


def _simplified(operation: str, a: Node, b: Node, graph: Graph) -> Node | None:
    if operation == "+":
        if a.is_number(0.0):
            return b
        return a if b.is_number(0.0) else None
    if operation == "-":
        if a is b:
            return graph.number(0.0)
        return a if b.is_number(0.0) else None
    if operation == "*":
        if a.is_number(0.0) or b.is_number(0.0):
            return graph.number(0.0)
        if a.is_number(1.0):
            return b
        return a if b.is_number(1.0) else None
    if operation == "/" and a.is_number(0.0):
        return a
    return a if b.is_number(1.0) else None  # of / and **
