"""The factors of a formula, above and below its fraction bars."""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.written import nodes as n


def over_and_under(node: n.Node) -> tuple[list[n.Node], list[n.Node]]:
    """The factors above and below the fraction bars of nested products and quotients."""
    if isinstance(node, n.Mul):
        pairs = [over_and_under(c) for c in node.children]
        return [f for up, _ in pairs for f in up], [f for _, down in pairs for f in down]
    if isinstance(node, n.Neg):
        up, down = over_and_under(node.arg)
        return [n.Neg(n.ONE), *up], down
    if isinstance(node, n.Div):
        (up, down), (down2, up2) = over_and_under(node.num), over_and_under(node.den)
        return up + up2, down + down2
    if isinstance(node, n.Pow) and isinstance(node.base, (n.Mul, n.Div)) and _is_whole(node.exponent):
        up, down = over_and_under(node.base)  # (u v)^2 = u^2 v^2
        return [n.Pow(f, node.exponent) for f in up], [n.Pow(f, node.exponent) for f in down]
    return [node], []


def _is_whole(node: n.Node) -> bool:
    return isinstance(node, n.Num) and node.value.denominator == 1


def fraction(up: list[n.Node], down: list[n.Node]) -> n.Node:
    """The quotient of the products."""
    return n.Div(n.mul(*up), n.mul(*down)) if down else n.mul(*up)


def shared_in_cases(node: n.Cases) -> list[n.Node]:
    """Factors of all branches but those that are 0, if they are finite everywhere, also where no such branch holds."""
    branches = [over_and_under(value)[0] for value, _ in node.pairs if value != n.ZERO]
    first, *others = branches or [[]]
    return [f for f in dict.fromkeys(first) if _is_polynomial(f) and all(f in up for up in others)]


def cases_without(node: n.Cases, factors: Sequence[n.Node]) -> n.Node:
    """The case distinction with each of these factors taken out of every branch once."""
    parts: list[n.Node] = []
    for value, condition in node.pairs:
        up, down = over_and_under(value)
        for f in factors if value != n.ZERO else ():
            up.remove(f)
        left = n.mul(*up) if up else n.ONE
        parts += [value if value == n.ZERO else n.Div(left, n.mul(*down)) if down else left, condition]
    return n.Cases(*parts)


def _is_polynomial(node: n.Node) -> bool:
    """Made of names, entries and numbers without division or functions?"""
    if isinstance(node, (n.Add, n.Mul, n.Neg)):
        return all(map(_is_polynomial, node.children))
    if isinstance(node, (n.Num, n.Sym)):
        return True
    return isinstance(node, n.Indexed) and all(map(_is_polynomial, node.indices))
