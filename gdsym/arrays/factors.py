"""The factors of a formula, above and below its fraction bars."""

from __future__ import annotations

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
