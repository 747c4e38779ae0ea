"""A point at which two formulas differ, in small numbers that a reader can put in by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeAlias

import sympy
from flint import fmpq

from gdsym.fewer import of_one_term
from gdsym.listing import both_said, number_text
from gdsym.record import record
from gdsym.verify import Formulas, Point
from gdsym.verify.evidence import Unknown
from gdsym.verify.formulas import BITS, MORE_BITS
from gdsym.verify.numbers import SNAP_BITS, precision
from gdsym.verify.points import mixed
from gdsym.verify.sides import Sides
from gdsym.written.nodes import TRUE, Base, D, Node, Sym

SMALL = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (3, 1), (-1, 1), (1, 2), (4, 1), (-2, 1), (5, 1), (3, 2), (0, 1)))
TRIALS = 200
MOST_TERMS = 40_000  # of the sums at all points that are tried
TIES = 140  # trials from here on may repeat a number
FEW, ONE_BY_ONE = 3, 64  # points at each size, in search of the smallest, and sizes that are tried
MANY = 60  # numbers of a point that a new one is compared with
SEVERAL = 4  # points that differ; the one that is shortest to read is shown
FINER = (BITS, MORE_BITS, 1 << 13, 1 << 16, 1 << 20)  # bits that may be needed to see what was refuted
NOWHERE: Mapping[Any, Any] = MappingProxyType({})


class _Small(Point):
    """A point of small numbers, which a reader can put in by hand; none twice, if it can be helped, but in the last trials."""

    __slots__ = ()

    def letter(self, sym: Sym, key: int) -> Any:
        value = self.drawn.get(sym)
        if value is None:
            value = self.drawn[sym] = self._small(sym, key)
        return value

    def _small(self, sym: Sym, key: int) -> Any:
        if sym in self.roles.sizes:
            return fmpq(2 if self.seed < 20 else 1 + mixed(key, self.seed) % 3 if self.seed < TRIALS // 2 else 3)
        if sym in self.roles.integers:
            return fmpq(self.roles.lowest + mixed(key, self.seed) % 2)
        used = [value for place, value in self.drawn.items() if isinstance(place, Sym) and self.seed < TIES]
        pick = self._unused(mixed(key, self.seed), used)
        return abs(pick) + 1 if sym.symbol.is_positive or sym.symbol.is_integer else pick

    def entry(self, base: Base, indices: tuple[int, ...], key: int) -> Any:
        place = (base, indices)
        value = self.drawn.get(place)
        if value is None:
            used = [
                value
                for other, value in islice(self.drawn.items(), MANY)
                if isinstance(other, tuple) and other[0] == base and self.seed < TIES
            ]
            value = self.drawn[place] = self._unused(mixed(key, self.seed, *indices), used)
        return value

    @staticmethod
    def _unused(bits: int, used: Sequence[Any]) -> Any:
        turned = [SMALL[(bits + j) % len(SMALL)] for j in range(len(SMALL))]
        return next((value for value in turned if value not in used), turned[0])


def counterexample(
    truth: Node,
    claim: Node,
    where: Mapping[Node, Node],
    refuted: Mapping[Any, Any] = NOWHERE,
    *,
    given: Node = TRUE,
    beside: Iterable[Node] = (),
    slope: D | None = None,
) -> Difference | None:
    """A point at which the two differ; None if none was found.

    Small numbers first, exact values if there are any; then the sizes of `refuted`, a point where the judge found a
    difference, with small numbers; then that point as it is. Last, a point where the claim has no value (None). All are
    where `given` holds, and where the derivative `slope` exists; names play the part that they play in the formulas
    `beside`, too.
    """
    try:
        both = Formulas(truth, claim, where=where, given=given, beside=beside, slope=slope, balls=True)
    except Unknown:
        return None
    tries = _near(both, refuted, _wrong)
    return _shortest((*tries, *_faintly(both, refuted)) if refuted else (*tries, _undefined(both)))


def at_kink(
    truth: Node, claim: Node, where: Mapping[Node, Node], met: Mapping[Any, Any], *, beside: Iterable[Node], slope: D
) -> Difference | None:
    """A point without a derivative at which the two differ, in small numbers; like `met`, where the judge found that.

    If the claim is not even between the slopes on both sides at `met`, it is not at the point that is returned.
    """
    both = Formulas(truth, claim, where=where, beside=beside, slope=slope)
    found = next(_alone(both, met), None)
    inside = found is None or found.sides is None or found.sides.hold(found.theirs)

    def wanted(one: Difference) -> bool:
        return one.sides is not None and not one.sides.smooth and one.sides.hold(one.theirs) is inside

    return _shortest((*_near(both, met, wanted), _alone(both, met)))


@record
class Difference:
    """A point, the value of the derivative and that of the claim there, and the slopes of the function on both sides."""

    point: Point
    mine: Any
    theirs: Any
    sides: Sides | None = None
    bits: int = BITS  # that tell the two apart

    @property
    def named(self) -> dict[Any, Any]:
        """The numbers of the point by the caller's symbols and entries."""
        return named(self.point.drawn)

    @property
    def said(self) -> str:
        """Both values, with as many digits as tell them apart; or how much one is above the other."""
        return both_said(self.theirs, self.mine, self.bits)

    @property
    def length(self) -> int:
        shown = [*map(str, self.point.drawn.values()), number_text(self.mine), number_text(self.theirs)]
        return sum(len(one) + 2 * (one == "0") for one in shown)  # a 0 hides what is wrong


Wanted: TypeAlias = Callable[[Difference], bool]


def _wrong(one: Difference) -> bool:
    """Is there a derivative, and not the claimed one? If that is not known, the derived one counts."""
    return one.sides is None or (one.sides.smooth and not one.sides.hold(one.theirs))


def _shortest(tries: Iterable[Iterator[Difference]]) -> Difference | None:
    """Of the first search that finds any points, the one that is shortest to read."""
    for found in tries:
        several = list(islice(found, SEVERAL))
        exact = [one for one in several if isinstance(one.mine, fmpq) and isinstance(one.theirs, fmpq)]
        if exact or several:
            return min(exact or several, key=lambda one: one.length)
    return None


def _near(both: Formulas, met: Mapping[Any, Any], wanted: Wanted) -> list[Iterator[Difference]]:
    """Points of small numbers; then those with the sizes of `met`."""
    tries = [_tried(both, (NOWHERE,) * TRIALS, wanted)]
    if not met:
        return tries
    return [*tries, _tried(both, of_one_term(met, both.roles.sizes), wanted), _with_sizes(both, met, wanted)]


def _with_sizes(both: Formulas, met: Mapping[Any, Any], wanted: Wanted) -> Iterator[Difference]:
    counts = {place: value for place, value in met.items() if place in {*both.roles.sizes, *both.roles.integers}}
    yield from _tried(both, (_least(both, counts, wanted),) * TRIALS, wanted)


def _least(both: Formulas, counts: Mapping[Any, Any], wanted: Wanted) -> dict[Any, Any]:
    """The sizes of a difference, each made as small as it can be, unless that takes very many terms."""
    found = dict(counts)
    for size in both.roles.sizes:
        for smaller in range(1, min(int(found.get(size, 1)), ONE_BY_ONE)):
            trial = {**found, size: smaller}
            if next(_tried(both, (trial,) * FEW, wanted), None) is not None:
                found = trial
                break
    return found


def _tried(
    both: Formulas, fixed: Iterable[Mapping[Any, Any]], wanted: Wanted, bits: int = BITS
) -> Iterator[Difference]:
    """Points of small numbers, beside those that are fixed, at which the two differ; no more where sums are long."""
    added = 0
    for seed, values in enumerate(fixed):
        point = _Small(seed=seed, roles=both.roles, values=values)
        mine, theirs = _values(both, point, bits)
        added += point.terms
        if added > MOST_TERMS:
            return
        if mine is not None and theirs is not None and nonzero(mine - theirs):
            sides = both.sides(point)
            if sides is None and both.beyond(point):
                continue
            if sides and sides.smooth and not sides.hold(mine):  # conventions at kinks that cancel each other
                mine = sides.left
            if wanted(one := Difference(point, mine, theirs, sides, bits)):
                yield one


def _undefined(both: Formulas) -> Iterator[Difference]:
    """Points at which only the derivative has a value."""
    for seed in range(TRIALS):
        point = _Small(seed=seed, roles=both.roles)
        mine, theirs = _values(both, point)
        if mine is not None and theirs is None and not both.beyond(point):
            yield Difference(point, mine, None)


def _alone(both: Formulas, refuted: Mapping[Any, Any], bits: Sequence[int] = (BITS, MORE_BITS)) -> Iterator[Difference]:
    """The point itself, with as many of the bits as tell the two apart."""
    point = Point(roles=both.roles, values=refuted)
    for enough in bits:
        mine, theirs = _values(both, point, enough)
        if mine is None or theirs is None:
            return
        if nonzero(mine - theirs) or enough == bits[-1]:
            yield Difference(point, mine, theirs, both.sides(point), enough)
            return


def _faintly(both: Formulas, refuted: Mapping[Any, Any]) -> Iterator[Iterator[Difference]]:
    """The point where the judge found a difference; if very many bits tell it, first such with small numbers."""
    found = next(_alone(both, refuted, FINER), None)
    if found is None:
        return
    if found.bits > MORE_BITS:
        yield _tried(both, (NOWHERE,) * FEW, lambda one: True, found.bits)
    yield iter((found,))


def _values(both: Formulas, point: Point, bits: int = BITS) -> tuple[Any, ...]:
    """Both values; none where the condition does not hold or cannot be decided."""
    try:
        return both.at(point, bits) if both.holds(point) else (None, None)
    except Unknown:
        return None, None


def named(numbers: Mapping[Any, Any]) -> dict[Any, Any]:
    """The numbers of a point by the caller's symbols and entries."""
    found: dict[Any, Any] = {}
    for place, value in numbers.items():
        found[place.to_sympy() if isinstance(place, Node) else place[0].at(place[1])] = _exact(value)
    return dict(sorted(found.items(), key=lambda item: (isinstance(item[0], sympy.Indexed), str(item[0]))))


def _exact(value: Any) -> Any:
    """The number for SymPy: a fraction, or for an irrational zero the root of a fraction or its first digits."""
    if isinstance(value, fmpq):
        return sympy.Rational(int(value.p), int(value.q))
    with precision(SNAP_BITS):
        for degree in (2, 3, 4):
            near = Fraction(float(abs(value.mid()) ** degree)).limit_denominator(1000)
            if (abs(value) ** degree - fmpq(near.numerator, near.denominator)).contains(0):
                root = sympy.root(sympy.Rational(near.numerator, near.denominator), degree)
                return root if value > 0 else -root
    return sympy.Float(value.mid().str(30, radius=False), 30)


def nonzero(value: Any) -> bool:
    return bool(value != 0) if isinstance(value, fmpq) else not value.contains(0)
