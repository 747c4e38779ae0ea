"""Points at which two formulas are compared: every name and every array entry gets a number when it is asked for.

The numbers are dyadic rationals of mixed scale, made from a stable hash of name, indices and the point's number: the
same in every run and under any PYTHONHASHSEED.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from flint import fmpq

from gdsym.record import field, record
from gdsym.verify.numbers import ONE, ZERO, Number, rational, zero_near
from gdsym.written.nodes import Base, Node, Sym

Place: TypeAlias = "Node | tuple[Base, tuple[int, ...]]"  # a letter, or an entry of an array

SIZES = (1, 3, 2, 4, 1, 1, 2, 5)  # next to each other: the greater first or last, both even, both odd, one 1
LABEL_RANGES = (0, 2, 2, 1, 2, 2, 1, 0)  # labels differ often, and are all the same where a size is 1
FAR = 100  # points up to here are drawn in search of a condition
WORD = (1 << 64) - 1
SCALES = (4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 9, 10, 6, 7, 2, 16)  # a 12-bit number over 2^scale: 0.06 ... 1000
BOXES = ("mixed", "positive", "unit", "small")
IN_BOXES = (("positive", 6), ("unit", 6), ("small", 6), ("far", 8))  # how many of each, where cases are distinguished
TIED = (("tied", 24), ("few", 12), ("equal", 2), ("minus", 1), ("zero", 2))  # and points of few different numbers


@record
class Roles:
    """What the names of a claim are: sizes of sums, other whole numbers, arrays of labels; all others are real."""

    sizes: tuple[Node, ...] = ()
    integers: frozenset[Node] = frozenset()
    labels: frozenset[Node] = frozenset()  # arrays used as an index
    bound: frozenset[Node] = frozenset()  # names that a condition restricts: drawn freely, then tried
    lowest: int = 1  # where the arrays begin
    highest: int = 3  # a sum that ends at a number ends here at the latest
    compared: frozenset[Node] = frozenset()  # arrays whose entries may be labels, or measured
    values: tuple[int, ...] = ()  # that an entry may be equal to

    @cached_property
    def kinds(self) -> Mapping[Node, int | None]:
        """The letters that are whole numbers: the place of a size among the sizes, None for any other."""
        places = {size: j for j, size in reversed(tuple(enumerate(self.sizes)))}
        return dict.fromkeys(self.integers) | places

    @cached_property
    def free(self) -> tuple[Node, ...]:
        """Index letters that nothing restricts, by name."""
        return tuple(letter for letter in self.indices if letter not in self.bound)

    @cached_property
    def chosen(self) -> bool:
        """Does an entry choose an index, or a case?"""
        return bool(self.labels or self.compared)

    @cached_property
    def indices(self) -> tuple[Node, ...]:
        """Index letters, by name, also those that a condition restricts."""
        rest = self.integers - frozenset(self.sizes) - self.labels
        return tuple(sorted(rest, key=lambda letter: str(getattr(letter, "name", ""))))


NO_ROLES = Roles()


@lru_cache(maxsize=1 << 12)
def name_key(name: str) -> int:
    """64 bits that depend on nothing but the name."""
    return mixed(0, *name.encode())


@lru_cache(maxsize=1 << 14)
def mixed(key: int, *more: int) -> int:
    """64 well mixed bits (the finaliser of splitmix64 after each number)."""
    for number in (*more, 0):
        key = (key + (number + 1) * 0x9E3779B97F4A7C15) & WORD
        key = ((key ^ (key >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        key = ((key ^ (key >> 27)) * 0x94D049BB133111EB) & WORD
    return key ^ (key >> 31)


def _mixed_box(bits: int) -> Number:
    size = _positive_box(bits)
    return -size if bits >> 60 & 1 else size


def _positive_box(bits: int) -> Number:
    return fmpq((bits & 0xFFF) | 1, 1 << SCALES[bits >> 12 & 15])


def _unit_box(bits: int) -> Number:
    return fmpq((bits & 0xFFFF) | 1, 1 << 16)


def _small_box(bits: int) -> Number:
    return fmpq((bits & 0xFFF) - 2048 | 1, 1 << 16)


def _far_box(bits: int) -> Number:
    """From a thousand to a billion: beyond what is compared with a large number."""
    size = fmpq((bits & 0xFFF) | 1) * (1 << (bits >> 12) % 19)
    return -size if bits >> 60 & 1 else size


def _tied_box(bits: int) -> Number:
    """One of four whole numbers: what is compared is often equal."""
    return fmpq(bits % 4 - 1)


def _few_box(bits: int) -> Number:
    return fmpq(bits % 2)


def _plain_box(bits: int) -> Number:
    """A number that is pleasant to read in a counterexample."""
    return fmpq((bits & 15) - 8 | 1, 1 + (bits >> 8 & 1))


DRAW: dict[str, Callable[[int], Number]] = {
    "mixed": _mixed_box,
    "positive": _positive_box,
    "unit": _unit_box,
    "small": _small_box,
    "far": _far_box,
    "tied": _tied_box,
    "few": _few_box,
    "equal": lambda bits: ONE,
    "minus": lambda bits: -ONE,
    "zero": lambda bits: ZERO,
    "plain": _plain_box,
    "rows": _mixed_box,
    "columns": _mixed_box,
}
ALIKE = {
    "rows": 0,
    "columns": -1,
}  # of an array some are wholly the same: the distance of two rows is 0 beside a third that differs


@record(frozen=False)
class Point:
    """Numbers for all names: those in `values`, others drawn on first use and then kept.

    `values` may hold a letter (`Sym`), or an entry of an array as (`Base`, (1, 2)).
    Without `roles`, those of the formulas that are evaluated are taken.
    """

    values: Mapping[Any, int | Fraction] = field(default_factory=dict)
    seed: int = 0
    box: str = "mixed"
    roles: Roles = NO_ROLES
    drawn: dict[Any, Number] = field(default_factory=dict)
    terms: int = 0  # of sums that were added at this point
    room: bool = True  # are free indices within the ranges of all sums?
    far: int = 0  # if not 0: all sizes are about that large
    snapped: bool = False  # is a number an irrational zero, known to very many bits?
    coarse: bool = False  # is a rough bound of an integral enough, for now?
    rough: bool = False  # was an integral added up at this point, and not bounded?
    bits: int = 0  # that are needed here to see what is far smaller than the rest
    idle: bool = False  # are both sides 0 here, or nearly, so that a factor is not seen?

    def __post_init__(self) -> None:
        for place, value in self.values.items():
            known = zero_near(value)
            self.snapped |= known is not None
            self.drawn[place] = rational(value) if known is None else known

    def letter(self, sym: Sym, key: int) -> Number:
        """The value of a letter."""
        value = self.drawn.get(sym)
        if value is None:
            value = self.drawn[sym] = self._letter(sym, key)
        return value

    def entry(self, base: Base, indices: tuple[int, ...], key: int) -> Number:
        """The value of an entry of an array."""
        place = (base, indices)
        value = self.drawn.get(place)
        if value is None:
            integer, sign = _declared(base)
            if integer or self.roles.chosen:
                value = self._entry(base, integer, sign, indices, key)
            else:
                value = _number(self.box, sign, key, self.seed, *indices)
            self.drawn[place] = value
        return value

    def _entry(self, base: Base, integer: bool, sign: int, indices: tuple[int, ...], key: int) -> Number:
        """Of an array of whole numbers, or of what may be one of labels."""
        if base in self.roles.labels:
            return self._chosen(mixed(key, self.seed, *indices))
        if (integer or base in self.roles.compared) and self._labelled:
            return self._label(sign, mixed(key, self.seed, *indices))
        if integer:
            return _whole(sign, mixed(key, self.seed, *indices), far=self.seed % 4 == 3)
        return _number(self.box, sign, key, self.seed, *indices)

    def _letter(self, sym: Sym, key: int) -> Number:
        kinds = self.roles.kinds
        if sym in kinds:
            place = kinds[sym]
            return self._index(sym, key) if place is None else fmpq(self._size(sym, place))
        integer, sign = _declared(sym)
        if integer:
            return _whole(sign, mixed(key, self.seed), far=self.seed % 4 == 3)
        return _number(self.box, sign, key, self.seed)

    def _size(self, sym: Node, j: int) -> int:
        """The `j`-th size: 1 to 5 in turn, another order for each name, and room for the free indices."""
        roles, t = self.roles, self.seed
        if self.far:
            return self.far + j % 3
        size = SIZES[(t + j * (1 + t // 8)) % len(SIZES)] + max(roles.lowest - 1, 0)
        if roles.bound and sym in roles.bound:
            return size + max(t % 1000 - 39, 0) * (t % 1000 < FAR)  # a condition may want it large
        if not self.room or not (roles.free or roles.chosen):
            return size
        placed = [int(self.drawn[letter].p) for letter in roles.free if letter in self.drawn]
        return max(size, max([self._top_index, *placed]) + (roles.lowest == 0))  # 0-based: the last is n - 1

    @cached_property
    def _top_index(self) -> int:
        """The greatest value that a free index or a label takes at this point."""
        roles = self.roles
        if self.far:
            return self.far - (roles.lowest == 0)
        above = self._label_range() if roles.chosen else 2 if self.seed % 1000 > FAR else self.seed % 3
        return min(roles.lowest + above, max(roles.highest, roles.lowest))

    def _label_range(self) -> int:
        """How far labels go beyond the first; without room also beyond a size of 1 or 2, one label here and another not."""
        return LABEL_RANGES[self.seed % len(LABEL_RANGES)] if self.room else max(LABEL_RANGES)

    def _index(self, sym: Node, key: int) -> Number:
        """In the range of all sums; or wherever a condition may want it, farther out after many tries."""
        bits = mixed(key, self.seed)
        if not self.roles.bound or sym not in self.roles.bound:
            return self._within(bits)
        first = min(1, self.roles.lowest)  # a sum from 2 has no term for w_1, which is an entry all the same
        return fmpq(first + (bits % (3 + self.roles.lowest - first) if self.seed % 1000 < 40 else bits % 9 - 3))

    def _within(self, bits: int) -> Number:
        lowest = self.roles.lowest
        return fmpq(lowest + bits % (self._top_index - lowest + 1))

    def _chosen(self, bits: int) -> Number:
        """A label that is an index; often one of the numbers that it is compared with."""
        values = [v for v in self.roles.values if self.roles.lowest <= v <= self._top_index] if bits >> 8 & 1 else ()
        return fmpq(values[(bits >> 9) % len(values)]) if values else self._within(bits)

    @property
    def _labelled(self) -> bool:
        """Are entries that are compared labels here? At every second point of any size they are numbers like others."""
        return (self.seed + self.seed // 4) % 2 == 0

    def _label(self, sign: int, bits: int) -> Number:
        """One of the numbers that entries are compared with, or an index."""
        values = self.roles.values if bits >> 8 & 1 else ()
        return _signed(sign, fmpq(values[(bits >> 9) % len(values)]) if values else self._within(bits))


@lru_cache(maxsize=1 << 12)
def _declared(name: Sym | Base) -> tuple[bool, int]:
    """What the caller declared for the name: is it a whole number, and its sign, 1, -1 or 0 for any; 2 and -2 if it is not 0."""
    symbol = name.symbol if isinstance(name, Sym) else name.base
    facts = symbol.assumptions0
    sign = 1 if facts.get("nonnegative") else -1 if facts.get("nonpositive") else 0
    return bool(facts.get("integer")), 2 * sign if facts.get("nonzero") else sign


def _whole(sign: int, bits: int, far: bool) -> Number:
    """A whole number, mostly a small one; 60 is a multiple of many."""
    if far:
        size = 60 if bits & 1 else 7 + (bits >> 8) % 120
        return fmpq(-size if sign < 0 or (sign == 0 and bits & 2) else size)
    return fmpq(1 + bits % 6) if sign > 0 else _signed(sign, fmpq(bits % 13 - 4))


@lru_cache(maxsize=1 << 15)
def _number(box: str, sign: int, key: int, seed: int, *indices: int) -> Number:
    """The number of a name, or of an entry, in a box."""
    if box in ALIKE and indices:
        at = ALIKE[box] % len(indices)
        kind = mixed(name_key(box), seed, indices[at]) % 2  # of two, the same in all arrays
        indices = (*indices[:at], kind, *indices[at + 1 :])
    return _signed(sign, DRAW[box](mixed(key, seed, *indices)))


def _signed(sign: int, value: Number) -> Number:
    one = ONE if sign > 0 else -ONE
    return (one * abs(value) or (one if abs(sign) > 1 else value)) if sign else value
