"""Deviations from a mean add up to 0: sum_i (x_i - 1/m sum_j x_j) = 0, where both sums run over the same m entries."""

from __future__ import annotations

from collections.abc import Mapping

from gdsym.rules.fractions import split
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import ONE, ZERO, Add, Neg, Node, Sum, add, is_num, mul, replace

NOTHING: dict[Node, Node] = {}  # never written to


def deviations(node: Node, where: Mapping[Node, Node] = NOTHING) -> Node:
    """0 for a sum over i of u_i - 1/m sum_j u_j, or the node as it is; the mean may have a name in `where`."""
    if not isinstance(node, Sum) or not isinstance(node.body, Add):
        return node
    moving = [term for term in node.body.children if node.index in term.free]
    still = [term for term in node.body.children if node.index not in term.free]
    if len(still) != 1 or not moving:
        return node
    sign, core = (True, still[0].arg) if isinstance(still[0], Neg) else (False, still[0])
    own = moving if sign else [term.arg if isinstance(term, Neg) else Neg(term) for term in moving]
    return ZERO if _is_mean(where.get(core, core), add(*own), node) else node


def _is_mean(node: Node, of: Node, over: Sum) -> bool:
    """Is it 1/m times the sum of all m values of `of`?"""
    ups, downs = split(node)
    sums = [factor for factor in ups if not is_num(factor, 1)]
    count = over.upper if is_num(over.lower, 1) else calculate(Add(over.upper, Neg(over.lower), ONE))
    if len(sums) != 1 or not isinstance(sums[0], Sum) or mul(*downs) != count or over.index in sums[0].free:
        return False
    return Sum(of, *over.children[1:]) == Sum(
        replace(sums[0].body, {sums[0].index: over.index}), over.index, *sums[0].children[2:]
    )
