"""Conditions that all compare one formula u with numbers: the places on the line of u where one of them turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any, NamedTuple

import sympy
from flint import fmpq, fmpq_poly

from gdsym.rules.polynomials import Polynomial, Polynomials
from gdsym.rules.regions import large, letters_of
from gdsym.written.nodes import ZERO, Add, Dec, Fn, Logic, Neg, Node, Rel, kinds_of, walk

FUNCTIONS, DECIMALS = kinds_of(Fn), kinds_of(Dec)
EXTREMA = {sympy.Max: max, sympy.Min: min}
WAYS = 16  # in which the maxima of a formula can be taken
PLACES = 9  # at which u may stand
MOST = 80  # comparisons
HOLDS = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__", "==": "__eq__", "!=": "__ne__"}


def is_extremum(part: Node) -> bool:
    return isinstance(part, Fn) and part.func in EXTREMA


class Line(NamedTuple):
    """U, the polynomials in u that are compared, and the numbers where two of them meet."""

    u: Node
    known: dict[Node, fmpq_poly]
    places: tuple[Fraction, ...]

    def number(self, node: Node, at: Fraction) -> Fraction:
        found = self.known.get(node)
        if found is not None:
            return _fraction(found(fmpq(at.numerator, at.denominator)))
        parts = [self.number(child, at) for child in node.children]
        if isinstance(node, Fn):
            return EXTREMA[node.func](parts)
        return -parts[0] if isinstance(node, Neg) else sum(parts, Fraction(0))

    def slope(self, node: Node, at: Fraction) -> Fraction | None:
        """By u; None where there are several."""
        found = self.known.get(node)
        return None if found is None else _fraction(found.derivative()(fmpq(at.numerator, at.denominator)))

    def knows(self, condition: Node) -> bool:
        """Does it turn at these places only?"""
        return all(relation is not None and self._tells(relation) for relation in _relations(condition))

    def _tells(self, relation: Rel) -> bool:
        left, right = (_ways(side) for side in relation.children)
        pieces = (piece for side in relation.children for piece in _pieces(side))
        if left is None or right is None or not all(way in self.known for way in (*left, *right, *pieces)):
            return False
        roots = [_roots(self.known[one] - self.known[other]) for one, other in product(left, right)]
        return all(found is not None and set(found) <= set(self.places) for found in roots)

    def holds(self, condition: Node, at: Fraction) -> bool:
        if isinstance(condition, Rel):
            left, right = (self.number(side, at) for side in condition.children)
            return bool(getattr(left, HOLDS[condition.op])(right))
        assert isinstance(condition, Logic)
        parts = [self.holds(child, at) for child in condition.children]
        by_op = {"and": all(parts), "or": any(parts), "not": not all(parts), "true": True, "false": False}
        return by_op[condition.op]


def line_of(conditions: Iterable[Node]) -> Line | None:
    """The line on which the conditions can be told; None if they compare several formulas, or turn at a place that is no fraction."""
    relations = [part for condition in conditions for part in _relations(condition)]
    if not relations or len(relations) > MOST or None in relations:
        return None
    sides = dict.fromkeys(side for relation in relations if relation for side in relation.children)
    taken = {side: _ways(side) for side in sides}
    ways = [way for one in taken.values() for way in one or ()]
    if None in taken.values() or large(whole := Add(*ways, ZERO)) or not 0 < len(letters := letters_of(whole)) <= 10:
        return None
    found = _in_one(dict.fromkeys((*ways, *(piece for side in sides for piece in _pieces(side)))), letters)
    if found is None:
        return None
    u, known = found
    places: set[Fraction] = set()
    for relation in relations:
        assert relation is not None
        both_sides = [known[way] for side in relation.children for way in taken[side] or ()]
        for one, other in combinations(both_sides, 2):
            roots = _roots(one - other)
            if roots is None:
                return None
            places.update(roots)
    return Line(u, known, tuple(sorted(places))) if 0 < len(places) <= PLACES else None


def _relations(condition: Node) -> Iterator[Rel | None]:
    """The comparisons of a condition; None if there is something else in it."""
    if isinstance(condition, Rel):
        yield condition
    elif isinstance(condition, Logic):
        for child in condition.children:
            yield from _relations(child)
    else:
        yield None


def _ways(side: Node) -> list[Node] | None:
    """What a formula may be equal to: the arguments of its maxima and minima."""
    if not side.has(FUNCTIONS) or not any(map(is_extremum, walk(side))):
        return [side]
    parts = [_ways(child) for child in side.children]
    if None in parts or not (is_extremum(side) or isinstance(side, (Add, Neg))):
        return None
    if isinstance(side, Fn):
        found = [way for part in parts for way in part or ()]
    else:
        found = [side.with_children(made) for made in product(*(part or () for part in parts))]
    return found if len(found) <= WAYS else None


def _pieces(side: Node) -> Iterator[Node]:
    """The parts that a maximum is in the midst of."""
    if any(map(is_extremum, walk(side))):
        for child in side.children:
            yield from _pieces(child)
    else:
        yield side


def _in_one(ways: Iterable[Node], letters: Sequence[Node]) -> tuple[Node, dict[Node, fmpq_poly]] | None:
    """All of them as polynomials in one letter, or else as u times a number and another one, u the first that is no number."""
    ring = Polynomials(letters)
    found: dict[Node, Polynomial] = {}
    for way in ways:
        ratio = ring.ratio(way)
        if ratio is None or not ratio[1].is_constant() or way.has(DECIMALS):
            return None
        found[way] = ratio[0] / ratio[1]
    if len(letters) == 1:
        return letters[0], {way: _univariate(p) for way, p in found.items()}
    u = next(way for way, p in found.items() if not p.is_constant())
    known = {way: _multiple(p, found[u]) for way, p in found.items()}
    return None if None in known.values() else (u, {way: p for way, p in known.items() if p is not None})


def _univariate(p: Polynomial) -> fmpq_poly:
    numbers = {exponents[0]: number for exponents, number in p.to_dict().items()}
    return fmpq_poly([numbers.get(power, 0) for power in range(1 + max(map(int, numbers), default=0))])


def _multiple(p: Polynomial, u: Polynomial) -> fmpq_poly | None:
    """The numbers a and b of p = a u + b."""
    highest = next(powers for powers in u.monoms() if any(powers))
    a = p.to_dict().get(highest, fmpq(0)) / u.to_dict()[highest]
    rest = p - a * u
    return fmpq_poly([rest.leading_coefficient() if not rest.is_zero() else 0, a]) if rest.is_constant() else None


def _roots(p: fmpq_poly) -> list[Fraction] | None:
    """All real roots if they are rational numbers."""
    if p.degree() < 1:
        return []
    roots: list[Fraction] = []
    for factor, _ in p.factor()[1]:
        c, b, a = (Fraction(int(factor[j].p), int(factor[j].q)) for j in range(3))
        if factor.degree() == 1:
            roots.append(-c / b)
        elif factor.degree() > 2 or b * b >= 4 * a * c:
            return None
    return roots


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))
