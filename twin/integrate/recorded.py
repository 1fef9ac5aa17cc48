"""A model's equations as a graph of expressions: its functions, called once with symbols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.integrate.expressions import Graph, Node
from twin.kinetics.model import KineticsModel


@dataclass(frozen=True, slots=True)
class Recorded:
    """One function of a model with the variables it was called with, all in one graph."""

    graph: Graph
    time: Node
    states: tuple[Node, ...]
    results: tuple[Node, ...]


def recorded(model: KineticsModel, function: Callable[..., Any]) -> Recorded:
    """Call ``function(t, x, u, p)`` of a model with symbols."""
    graph = Graph()

    def variables(letter: str, n: int) -> tuple[Node, ...]:
        return tuple(graph.variable(f"{letter}[{i}]") for i in range(n))

    time = graph.variable("t")
    states = variables("x", len(model.states))
    inputs = variables("u", len(model.inputs))
    parameters = variables("p", len(model.parameters))
    results = function(time, states, inputs, parameters)
    nodes = tuple(one if isinstance(one, Node) else graph.number(one) for one in results)
    return Recorded(graph, time, states, nodes)
