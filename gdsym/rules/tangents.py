"""Quotients that have a name: sin u / cos u = tan u, cosh u / sinh u = coth u, (1 + tan^2 u)/tan u = 2/sin 2u."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Final

import sympy

from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.rules.regions import size
from gdsym.rules.tidy import calculate
from gdsym.step import Reason
from gdsym.written.nodes import ONE, Add, Div, Fn, Mul, Neg, Node, Num, Pow, walk
from gdsym.written.trees import fresh

CIRCULAR, HYPERBOLIC = (sympy.sin, sympy.cos), (sympy.sinh, sympy.cosh)
NAMED: Final[dict[tuple[Any, Any], Any]] = {
    CIRCULAR: sympy.tan, CIRCULAR[::-1]: sympy.cot, HYPERBOLIC: sympy.tanh, HYPERBOLIC[::-1]: sympy.coth,
}  # fmt: skip
BY_NAME: Final = {name: pair for pair, name in NAMED.items()}
PARTNER: Final = dict([*NAMED])
INVERSE: Final = {name: NAMED[pair[::-1]] for pair, name in NAMED.items()}
DOUBLED: Final = {sympy.tan: sympy.sin, sympy.cot: sympy.sin, sympy.tanh: sympy.sinh}


def tangents(node: Node) -> Node:
    """sin^n u / cos^n u = tan^n u, whatever else stands above and below the bar."""
    if not isinstance(node, (Mul, Div)):
        return node
    ups, downs = split(node)
    for tangent in (f for f in downs if isinstance(f, Fn) and f.func in DOUBLED):
        slope = _slope(tangent, ups)
        if slope is not None:
            ups[ups.index(slope)] = Num(2)
            downs[downs.index(tangent)] = Fn(DOUBLED[tangent.func], _twice(tangent.children[0]))
            return cancel(rebuilt(ups, downs))
    for at, factor in enumerate(ups):
        base, exponent = base_exponent(factor)
        if isinstance(base, Fn) and base.func in PARTNER:
            below = raised(Fn(PARTNER[base.func], *base.children), exponent)
            if below in downs:
                name = NAMED[base.func, PARTNER[base.func]]
                downs.remove(below)
                ups[at] = raised(Fn(name, *base.children), exponent)
                if (inverse := raised(Fn(INVERSE[name], *base.children), exponent)) in ups:
                    ups = [up for up in ups if up not in (ups[at], inverse)] or [ONE]
                return tangents(rebuilt(ups, downs))
    return node


def _twice(u: Node) -> Node:
    """2 u, term by term where fractions go: x + pi/2 of x/2 + pi/4, but 2 (a x + b)."""
    whole = calculate(cancel(Mul(Num(2), u)))
    return whole if not isinstance(u, Add) else min(whole, Add(*map(_twice, u.children)), key=size)


def _slope(tangent: Fn, among: Iterable[Node]) -> Node | None:
    """Of these the one that is 1 + tan^2 u, 1 - tanh^2 u or cot^2 u + 1, in any order."""
    return next((f for f in among if isinstance(f, Add) and set(f.children) == set(_law(tangent).children)), None)


def _law(tangent: Fn) -> Add:
    square = Pow(tangent, Num(2))
    return Add(ONE, Neg(square) if tangent.func is sympy.tanh else square)


def quotient_said(pairs: Iterable[tuple[Node, Node]], taken: Iterable[Node]) -> Reason:
    """The law, with a letter for what the functions are of: `sinh(u)/cosh(u) = tanh(u) with u = w x - y`."""
    pairs, letter = tuple(pairs), fresh("u", taken)
    named = _functions((after for _, after in pairs), BY_NAME)
    doubled = _functions((before for before, _ in pairs), DOUBLED)
    laws = [_law_of_name(name, letter) for name in dict.fromkeys(f.func for f in named)]
    laws += [_law_of_double(name, letter) for name in dict.fromkeys(f.func for f in doubled)]
    said = [part for law in laws for part in (" and ", *law)][1:]
    return (
        (*said, " with ", letter, " = ", (named or doubled)[0].children[0])
        if len(named or doubled) == 1
        else tuple(said)
    )


def _functions(nodes: Iterable[Node], among: Container[Any]) -> list[Fn]:
    """Those of these kinds, each once."""
    return list(dict.fromkeys(p for node in nodes for p in walk(node) if isinstance(p, Fn) and p.func in among))


def _law_of_name(name: Any, u: Node) -> Reason:
    above, below = BY_NAME[name]
    return (Div(Fn(above, u), Fn(below, u)), " = ", Fn(name, u))


def _law_of_double(tangent: Any, u: Node) -> Reason:
    named = Fn(tangent, u)
    return (Div(_law(named), named), " = ", Div(Num(2), Fn(DOUBLED[tangent], Mul(Num(2), u))))
