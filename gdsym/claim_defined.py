"""Functions as a claim defines them, `def sigmoid(z): ...`, `f = lambda z: ...`: what they take, do and return."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from gdsym.claim_exits import with_one_exit
from gdsym.claim_text import OF_SELF, Line
from gdsym.errors import ReadError
from gdsym.record import record

PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.While, ast.If, ast.Continue, ast.Pass, ast.Expr)


@record
class Function:
    """A function of the claim: its parameters and their defaults, the statements, and the values that it returns."""

    name: str
    shown: str
    parameters: tuple[str, ...]
    defaults: Mapping[str, ast.expr]
    body: tuple[ast.stmt, ...]
    returned: tuple[ast.expr, ...]
    bound: frozenset[str]
    free: frozenset[str]
    outside: bool  # is it defined beside the function that is the claim?


def defined_by(block: Sequence[Line], outside: bool) -> Function:
    """A function as it is defined by these lines."""
    shown = block[0][1][:60]
    begin = block[0][0]
    source = "\n".join(" " * (indent - begin) + text for indent, text in block)
    try:
        (tree,) = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ReadError(f"`{shown}`: this is no function in Python.") from None
    made = tree.value if isinstance(tree, (ast.Assign, ast.AnnAssign)) else tree
    if isinstance(made, ast.Lambda):
        name, body, value = block[0][1].partition("=")[0].partition(":")[0].strip(), [], made.body
    elif isinstance(made, ast.FunctionDef):
        name, body, value = made.name, with_one_exit(made.body, shown), None
        if body and isinstance(body[-1], ast.Return):
            value = body[-1].value
        body = [s for s in body[:-1] if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        body = [s for s in body if not isinstance(s, (ast.Assert, ast.Import, ast.Pass))]
    if not isinstance(made, (ast.Lambda, ast.FunctionDef)) or value is None:
        raise ReadError(f"`{shown}`: one function is read, and others that end with a value that they return.")
    return _checked(shown, name, made.args, body, value, outside)


def _checked(
    shown: str, name: str, args: ast.arguments, body: list[ast.stmt], value: ast.expr, outside: bool
) -> Function:
    parts = [part for statement in body for part in ast.walk(statement)]
    odd = next((part for part in parts if isinstance(part, ast.stmt) and not isinstance(part, PLAIN)), None)
    if odd is not None or args.vararg or args.kwarg or args.posonlyargs or args.kwonlyargs:
        line = ast.unparse(odd).split("\n")[0] if odd is not None else shown
        raise ReadError(
            f"`{line[:60]}`: functions are read that give names, add up in loops, and return one value at their end."
        )
    parameters = tuple(arg.arg for arg in args.args)
    late = parameters[len(parameters) - len(args.defaults) :]
    defaults = dict(zip(late, args.defaults, strict=True))
    if not all(isinstance(part, (ast.Constant, ast.UnaryOp)) for part in defaults.values()):
        raise ReadError(f"`{shown}`: defaults of parameters are numbers.")
    everything = [*parts, *ast.walk(value)]
    stored = {part.id for part in everything if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    inner = {arg.arg for part in everything if isinstance(part, ast.Lambda) for arg in part.args.args}
    bound = frozenset(name for name in (*parameters, *stored, *inner) if not name.endswith(OF_SELF))
    used = {part.id for part in everything if isinstance(part, ast.Name)}
    changed = {owner for part in everything if (owner := _owner(part)) and owner not in bound}
    if changed:
        raise ReadError(f"`{shown}`: {min(changed)[:30]} is changed by this function, and stands outside of it.")
    values = tuple(value.elts) if isinstance(value, ast.Tuple) else (value,)
    return Function(name, shown, parameters, defaults, tuple(body), values, bound, frozenset(used - bound), outside)


def _owner(part: ast.AST) -> str:
    """The array of which a place is set, or that `np.add.at` changes."""
    if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
        inner: ast.expr = part
        while isinstance(inner, (ast.Subscript, ast.Attribute)):
            inner = inner.value
        return getattr(inner, "id", "?")
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "at" and part.args:
        return getattr(part.args[0], "id", "?")
    return ""


def given_to(found: Function, e: ast.Call) -> dict[str, ast.expr]:
    """The parameters and what a call gives for them."""
    given = dict(zip(found.parameters, e.args, strict=False)) | {str(k.arg): k.value for k in e.keywords}
    twice = len(given) < len(e.args) + len(e.keywords) or any(isinstance(arg, ast.Starred) for arg in e.args)
    whole = {**found.defaults, **given}
    if twice or set(whole) != set(found.parameters):
        raise ReadError(f"`{ast.unparse(e)[:60]}`: `{found.shown}` is called with other arguments than it takes.")
    return {name: whole[name] for name in found.parameters}
