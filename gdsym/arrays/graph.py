"""The array program as a graph: equal operations on equal operands are one node, whatever the indices were called.

A node knows positions, not letters: `x_i` in a sum over i and `x_j` in a sum over j are the same node `x`. A `Value`
adds the letters of the axes, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from gdsym.arrays.affine import Affine
from gdsym.record import record
from gdsym.written.nodes import Sym

if TYPE_CHECKING:
    from gdsym.arrays.product import Product

DATA: Final = 1
PARAM: Final = 2


class Op:
    """One operation. Identity is equality: a `Graph` makes each node once. `needs` has the bits DATA and PARAM."""

    __slots__ = ("args", "attr", "kind", "ndim", "needs")
    attr: Any  # what else tells this operation: a number, a name, axes

    def __init__(self, kind: str, args: tuple[Op, ...], attr: Any, ndim: int, needs: int) -> None:
        self.kind, self.args, self.attr, self.ndim, self.needs = kind, args, attr, ndim, needs

    def __repr__(self) -> str:
        inside = [repr(a) for a in self.args] + ([] if self.attr is None else [str(self.attr)])
        return f"{self.kind}({', '.join(inside)})"


def as_array(op: Op) -> Op:
    """The operation as if on arrays, whatever its rank: for its code, not for a graph."""
    return Op(op.kind, op.args, op.attr, max(op.ndim, 1), op.needs)


def number_and_rest(op: Op) -> tuple[Fraction, Op]:
    """An operation as a number times the rest: -2 u as (-2, u)."""
    if op.kind == "neg":
        factor, rest = number_and_rest(op.args[0])
        return -factor, rest
    if op.kind in ("mul", "div") and len(op.args) == 2:
        number, other = op.args if op.kind == "mul" else op.args[::-1]
        if number.kind == "number" and isinstance(number.attr, (int, Fraction)) and number.attr:
            factor = Fraction(number.attr)
            return factor if op.kind == "mul" else 1 / factor, other
    return Fraction(1), op


@record
class Value:
    """An operation and the index letters of its axes, in order."""

    op: Op
    axes: tuple[Sym, ...] = ()


class Graph:
    """Makes operations; each once. `rules` rewrite products of powers of values that would overflow or cancel.

    With `by_label` sums by labels are added up where they belong; else they are products with tables of 0 and 1.
    """

    def __init__(self, rules: Sequence[Callable[[Graph, Product], Product]] = (), *, by_label: bool = True) -> None:
        self.rules, self.by_label = rules, by_label
        self.mixtures: dict[Value, Any] = {}  # sums of exponentials, by what they are made of
        self.logarithms: dict[Value, Value] = {}  # of values whose logarithm is a function
        self.logsums: dict[Value, Value] = {}  # logarithms of sums of exponentials: the sums
        self.losses: dict[Value, tuple[Fraction, Sequence[Product]]] = {}  # of what was given as c - u: c and the terms
        self.level: dict[Value, Product] = {}  # series that are quotients of 0 by 0 as they stood
        self.whole: dict[Value, tuple[Product, Value]] = {}  # series with what may stand in front of them
        self.tame: set[Op] = set()  # exponentials that are at most 1
        self.shifted: set[Op] = set()  # exponentials that are quotients of others
        self.moved: dict[Value, Any] = {}  # running sums, by what they are made of
        self.onehots: dict[Op, Any] = {}  # tables of 0 and 1 by labels
        self.lengths: dict[Sym, Affine] = {}  # of the axes of what is being summed
        self.tables: frozenset[tuple[Sym, Sym]] = (
            frozenset()
        )  # letters of entries, those of one axis before those of another
        self.apart: frozenset[Sym] = frozenset()  # indices that are to stay in factors of their own
        self.factors: dict[Value, Product] = {}  # of what was made as a product
        self.products: dict[Hashable, tuple[Op, tuple[int, ...]]] = {}  # what was made of them, but for letters
        self._reached: dict[Op, frozenset[Op]] = {}
        self._made: dict[Hashable, Op] = {}
        self._sums: dict[Hashable, Op] = {}

    def stable(self, product: Product) -> Product:
        """The same product with its unstable quotients rewritten."""
        for rule in self.rules:
            product = rule(self, product)
        return product

    def make(self, kind: str, *args: Op, attr: Hashable = None, ndim: int | None = None, needs: int = 0) -> Op:
        """The operation `kind` of `args`; its rank is the largest of theirs unless given."""
        key = (kind, tuple(map(id, args)), attr, type(attr))
        op = self._made.get(key)
        if op is None:
            rank = max((a.ndim for a in args), default=0) if ndim is None else ndim
            for a in args:
                needs |= a.needs
            op = self._made[key] = Op(kind, args, attr, rank, needs)
        return op

    def remade(self, op: Op, args: tuple[Op, ...]) -> Op:
        """The operation with other operands."""
        return op if args == op.args else self.make(op.kind, *args, attr=op.attr, ndim=op.ndim, needs=op.needs)

    def found(self, kind: str, *args: Op, attr: Hashable = None) -> Op | None:
        """The operation if it has been made."""
        return self._made.get((kind, tuple(map(id, args)), attr, type(attr)))

    def reached(self, op: Op) -> frozenset[Op]:
        """What an operation is made of, itself not among it."""
        if op not in self._reached:
            self._reached[op] = frozenset(op.args).union(*map(self.reached, op.args))
        return self._reached[op]

    def number(self, value: int | Fraction | float) -> Op:
        if isinstance(value, Fraction) and value.denominator == 1:
            value = int(value)
        return self.make("number", attr=value)

    def size(self, form: Affine) -> Op:
        """A whole number that sizes determine, e.g. m - 1."""
        if form.number is not None:
            return self.number(form.number)
        return self.make("size", attr=form, needs=DATA)

    def neg(self, a: Op) -> Op:
        if a.kind == "neg":
            return a.args[0]
        if a.kind == "number":
            return self.number(-a.attr)
        return self.make("neg", a)

    def abs(self, a: Op) -> Op:
        return a if a.kind == "abs" else self.abs(a.args[0]) if a.kind == "neg" else self.make("abs", a)

    def add(self, terms: tuple[tuple[int, Op], ...]) -> Op:
        """The sum of signed terms; the same sum in another order or with all signs turned is found again."""
        terms = tuple(((-s, t.args[0]) if t.kind == "neg" else (s, t)) for s, t in terms)
        if len(terms) == 1:
            return terms[0][1] if terms[0][0] > 0 else self.neg(terms[0][1])
        if all(s < 0 for s, _ in terms):
            return self.neg(self.add(tuple((1, t) for _, t in terms)))
        key, turned = (frozenset(_counted(terms, sign)) for sign in (1, -1))
        if key not in self._sums:
            if turned in self._sums:
                return self.neg(self._sums[turned])
            self._sums[key] = self.make("add", *(t for _, t in terms), attr=tuple(s for s, _ in terms))
        return self._sums[key]


def operands_first(outputs: Sequence[Op]) -> list[Op]:
    """All operations below the outputs, each once, its operands before it."""
    order: dict[Op, None] = {}

    def visit(op: Op) -> None:
        if op not in order:
            for a in op.args:
                visit(a)
            order[op] = None

    for op in outputs:
        visit(op)
    return list(order)


def _counted(terms: tuple[tuple[int, Op], ...], sign: int) -> list[tuple[int, int, int]]:
    signed = [(sign * s, id(t)) for s, t in terms]
    return [(s, t, signed.count((s, t))) for s, t in signed]


def rewritten(g: Graph, outputs: Sequence[Op], rule: Callable[[Op, dict[Op, Op]], Op | None]) -> dict[Op, Op]:
    """What becomes of each operation: what the rule makes of it, given what became of those before, or the same of its new operands."""
    done: dict[Op, Op] = {}
    for op in operands_first(outputs):
        done[op] = rule(op, done) or g.remade(op, tuple(done[a] for a in op.args))
    return done
