"""Plain products that have factors in common are made from common parts: all partials of x_1 ... x_n for 3 n multiplications.

Of the pairs of factors that occur together, the most frequent are multiplied first, round after round; pairs of pairs
follow. A cost that is written out term by term is then as cheap as by reverse accumulation.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import Graph, Op

MOST = 40  # factors of a product whose pairs are looked at


def shared(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with common factors made once; what became of each operation."""
    order = reachable(outputs)
    rank = {op: at if op.kind != "number" else at - len(order) for at, op in enumerate(order)}  # numbers first
    factors = {op: sorted(op.args, key=rank.__getitem__) for op in order if _is_product(op)}
    changed = set[Op]()
    while round_ := _paired(g, factors, rank):
        changed |= round_
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            args = tuple(map(visit, factors[op] if op in changed else op.args))
            same = args == op.args
            done[op] = op if same else args[0] if len(args) == 1 and op in changed else g.remade(op, args)
        return done[op]

    return [visit(op) for op in outputs], done


def _is_product(op: Op) -> bool:
    return op.kind == "mul" and op.ndim == 0 and len(op.args) <= MOST


def _paired(g: Graph, factors: dict[Op, list[Op]], rank: dict[Op, int]) -> set[Op]:
    """One round: the pairs that occur in most products become one factor each; the products that changed."""
    users: dict[tuple[Op, Op], dict[Op, None]] = {}
    for op, parts in factors.items():
        for pair in combinations(parts, 2):
            if any(p.needs for p in pair):  # a pair of numbers is no work
                users.setdefault(pair, {})[op] = None
    worth = {
        pair: list(found)
        for pair, found in users.items()
        if len(found) > 1 and any(len(factors[op]) > 2 for op in found)
    }
    most = max(map(len, worth.values()), default=0)
    changed = set[Op]()
    for (a, b), found in worth.items():
        left = [op for op in found if len(found) == most and _has(factors[op], a, b)]
        if len(left) > 1 and any(len(factors[op]) > 2 for op in left):
            made = g.make("mul", a, b)
            rank.setdefault(made, len(rank))
            for op in left:
                if op is not made:
                    factors[op] = sorted([*_without_both(factors[op], a, b), made], key=rank.__getitem__)
                    changed.add(op)
    return changed


def _has(parts: Sequence[Op], a: Op, b: Op) -> bool:
    return b in parts and parts.count(a) > (a is b)


def _without_both(parts: Sequence[Op], a: Op, b: Op) -> list[Op]:
    rest = list(parts)
    rest.remove(a)
    rest.remove(b)
    return rest
