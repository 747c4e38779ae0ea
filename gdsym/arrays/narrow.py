"""A number for each row is multiplied once: of f ((u V) W') and (f h)' (u V) it goes to u, if u is what both are made of.

So the errors of a network are made from its end to its start, however many slopes need them. And a number for what is
added up stands where the table is smaller: (A f) B is A (f B) for a small B.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod

from gdsym.arrays.expand import reachable
from gdsym.arrays.gates import is_decay
from gdsym.arrays.graph import PARAM, Graph, Op, operands_first
from gdsym.arrays.measure import Measure

ROWS, FLIPPED = (True, False), (1, 0)  # how a vector is shown that has a number for each row; a transposed matrix
TAME = frozenset(
    "abs add compare cos einsum expand indicator leaf logic matmul maximum minimum mul neg number sign sin size slice sum tanh transpose "
    "truth where".split()
)


def narrowed(g: Graph, outputs: Sequence[Op], usual: Measure) -> tuple[list[Op], dict[Op, Op]]:
    """The outputs with such numbers moved, by sizes as they usually are; what became of each operation."""
    every = reachable(outputs)
    done, now = {op: op for op in every}, list(outputs)
    if not any(_is_product(op) for op in every):
        return now, done
    for vector in dict.fromkeys(op.args[0] for op in reversed(every) if _is_row(op) and _is_tame(op)):
        once = _Once(g, now, usual, vector)
        if once.pays():
            now, done = (
                list(map(once.visit, now)),
                {op: once.visit(new) for op, new in done.items() if new in once.made},
            )
    last = _Across(g, now, usual)
    return list(map(last.visit, now)), {op: last.visit(new) for op, new in done.items()}


class _Once:
    """The uses of one vector as numbers for the rows of tables."""

    def __init__(self, g: Graph, outputs: Sequence[Op], usual: Measure, vector: Op) -> None:
        self.g, self.usual, self.vector = g, usual, vector
        self.row = g.make("expand", vector, attr=ROWS, ndim=2)
        self.users: dict[Op, list[Op | None]] = {op: [None] for op in outputs}
        order = operands_first(outputs)[::-1]  # users first
        self.made = frozenset(order)
        for op in order:
            for a in op.args:
                self.users.setdefault(a, []).append(op)
        self.within = set[Op]()  # the tables that all uses multiply by it
        for op in order:
            if (
                op.ndim == 2
                and op.needs & PARAM
                and op.kind != "expand"
                and all(self._multiplies(u, op) for u in self.users[op])
            ):
                self.within.add(op)
        self.done: dict[Op, Op] = {}
        self.times: dict[Op, Op] = {}

    def _multiplies(self, user: Op | None, op: Op) -> bool:
        """Does this use multiply the rows of the table by the numbers, or what is made of them later?"""
        if user is None or user.args.count(op) > 1:
            return False
        if user.kind == "mul" and user.ndim == 2:
            return self._heir(user) is op and (self.row in user.args or user in self.within)
        if user.kind != "matmul":
            return False
        if user.args[0] is op:
            return user.ndim == 2 and user in self.within
        return user.args[0] is self.vector or self._weighted(user.args[0]) is not None

    def _weighted(self, op: Op) -> Op | None:
        """The table h in (f h)'."""
        inside = op.args[0] if _is_turned(op) else None
        return (
            _without(self.g, inside, self.row)
            if inside is not None and inside.kind == "mul" and self.row in inside.args
            else None
        )

    def _heir(self, op: Op) -> Op | None:
        """The factor that the numbers go to."""
        tables = [a for a in op.args if a.ndim == 2 and a.kind != "expand"]
        return min(
            tables, key=lambda a: (a.kind != "matmul", a.kind != "mul", -len(self.users.get(a, ()))), default=None
        )

    def pays(self) -> bool:
        """Are there fewer multiplications?"""
        before = after = 0
        for op in self.users:
            if op.kind == "mul" and self.row in op.args and self._heir(op) in self.within:
                before += prod(self.usual(op))
            if op.kind == "matmul" and op.args[1] in self.within and (table := self._weighted(op.args[0])) is not None:
                before += prod(self.usual(table))
            if op in self.within and self._inside(op) is None:
                after += prod(self.usual(op))
        return after < before

    def _inside(self, op: Op) -> Op | None:
        """The operand that takes the numbers in place of the table."""
        inner = self._heir(op) if op.kind == "mul" else op.args[0] if _is_product(op) else None
        return inner if inner in self.within else None

    def visit(self, op: Op) -> Op:
        if op not in self.done:
            self.done[op] = self._visited(op)
        return self.done[op]

    def _visited(self, op: Op) -> Op:
        if op.kind == "mul" and self.row in op.args and (heir := self._heir(op)) in self.within:
            rest = _without(self.g, op, self.row)
            return self._with(rest, heir) if rest is not heir else self.multiplied(heir)
        if op.kind == "matmul" and op.args[1] in self.within:
            if op.args[0] is self.vector:
                return self.g.make("sum", self.multiplied(op.args[1]), attr=(0,), ndim=1)
            table = self._weighted(op.args[0])
            if table is not None:
                left = self.g.make("transpose", self.visit(table), attr=FLIPPED)
                return self.g.make("matmul", left, self.multiplied(op.args[1]), ndim=2)
        return self.g.remade(op, tuple(map(self.visit, op.args)))

    def multiplied(self, op: Op) -> Op:
        """The numbers times a table that is within."""
        if op not in self.times:
            inner = self._inside(op)
            if inner is not None:
                self.times[op] = self._with(op, inner)
            else:
                new = self.visit(op)
                self.times[op] = self.g.make("mul", self.row, *(new.args if new.kind == "mul" else (new,)), ndim=2)
        return self.times[op]

    def _with(self, op: Op, inner: Op) -> Op:
        args = (self.multiplied(a) if a is inner else self.visit(a) for a in op.args)
        return self.g.make(op.kind, *args, attr=op.attr, ndim=2)


class _Across:
    """Numbers for what a matrix product adds up, at the smaller operand."""

    def __init__(self, g: Graph, outputs: Sequence[Op], usual: Measure) -> None:
        self.g, self.usual = g, usual
        self.users = Counter(a for op in reachable(outputs) for a in op.args)
        self.users.update(outputs)
        self.done: dict[Op, Op] = {}

    def visit(self, op: Op) -> Op:
        if op not in self.done:
            moved = self._moved(op) if _is_product(op) else None
            self.done[op] = self.g.remade(op, tuple(map(self.visit, op.args))) if moved is None else self.visit(moved)
        return self.done[op]

    def _moved(self, op: Op) -> Op | None:
        for place, side in enumerate(op.args):
            table, turned = (side.args[0], True) if _is_turned(side) else (side, False)
            other = op.args[1 - place]
            if table.kind != "mul" or max(self.users[side], self.users[table]) > 1 or not self._smaller(other, table):
                continue
            for f in _beside(table, turned == (place == 0)):
                rest = _without(self.g, table, f)
                rest = self.g.make("transpose", rest, attr=FLIPPED) if turned else rest
                moved = self._at(other, f.args[0] if f.ndim == 2 else f, turned=place == 0)
                return self.g.make("matmul", *((moved, rest) if place else (rest, moved)), ndim=2)
        return None

    def _smaller(self, other: Op, table: Op) -> bool:
        return prod(self.usual(other)) < prod(self.usual(table))

    def _at(self, op: Op, vector: Op, *, turned: bool) -> Op:
        """The vector times the table, as numbers for its rows if `turned`, else for its columns."""
        table, is_turned = (op.args[0], True) if _is_turned(op) else (op, False)
        by_rows = turned != is_turned
        shown = self.g.make("expand", vector, attr=ROWS, ndim=2) if by_rows else vector
        new = self.g.make("mul", shown, table, ndim=2)
        return self.g.make("transpose", new, attr=FLIPPED) if is_turned else new


def _beside(table: Op, by_rows: bool) -> Iterator[Op]:
    """The factors that have a number for each row, or for each column."""
    return (f for f in table.args if (_is_row(f) if by_rows else f.ndim == 1) and _is_tame(f))


def _is_product(op: Op) -> bool:
    return op.kind == "matmul" and op.ndim == 2


def _is_row(op: Op) -> bool:
    return op.kind == "expand" and op.attr == ROWS and op.args[0].ndim == 1


def _is_turned(op: Op) -> bool:
    return op.kind == "transpose" and op.attr == FLIPPED


def _without(g: Graph, op: Op, factor: Op) -> Op:
    """A product without one of its factors."""
    place = op.args.index(factor)
    rest = (*op.args[:place], *op.args[place + 1 :])
    return rest[0] if len(rest) == 1 else g.make("mul", *rest, ndim=op.ndim)


def _is_tame(op: Op) -> bool:
    """Made without functions that grow fast, divided by numbers alone or by 1 + e^-|u|: it may be multiplied sooner or later."""
    seen = reachable([op])
    return all(o.kind in TAME or is_decay(o) or (o.kind == "div" and _is_at_least_one(o.args[1])) for o in seen)


def _is_at_least_one(op: Op) -> bool:
    if op.kind == "add" and op.attr == (1, 1) and op.args[0].kind == "number":
        return op.args[0].attr == 1 and is_decay(op.args[1])
    return op.kind in ("number", "size")
