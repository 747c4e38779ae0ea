"""The root of a square: sqrt(1 - sin^2 u) = |cos u|, sqrt(1 - (2 x/(1 + x^2))^2) = |1 - x^2|/(1 + x^2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce
from math import isqrt
from operator import mul as mul_of
from typing import Any, Final

import sympy
from flint import fmpq

from gdsym.rules import polynomials as poly
from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel
from gdsym.rules.polynomials import Factors, Polynomials
from gdsym.rules.regions import letters_of, regions, size
from gdsym.rules.standing import Standing
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import ONE, Add, Div, Fn, Mul, Neg, Node, Num, Pow, Root, is_num, rewrite, walk

MOST_LETTERS = 6
SHORT = 20  # nodes of a root that is shown in the reason
NOBODY: Final[frozenset[Node]] = frozenset()
BESIDE_ONE: Final[dict[Any, tuple[Any, bool]]] = {  # 1 - f^2 is g^2, or 1/g^2
    sympy.sin: (sympy.cos, False), sympy.cos: (sympy.sin, False), sympy.tanh: (sympy.cosh, True),
}  # fmt: skip
WITH_ONE: Final[dict[Any, tuple[Any, bool]]] = {  # 1 + f^2
    sympy.tan: (sympy.cos, True), sympy.cot: (sympy.sin, True), sympy.sinh: (sympy.cosh, False),
}  # fmt: skip
LESS_ONE: Final[dict[Any, tuple[Any, bool]]] = {  # f^2 - 1
    sympy.cosh: (sympy.sinh, False), sympy.sec: (sympy.tan, False), sympy.csc: (sympy.cot, False),
}  # fmt: skip


def root_of_square(node: Node) -> Node:
    """The absolute value of what is squared below the root, or the node as it is."""
    if not isinstance(node, Root) or not is_num(node.degree, 2):
        return node
    return _by_pythagoras(node.arg) or _of_fraction(node.arg) or node


def root_said(pairs: Iterable[tuple[Node, Node]]) -> Reason:
    """`sqrt(1 - cos(x)^2) = |sin(x)|`, the first of them if it is short."""
    roots = (part for before, _ in pairs for part in walk(before) if isinstance(part, Root))
    first = next(root for root in roots if root_of_square(root) is not root)
    return (
        (first, " = ", root_of_square(first))
        if size(first) <= SHORT
        else ("the root of a square is its absolute value",)
    )


def _by_pythagoras(arg: Node) -> Node | None:
    if not isinstance(arg, Add) or len(arg.children) != 2 or ONE not in map(_size, arg.children):
        return None
    one, square = sorted(arg.children, key=lambda term: _size(term) != ONE)
    base = _size(square).children[0] if isinstance(_size(square), Pow) else ONE
    if not isinstance(base, Fn) or _size(square) != Pow(base, Num(2)):
        return None
    laws = LESS_ONE if isinstance(one, Neg) else BESIDE_ONE if isinstance(square, Neg) else WITH_ONE
    if base.func not in laws or (isinstance(one, Neg) and isinstance(square, Neg)):
        return None
    func, below = laws[base.func]
    named = Fn(func, *base.children)
    size = named if func is sympy.cosh else Fn(sympy.Abs, named)
    return Div(ONE, size) if below else size


def _size(term: Node) -> Node:
    return term.arg if isinstance(term, Neg) else term


@cache
def _of_fraction(arg: Node) -> Node | None:
    """The root of a fraction both sides of which are squares."""
    if not any(isinstance(part, Div) and part.den.free for part in regions(arg)):
        return None
    atoms = letters_of(arg, MOST_LETTERS)
    ratio = Polynomials(atoms).ratio(arg) if len(atoms) <= MOST_LETTERS else None
    if ratio is None or ratio[0].is_zero():
        return None
    (top, above), (bottom, below) = map(poly.factors, ratio)
    number = _root(top / bottom)
    if number is None or any(power % 2 for _, power in (*above, *below)):
        return None
    letters = [sympy.Dummy(f"a{j}", real=True) for j in range(len(atoms))]
    standing = Standing(arg, dict(zip(atoms, letters, strict=True)), NOBODY)

    def side(factors: Factors, constant: fmpq) -> Node:
        """The factors that are nowhere below 0, and the absolute value of the others."""
        half = [(factor, power // 2) for factor, power in factors]
        free = [pair for pair in half if pair[1] % 2 == 0 or _positive(pair[0])]
        signed = _joined([(factor, power) for factor, power in half if (factor, power) not in free])
        written = [standing.written(poly.product(constant, free, [], letters))] if free or constant != 1 else []
        inside = standing.written(poly.product(fmpq(1), signed, [], letters)) if signed else None
        return Mul(*written, *([Fn(sympy.Abs, inside)] if inside is not None else []), ONE)

    found = Div(side(above, fmpq(number.p)), side(below, fmpq(number.q)))
    return rewrite(found, lambda part: cancel(calculate(drop(part))))


@cache
def factored(arg: Node) -> Node:
    """The polynomial as a product of its irreducible factors; any other formula as it is."""
    atoms = letters_of(arg, MOST_LETTERS)
    ratio = Polynomials(atoms).ratio(arg) if len(atoms) <= MOST_LETTERS else None
    if ratio is None or ratio[0].is_zero() or not ratio[1].is_constant():
        return arg
    constant, factors = poly.factors(ratio[0] / ratio[1].leading_coefficient())
    letters = [sympy.Dummy(f"a{j}", real=True) for j in range(len(atoms))]
    standing = Standing(arg, dict(zip(atoms, letters, strict=True)), NOBODY)
    return standing.written(poly.product(constant, factors, [], letters))


def _joined(signed: Factors) -> Factors:
    """|1 - x^2| and no |(1 - x) (1 + x)|, and each with its number as a plus."""
    whole = reduce(mul_of, (factor**power for factor, power in signed)) if signed else None
    return [(_turned(factor), power) for factor, power in (signed if whole is None or len(whole) > 2 else [(whole, 1)])]


def _turned(factor: poly.Polynomial) -> poly.Polynomial:
    """1 - x^2 for x^2 - 1: the number with a plus; an absolute value does not mind."""
    number = next((value for exponents, value in factor.to_dict().items() if not any(exponents)), 0)
    return -factor if number < 0 else factor


def _root(value: fmpq) -> fmpq | None:
    """The root of a fraction, if it is one."""
    up, down = (isqrt(max(int(part), 0)) for part in (value.p, value.q))
    return fmpq(up, down) if fmpq(up * up, down * down) == value else None


def _positive(factor: poly.Polynomial) -> bool:
    """Is it plainly above 0: even powers only, nothing taken away, and a number?"""
    terms = factor.to_dict().items()
    constant = any(not any(exponents) for exponents, _ in terms)
    return constant and all(value > 0 and not any(e % 2 for e in exponents) for exponents, value in terms)
