"""Entries by labels of a matrix product that is made anyway: sum_h X_ih W[h, c_i] is entry (i, c_i) of X W.

And in slopes: sums by labels of f_i X_il beside X' R are X' R with f_i added to entry (i, c_i) of R; T B less the rows B[c_i] is
(T - D) B, where D is the table of 0 and 1 by labels, if T - D is made anyway (shares less what is the case).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

from gdsym.arrays.graph import Graph, Op, operands_first
from gdsym.record import record

ROWS = (True, False)  # how a vector is shown that has a number for each row
TURNED = (1, 0)
Products = dict[tuple[Op, ...], Op]


def by_tables(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation."""
    every = operands_first(outputs)
    uses = Counter(a for op in every for a in op.args) + Counter(outputs)
    products = {op.args: op for op in every if op.kind == "matmul" and op.ndim == 2}
    beside = _beside_ones(g, every)
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            found = _entries(g, op, products)
            joined = (_joined(g, op, uses) or _less_rows(g, op, beside, uses)) if op.kind == "add" else None
            if found is not None:
                done[op] = g.make("picked", *map(visit, found), ndim=1)
            elif joined is not None:
                done[op] = visit(joined)
            else:
                done[op] = g.remade(op, tuple(map(visit, op.args)))
        return done[op]

    for op in every:
        visit(op)
    return done


def _entries(g: Graph, op: Op, products: Products) -> tuple[Op, Op] | None:
    """Of sum_a X_ia B[c_i, a] the table X B', if it is made, and c."""
    words, _, out = str(op.attr).partition("->") if op.kind == "einsum" and len(op.args) == 2 else ("", "", "")
    pair = list(zip(words.split(","), op.args, strict=False))
    for (word, rows), (other, table) in (pair, pair[::-1]) if len(out) == 1 else ():
        if rows.kind != "lookup" or len(rows.args) != 2 or rows.ndim != 2 or table.ndim != 2 or word[0] != out:
            continue
        left = table if other == word else _turned(g, table)
        base, places = rows.args
        right = _turned(g, base)
        if {*other} == {*word} and (left, right) in products:
            return products[left, right], places
        if {*other} == {*word} and (base, _turned(g, left)) in products:
            return _turned(g, products[base, _turned(g, left)]), places
    return None


def _beside_ones(g: Graph, every: Sequence[Op]) -> dict[tuple[Op, Op], tuple[Op, int, int]]:
    """Sums of a table and one of 0 and 1: by the labels of that, and the other one, the sum and both signs."""
    found = {}
    for op in every:
        for place, table in enumerate(op.args) if op.kind == "add" and op.ndim == len(op.args) == 2 else ():
            known = g.onehots.get(table)
            if known is not None and (known.its, known.k) == ((0,), 1):
                found[known.positions, op.args[1 - place]] = op, op.attr[place], op.attr[1 - place]
    return found


def _less_rows(g: Graph, op: Op, beside: dict[tuple[Op, Op], tuple[Op, int, int]], uses: Counter[Op]) -> Op | None:
    """The sum with rows by labels as part of the product that they stand beside."""
    terms = list(zip(op.attr, op.args, strict=True))
    rows = [(s, a) for s, a in terms if a.kind == "lookup" and len(a.args) == 2 and a.ndim == a.args[0].ndim == 2]
    for (sign, looked_up), (own, term) in product(rows, terms if beside else ()):
        base, places = looked_up.args
        whole = term.args[0] if term.kind == "div" else term
        if whole.kind != "matmul" or whole.args[1] is not base or max(uses[term], uses[whole]) > 1:
            continue
        table = whole.args[0] if whole is term else g.found("div", whole.args[0], term.args[1])
        made = beside.get((places, table)) if table is not None else None
        if made is not None and sign == own * made[2] * made[1]:
            rest = [t for t in terms if t[1] not in (looked_up, term)]
            return g.add(((own * made[2], g.make("matmul", made[0], base, ndim=2)), *rest))
    return None


def _turned(g: Graph, op: Op) -> Op:
    return op.args[0] if op.kind == "transpose" else g.make("transpose", op, attr=TURNED)


@record
class Term:
    """A term of a sum: its sign, what is left without numbers before and below it, these, and whether it is the transpose of that."""

    sign: int
    op: Op
    core: Op
    numbers: Counter[tuple[str, Op]]
    turned: bool


def _term(sign: int, whole: Op) -> Term:
    op, numbers, turned = whole, Counter[tuple[str, Op]](), False
    while True:
        if op.kind == "transpose" and op.ndim == 2:
            op, turned = op.args[0], not turned
        elif op.kind in ("mul", "div") and len(op.args) == 2 and not op.args[1].ndim:
            numbers[op.kind, op.args[1]] += 1
            op = op.args[0]
        elif op.kind == "mul" and len(op.args) == 2 and not op.args[0].ndim:
            numbers[op.kind, op.args[0]] += 1
            op = op.args[1]
        else:
            return Term(sign, whole, op, numbers, turned)


def _joined(g: Graph, op: Op, uses: Counter[Op]) -> Op | None:
    """The sum with a sum by labels of f_i X_il as part of a product X' R; None if there are no such terms."""
    terms = [_term(sign, a) for sign, a in zip(op.attr, op.args, strict=True)] if op.ndim == 2 else []
    for by_label in terms:
        scaled = _scaled(by_label.core)
        for other in terms if scaled is not None and uses[by_label.op] == 1 else ():
            if other.core.kind != "matmul" or other.numbers != by_label.numbers or uses[other.op] > 1:
                continue
            assert scaled is not None
            made = _with_entries(g, other, by_label, scaled)
            if made is not None:
                rest = [(t.sign, t.op) for t in terms if t not in (other, by_label)]
                return g.add(((other.sign, made), *rest))
    return None


def _scaled(op: Op) -> tuple[Op, Op, Op] | None:
    """The labels c, f and X of the sums by labels of f_i X_il."""
    if op.kind != "scatter" or op.ndim != 2 or op.args[0].ndim != 1 or op.args[1].kind != "mul":
        return None
    rows = op.args[1].args
    for front, table in (rows, rows[::-1]) if len(rows) == 2 else ():
        if front.kind == "expand" and front.attr == ROWS and table.ndim == 2:
            return op.args[0], front.args[0], table
    return None


def _with_entries(g: Graph, other: Term, by_label: Term, scaled: tuple[Op, Op, Op]) -> Op | None:
    """The product with f added to what X' is multiplied by, if it is one with X'."""
    labels, front, table = scaled
    left, right = other.core.args
    f = front if other.sign == by_label.sign else g.neg(front)
    if left is _turned(g, table) and other.turned != by_label.turned:
        core = g.make("matmul", left, g.make("put_in", right, labels, f, ndim=2), ndim=2)
    elif right is table and other.turned == by_label.turned:
        core = g.make("matmul", _turned(g, g.make("put_in", _turned(g, left), labels, f, ndim=2)), right, ndim=2)
    else:
        return None
    return _around(g, other.op, other.core, core)


def _around(g: Graph, op: Op, core: Op, other: Op) -> Op:
    """The term with something else in place of its core."""
    if op is core:
        return other
    return g.remade(op, tuple(_around(g, a, core, other) if a.ndim == 2 else a for a in op.args))
