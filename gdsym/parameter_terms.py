"""Slopes taken apart: coefficients, which only data tell, times functions of plain parameters; and one fraction of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import sympy

from gdsym.closing import tidy
from gdsym.linear import NotLinearError
from gdsym.written.nodes import (
    ONE,
    Add,
    Bound,
    Div,
    Indexed,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Sum,
    Sym,
    mul,
    replace,
    walk,
)  # fmt: skip

MOST_TERMS = 40
MOST_POWER = 4


class Terms:
    """A slope as a sum of coefficients (sums over data) times functions of the parameters, brought to one denominator."""

    def __init__(self, params: Sequence[Node]) -> None:
        self.params = tuple(params)
        self.symbols = {p: sympy.Symbol(f"_theta{_name(p)}", real=True) for p in params}
        self.heads = frozenset(p.base if isinstance(p, Indexed) else p for p in params)
        self.coefficients: dict[Node, Any] = {}
        self.counts: set[Node] = set()  # upper limits of sums
        self.images: dict[Any, tuple[Any, Any]] = {}  # letter for exp(c p), or log p -> p, and that function

    # slope = sum of coefficient times function of the parameters

    def terms(self, node: Node) -> list[tuple[Node, Any]]:
        if node.free.isdisjoint(self.heads):
            return [(node, sympy.S.One)]
        if not any(isinstance(part, Bound) for part in walk(node)) and (plain := self.plain(node)) is not None:
            return [(ONE, plain)]
        found = list(self.parts(node))
        if len(found) > MOST_TERMS:
            raise NotLinearError
        return found

    def plain(self, node: Node) -> Any:
        """A formula of parameters and plain letters; None if there are entries of arrays in it."""
        put = replace(node, {p: Sym(s) for p, s in self.symbols.items()})
        if not put.free.isdisjoint(self.heads) or any(isinstance(part, Indexed) for part in walk(put)):
            return None
        return put.to_sympy()

    def parts(self, node: Node) -> Iterator[tuple[Node, Any]]:
        if isinstance(node, Add):
            for child in node.children:
                yield from self.terms(child)
        elif isinstance(node, Neg):
            yield from ((Neg(c), f) for c, f in self.terms(node.arg))
        elif isinstance(node, Mul):
            choices = [self.terms(child) for child in node.children]
            if prod(map(len, choices)) > MOST_TERMS:
                raise NotLinearError
            for chosen in product(*choices):
                yield mul(*(c for c, _ in chosen)), prod(f for _, f in chosen)
        elif isinstance(node, Div):
            below = self.terms(node.den)
            if len(below) != 1:
                raise NotLinearError
            yield from ((Div(c, below[0][0]), f / below[0][1]) for c, f in self.terms(node.num))
        elif isinstance(node, Sum):
            yield from ((node.with_children((c, *node.children[1:])), f) for c, f in self.terms(node.body))
        elif isinstance(node, Pow) and isinstance(node.base, (Mul, Div)) and node.exponent.free.isdisjoint(self.heads):
            yield from self.terms(node.base.with_children(tuple(Pow(c, node.exponent) for c in node.base.children)))
        elif isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value in range(2, MOST_POWER):
            yield from self.terms(mul(*[node.base] * int(node.exponent.value)))
        else:
            raise NotLinearError

    def together(self, terms: Sequence[tuple[Node, Any]]) -> dict[Any, Any]:
        """Coefficients by function; a coefficient that is no number is a letter."""
        by: dict[Any, list[Node]] = {}
        for c, f in terms:
            by.setdefault(f, []).append(c)
        found = {f: sum(self.coefficient(tidy(part, ())) for c in cs for part in _opened(c)) for f, cs in by.items()}
        return {f: c for f, c in found.items() if c != 0}

    def coefficient(self, node: Node) -> Any:
        if isinstance(node, Neg):
            return -self.coefficient(node.arg)
        if isinstance(node, Add):
            return sum(map(self.coefficient, node.children))
        if isinstance(node, Num):
            return sympy.Rational(node.value)
        return self.coefficients.setdefault(node, sympy.Symbol(f"_c{len(self.coefficients)}"))

    # one fraction, and what is left above

    def fraction(self, terms: Sequence[tuple[Node, Any]]) -> tuple[Any, Any]:
        whole = sympy.Add(*(c * f for f, c in self.together(terms).items()))
        above, below = sympy.fraction(sympy.together(self.lettered(sympy.expand_power_exp(whole))))
        return above, below

    def lettered(self, whole: Any) -> Any:
        """exp(c p) and log p as letters."""
        inner = set(self.symbols.values())
        for function in sorted(whole.atoms(sympy.exp, sympy.log), key=str):
            argument = sympy.expand(function.args[0])
            letters = argument.free_symbols & inner
            if len(letters) != 1:
                raise NotLinearError
            (p,) = letters
            if isinstance(function, sympy.log) and argument == p:
                whole = whole.xreplace({function: self.letter(p, function)})
                continue
            c = argument.coeff(p)
            if isinstance(function, sympy.log) or c * p != argument or c.free_symbols & inner:
                raise NotLinearError
            base = next((f.args[0].coeff(p) for q, f in self.images.values() if q == p and f.func is sympy.exp), None)
            base = base if base is not None else -c if c.could_extract_minus_sign() else c
            times = sympy.cancel(c / base)
            if not times.is_Integer:
                raise NotLinearError
            whole = whole.xreplace({function: self.letter(p, sympy.exp(base * p)) ** times})
        return whole

    def letter(self, p: Any, function: Any) -> Any:
        found = next((letter for letter, (_, f) in self.images.items() if f == function), None)
        if found is None:
            found = sympy.Symbol(f"_image{len(self.images)}", positive=function.func is sympy.exp or None)
            self.images[found] = p, function
        return found


def _opened(node: Node) -> list[Node]:
    """The terms of a coefficient: sum (1 - x_i) is sum 1 and -sum x_i, which may meet others."""
    if isinstance(node, Add):
        return [part for c in node.children for part in _opened(c)]
    if not isinstance(node, (Neg, Div, Mul, Sum)):
        return [node]
    at = next((at for at, c in enumerate(node.children) if len(_opened(c)) > 1), None)
    if at is None or (at and isinstance(node, (Div, Sum))):
        return [node]
    before, after = node.children[:at], node.children[at + 1 :]
    return [part for c in _opened(node.children[at]) for part in _opened(node.with_children((*before, c, *after)))]


def factors(expression: Any) -> list[Any]:
    try:
        return [factor for factor, _ in sympy.factor_list(expression)[1]]
    except (sympy.PolynomialError, TypeError):  # a number, or powers with letters
        return []


def _name(param: Node) -> str:
    return "".join(c if c.isalnum() else "_" for c in str(param.to_sympy()))


__all__ = ["Terms", "factors"]
