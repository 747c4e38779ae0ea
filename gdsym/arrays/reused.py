"""What is made anyway is used: of M r^2 and M r for all entries, the sum of the first is that of (M r) r; (M r) s is M (r s)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gdsym.arrays.graph import Graph, Op, operands_first


def reused(g: Graph, outputs: Sequence[Op]) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with tables that are multiplied once for several sums; what became of each operation."""
    every = operands_first(outputs)
    made = {(id(op.args[0]), id(op.args[1])): op for op in every if _is_table(op)}
    if not made:
        return list(outputs), {op: op for op in every}
    done: dict[Op, Op] = {}
    twins = _twins(every)

    def visit(op: Op) -> Op:
        if op in twins:
            return visit(twins[op])
        if op not in done:
            args = tuple(map(visit, _shared(op, made) or op.args))
            axes = summed_axes(op)
            product = _product(made, *op.args) if axes else None
            if product is None:
                done[op] = g.remade(op, args)
            else:
                done[op] = g.make("sum", visit(product), attr=axes, ndim=op.ndim)
        return done[op]

    now = [visit(op) for op in outputs]
    return now, done | {op: done[twin] for op, twin in twins.items() if twin in done}


def _twins(every: Sequence[Op]) -> dict[Op, Op]:
    """Tables that are products of the same factors as one made before."""
    first: dict[frozenset[tuple[Op, int]], Op] = {}
    tables = [op for op in every if op.kind == "mul" and op.ndim > 1]
    met = {op: first.setdefault(frozenset(Counter(_factors(op)).items()), op) for op in tables}
    return {op: twin for op, twin in met.items() if twin is not op}


def _factors(op: Op) -> Iterator[Op]:
    for a in op.args:
        yield from _factors(a) if a.kind == "mul" and a.ndim == op.ndim else (a,)


def _is_table(op: Op) -> bool:
    return op.kind == "mul" and len(op.args) == 2 and op.args[0].ndim == op.args[1].ndim == op.ndim > 1


def _product(made: dict[tuple[int, int], Op], one: Op, other: Op) -> Op | None:
    """The product of the two, if it is made."""
    return made.get((id(one), id(other))) or made.get((id(other), id(one)))


def _shared(op: Op, made: dict[tuple[int, int], Op]) -> tuple[Op, Op] | None:
    """The two factors of a sum over all entries of a b c, of which one is a product that is made anyway."""
    for product, third in _thirds(op) if op.kind == "vdot" else ():
        for one, other in (product.args, product.args[::-1]):
            found = _product(made, one, third)
            if found is not None and found is not product:
                return found, other
    return None


def _thirds(op: Op) -> Iterator[tuple[Op, Op]]:
    for product, third in (op.args, op.args[::-1]):
        if _is_table(product):
            yield product, third


def summed_axes(op: Op) -> tuple[int, ...]:
    """The axes over which products of entries are summed in 'ab,ab->a'; none for other sums."""
    if op.kind != "einsum" or len(op.args) != 2:
        return ()
    words, out = str(op.attr).split("->")
    first, second = words.split(",")
    kept = [x for x in first if x in out]
    return tuple(p for p, x in enumerate(first) if x not in out) if first == second and "".join(kept) == out else ()
