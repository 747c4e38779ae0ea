"""What losses and models are made from: expressions, arrays with indices, and ranges, as SymPy or as text."""

from __future__ import annotations

from typing import Any

import sympy

from gdsym.arguments import odd
from gdsym.reading import read

NO_TERM = (sympy.IndexedBase, sympy.Lambda, sympy.MatrixExpr)
NO_NUMBER = (sympy.nan, sympy.zoo)


def term(value: Any, name: str) -> Any:
    """An expression or a number."""
    if isinstance(value, str):
        return read(value).to_sympy()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = sympy.Float(value) if isinstance(value, float) else sympy.Integer(value)
    if isinstance(value, sympy.Expr) and not isinstance(value, NO_TERM) and value not in NO_NUMBER:
        return value
    raise odd(value, name, "give a SymPy expression, a real number or a text")


def array(value: Any, name: str) -> Any:
    """What is written with an index: an IndexedBase, or its name."""
    if isinstance(value, str):
        return sympy.IndexedBase(index(value, name))
    if isinstance(value, sympy.IndexedBase):
        return value
    raise odd(value, name, 'give an IndexedBase, e.g. IndexedBase("w")')


def index(value: Any, name: str) -> Any:
    """A letter that counts."""
    letter = term(value, name)
    if not isinstance(letter, (sympy.Symbol, sympy.Idx)):
        raise odd(value, name, "give a Symbol")
    return letter


def span(value: Any, name: str) -> tuple[Any, Any, Any]:
    """(i, 1, m): a letter, its first and its last value."""
    if not isinstance(value, (tuple, list, sympy.Tuple)) or len(value) != 3:
        raise odd(value, name, "give a range (i, 1, m): a letter, its first and its last value")
    letter, first, last = value
    return index(letter, f"The letter of {name}"), term(first, f"The start of {name}"), term(last, f"The end of {name}")
