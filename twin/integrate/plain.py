"""Checks that a function is plain arithmetic and resolves the names that it refers to.

What a rate equation may hold is listed here: assignments, a returned value, ``+ - * / **``, tuples,
constant indexes, numbers and calls of other such functions.  Everything else is refused with the
line and what to write instead.  Standard library only.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Sequence
from types import FunctionType
from typing import Any, NoReturn, Protocol

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd)
_STRUCTURE = (
    ast.Load,
    ast.Store,
    ast.Tuple,
    ast.BinOp,
    ast.UnaryOp,
    ast.Return,
    ast.Slice,
    *_OPERATORS,
)


class NotPlainArithmetic(TypeError):
    """A model function uses something other than arithmetic on its arguments."""

    def __init__(self, function: str, line: int, what: str, instead: str) -> None:
        super().__init__(f"{function}, line {line}: {what}; {instead}")
        self.function = function
        self.line = line


class UnpackedInWrongOrder(ValueError):
    """A function unpacks its states, inputs or parameters under other names than declared."""

    def __init__(self, function: str, line: int, position: int, got: str, declared: str) -> None:
        super().__init__(
            f"{function}, line {line}: name {position + 1} is {got!r}, "
            f"but the model declares {declared!r} there"
        )


class Collector(Protocol):
    """Takes the functions and numbers that a function refers to; answers with their new names."""

    def function(self, function: FunctionType, asked_by: str) -> str:
        """Name that the function gets in the collected text."""

    def constant(self, name: str, value: float) -> str:
        """Name that the number gets in the collected text."""


def full_name(function: FunctionType) -> str:
    """Module and name of a function, for messages."""
    return f"{function.__module__}.{function.__qualname__}"


def parse(function: FunctionType) -> tuple[ast.FunctionDef, int]:
    """Syntax tree of a function and the line of its file that it starts on."""
    where = full_name(function)
    first_line = function.__code__.co_firstlineno

    def refuse(what: str, instead: str) -> NoReturn:
        raise NotPlainArithmetic(where, first_line, what, instead)

    if function.__closure__:
        refuse("the function uses variables of an enclosing function", "pass them as arguments")
    if function.__defaults__ or function.__kwdefaults__:
        refuse("arguments have default values", "pass every argument")
    try:
        text = textwrap.dedent(inspect.getsource(function))
    except OSError:
        refuse("its source text can't be read", "define it in a file")
    try:
        statement = ast.parse(text).body[0]
    except SyntaxError:
        refuse("it is part of a larger expression", "define it with def on lines of its own")
    if not isinstance(statement, ast.FunctionDef):
        refuse("it is not defined with def", "define it with def")
    if statement.decorator_list:
        refuse("the function is decorated", "leave it undecorated; it is compiled for you")
    arguments = statement.args
    if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg:
        refuse("it has special arguments", "use plain positional arguments")
    return statement, first_line


class Inliner(ast.NodeTransformer):
    """Checks one function and renames what it refers to."""

    def __init__(
        self,
        collector: Collector,
        function: FunctionType,
        parameters: Sequence[str],
    ) -> None:
        tree, first_line = parse(function)
        self._collector = collector
        self._function = function
        self._tree = tree
        self._where = full_name(function)
        self._first_line = first_line
        self._parameters = parameters
        self._local = {a.arg for a in tree.args.args} | {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }

    def inlined(self) -> ast.FunctionDef:
        """The function without docstring and annotations, its global names replaced."""
        body = self._tree.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        if not body or not isinstance(body[-1], ast.Return) or body[-1].value is None:
            self._refuse(self._tree, "the function doesn't end with a returned value", "return one")
        tree = self._tree
        tree.body = [self.visit(statement) for statement in body]
        tree.returns = None
        for argument in tree.args.args:
            argument.annotation = None
        return tree

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Refuse every construct that is not listed."""
        if not isinstance(node, _STRUCTURE):
            kind = type(node).__name__
            self._refuse(
                node,
                f"{_WORDS.get(kind, kind)} is not allowed in a rate equation",
                _INSTEAD.get(kind, "use only + - * / ** on the arguments"),
            )
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Allow numbers."""
        if type(node.value) not in (int, float):
            self._refuse(node, f"the constant {node.value!r}", "use numbers only")
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Allow names and tuples of names on the left."""
        target = node.targets[0]
        is_simple = isinstance(target, ast.Name) or (
            isinstance(target, ast.Tuple) and all(isinstance(e, ast.Name) for e in target.elts)
        )
        if len(node.targets) > 1 or not is_simple:
            self._refuse(node, "this assignment", "assign to one name or to a tuple of names")
        if isinstance(target, ast.Tuple):
            self._check_order(node, [e.id for e in target.elts if isinstance(e, ast.Name)])
        node.value = self.visit(node.value)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Allow constant indexes and slices."""
        bounds = (
            [node.slice.lower, node.slice.upper]
            if isinstance(node.slice, ast.Slice)
            else [node.slice]
        )
        if any(bound is not None and self._integer(bound) is None for bound in bounds):
            self._refuse(node, "an index that is computed", "index with an integer constant")
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Leave local names, rename global numbers."""
        if node.id in self._local:
            return node
        value = self._global(node)
        if isinstance(value, FunctionType):
            self._refuse(node, f"the function {node.id} used as a value", "call it")
        if type(value) not in (int, float) or not math.isfinite(value):
            self._refuse(
                node,
                f"{node.id} is {type(value).__name__} {value!r}",
                "refer only to finite module-level numbers and to plain functions",
            )
        name = self._collector.constant(node.id, value)
        if name in self._local:
            self._refuse(node, f"the local variable {name!r} hides a number", "rename it")
        return ast.Name(name, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Allow calls of plain module-level functions."""
        if not isinstance(node.func, ast.Name) or node.func.id in self._local:
            self._refuse(node, f"the call {ast.unparse(node.func)}(...)", "write exp(x) as E ** x")
        if node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            self._refuse(node, "a call with keywords or *", "pass plain positional arguments")
        function = self._global(node.func)
        if not isinstance(function, FunctionType):
            self._refuse(
                node,
                f"the call {node.func.id}(...)",
                "call only plain module-level functions; write min, max and abs as smooth laws",
            )
        name = self._collector.function(function, self._where)
        if name in self._local:
            self._refuse(node, f"the local variable {name!r} hides a function", "rename it")
        arguments = [self.visit(argument) for argument in node.args]
        return ast.Call(ast.Name(name, ast.Load()), arguments, [])

    def _global(self, node: ast.Name) -> Any:
        scope = self._function.__globals__
        if node.id in scope:
            return scope[node.id]
        if not hasattr(builtins, node.id):
            self._refuse(node, f"{node.id} is not defined", "define it at module level")
        return getattr(builtins, node.id)

    def _integer(self, node: ast.expr) -> int | None:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return node.value
        if isinstance(node, ast.Name) and node.id not in self._local:
            value = self._global(node)
            return value if type(value) is int else None
        return None

    def _check_order(self, node: ast.Assign, names: list[str]) -> None:
        """Names unpacked from ``p`` (or a slice of it) must be the declared ones, in order."""
        source, lower, upper = node.value, None, None
        if isinstance(source, ast.Subscript) and isinstance(source.slice, ast.Slice):
            lower = None if source.slice.lower is None else self._integer(source.slice.lower)
            upper = None if source.slice.upper is None else self._integer(source.slice.upper)
            source = source.value
        if not isinstance(source, ast.Name) or source.id != "p":
            return
        declared = self._parameters[lower:upper]
        line = self._line(node)
        for position, (name, wanted) in enumerate(zip(names, declared, strict=False)):
            if name.lstrip("_") != wanted:
                raise UnpackedInWrongOrder(self._where, line, position, name, wanted)
        if len(names) != len(declared):
            position = min(len(names), len(declared))
            got = names[position] if position < len(names) else "nothing"
            wanted = declared[position] if position < len(declared) else "nothing more"
            raise UnpackedInWrongOrder(self._where, line, position, got, wanted)

    def _line(self, node: ast.AST) -> int:
        return self._first_line + int(getattr(node, "lineno", 1)) - 1

    def _refuse(self, node: ast.AST, what: str, instead: str) -> NoReturn:
        raise NotPlainArithmetic(self._where, self._line(node), what, instead)


_WORDS = {
    "If": "an if statement",
    "IfExp": "a conditional expression",
    "Compare": "a comparison",
    "For": "a loop",
    "While": "a loop",
    "AugAssign": "an in-place assignment",
    "AnnAssign": "an annotated assignment",
    "Attribute": "an attribute",
    "Expr": "a statement without effect",
    "Lambda": "a lambda",
    "Mod": "the operator %",
    "FloorDiv": "the operator //",
    "MatMult": "the operator @",
}
_INSTEAD = {
    "If": "use a smooth switch (falling, saturation2)",
    "IfExp": "use a smooth switch (falling, saturation2)",
    "Compare": "use a smooth switch (falling, saturation2)",
    "AugAssign": "write a = a + b; in place would change a caller's array",
    "AnnAssign": "leave the annotation out",
    "Attribute": "import the number or function by name",
}
