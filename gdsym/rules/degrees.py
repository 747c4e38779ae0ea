"""Slopes of orthogonal polynomials by their parameters: sums over those of lower degrees, where the degree is whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy

from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Fn, Node, Sym, replace

k = sympy.Symbol("k", integer=True)


def _gegenbauer(n: Any, a: Any, x: Any) -> Any:
    lower = 2 * (1 + (-1) ** (n - k)) * (k + a) / ((k + n + 2 * a) * (n - k))
    own = 2 * (k + 1) / ((k + 2 * a) * (2 * k + 2 * a + 1)) + 2 / (k + n + 2 * a)
    return lower * sympy.gegenbauer(k, a, x) + own * sympy.gegenbauer(n, a, x)


def _laguerre(n: Any, a: Any, x: Any) -> Any:
    """SymPy's own divides by n - a."""
    return sympy.assoc_laguerre(k, a, x) / (n - k)


def _jacobi(n: Any, a: Any, b: Any, x: Any, *, other: Any, sign: Any = 1) -> Any:
    rising = sympy.RisingFactorial
    share = (a + b + 2 * k + 1) * rising(other + k + 1, n - k) / ((n - k) * rising(a + b + k + 1, n - k))
    return (sympy.jacobi(n, a, b, x) + sign * share * sympy.jacobi(k, a, b, x)) / (a + b + n + k + 1)


SUMMANDS: dict[tuple[Any, int], Callable[..., Any]] = {  # of lower degrees k; J. Froehlich 1994 for Jacobi's
    (sympy.gegenbauer, 1): _gegenbauer,
    (sympy.assoc_laguerre, 1): _laguerre,
    (sympy.jacobi, 1): lambda n, a, b, x: _jacobi(n, a, b, x, other=b),
    (sympy.jacobi, 2): lambda n, a, b, x: _jacobi(n, a, b, x, other=a, sign=(-1) ** (n - k)),
}


def by_parameter(body: Fn, j: int) -> Node | None:
    """The slope by argument j, or None if the degree is not known to be whole, or no sum gives the slope."""
    if (body.func, j) not in SUMMANDS or not is_degree(body.children[0]):
        return None
    slope, letters = _slope(body.func, len(body.children), j)
    return replace(slope, dict(zip(letters, body.children, strict=True)))


def is_degree(node: Node) -> bool:
    """0, 1, 2 ...?"""
    value = node.to_sympy()
    return bool(value.is_integer and value.is_nonnegative)


def instead(body: Node) -> str:
    """What to do where no rule derives a function."""
    if isinstance(body, Fn) and any(func is body.func for func, _ in SUMMANDS) and not is_degree(body.children[0]):
        degree = str(body.children[0].to_sympy())[:60]
        return f"By its parameters there is one where the degree {degree} is whole: integer=True, nonnegative=True."
    return "Write it in terms of other functions, or hold it constant."


@lru_cache(maxsize=8)
def _slope(func: Any, count: int, j: int) -> tuple[Node, tuple[Sym, ...]]:
    n = sympy.Symbol("_a0", integer=True, nonnegative=True)
    letters = (n, *(sympy.Symbol(f"_a{place}", real=True) for place in range(1, count)))
    slope = sympy.Sum(SUMMANDS[func, j](*letters), (k, 0, n - 1))
    return from_sympy(slope, list(letters)), tuple(map(Sym, letters))
