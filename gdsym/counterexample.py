"""A point at which two formulas differ, in small numbers that a reader can put in by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from math import inf
from types import MappingProxyType
from typing import Any, TypeAlias

import sympy
from flint import arb, fmpq

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
TIES = 140  # trials from here on may repeat a number
FEW, ONE_BY_ONE = 3, 64  # points at each size, in search of the smallest, and sizes that are tried
MANY = 60  # numbers of a point that a new one is compared with
SHORT = 100  # bits of a fraction that is shown as it is
LONGEST = 12  # entries of an array that are all listed in a sentence
SEVERAL = 4  # points that differ; the one that is shortest to read is shown
DIGITS = (FEWEST := 10, 20, 40, 100)
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
    return _shortest((*tries, _alone(both, refuted)) if refuted else (*tries, _undefined(both)))


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

    @property
    def named(self) -> dict[Any, Any]:
        """The numbers of the point by the caller's symbols and entries."""
        return named(self.point.drawn)

    @property
    def said(self) -> str:
        """Both values, with as many digits as tell them apart."""
        return next(
            filter(None, (_apart(self, digits) for digits in DIGITS)),
            _values_text(number_text(self.theirs), number_text(self.mine)),
        )

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
    tries = [_tried(both, NOWHERE, wanted)]
    return [*tries, _with_sizes(both, met, wanted)] if met else tries


def _with_sizes(both: Formulas, met: Mapping[Any, Any], wanted: Wanted) -> Iterator[Difference]:
    counts = {place: value for place, value in met.items() if place in {*both.roles.sizes, *both.roles.integers}}
    yield from _tried(both, _least(both, counts, wanted), wanted)


def _least(both: Formulas, counts: Mapping[Any, Any], wanted: Wanted) -> dict[Any, Any]:
    """The sizes of a difference, each made as small as it can be, unless that takes very many terms."""
    found = dict(counts)
    for size in both.roles.sizes:
        for smaller in range(1, min(int(found.get(size, 1)), ONE_BY_ONE)):
            trial = {**found, size: smaller}
            if next(_tried(both, trial, wanted, FEW), None) is not None:
                found = trial
                break
    return found


def _tried(both: Formulas, fixed: Mapping[Any, Any], wanted: Wanted, trials: int = TRIALS) -> Iterator[Difference]:
    """Points of small numbers at which the two differ."""
    for seed in range(trials):
        point = _Small(seed=seed, roles=both.roles, values=fixed)
        mine, theirs = _values(both, point)
        if mine is not None and theirs is not None and nonzero(mine - theirs):
            sides = both.sides(point)
            if sides is None and both.beyond(point):
                continue
            if sides and sides.smooth and not sides.hold(mine):  # conventions at kinks that cancel each other
                mine = sides.left
            if wanted(one := Difference(point, mine, theirs, sides)):
                yield one


def _undefined(both: Formulas) -> Iterator[Difference]:
    """Points at which only the derivative has a value."""
    for seed in range(TRIALS):
        point = _Small(seed=seed, roles=both.roles)
        mine, theirs = _values(both, point)
        if mine is not None and theirs is None and not both.beyond(point):
            yield Difference(point, mine, None)


def _alone(both: Formulas, refuted: Mapping[Any, Any]) -> Iterator[Difference]:
    point = Point(roles=both.roles, values=refuted)
    mine, theirs = _values(both, point)
    if mine is not None and theirs is not None:
        if not nonzero(mine - theirs):
            mine, theirs = _values(both, point, MORE_BITS)
        yield Difference(point, mine, theirs, both.sides(point))


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


def listed(point: Mapping[Any, Any]) -> str:
    """`w = 1/2, x = (1, 2), X = [[1, 2], [3, 4]]`: the entries of an array in one bracket, if they are all there."""
    arrays: dict[Any, dict[tuple[Any, ...], Any]] = {}
    for name, value in point.items():
        if isinstance(name, sympy.Indexed):
            arrays.setdefault(name.base, {})[name.indices] = value
    plain = [f"{name} = {value}" for name, value in point.items() if not isinstance(name, sympy.Indexed)]
    return ", ".join([*plain, *(_array(base, entries) for base, entries in arrays.items())])


def _array(base: Any, entries: Mapping[tuple[Any, ...], Any]) -> str:
    rows, columns = (sorted({place[axis] for place in entries}) for axis in (0, -1))
    whole = all(ticks == list(range(1, len(ticks) + 1)) for ticks in (rows, columns))
    if whole and all(len(place) == 1 for place in entries):
        shown = [str(entries[r,]) for r in rows]
        return f"{base} = ({', '.join(shown if len(shown) <= LONGEST else [*shown[: LONGEST - 2], '...', shown[-1]])})"
    if whole and {(r, c) for r in rows for c in columns} == set(entries):
        table = [f"[{', '.join(str(entries[r, c]) for c in columns)}]" for r in rows]
        return f"{base} = [{', '.join(table)}]"
    return ", ".join(f"{base[place]} = {value}" for place, value in entries.items())


def number_text(value: Any) -> str:
    """The number, exact if that is short, or to 10 digits; None is a formula without a value there."""
    if value is None:
        return "not defined"
    if _is_short(value):
        return str(value)
    near = float(arb(value).mid())
    return f"{near:.10g}" if 0 < abs(near) < inf else str(arb(value).mid().str(FEWEST, radius=False))


def _is_short(value: Any) -> bool:
    return isinstance(value, fmpq) and value.height_bits() <= SHORT


def _apart(one: Difference, digits: int) -> str:
    theirs, mine = (_to_digits(value, digits) for value in (one.theirs, one.mine))
    return _values_text(theirs, mine) if theirs != mine else ""


def _to_digits(value: Any, digits: int) -> str:
    if digits <= FEWEST or value is None or _is_short(value):
        return number_text(value)
    return str(arb(value).mid().str(digits, radius=False))


def _values_text(theirs: str, mine: str) -> str:
    return f"yours {theirs}, the derivative {mine}"


def nonzero(value: Any) -> bool:
    return bool(value != 0) if isinstance(value, fmpq) else not value.contains(0)
