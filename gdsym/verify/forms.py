"""Formulas as polynomials: what the laws of arithmetic make equal is one and the same form.

The letters of such a polynomial are atoms: whatever is no sum, product, quotient or whole power, with operands that are forms in
their turn. A quotient has atoms to negative powers, and a sum over an index is taken term by term, with what does not depend on
the index in front. Beside each polynomial stands what must be defined, or different from 0, for the formula to have a value: x/x
and 1 are the same polynomial, and not the same formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy

from gdsym.record import record
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import ONE, Number, rational
from gdsym.verify.polynomials import (
    UNIT,
    Monomial,
    Terms,
    TooMuch,
    constant,
    content_of,
    negative,
    put,
    total,
    turned,
    value_of,
)
from gdsym.verify.positive import is_positive, is_positive_atom, is_total

Need: TypeAlias = tuple[Any, ...]
Needs: TypeAlias = frozenset[Need]

MOST_TERMS = 100  # of a product; more is left to numbers
MOST_FACTORS = 12  # a power of a sum up to here is multiplied out
LOG_SLOPE = (sympy.log, (1,))
OPAQUE = ("integral", "change", "leibniz")  # known only as what they are
CHOOSING = ("cases", "logic", "rel", "tied", "max", "min", "heaviside")  # what is not chosen need not have a value
NOTHING: Needs = frozenset()


@record
class Known:
    """Names that are whole numbers, and those that are at least 1 as well."""

    whole: frozenset[Any] = frozenset()
    sizes: frozenset[Any] = frozenset()


@record
class Form:
    """The polynomial of a formula, and what must have a value, or not be 0, for the formula to have one."""

    terms: Terms
    needs: Needs = NOTHING


class Forms:
    """The forms of the operations of a graph; `known` is what is known of indices and sizes."""

    def __init__(self, g: Graph, known: Known) -> None:
        self.g, self.known = g, known
        self.facts: set[int] = set()  # numbers of forms that are not negative
        self.above: set[int] = set()  # and of those that are above 0
        self._of: dict[int, Form] = {}
        self._numbers: dict[frozenset[tuple[Monomial, Number]], int] = {}
        self._terms: list[Terms] = []  # of each number
        self._atoms: dict[Any, int] = {}
        self.keys: list[Any] = []  # of each atom
        self.slots: list[frozenset[Any]] = []  # indices on which each atom depends
        self.heights: list[int] = []  # how many sums stand one in another in each atom
        self.moved: dict[tuple[int, int, int], Form] = {}  # atoms with something in place of an index
        self.positive: dict[int, bool] = {}
        self.sums: dict[int, Terms] = {}  # atoms that are sums of several terms

    def of(self, n: int) -> Form:
        """The form of the operation n."""
        for m in self.g.cone(n):
            if m not in self._of:
                self._of[m] = self._made(m)
        return self._of[n]

    def number(self, terms: Terms) -> int:
        """The same number for equal polynomials."""
        key = frozenset(terms.items())
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self._terms)
            self._terms.append(terms)
        return known

    def terms(self, number: int) -> Terms:
        return self._terms[number]

    def equal(self, first: Terms, second: Terms) -> bool:
        """Are these equal polynomials once all denominators are multiplied out?"""
        left = total((first, negative(second)))
        while True:
            powers = [(at, e) for m in left for at, e in m if e < 0 and at in self.sums]
            if not powers:
                return not self.expanded(left)
            at = powers[0][0]
            least = min(e for other, e in powers if other == at)
            left = self.expanded(self.times(left, {((at, -least),): ONE}))

    # Numbers, letters, functions

    def atom(self, key: Any, numbers: Iterable[int] = (), slots: Iterable[Any] = (), bound: Any = None) -> int:
        """The atom of this key, made of the forms with these numbers; it binds the index `bound`."""
        known = self._atoms.get(key)
        if known is None:
            known = self._atoms[key] = len(self.keys)
            inner = [at for number in numbers for m in self._terms[number] for at, _ in m]
            self.keys.append(key)
            self.slots.append(frozenset(slots).union(*(self.slots[at] for at in inner)) - {bound})
            self.heights.append((bound is not None) + max((self.heights[at] for at in inner), default=0))
        return known

    def _made(self, n: int) -> Form:
        g = self.g
        op, data, args = g.ops[n], g.data[n], g.args[n]
        if op in OPAQUE:
            return self._strict(self.atom((op, n), slots=g.slots[n]), NOTHING)
        if op == "slot":
            return Form({((self.slot(data), 1),): ONE})
        if op == "pow" and data:
            return self._slope_of_power(n)
        if op in ("sum", "prod"):
            from gdsym.verify.repeated import repeated

            return repeated(self, op, data, *(self._of[a] for a in args))
        return self.apply(op, data, [self._of[a] for a in args])

    def apply(self, op: str, data: Any, parts: list[Form]) -> Form:
        """The form of an operation on forms."""
        if op == "num":
            return Form(constant(rational(data)))
        make = MAKE.get(op)
        if make is not None and not (op == "pow" and data):
            return make(self, parts)
        return self.plain(op, data, parts)

    def plain(self, op: str, data: Any, parts: list[Form]) -> Form:
        """An operation of which nothing is known but that equal operands give equal values; exp is its own derivative."""
        if op == "fn" and data[0] is sympy.exp:
            data = (sympy.exp, (0,))
        if op == "fn" and data == LOG_SLOPE and is_positive(self, parts[0].terms):
            return self.inverse(parts[0])
        numbers = tuple(self.number(part.terms) for part in parts)
        if op in CHOOSING:
            key: Any = (op, data, numbers, tuple(part.needs for part in parts))
            return self._strict(self.atom(key, numbers), NOTHING)
        at = self.atom((op, data, numbers, ()), numbers)
        needs = NOTHING.union(*(part.needs for part in parts))
        return Form({((at, 1),): ONE}, needs) if is_total(self, op, data, parts) else self._strict(at, needs)

    @staticmethod
    def _strict(at: int, needs: Needs) -> Form:
        return Form({((at, 1),): ONE}, needs | {("has a value", at)})

    def slot(self, slot: int) -> int:
        """The atom of an index."""
        return self.atom(("slot", slot), slots=(slot,))

    # Arithmetic

    def add(self, parts: list[Form]) -> Form:
        return Form(total(part.terms for part in parts), NOTHING.union(*(part.needs for part in parts)))

    def negative(self, parts: list[Form]) -> Form:
        (part,) = parts
        return Form(negative(part.terms), part.needs)

    def product(self, parts: list[Form]) -> Form:
        terms: Terms = {UNIT: ONE}
        for part in parts:
            terms = self.times(terms, part.terms)
        return Form(terms, NOTHING.union(*(part.needs for part in parts)))

    def quotient(self, parts: list[Form]) -> Form:
        return self.product([parts[0], self.inverse(parts[1])])

    def power(self, parts: list[Form]) -> Form:
        base, exponent = parts
        n = value_of(exponent.terms)
        if n is None:
            return self.plain("pow", 0, parts)
        if n < 0:
            return self.inverse(self.power([base, Form(constant(-n), exponent.needs)]))
        if n.q > 1 or (n > MOST_FACTORS and len(base.terms) > 1):
            return self.plain("pow", 0, [base, Form(constant(n), exponent.needs)])
        needs = base.needs | exponent.needs
        if len(base.terms) == 1 and n > MOST_FACTORS:
            ((m, c),) = base.terms.items()
            if c * c != 1:
                return self.plain("pow", 0, parts)
            return Form({tuple((at, e * int(n)) for at, e in m): c ** int(n)}, needs)
        return Form(self.product([base] * int(n)).terms, needs)

    def _slope_of_power(self, n: int) -> Form:
        """The k-th derivative of u^n, n (n - 1) ... u^(n - k), if n is a whole number that is large enough, or u is positive."""
        (base, exponent), k = [self._of[a] for a in self.g.args[n]], self.g.data[n]
        value = value_of(exponent.terms)
        if value is None or not (is_positive(self, base.terms) or (value.q == 1 and value >= k)):
            return self.plain("pow", k, [base, exponent])
        factor = ONE
        for j in range(k):
            factor = factor * (value - j)
        power = self.power([base, Form(constant(value - k), exponent.needs)])
        return self.product([Form(constant(factor)), power])

    def absolute(self, parts: list[Form]) -> Form:
        (part,) = parts
        return self.plain("abs", None, [Form(turned(part.terms), part.needs)])

    def delta(self, parts: list[Form]) -> Form:
        """1 where both are equal: where the difference, or its negative, is 0; the difference itself may be given."""
        part = self.add([parts[0], *(self.negative([other]) for other in parts[1:])])
        difference, needs = part.terms, part.needs
        value = value_of(difference)
        if value is not None:
            return Form({} if value else {UNIT: ONE}, needs)
        return self.plain("delta", None, [Form(turned(difference), needs)])

    def times(self, first: Terms, second: Terms) -> Terms:
        """The product."""
        if len(first) * len(second) > MOST_TERMS:
            raise TooMuch
        found: Terms = {}
        for m, c in first.items():
            for k, d in second.items():
                put(found, self.joined(m, k), c * d)
        return found

    def joined(self, first: Monomial, second: Monomial) -> Monomial:
        """The product of two monomials; a Kronecker delta is its own square."""
        if not first or not second:
            return first or second
        found = dict(first)
        for at, e in second:
            e += found.pop(at, 0)
            if e:
                found[at] = 1 if e > 1 and self.keys[at][0] == "delta" else e
        return tuple(sorted(found.items()))

    def expanded(self, terms: Terms) -> Terms:
        """The polynomial without positive powers of what is a sum of several terms."""
        while True:
            found = next(((m, at, e) for m in terms for at, e in m if e > 0 and at in self.sums), None)
            if found is None:
                return terms
            m, at, e = found
            rest = {key: c for key, c in terms.items() if key != m}
            opened: Terms = {tuple(part for part in m if part[0] != at): terms[m]}
            for _ in range(e):
                opened = self.times(opened, self.sums[at])
            terms = total((rest, opened))

    def inverse(self, form: Form) -> Form:
        """1/u, where u is a number times atoms, times a sum that is an atom of its own."""
        terms = self.expanded(form.terms)
        if not terms:
            raise TooMuch  # a division by 0
        content = content_of(terms)
        rest = self.times(terms, {tuple((at, -e) for at, e in content): ONE})
        lead = rest[min(rest)]
        found: Terms = {tuple((at, -e) for at, e in content): 1 / lead}
        parts = dict(content)
        if len(rest) > 1:
            at = self._sum(self.expanded({m: c / lead for m, c in rest.items()}))
            parts[at] = 1
            found = self.times(found, {((at, -1),): ONE})
        return Form(found, form.needs | {("is not 0", at) for at in parts if not is_positive_atom(self, at)})

    def _sum(self, terms: Terms) -> int:
        if not terms:
            raise TooMuch
        number = self.number(terms)
        at = self.atom(("+", None, (number,), ()), (number,))
        self.sums[at] = terms
        return at


MAKE = {
    "add": Forms.add,
    "neg": Forms.negative,
    "mul": Forms.product,
    "div": Forms.quotient,
    "pow": Forms.power,
    "abs": Forms.absolute,
    "delta": Forms.delta,
    "named": lambda forms, parts: parts[0],
}
