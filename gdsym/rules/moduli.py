"""Signs beside absolute values: u sign(u) = |u|, |u| sign(u) = u, sign(u)/|u| = 1/u, sign(u)/u = 1/|u|, |u|^2 = u^2, |u|/u^2 = 1/|u|, |2 u| = 2 |u|, sign(2 u) = sign(u), sign(tanh u) = sign(u)."""

from __future__ import annotations

import sympy

from gdsym.rules.bounds import holds
from gdsym.rules.counting import may_be_empty
from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.written.nodes import ONE, Div, Fn, Mul, Neg, Node, Num, Pow, Sum, Sym, mul, walk

ODD = (sympy.tanh, sympy.sinh, sympy.asinh, sympy.atan, sympy.erf, sympy.erfi)  # above 0 where u is, everywhere


def moduli(node: Node) -> Node:
    """The sign beside an absolute value or its argument taken up, or the node as it is."""
    if isinstance(node, Pow):
        base, exponent = node.children
        even = isinstance(exponent, Num) and exponent.value % 2 == 0
        return Pow(base.children[0], exponent) if even and _is(base, sympy.Abs) else node
    if isinstance(node, Fn):
        return _outside(node) if node.func is sympy.Abs else _of_the_rest(node) if node.func is sympy.sign else node
    return _product(node) if isinstance(node, (Mul, Div)) else node


def _outside(node: Node) -> Node:
    """|2 u| = 2 |u|, |x^3| = x^2 |x|, |e^u v| = e^u |v|: what is nowhere below 0 leaves the bars."""
    arg = node.children[0]
    sides = split(arg.arg if isinstance(arg, Neg) else arg)
    outside, inside = (tuple[list[Node], list[Node]](([], [])) for _ in range(2))
    for at, side in enumerate(sides):
        for factor in side:
            base, power = base_exponent(factor)
            if factor == ONE:
                continue
            if holds(">=", factor, _is_positive):
                outside[at].append(factor)
            elif power > 2 and power % 2 == 1:
                outside[at].append(raised(base, power - 1))
                inside[at].append(base)
            else:
                inside[at].append(factor)
    if not any(outside) and not isinstance(arg, Neg) and (inside[0] or not inside[1]):
        return node
    if not inside[0]:  # |1/u| = 1/|u|
        return rebuilt(outside[0] or [ONE], [*outside[1], *(Fn(sympy.Abs, mul(*side)) for side in inside if side)])
    return rebuilt([*outside[0], Fn(sympy.Abs, rebuilt(*inside))], outside[1])


def _of_the_rest(node: Node) -> Node:
    """sign(2 u) = sign(u), sign(u |u|) = sign(u): what is above 0 where the rest is not 0 does not count; sign(tanh u) = sign(u)."""
    arg = node.children[0]
    if isinstance(arg, Fn) and arg.func in ODD:
        return Fn(sympy.sign, *arg.children)
    ups, downs = sides = split(arg)
    left = [[f for f in side if not (_is_above(f) or (_is(f, sympy.Abs) and f.children[0] in ups))] for side in sides]
    same = len(left[0]) == len(ups) and len(left[1]) == len(downs)
    new = Fn(sympy.sign, rebuilt(left[0] or [ONE], left[1])) if any(left) else ONE
    return node if same or new == node else new


def _is_above(factor: Node) -> bool:
    """Is it above 0, whatever its letters are? A sum of what is may have no terms."""
    sums = (part for part in walk(factor) if isinstance(part, Sum))
    return holds(">", factor, _is_positive) and not any(map(may_be_empty, sums))


def _is_positive(letter: Node) -> bool:
    return isinstance(letter, Sym) and bool(letter.symbol.is_positive)


def _product(node: Node) -> Node:
    ups, downs = split(node)
    for at, factor in enumerate(ups):
        if _is(factor, sympy.sign):
            others = [*ups[:at], *ups[at + 1 :]]
            found = _taken_up(factor.children[0], others, downs) or _out_of_the_sign(factor, others, downs)
            if found is not None:
                return found
    found = _even_sign(ups, downs) or _beside_square(ups, downs) or _beside_square(downs, ups, turned=True)
    return found or node


def _even_sign(ups: list[Node], downs: list[Node]) -> Node | None:
    """sign(u)^2/|u| = 1/|u|: it is 1 where u is not 0."""
    divisors = {base.children[0] if _is(base, sympy.Abs) else base for base, _ in map(base_exponent, downs)}
    for at, factor in enumerate(ups):
        base, exponent = base_exponent(factor)
        if _is(base, sympy.sign) and exponent % 2 == 0 and base.children[0] in divisors:
            return rebuilt([*ups[:at], *ups[at + 1 :]] or [ONE], downs)
    return None


def _beside_square(sizes: list[Node], others: list[Node], turned: bool = False) -> Node | None:
    """|u|/u^2 = 1/|u|, |u|/u^3 = 1/(u |u|), and u^2/|u| = |u|."""
    for at, size in enumerate(sizes):
        for place, other in enumerate(others if _is(size, sympy.Abs) else ()):
            base, exponent = base_exponent(other)
            if base == size.children[0] and exponent.denominator == 1 and exponent > 1:
                left = [*sizes[:at], *sizes[at + 1 :]]
                less = [raised(base, exponent - 2), size] if exponent % 2 else [raised(size, exponent - 1)]
                new = [*others[:place], *less, *others[place + 1 :]]
                return rebuilt(new, left) if turned else rebuilt(left, new)
    return None


def _taken_up(u: Node, ups: list[Node], downs: list[Node]) -> Node | None:
    """sign(u) ups/downs, where u or |u| stands above or below the bar."""
    size = Fn(sympy.Abs, u)
    for side in (ups, downs):
        for at, factor in enumerate(side):
            base, exponent = base_exponent(factor)
            if exponent % 1 or not (base in (u, size) if exponent % 2 else base == u and side is ups):
                continue
            less = [] if exponent == 1 else [raised(base, exponent - 1)]
            new = [*side[:at], *less, size if base == u else u, *side[at + 1 :]]
            return rebuilt(*((new, downs) if side is ups else (ups, new)))
    return None


def _out_of_the_sign(sign: Node, ups: list[Node], downs: list[Node]) -> Node | None:
    """sign(u/v)/v = sign(u)/|v|: what divides in the sign and beside it."""
    above, below = split(sign.children[0])
    for at, factor in enumerate(downs):
        if factor in below and not _is(factor, sympy.Abs):
            left = [f for f in below if f != factor]
            rest = Fn(sympy.sign, rebuilt(above, left))
            return rebuilt([rest, *ups], [*downs[:at], Fn(sympy.Abs, factor), *downs[at + 1 :]])
    return None


def _is(node: Node, func: object) -> bool:
    return isinstance(node, Fn) and node.func is func
