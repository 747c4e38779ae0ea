"""Code that ends with several values, `return dw, db` or `return grads`: a claim about each parameter."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from gdsym.claim_code import value_of
from gdsym.claim_records import entries_of
from gdsym.claim_text import PART_OF
from gdsym.errors import ReadError
from gdsym.written.nodes import Node, Sym

BEFORE = r"(?:\w*d_?|\w*_|g|grad|gradient|delta|nabla)"  # dw, dL_dw, dj_dw, grad_w, gw
BEHIND = r"(?:_?grad|_gradient|_?g)"
ARRAYS = ("array", "asarray", "tensor", "stack", "hstack")


def each(claim: str, params: Sequence[Node]) -> dict[Any, str]:
    """The claims that one piece of code makes: by the keys of a dict, by the names of its values, or in the order of the parameters."""
    names = [_name(param) for param in params]
    value = value_of(claim, frozenset(name for name, p in zip(names, params, strict=True) if isinstance(p, Sym)))
    keys, values = entries_of(value)
    if not values and len(params) > 1 and all(isinstance(param, Sym) for param in params):
        values = _in_an_array(value) or _entries_of(value, len(params))
    if not values and len(params) == 1:
        return {params[0].to_sympy(): value}
    if not keys and len(values) != len(params):
        found = f"{len(values)} values" if values else "one value"
        raise ReadError(
            f"The code comes to {found}, the cost has {len(params)} parameter{'s' * (len(params) > 1)}, {', '.join(names)[:100]}: return one gradient for each, or give a dict."
        )
    met = _met(keys, names) if keys else _in_order(_names_of(_last(claim, names)), names)
    by_name = dict(zip(names, params, strict=True))
    return {by_name[name].to_sympy(): ast.unparse(part) for name, part in zip(met, values, strict=True)}


def _met(keys: Sequence[str], names: Sequence[str]) -> list[str]:
    met = [name for key in keys if (name := _meant(key, names))]
    if len(set(met)) < len(keys):
        raise ReadError(
            f"The values are called {', '.join(keys)[:100]}, the parameters {', '.join(names)[:100]}: each value is called as its parameter is, or d and its name."
        )
    return met


def _in_order(shown: Sequence[str], names: Sequence[str]) -> list[str]:
    """The parameters of the values in `return db, dw`; their own order, where no name says another."""
    met = [_meant(key, names) for key in shown]
    if len(met) == len(names) == len(set(met) - {None}):
        return [str(name) for name in met]
    if any(name not in (None, own) for name, own in zip(met, names, strict=False)):
        raise ReadError(
            f"Which value is the gradient by which parameter of {', '.join(names)[:100]}? Give a dict, {{{names[0]!r}: ...}}."
        )
    return list(names)


def spread(claims: Any, params: Sequence[Node]) -> Any:
    """Claims by parameter; text alone speaks of all parameters."""
    return each(claims, params) if isinstance(claims, str) else claims


def _name(param: Node) -> str:
    return str(param.to_sympy())


def _meant(key: str, names: Sequence[str]) -> str | None:
    """The parameter that a value with this name belongs to."""
    if key in names:
        return key
    found = [n for n in names if re.fullmatch(rf"{BEFORE}?{re.escape(n)}{BEHIND}?", key)]
    return found[0] if len(found) == 1 else None


def _last(claim: str, names: Sequence[str]) -> str:
    """The names of what is returned; in a function or class that is not the last one, of the one line that tells all of them."""
    lines = [line.strip() for line in claim.strip().split("\n")]
    shown = {line.removeprefix("return").strip(" ();") for line in lines if line.startswith("return")}
    telling = [
        one
        for one in shown
        if len(set(_names_of(one))) == len(names) and all(_meant(key, names) for key in _names_of(one))
    ]
    return telling[0] if len(telling) == 1 else lines[-1].removeprefix("return").strip(" ();")


def _names_of(shown: str) -> list[str]:
    parts = [part.strip() for part in shown.strip("[]() ").split(",")]
    return parts if all(part.isidentifier() for part in parts) and len(parts) > 1 else []


def _entries_of(value: str, count: int) -> list[ast.expr]:
    """The entries of an array with one for each parameter, `A.T @ r`."""
    try:
        parts = [ast.parse(f"{PART_OF}({value}, {at}, {count})", mode="eval").body for at in range(count)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [part for part in parts if isinstance(part, ast.Call) and len(part.args) == 3]


def _in_an_array(value: str) -> list[ast.expr]:
    """`np.array([da, db])`, where all parameters are numbers."""
    try:
        e = ast.parse(value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    name = getattr(e.func, "attr", getattr(e.func, "id", "")) if isinstance(e, ast.Call) else ""
    inner = e.args[0] if isinstance(e, ast.Call) and name in ARRAYS and len(e.args) == 1 else None
    return list(inner.elts) if isinstance(inner, (ast.List, ast.Tuple)) else []
