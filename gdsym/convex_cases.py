"""Convex formulas that are no sum or maximum of simpler ones: Huber's loss, and minus the logarithm of a normal distribution function."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from gdsym.written.nodes import Cases, Fn, Node, Rel, walk

NEAR, FAR = ("<", "<="), (">", ">=")


def square_then_line(node: Cases, is_above: Callable[[Node], bool]) -> Node | None:
    """The u of {k u^2 if |u| <= c; p |u| + q otherwise} with one value and one slope at |u| = c, k and c above 0.

    `is_above` tells whether a formula without parameters is nowhere below 0.
    """
    if len(node.pairs) != 2:
        return None
    (first, test), (second, _) = node.pairs
    if not isinstance(test, Rel) or test.op not in (*NEAR, *FAR):
        return None
    left, right = test.children
    turned = not _is_size(left)
    size, bound = (right, left) if turned else (left, right)
    if not _is_size(size) or not is_above(bound):
        return None
    near, far = (first, second) if (test.op in NEAR) != turned else (second, first)
    u, c, t = size.children[0], bound.to_sympy(), sympy.Dummy("t", positive=True)
    one, other = (_by_size(value, u, t) for value in (near, far))
    k, p, q = one.coeff(t, 2), other.coeff(t, 1), other.coeff(t, 0)
    same = (one - k * t**2, other - p * t - q, k * c**2 - p * c - q, 2 * k * c - p)
    rises = any(number.is_number and number.is_positive for number in (k, k * c))
    return u if rises and all(sympy.expand(part) == 0 for part in same) else None


def _is_size(node: Node) -> bool:
    return isinstance(node, Fn) and node.func is sympy.Abs


def _by_size(value: Node, u: Node, t: sympy.Symbol) -> sympy.Expr:
    """The branch as a formula in t = |u|, if it is one."""
    whole, inside = value.to_sympy(), u.to_sympy()
    whole = whole.xreplace({sympy.Abs(inside): t, sympy.Abs(-inside): t})
    return sympy.expand(whole.xreplace({inside: t, -inside: t}))


def normal_share(node: Node) -> Node | None:
    """The u of a (1 + erf u), a (1 - erf u) or a erfc u for a number a > 0."""
    found = {part for part in walk(node) if isinstance(part, Fn) and part.func in (sympy.erf, sympy.erfc)}
    if len(found) != 1 or any(isinstance(part, (Cases, Rel)) for part in walk(node)):
        return None
    (part,) = found
    t, whole = sympy.Dummy("t"), node.to_sympy()
    inner = part.to_sympy()
    share = sympy.expand(whole.xreplace({inner: t if part.func is sympy.erf else 1 - t}))
    a, b = share.coeff(t, 0), share.coeff(t, 1)
    alone = sympy.expand(share - a - b * t) == 0 and a.is_number and b.is_number
    return part.children[0] if alone and a.is_positive and a**2 == b**2 else None
