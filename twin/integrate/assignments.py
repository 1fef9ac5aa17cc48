"""Writes a graph of expressions as one function of straight-line assignments."""

from __future__ import annotations

import math

from twin.integrate.expressions import Node

LONGEST = 400  # characters of one expression before it gets a name of its own


def written(name: str, entries: dict[int, Node]) -> str:
    """Definition of ``name(t, x, u, p, result)`` that sets these elements of ``result``.

    An expression that is used twice, or is long, gets a name; nothing is evaluated twice.
    """
    uses: dict[int, int] = {}
    ordered: list[Node] = []

    def visit(root: Node) -> None:
        waiting = [(root, False)]
        while waiting:
            node, is_ready = waiting.pop()
            if is_ready:
                ordered.append(node)
                continue
            uses[id(node)] = uses.get(id(node), 0) + 1
            if uses[id(node)] > 1:
                continue
            waiting.append((node, True))
            waiting += [(o, False) for o in (node.left, node.right) if isinstance(o, Node)]

    for node in entries.values():
        visit(node)
    lines = [f"def {name}(t, x, u, p, result):"]
    text: dict[int, str] = {}
    for node in ordered:
        if node.operation == "const":
            text[id(node)] = f"({node.left!r})"
            continue
        if node.operation == "name":
            text[id(node)] = node.left
            continue
        formula = _formula(node, text)
        if uses[id(node)] > 1 or len(formula) > LONGEST:
            text[id(node)] = f"v{len(lines)}"
            lines.append(f"    {text[id(node)]} = {formula}")
        else:
            text[id(node)] = formula
    lines += [f"    result[{k}] = {text[id(node)]}" for k, node in entries.items()]
    if not entries:
        lines.append("    pass")
    return "\n".join(lines) + "\n"


def _formula(node: Node, text: dict[int, str]) -> str:
    left = text[id(node.left)]
    if node.right is None:
        return f"{node.operation}({left})"
    if node.operation == "**":
        if node.right.is_number(0.5):
            return f"sqrt({left})"
        if node.left.is_number(math.e):
            return f"exp({text[id(node.right)]})"
    return f"({left} {node.operation} {text[id(node.right)]})"
