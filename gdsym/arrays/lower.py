"""A formula with indices -> array operations with named axes.

Products keep their factors apart until a sum over an index has seen them: that sum then becomes `@`. Everything else
is lowered once per formula and index range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import singledispatchmethod

import sympy

from gdsym.arrays import branches, calls, entries, inward, labels, pieces, raised, running, sums, wholes
from gdsym.arrays.affine import Affine, Range, affine
from gdsym.arrays.align import Axes, entrywise, transposed
from gdsym.arrays.dealt import dealt
from gdsym.arrays.expand import reachable
from gdsym.arrays.factors import over_and_under
from gdsym.arrays.graph import Graph, Op, Value
from gdsym.arrays.guards import needed
from gdsym.arrays.product import Product, product_of, realized, shared_wide, without
from gdsym.arrays.shapes import Shapes
from gdsym.arrays.stable import added_stably, joined, paired, summed
from gdsym.arrays.steep import meets, positive
from gdsym.errors import Unsupported
from gdsym.written import nodes as n
from gdsym.written.wholes import OfMatrix

Sym = n.Sym
DYADIC = (1, 2, 4, 8)  # decimals that are floats exactly, 0.5 and the like: counted as fractions


class Lowering:
    """One program: a graph, what each name is, and the index ranges around the part that is being lowered."""

    def __init__(self, shapes: Shapes, leaves: Mapping[n.Node, Op], graph: Graph) -> None:
        self.g, self.shapes, self.leaves = graph, shapes, dict(leaves)
        self.scope: dict[Sym, Range] = {}
        self.guard: Value | None = None
        self.around: dict[
            Value, tuple[Sym, Value | None, Value]
        ] = {}  # of a sum with terms: its index, what holds around and in it
        self.certain: frozenset[Op] = frozenset()  # what the cost computes, and what it divides by
        self.divisors: frozenset[Op] = frozenset()
        self.known: dict[object, Product | Value] = {}
        self.origin: dict[Op, tuple[n.Node, Axes]] = {}
        self.spoken: dict[n.Node, Value] = {}
        self.asked: dict[tuple[n.Base, int, Affine], None] = {}  # lengths of axes that slices need

    @contextmanager
    def within(self, letter: Sym, reach: Range) -> Iterator[None]:
        """The letter runs over a part of its range; what is known to hold there is that part of what is known to hold."""
        outer, guard = self.scope, self.guard
        if guard is not None and letter in guard.axes and reach != outer[letter]:
            self.guard = entries.part(self.g, guard, letter, outer[letter], reach)
        self.scope = {**outer, letter: reach}
        try:
            yield
        finally:
            self.scope, self.guard = outer, guard

    def cost(self, node: n.Node) -> Op:
        """The cost itself; its slopes may ask what it computes."""
        op = self.value(node).op
        self.certain = frozenset(reachable([op]))
        self.divisors = frozenset(branches.divisors(self.certain))
        return op

    def gradient(self, letters: Axes, node: n.Node, param: n.Base) -> Op:
        """The partial by the entries of an array parameter: an array of the parameter's shape."""
        spans = [self.shapes.span(param, axis) for axis in range(len(letters))]
        self.scope = {a: s for a, s in zip(letters, spans, strict=True) if s is not None}
        value = self.value(node, letters)
        op = pieces.spread(self, value, letters)
        self.scope = {}
        return self.g.make("copy", op) if op.kind in ("leaf", "slice", "transpose", "expand") else op

    def value(self, node: n.Node, want: Axes | None = None) -> Value:
        """The value of a formula, each computed once."""
        outer, self.guard = self.guard, needed(self, node)
        key = ("value", *self._key(node))
        if key not in self.known:
            value = self._value(node, want)
            self.known[key] = value
            self.origin.setdefault(value.op, (node, value.axes))
            self.spoken.setdefault(node, value)
        found, self.guard = self.known[key], outer
        assert isinstance(found, Value)
        return found if want is None or set(want) != set(found.axes) else transposed(self.g, found, want)

    def product(self, node: n.Node, want: Axes | None = None) -> Product:
        """The value of a formula with its factors kept apart."""
        outer, self.guard = self.guard, needed(self, node)
        key = ("product", *self._key(node))
        if key not in self.known:
            self.known[key] = self._product(node, want)
        found, self.guard = self.known[key], outer
        assert isinstance(found, Product)
        return found

    def _key(self, node: n.Node) -> tuple[object, ...]:
        around = frozenset((a, r) for a, r in self.scope.items() if a in node.free)
        return node, around, self.guard, self.g.apart & node.free

    def _product(self, node: n.Node, want: Axes | None) -> Product:
        if isinstance(node, n.Num):
            return Product(node.value)
        if isinstance(node, n.Dec) and (exact := Fraction(str(node.value))).denominator in DYADIC:
            return Product(exact)
        if isinstance(node, n.Neg):
            return Product(Fraction(-1)).times(self.g, self.product(node.arg, want))
        if isinstance(node, (n.Mul, n.Div)):
            terms = inward.multiplied_out(self, node)
            return (
                self._quotient(*over_and_under(node), want)
                if terms == [node]
                else self.added([*map(self.product, terms)])
            )
        if isinstance(node, n.Pow) and (power := whole(node.exponent)) is not None:
            return self._power(node, power)
        if isinstance(node, n.Pow) and (found := raised.power(self, node)) is not None:
            return found
        if isinstance(node, n.Prod):
            return running.product(self, node)
        if isinstance(node, n.Sum):
            return sums.total(self, node, Product(), want)
        if isinstance(node, n.Add):
            return self._factored(node)
        if isinstance(node, (n.Cases, n.Fn)):
            return pieces.cases(self, node) if isinstance(node, n.Cases) else calls.product(self, node)
        return product_of(self.g, self.value(node))

    def _factored(self, node: n.Add) -> Product:
        """Factors that make all terms wider than they need be stand in front of the sum."""
        terms = self._terms(node)
        if shared_wide(terms):
            return self.added(terms)
        self.value(node)  # under its own name
        return summed(self.g, terms)

    def _terms(self, node: n.Add, want: Axes | None = None) -> list[Product]:
        return [self.product(t, want) for c in node.children for t in inward.multiplied_out(self, c)]

    def added(self, terms: list[Product]) -> Product:
        """The sum of products, with what they share in front."""
        shared = shared_wide(terms)
        return Product(powers=shared).times(self.g, summed(self.g, [without(t, shared) for t in terms]))

    def _quotient(self, up: list[n.Node], down: list[n.Node], want: Axes | None) -> Product:
        """Sums of exponentials below, and exponentials above, go into a sum above: each term is then a stable quotient."""
        up, down = inward.freed(self, up, down)
        shorter = raised.cancelled(self, up, down)
        if shorter is not None:
            return self.product(shorter, want)
        taken = inward.taken_in(self, up, down)
        if taken is not None:
            return self._quotient(*taken, want)
        totals = [f for f in up if isinstance(f, n.Sum)]
        divisors = [self._risky(d).power(-1) for d in down]
        below = Product().times(self.g, *divisors)
        mixed = {v: k for v, k in below.powers.items() if v in self.g.mixtures and k < 0}
        if totals and mixed:
            return dealt(self, up, below, mixed)
        parts = [self.product(f, want if len(totals) == 1 else None) for f in up]
        return self._spread_out(up, parts, divisors) or Product().times(self.g, *divisors, *parts)

    def _spread_out(self, up: list[n.Node], parts: list[Product], divisors: list[Product]) -> Product | None:
        """(y/p - (1 - y)/(1 - p)) p (1 - p), p a sigmoid: the quotients only cancel when multiplied out."""
        for place, factor in enumerate(up):
            if isinstance(factor, n.Add):
                others = [*divisors, *(p for q, p in enumerate(parts) if q != place)]
                rest = Product().times(self.g, *others)
                terms = [self.product(t) for t in factor.children]
                out = [Product().times(self.g, *others, t) for t in terms]
                cancels = any(o.weight < rest.weight + t.weight for o, t in zip(out, terms, strict=True))
                if cancels and meets(rest, out):
                    fewer = paired(self.g, terms)
                    if joined(self.g, out):
                        return self.added(out)
                    if len(fewer) > 1 and not joined(self.g, fewer):
                        return self.added([Product().times(self.g, *others, t) for t in fewer])
        return None

    def _power(self, node: n.Pow, power: int) -> Product:
        if power < 0 and self.product(node.base).coefficient == 0:
            raise Unsupported("The cost divides by zero.")
        return (self.product(node.base) if power > 0 else self._risky(node.base)).power(power)

    def _risky(self, divisor: n.Node) -> Product:
        """Inside a case distinction the divisor is 1 where the case does not hold."""
        base, outer = self.product(divisor), self.guard
        self.guard = needed(self, divisor)
        sure = {v: k for v, k in base.powers.items() if v.op.kind == "size" or positive(self.g, v)}
        rest = without(base, sure)
        if self.guard is None or not rest.powers:
            safe = base
        else:
            safe = product_of(self.g, self.safe(realized(self.g, rest), 1)).times(self.g, Product(powers=sure))
        self.guard = outer
        return safe

    def safe(self, value: Value, inside: int) -> Value:
        """`value`, or a number inside the domain where the case at hand does not hold."""
        if self.guard is None or value.op.kind == "number":
            return value
        return entrywise(self.g, "where", self.guard, value, Value(self.g.number(inside)))

    @singledispatchmethod
    def _value(self, node: n.Node, want: Axes | None) -> Value:
        raise Unsupported(
            f"{sympy.sstr(node.to_sympy())[:120]} ({type(node).__name__}) cannot be compiled to array code. "
            "Compiled costs may hold sums, products, case distinctions and known functions."
        )

    @_value.register(n.Num | n.Neg | n.Mul | n.Div | n.Sum)
    def _(self, node: n.Num | n.Neg | n.Mul | n.Div | n.Sum, want: Axes | None) -> Value:
        return realized(self.g, self.product(node, want))

    @_value.register(n.Add)
    def _(self, node: n.Add, want: Axes | None) -> Value:
        terms = self._terms(node, want)
        if shared_wide(terms):
            return realized(self.g, self.product(node))
        return added_stably(self.g, terms)

    @_value.register(n.Dec | n.Const)
    def _(self, node: n.Dec | n.Const, want: Axes | None) -> Value:
        return Value(self.g.number(float(node.value)))

    @_value.register(n.Sym)
    def _(self, node: n.Sym, want: Axes | None) -> Value:
        if node in self.scope:
            reach = self.scope[node]
            return Value(self.g.make("arange", attr=(reach.lower, reach.upper), ndim=1, needs=1), (node,))
        return Value(self.leaves[node])

    @_value.register(n.Indexed)
    def _(self, node: n.Indexed, want: Axes | None) -> Value:
        return entries.entry(self, node)

    @_value.register(n.Pow)
    def _(self, node: n.Pow, want: Axes | None) -> Value:
        found = None if whole(node.exponent) is not None else raised.power(self, node)
        if whole(node.exponent) is not None or found is not None:
            return realized(self.g, found or self.product(node, want))
        base, exponent = self.value(node.base), self.value(node.exponent)
        return entrywise(self.g, "pow", self.safe(base, 1), exponent)

    @_value.register(n.Root)
    def _(self, node: n.Root, want: Axes | None) -> Value:
        degree = whole(node.degree)
        if degree == 2:
            return calls.unary(self, "sqrt", self.value(node.arg))
        base = self.safe(self.value(node.arg), 1)
        inverse = Value(self.g.number(Fraction(1, degree))) if degree else None
        if inverse is None:
            inverse = realized(self.g, self.product(node.degree).power(-1))
        return entrywise(self.g, "pow", base, inverse)

    @_value.register(n.Prod)
    def _(self, node: n.Prod, want: Axes | None) -> Value:
        return realized(self.g, running.product(self, node))

    @_value.register(n.Delta)
    def _(self, node: n.Delta, want: Axes | None) -> Value:
        same = entrywise(self.g, "compare", *map(self.value, node.children), attr="==")
        return labels.delta(self, node, Value(self.g.make("indicator", same.op), same.axes))

    @_value.register(n.Rel)
    def _(self, node: n.Rel, want: Axes | None) -> Value:
        return entrywise(self.g, "compare", *map(self.value, node.children), attr=node.op)

    @_value.register(n.Logic)
    def _(self, node: n.Logic, want: Axes | None) -> Value:
        if node.op in ("true", "false"):
            return Value(self.g.make("truth", attr=node.op == "true"))
        return entrywise(self.g, "logic", *map(self.value, node.children), attr=node.op)

    @_value.register(n.Cases)
    def _(self, node: n.Cases, want: Axes | None) -> Value:
        return realized(self.g, self.product(node))

    @_value.register(OfMatrix)
    def _(self, node: OfMatrix, want: Axes | None) -> Value:
        return Value(self.g.make(node.word, wholes.table(self, node), ndim=0))

    @_value.register(n.Fn)
    def _(self, node: n.Fn, want: Axes | None) -> Value:
        return calls.function(self, node)


def whole(node: n.Node) -> int | None:
    """The value of a whole number."""
    form = affine(node)
    return None if form is None else form.number
