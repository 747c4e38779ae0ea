"""Formulas as polynomials: what the laws of arithmetic make equal is one and the same form.

The letters of such a polynomial are atoms: whatever is no sum, product, quotient or whole power, with operands that are forms in
their turn. A quotient has atoms to negative powers, and a sum over an index is taken term by term, with what does not depend on
the index in front. Beside each polynomial stands what must be defined, or different from 0, for the formula to have a value: x/x
and 1 are the same polynomial, and not the same formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any

import sympy

from gdsym.verify.factored import factors
from gdsym.verify.form import NOTHING, Form, Known, Needs
from gdsym.verify.graph import Graph
from gdsym.verify.indicators import MARKS, cases, consistent, heaviside, logic, marked, rel, sign, tied
from gdsym.verify.needed import heights_of, slots_of
from gdsym.verify.numbers import LONGEST, ONE, rational
from gdsym.verify.polynomials import (
    JUST_ONE,
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
from gdsym.verify.positive import is_nonzero_atom, is_positive, is_total
from gdsym.verify.raised import KNOWN, exponential, power, slope_of_power
from gdsym.written.nodes import Node

MOST_TERMS = 100  # of a product; more is left to numbers
DEEPEST = 60  # atoms in atoms
OPAQUE = ("integral", "change", "leibniz")  # known only as what they are
COMPARISONS = ("delta", *MARKS)
CHOOSING = ("cases", "logic", "rel", "tied", "max", "min", "heaviside")  # what is not chosen need not have a value


class Forms:
    """The forms of the operations of a graph; `known` is what is known of indices and sizes."""

    def __init__(self, g: Graph, known: Known) -> None:
        self.g, self.known = g, known
        self.moved_limits: set[int] = set()  # slots of which some sum has other limits than at first
        self.facts: set[int] = set()  # numbers of forms that are not negative
        self.above: set[int] = set()  # and of those that are above 0
        self.apart: set[int] = set()  # and of those that are not 0
        self._of: dict[int, Form] = {}
        self._numbers: dict[frozenset[tuple[Monomial, Any, Any]], int] = {}
        self._terms: list[Terms] = []  # of each number
        self._atoms: dict[Any, int] = {}
        self.keys: list[Any] = []  # of each atom
        self.slots: list[frozenset[Any]] = []  # indices on which each atom depends
        self.depths: list[int] = []  # how many atoms stand one in another in each
        self.heights: list[int] = []  # how many sums stand one in another in each atom
        self.moved: dict[tuple[int, int, int], Form] = {}  # atoms with something in place of an index
        self.positive: dict[int, bool] = {}
        self.renamed = 0  # indices so far, in search of the order of sums that comes first

    def of(self, n: int) -> Form:
        """The form of the operation n."""
        new = [m for m in self.g.cone(n) if m not in self._of]
        loops = [m for m in new if self.g.ops[m] in ("sum", "prod")]
        self.moved_limits.update(self.g.data[m] for m in loops if self.g.args[m][:2] != self.g.limits(self.g.data[m]))
        for m in new:
            self._of[m] = self._made(m)
        return self._of[n]

    def number(self, terms: Terms) -> int:
        """The same number for equal polynomials."""
        key = frozenset([(m, c.p, c.q) for m, c in terms.items()])  # a fraction takes seven times as long to hash
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self._terms)
            self._terms.append(terms)
        return known

    def terms(self, number: int) -> Terms:
        return self._terms[number]

    # Numbers, letters, functions

    def atom(
        self,
        key: Any,
        numbers: Iterable[int] = (),
        slots: Iterable[Any] = (),
        bound: Any = None,
        needs: Needs = NOTHING,
    ) -> int:
        """The atom of this key, made of the forms with these numbers, which have `needs`; it binds the index `bound`."""
        known = self._atoms.get(key)
        if known is None:
            known = self._atoms[key] = len(self.keys)
            inner = [at for number in numbers for m in self._terms[number] for at, _ in m]
            self.keys.append(key)
            self.depths.append(1 + max((self.depths[at] for at in inner), default=0))
            if self.depths[-1] > DEEPEST:
                raise TooMuch
            own = (slots_of(self, need) for need in needs)
            self.slots.append(frozenset(slots).union(*own, *(self.slots[at] for at in inner)) - {bound})
            heights = (*heights_of(self, needs), *(self.heights[at] for at in inner))
            self.heights.append((bound is not None) + max(heights, default=0))
        return known

    def _made(self, n: int) -> Form:
        g = self.g
        op, data, args = g.ops[n], g.data[n], g.args[n]
        if op in OPAQUE:
            return self._strict(self.atom((op, n), slots=g.slots[n]), NOTHING)
        if op == "slot":
            return Form({((self.slot(data), 1),): ONE})
        if op in ("sum", "prod"):
            from gdsym.verify.repeated import repeated

            return repeated(self, op, data, *(self._of[a] for a in args))
        return self.apply(op, data, [self._of[a] for a in args])

    def apply(self, op: str, data: Any, parts: list[Form]) -> Form:
        """The form of an operation on forms."""
        if op == "num":
            return Form(constant(rational(data)))
        if op == "pow":
            return slope_of_power(self, parts, data) if data else power(self, parts)
        if op in MARKS:
            return marked(self, op, data, parts)
        make = MAKE.get(op)
        found = make(self, parts) if make else CASES[op](self, data, parts) if op in CASES else None
        return self.plain(op, data, parts) if found is None else found

    def plain(self, op: str, data: Any, parts: list[Form]) -> Form:
        """An operation of which nothing is known but that equal operands give equal values."""
        if op == "fn" and data[0] is sympy.exp:
            return exponential(self, parts[0])
        known = KNOWN[data[0]](self, data[1][0], parts) if op == "fn" and data[0] in KNOWN else None
        return self.atom_of(op, data, parts) if known is None else known

    def atom_of(self, op: str, data: Any, parts: list[Form]) -> Form:
        """The operation as a letter of its own."""
        numbers = tuple(self.number(part.terms) for part in parts)
        if op in CHOOSING:
            key: Any = (op, data, numbers, tuple(part.needs for part in parts))
            sure = op in ("max", "min") and not any(part.needs for part in parts)
            at = self.atom(key, numbers, needs=NOTHING.union(*key[-1]))
            return Form({((at, 1),): ONE}) if sure else self._strict(at, NOTHING)
        at = self.atom((op, data, numbers, ()), numbers)
        needs = NOTHING.union(*(part.needs for part in parts))
        return Form({((at, 1),): ONE}, needs) if is_total(self, op, data, parts) else self._strict(at, needs)

    @staticmethod
    def _strict(at: int, needs: Needs) -> Form:
        return Form({((at, 1),): ONE}, needs | {("has a value", at)})

    def slot(self, slot: int) -> int:
        """The atom of an index."""
        return self.atom(("slot", slot), slots=(slot,))

    def letter(self, name: Node) -> int:
        """The atom of a letter."""
        return self.atom(("sym", name, (), ()))

    # Arithmetic

    def add(self, parts: list[Form]) -> Form:
        return Form(total(part.terms for part in parts), NOTHING.union(*(part.needs for part in parts)))

    def negative(self, parts: list[Form]) -> Form:
        (part,) = parts
        return Form(negative(part.terms), part.needs)

    def product(self, parts: list[Form]) -> Form:
        terms = reduce(self.times, (part.terms for part in parts), JUST_ONE)
        return Form(terms, NOTHING.union(*(part.needs for part in parts)))

    def quotient(self, parts: list[Form]) -> Form:
        return self.product([parts[0], self.inverse(parts[1])])

    def absolute(self, parts: list[Form]) -> Form:
        (part,) = parts
        return self.plain("abs", None, [Form(turned(part.terms), part.needs)])

    def delta(self, parts: list[Form]) -> Form:
        """1 where both are equal: where the difference, or its negative, is 0; the difference itself may be given."""
        part = self.add([parts[0], *(self.negative([other]) for other in parts[1:])])
        value = value_of(part.terms)
        if value is not None:
            return Form({} if value else JUST_ONE, part.needs)
        return self.plain("delta", None, [Form(turned(part.terms), part.needs)])

    def times(self, first: Terms, second: Terms) -> Terms:
        """The product."""
        if JUST_ONE in (first, second):
            return second if first == JUST_ONE else first
        if len(first) * len(second) > MOST_TERMS:
            raise TooMuch
        found: Terms = {}
        for m, c in first.items():
            for k, d in second.items():
                if (product := self.joined(m, k)) is not None:
                    if (value := c * d).height_bits() > LONGEST:
                        raise TooMuch
                    put(found, product, value)
        return found

    def joined(self, first: Monomial, second: Monomial) -> Monomial | None:
        """The product of two monomials; a comparison is its own square. None where it is 0."""
        if not first or not second:
            return first or second
        found = dict(first)
        for at, e in second:
            e += found.pop(at, 0)
            if e:
                found[at] = 1 if e > 1 and self.keys[at][0] in COMPARISONS else e
        return consistent(self, tuple(sorted(found.items())))

    def expanded(self, terms: Terms) -> Terms:
        """The polynomial without positive powers of sums of several terms, and of roots no power that is none."""
        while True:
            found = next(((m, at, e) for m in terms for at, e in m if e >= self.degree(at) > 0), None)
            if found is None:
                return terms
            m, at, e = found
            rest = {key: c for key, c in terms.items() if key != m}
            times, left = divmod(e, self.degree(at))
            if times > MOST_TERMS:
                raise TooMuch
            opened: Terms = {
                tuple((other, left if other == at else f) for other, f in m if other != at or left): terms[m]
            }
            for _ in range(times):
                opened = self.times(opened, self.opened(at))
            terms = total((rest, opened))

    def degree(self, at: int) -> int:
        """Which power of the atom is a polynomial: 1 for a sum of several terms, q for a q-th root; 0 where none is."""
        op, data, *rest = self.keys[at]
        if op == "pow" and data == 0:
            n = value_of(self._terms[rest[0][1]])
            return int(n.q) if n is not None and n.p == 1 else 0
        return int(op == "+")

    def opened(self, at: int) -> Terms:
        """That polynomial."""
        return self._terms[self.keys[at][2][0]]

    def inverse(self, form: Form) -> Form:
        """1/u, where u is a number times atoms, times a sum that is an atom of its own."""
        terms = self.expanded(form.terms)
        found: Terms = JUST_ONE
        parts: dict[int, None] = {}
        while content := content_of(terms):
            below = {tuple((at, -e) for at, e in content): ONE}
            terms, found = self.expanded(self.times(terms, below)), self.times(found, below)
            parts.update((at, None) for at, _ in content)
        number, several = factors(terms) if len(terms) > 1 else (terms[min(terms)], [])
        found = {m: c / number for m, c in found.items()}
        needs = form.needs.union(*(self._not_0(at) for at in parts))
        sure = is_positive(self, terms) or is_positive(self, negative(terms))
        for factor, e in several:
            at = self._sum(factor)
            needs = needs if sure else needs | self._not_0(at)
            found = self.times(found, {((at, -e),): ONE})
        return Form(found, needs)

    def _not_0(self, at: int) -> Needs:
        """What is needed for the atom to be different from 0: of a power, that its base is."""
        if is_nonzero_atom(self, at):
            return NOTHING
        op, data, *rest = self.keys[at]
        if op == "pow" and data == 0 and value_of(self._terms[rest[0][1]]):
            return self.inverse(Form(self._terms[rest[0][0]])).needs
        return frozenset({("is not 0", at)})

    def _sum(self, terms: Terms) -> int:
        number = self.number(terms)
        return self.atom(("+", None, (number,), ()), (number,))


CASES: dict[str, Callable[[Forms, Any, list[Form]], Form | None]] = {"rel": rel, "logic": logic, "tied": tied}
MAKE: dict[str, Callable[[Forms, list[Form]], Form | None]] = {
    "add": Forms.add,
    "neg": Forms.negative,
    "mul": Forms.product,
    "div": Forms.quotient,
    "abs": Forms.absolute,
    "delta": Forms.delta,
    "sign": sign,
    "heaviside": heaviside,
    "cases": cases,
    "named": lambda forms, parts: parts[0],
}
