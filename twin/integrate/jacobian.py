"""Writes out the exact derivatives of a model's rates by its states and the time.

The rates are called once with symbols; every expression's derivatives follow from those of what it
is made of (the chain rule, forward, entries that are zero left out).  The result is the text of
one function of straight-line assignments, which is compiled like the rates themselves: it costs
about as much as one or two evaluations of them, whatever the number of states, and has none of the
noise of differences.

Where a power with an exponent below 1 meets zero its derivative is infinite; it counts as zero
there, so that ``((a - b) ** 2) ** 0.5`` has a derivative where ``a`` equals ``b``.
"""

from __future__ import annotations

import math

from twin.integrate.assignments import written
from twin.integrate.expressions import Graph, Node
from twin.integrate.recorded import recorded
from twin.kinetics.model import KineticsModel

Gradient = dict[str, Node]
TINY = 1.0e-300


def jacobian_text(model: KineticsModel, name: str) -> str:
    """Definition of ``name(t, x, u, p, result)``.

    ``result`` is a flat matrix with one row per state and a last one for the time: element
    ``j * n + i`` is the derivative of rate ``i`` by state ``j``, element ``n * n + i`` that by the
    time.  Elements that are always zero are not written.
    """
    n = len(model.states)
    return written(name, {j * n + i: node for (i, j), node in derivatives(model).items()})


def derivatives(model: KineticsModel) -> dict[tuple[int, int], Node]:
    """Those that aren't always zero: of rate i by state j as (i, j), by the time as (i, n)."""
    rates = recorded(model, model.rates)
    variables = [*rates.states, rates.time]
    gradients = _gradients(rates.graph, variables)
    found = {}
    for j, variable in enumerate(variables):
        for i, root in enumerate(rates.results):
            node = gradients[id(root)].get(variable.left)
            if node is not None and not node.is_number(0.0):
                found[i, j] = node
    return found


def _gradients(graph: Graph, by: list[Node]) -> dict[int, Gradient]:
    """The derivatives of every node there is; those that are zero are left out."""
    wanted = {node.left for node in by}
    gradients: dict[int, Gradient] = {}
    for node in list(graph.nodes):
        if node.operation == "name":
            gradients[id(node)] = {node.left: graph.number(1.0)} if node.left in wanted else {}
        elif node.operation == "const":
            gradients[id(node)] = {}
        else:
            gradients[id(node)] = _chained(
                node, gradients[id(node.left)], gradients[id(node.right)]
            )
    return gradients


def _chained(node: Node, of_left: Gradient, of_right: Gradient) -> Gradient:
    if not of_left and not of_right:
        return {}
    by_left, by_right = _partial(node, bool(of_left), bool(of_right))
    result: Gradient = {}
    for name in {**of_left, **of_right}:
        total: Node | None = None
        if name in of_left and by_left is not None:
            total = by_left * of_left[name]
        if name in of_right and by_right is not None:
            term = by_right * of_right[name]
            total = term if total is None else total + term
        if total is not None and not total.is_number(0.0):
            result[name] = total
    return result


def _partial(node: Node, is_left: bool, is_right: bool) -> tuple[Node | None, Node | None]:
    """Derivatives of one operation by its operands."""
    graph, a, b = node.graph, node.left, node.right
    one = graph.number(1.0)
    if node.operation == "+":
        return one, one
    if node.operation == "-":
        return one, graph.number(-1.0)
    if node.operation == "*":
        return b, a
    if node.operation == "/":
        return 1.0 / b, (-1.0 * node / b if is_right else None)
    by_base = by_exponent = None
    if is_left:
        is_whole = b.operation == "const" and type(b.left) is int
        by_base = b * a ** (b.left - 1) if is_whole else b * node / (a + TINY)
    if is_right:
        is_fixed = a.operation == "const" and a.left > 0.0
        by_exponent = node * (math.log(a.left) if is_fixed else graph.function("log", a))
    return by_base, by_exponent
