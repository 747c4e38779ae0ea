"""Sums of products with one factor in common, whatever their letters: sum_j W_ij r_ij + sum_j W_ji r_ij is sum_j (W_ij + W_ji) r_ij.

So are slopes by both places of a pair: sum_i W_ij r_ij for each j is, with the letters changed, sum_j W_ji r_ji for each i.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import PARAM, Graph, Op
from gdsym.record import record

LETTERS = "ABCDEFGH"


@record
class Sum:
    """A number (none for 1) times a sum of products; by which letters the common factor, the other one and the sum are known."""

    sign: int
    number: Op | None
    other: Op
    letters: str
    result: str


def renamed(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such sums put together, where nothing else needs them; what became of each operation."""
    users = Counter(a for op in reachable(outputs) for a in op.args)
    users.update(outputs)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            joined = _joined(g, op, users) if op.kind == "add" and op.ndim else None
            done[op] = g.remade(op, tuple(map(visit, op.args))) if joined is None else visit(joined)
        return done[op]

    return [visit(op) for op in outputs], done


def _joined(g: Graph, op: Op, users: Counter[Op]) -> Op | None:
    """The sum with two terms or more as one."""
    bare = [_bare(a, users) for a in op.args]
    factors = Counter(f for e in bare if e is not None for f in dict.fromkeys(e[1].args))
    for common in (f for f, times in factors.items() if times > 1):
        terms = [_term(sign, e, common) for sign, e in zip(op.attr, bare, strict=True)]
        for one in (t for t in terms if t is not None):
            alike = [t for t in terms if t is not None and _are_alike(t, one)]
            if len(alike) > 1 and (common.ndim > 2 or not any(t.other.needs & PARAM for t in alike)):
                alike = [one, *(t for t in alike if t is not one)]
                rest = [(s, a) for s, a, t in zip(op.attr, op.args, terms, strict=True) if t not in alike]
                return g.add((*rest, *_together(g, alike, common, op.ndim)))
    return None


def _bare(op: Op, users: Counter[Op]) -> tuple[Op | None, Op] | None:
    """The number and the sum of two factors in it, if nothing else needs it."""
    number, inner = None, op
    if op.kind == "mul" and len(op.args) == 2 and not op.args[0].ndim:
        number, inner = op.args
    own = users[op] == users[inner] == 1 and inner.kind == "einsum" and len(inner.args) == 2
    return (number, inner) if own and inner.args[0] is not inner.args[1] else None


def _term(sign: int, part: tuple[Op | None, Op] | None, common: Op) -> Sum | None:
    """The term, its letters as those of the common factor are A, B, C by their places."""
    if part is None or common not in part[1].args:
        return None
    number, op = part
    words, result = str(op.attr).split("->")
    first, second = words.split(",")
    place = op.args.index(common)
    known, others = (second, first) if place else (first, second)
    if len(set(known)) < len(known) or not set(others) <= set(known):
        return None
    names = dict(zip(known, LETTERS, strict=False))
    return Sum(sign, number, op.args[1 - place], *("".join(names[x] for x in word) for word in (others, result)))


def _are_alike(t: Sum, one: Sum) -> bool:
    """Are they, read in the other one's order? Only data are turned round: where tables come in tiles, the others are not whole."""
    same = t.letters == one.letters or (
        len(t.letters) == 2 and t.letters[::-1] == one.letters and not t.other.needs & PARAM
    )
    return t.result == one.result and t.number is one.number and same


def _together(g: Graph, terms: Sequence[Sum], common: Op, rank: int) -> list[tuple[int, Op]]:
    """All of them as one sum of products."""
    one = terms[0]
    turned = [t.other if t.letters == one.letters else g.make("transpose", t.other, attr=(1, 0)) for t in terms]
    total = g.add(tuple((t.sign, table) for t, table in zip(terms, turned, strict=True)))
    attr = f"{LETTERS[: common.ndim]},{one.letters}->{one.result}".lower()
    product = g.make("einsum", common, total, attr=attr, ndim=rank)
    return [(1, product if one.number is None else g.make("mul", one.number, product))]
