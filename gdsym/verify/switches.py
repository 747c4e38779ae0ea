"""Where the pieces of a formula meet: the zeros of what stands in Abs, sign, Max, Piecewise, and points around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise, product
from typing import Any, TypeAlias

import sympy
from flint import arb, fmpq

from gdsym.record import changed
from gdsym.verify.evidence import Undecided
from gdsym.verify.graph import BINDERS, Graph
from gdsym.verify.numbers import ROOT_RADIUS, SNAP, SNAP_BITS, Number, is_undefined, precision, whole
from gdsym.verify.points import Point, Roles
from gdsym.verify.program import Program
from gdsym.written.nodes import Node, Sym

Ends: TypeAlias = dict[Any, list[Number]]

SWITCHING = frozenset(("abs", "sign", "heaviside", "max", "min", "tied", "rel", "floor"))
CUT = frozenset((sympy.atan2, sympy.acot))  # functions that jump where their first argument is 0
STEPS_OF_FLOOR = (0, 1, -2)  # whole numbers at which a floor is looked at
NEAR = tuple(fmpq(p, 10_000) for p in (0, 1, -1, 5000, -5000, 10**7, -(10**7)))
BASES, MORE_BASES = 2, 4  # points from which each switch is looked for
MOST = 8  # switches that are looked at one by one
MANY = 48  # that are looked at together
TERMS = 3  # of a sum
MOST_IRRATIONAL = 2  # zeros of one switch
SECANTS = 20
EACH, TOGETHER = 2, 16  # zeros of each name, and combinations of them
LOUD = 1100  # no number is, unless a claim asks for it
ASIDE = fmpq(1, 1 << 40)
VARIABLES = 3  # names that are tried for one switch


def bases(good: Sequence[Point], free: Sequence[Node], several: bool) -> list[Point]:
    """Points from which a switch is looked for: the first, and with `several` indices one for each way in which they lie."""
    if not several:
        return list(good[:BASES])
    ways = {tuple(point.drawn.get(letter) for letter in free): point for point in reversed(good[BASES:])}
    return [*good[:BASES], *islice(reversed(ways.values()), MORE_BASES)]


def switching(g: Graph, n: int) -> bool:
    """Is operation n made of pieces?"""
    return g.ops[n] in SWITCHING or (g.ops[n] == "fn" and g.data[n][0] in CUT)


def at_switches(
    g: Graph, targets: Sequence[int], roles: Roles, starts: Sequence[Point], ends: Ends | None = None
) -> Iterator[Point]:
    """Points at and around every switch, between neighbouring ones, then where several are at once.

    `ends` takes down the numbers at which a switch of one name alone is."""
    together: dict[Any, list[Number]] = {}
    lines: dict[tuple[int, Any], list[Number]] = {}
    for rank, n in enumerate(switches(g, *targets)):
        switch = Switch(g, n, roles)
        for at, start in enumerate(starts if rank < MOST else starts[:1]):
            for place, roots in switch.zeros(start):
                together.setdefault(place, roots[:EACH])
                lines.setdefault((at, place), []).extend(roots)
                if ends is not None and switch.single:
                    ends.setdefault(place, []).extend(roots)
                yield from switch.points(start, place, roots, NEAR if rank < MOST else NEAR[:1])
    for (at, place), roots in lines.items():
        yield from (moved(starts[at], place, x) for x in between(roots) if allowed(place, x))
    if len(together) > 1:
        for chosen in islice(product(*together.values()), TOGETHER):
            yield _moved_all(starts[0], dict(zip(together, chosen, strict=True)))


def between(roots: Iterable[Number]) -> list[Number]:
    """The middle of each two neighbours."""
    return [(a + b) / 2 for a, b in pairwise(sorted(set(roots)))]


def switches(g: Graph, *targets: int, terms: int = TERMS) -> list[int]:
    """What is compared with 0 somewhere in the targets, at the first term of every sum, then at the next ones."""
    found = [d for n in g.cone(*targets) if switching(g, n) for d in compared(g, n)]
    lower = {g.data[b]: g.args[b][0] for b in g.cone(*targets) if g.ops[b] in BINDERS}
    places = dict.fromkeys(at_term(g, d, lower, later) for later in range(terms) for d in found)
    return [n for n in islice(places, MANY) if _inputs(g, n)]


def compared(g: Graph, n: int) -> list[int]:
    """What operation n compares with 0."""
    op, args = g.ops[n], g.args[n]
    if op == "floor":
        return [g.plus(args[0], g.num(-whole)) if whole else args[0] for whole in STEPS_OF_FLOOR]
    if op in ("abs", "sign", "heaviside", "fn"):
        return [args[0]]
    rivals = sorted(args[: len(args) // 2] if op == "tied" else args)
    return [g.plus(b, g.minus(rivals[0])) for b in rivals[1:]]


def at_term(g: Graph, n: int, lower: Mapping[int, int], later: int = 0) -> int:
    """Operation n with numbers in place of the indices of all sums around it: the lower limits, or what comes after them.

    Of two sums in each other one goes on at a time: x_i - x_k is looked at where i = 1 and k = 2, not where both are 2.
    """
    ahead = (later, later) if len(g.slots[n]) < 2 else ((0, 0), (1, 0), (0, 1))[later]
    rank = 0
    while g.slots[n]:
        slot = g.innermost(n)
        assert slot is not None
        n = g.put_in(n, slot, g.plus(lower[slot], g.num(ahead[rank % 2])) if ahead[rank % 2] else lower[slot])
        rank += 1
    return n


def _inputs(g: Graph, n: int) -> list[int]:
    return [m for m in g.cone(n) if g.ops[m] in ("sym", "entry")]


class Switch:
    """One quantity whose sign matters, as a function of one name at a time."""

    def __init__(self, g: Graph, n: int, roles: Roles) -> None:
        self.value = Program(g, [n])
        kept = roles.integers | set(roles.sizes) | roles.labels
        lower = {g.data[b]: g.args[b][0] for b in g.cone(n) if g.ops[b] in BINDERS}  # of w'x, w_1 and x_1 are moved
        self._names = [name_at(g, at_term(g, m, lower)) for m in _inputs(g, n) if g.data[m] not in kept]

    @property
    def single(self) -> bool:
        """Does one name alone decide it?"""
        return len(self._names) == 1

    def places(self, base: Point) -> list[Any]:
        """Names that can be moved to make it 0: letters, and entries of arrays."""
        return [place for name in self._names[:VARIABLES] if (place := name(base)) is not None]

    def zeros(self, base: Point) -> list[tuple[Any, list[Number]]]:
        """A name and the numbers at which the quantity is zero, the other names as at `base`; nothing if none is found.

        A name for which a zero is a fraction is taken before one for which it is only near: x^2 = y is solved for y.
        """
        from gdsym.verify.zeros import zeros

        near: list[tuple[Any, list[Number]]] = []
        for place in self.places(base):
            roots = zeros(lambda x, place=place: self._at(base, place, x))  # type: ignore[misc]
            if any(self._at(base, place, root) == 0 for root in roots):
                return [(place, roots)]
            near += [(place, roots)] if roots else []
        return near[:1]

    def points(self, base: Point, place: Any, roots: Sequence[Number], steps: Sequence[Number]) -> Iterator[Point]:
        """Points at these zeros, and around them."""
        for root, step in product(roots, steps):
            if allowed(place, root + step):
                yield moved(base, place, root + step)
        yield from self._irrational(base, place, roots)

    def _irrational(self, base: Point, place: Any, roots: Sequence[Number]) -> Iterator[Point]:
        """Points at zeros that are no fractions, in balls that hold them and are so small that a comparison may take them for exact."""
        for root in roots[:MOST_IRRATIONAL]:
            with precision(SNAP_BITS):
                exact = None if self._at(base, place, root) == 0 else _refined(lambda x: self._at(base, place, x), root)
            if exact is not None and allowed(place, exact):
                yield changed(moved(base, place, exact), values={}, snapped=True)

    def _at(self, base: Point, place: Any, x: Number) -> Number | None:
        try:
            return self.value.run(moved(base, place, x))[0]
        except Undecided:
            return None


def name_at(g: Graph, n: int) -> Callable[[Point], Any]:
    """The letter, or the entry of an array at the values that its indices have."""
    data = g.data[n]
    if g.ops[n] == "sym":
        return lambda p: data
    indices = Program(g, g.args[n])

    def place(p: Point) -> Any:
        found = indices.run(p)
        return (data, tuple(int(i.p) for i in found)) if all(type(i) is fmpq for i in found) else None

    return place


def moved(base: Point, place: Any, x: Number) -> Point:
    """The point with one number changed."""
    drawn = {**base.drawn, place: x}
    return Point(
        seed=base.seed,
        box=base.box,
        roles=base.roles,
        drawn=drawn,
        room=base.room,
        far=base.far,
        snapped=base.snapped,
    )


def _moved_all(base: Point, numbers: Mapping[Any, Number]) -> Point:
    for place, x in numbers.items():
        base = moved(base, place, x) if allowed(place, x) else base
    return base


def allowed(place: Any, x: Number) -> bool:
    """Has the number the sign that the caller declared for the name, and is it whole if that is?"""
    name = place[0] if isinstance(place, tuple) else place
    symbol = name.symbol if isinstance(name, Sym) else name.base
    if symbol.is_integer and whole(x) is None:
        return False
    if symbol.is_positive and not x > 0:
        return False
    if symbol.is_negative and not x < 0:
        return False
    return not (symbol.is_nonnegative and x < 0) and not (symbol.is_nonpositive and x > 0)


def with_quieter(points: Iterable[Point]) -> Iterator[Point]:
    """The points; those with large numbers also with the others so small that products are not, those with a 0 also beside it.

    Where w_1 is 10^6, tanh(w_1 x_1) is flat unless x_1 is small; at x = y = 0 nothing is seen of a factor of x y.
    """
    for point in points:
        yield point
        real = {place: x for place, x in point.drawn.items() if not _is_whole(point, place)}
        loudest = max((size for size in map(abs, real.values()) if size > LOUD), default=None)
        if loudest is not None:
            yield _put(point, {place: x / (LOUD * loudest) for place, x in real.items() if not abs(x) > LOUD})
        if zero := [place for place, x in real.items() if x == 0]:
            yield _put(point, {place: ASIDE / (3 + at) for at, place in enumerate(zero)})


def _put(point: Point, numbers: Mapping[Any, Number]) -> Point:
    """The point with these numbers, as far as they may be."""
    may = {place: x for place, x in numbers.items() if allowed(place, x)}
    return changed(point, values={}, drawn={**point.drawn, **may}, terms=0)


def _is_whole(point: Point, place: Any) -> bool:
    """Is it a size, an index or a label?"""
    roles = point.roles
    return place in roles.kinds or (isinstance(place, tuple) and place[0] in roles.labels)


def _refined(f: Callable[[Number], Number | None], near: Number) -> Number | None:
    """The zero close to `near`, by the secant method; a ball that the zero is in, or None."""
    last, here = arb(near), arb(near) + arb(2) ** -50
    for _ in range(SECANTS):
        before, now = f(last), f(here)
        if before is None or now is None or is_undefined(now) or not abs(now - before) > 0:
            return None
        last, here = here, (here - now * (here - last) / (now - before)).mid()
        if abs(here - last) < ROOT_RADIUS:
            found = here + arb(0, ROOT_RADIUS)
            value = f(found)
            return found if value is not None and arb(value).contains(0) and arb(value).rad() < SNAP else None
    return None
