"""Products of a vector with a sum of tables of data, each with a number for each row: r (f A + g B) is (r f) A + (r g) B.

Then no table is made in an evaluation. Only where all terms have the same sign: of a difference of tables that are nearly equal
the products would lose the digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdsym.arrays.expand import reachable
from gdsym.arrays.graph import PARAM, Graph, Op, number_and_rest

Parts = list[tuple[Op, Op]]  # vectors, each with the table that it stands before


def unfactored(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such products; what became of each operation."""
    users = Counter(a for op in reachable(outputs) for a in op.args)
    users.update(outputs)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            parts = _parts(op, users)
            if parts is None:
                done[op] = g.remade(op, tuple(map(visit, op.args)))
            else:
                place, rows = parts
                r = visit(op.args[1 - place])
                terms = [(g.make("mul", r, visit(f)), table) for f, table in rows]
                pairs = [(table, v) if place == 0 else (v, table) for v, table in terms]
                done[op] = g.add(tuple((1, g.make("matmul", *pair, ndim=1)) for pair in pairs))
        return done[op]

    return [visit(op) for op in outputs], done


def _parts(op: Op, users: Counter[Op]) -> tuple[int, Parts] | None:
    """Which factor is such a sum, and its terms."""
    if op.kind != "matmul" or op.ndim != 1:
        return None
    for place, shown in ((0, (False, True)), (1, (True, False))):
        total, vector = op.args[place], op.args[1 - place]
        alone = total.kind == "add" and users[total] == 1 and total.needs & PARAM
        if vector.ndim == 1 and alone and {*total.attr} == {1}:
            found = [_scaled(a, shown, users) for a in total.args]
            if None not in found:
                return place, [pair for pair in found if pair is not None]
    return None


def _scaled(op: Op, shown: tuple[bool, bool], users: Counter[Op]) -> tuple[Op, Op] | None:
    """F and A of f A, for a table of data and a vector that shows so."""
    if op.kind != "mul" or len(op.args) != 2 or users[op] != 1:
        return None
    for front, table in (op.args, op.args[::-1]):
        own = front.kind == "expand" and front.attr == shown and number_and_rest(front.args[0])[0] > 0
        if own and table.ndim == 2 and not table.needs & PARAM:
            return front.args[0], table
    return None
