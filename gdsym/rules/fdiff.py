"""The slopes of SymPy's own functions, as their `fdiff` gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from gdsym.errors import GdsymError
from gdsym.rules.laws import U
from gdsym.written.from_sympy import from_sympy
from gdsym.written.hypergeometric import Hypergeometric
from gdsym.written.nodes import Node, Sym

NOT_CLOSED = (sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.I, sympy.Sum)
OWN: dict[Any, Callable[..., tuple[Any, ...]]] = {  # slopes that SymPy does not know, from quotients of gamma functions
    sympy.RisingFactorial: lambda u, n: (sympy.digamma(u + n) - sympy.digamma(u), sympy.digamma(u + n)),
    sympy.FallingFactorial: lambda u, n: (
        sympy.digamma(u + 1) - sympy.digamma(u - n + 1),
        sympy.digamma(u - n + 1),
    ),
}


def letters_of(count: int) -> tuple[Sym, ...]:
    """The letters that stand for the arguments: u, or one for each."""
    return (U,) if count == 1 else tuple(Sym(sympy.Symbol(f"_a{j}", real=True)) for j in range(count))


def slope_of(func: object, count: int, j: int) -> Node | None:
    """g'(U) from SymPy's `fdiff`, or None if there is no closed form."""
    letters = letters_of(count)
    try:
        value = _fdiff(func, tuple(letter.symbol for letter in letters), j)
    except (sympy.core.function.ArgumentIndexError, AttributeError, TypeError, NotImplementedError, ValueError):
        return None
    if value is None or value.has(*NOT_CLOSED):
        return None
    try:
        return from_sympy(value, [letter.symbol for letter in letters])
    except GdsymError:  # SymPy's formula has parts that are no real functions
        return None


def _fdiff(func: Any, args: tuple[Any, ...], j: int) -> Any:
    if isinstance(func, Hypergeometric):
        return func.fdiff(args, j)
    return func(*args) * OWN[func](*args)[j] if func in OWN else func(*args).fdiff(j + 1)
