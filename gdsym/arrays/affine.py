"""Whole-number forms a + b*m + c*n: the bounds of sums, the indices of entries, the lengths of axes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import sympy

from gdsym.record import field, record
from gdsym.written.nodes import Add, Mul, Neg, Node, Num, Rel, Sym

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


@record
class Affine:
    """const + sum of coefficient * letter, all whole numbers; `terms` are sorted by name."""

    const: int
    terms: tuple[tuple[Sym, int], ...] = ()

    def __add__(self, other: Affine | int) -> Affine:
        if isinstance(other, int):
            return Affine(self.const + other, self.terms)
        return _made(self.const + other.const, (*self.terms, *other.terms))

    def __mul__(self, factor: int) -> Affine:
        return _made(self.const * factor, tuple((s, c * factor) for s, c in self.terms))

    def __sub__(self, other: Affine | int) -> Affine:
        return self + (-other if isinstance(other, int) else other * -1)

    @cached_property
    def letters(self) -> frozenset[Sym]:
        return frozenset(a for s, _ in self.terms for a in (s.form.letters if isinstance(s, Clipped) else (s,)))

    @property
    def number(self) -> int | None:
        """The value, if no letter occurs."""
        return None if self.terms else self.const

    def at(self, values: Mapping[Any, int]) -> int:
        """The value at given sizes; KeyError if one is missing."""
        return self.const + sum(c * (s.at(values) if isinstance(s, Clipped) else values[s]) for s, c in self.terms)

    def put(self, letter: Sym, value: Affine) -> Affine:
        """`letter` replaced by `value`."""
        coefficient = dict(self.terms).get(letter, 0)
        rest = Affine(self.const, tuple(t for t in self.terms if t[0] != letter))
        return rest + value * coefficient

    def text(self, name: Callable[[Sym], str], times: str = "*") -> str:
        """`m - 1`, `2*n + 1`, `3`, `m - P`."""
        parts = [
            _term(c, s.text(name) if isinstance(s, Clipped) else name(s), times)
            for s, c in sorted(self.terms, key=lambda t: t[1] < 0)
        ]
        if self.const or not parts:
            parts.append(f"- {-self.const}" if self.const < 0 else f"+ {self.const}")
        joined = " ".join(parts)
        return joined[2:] if joined.startswith("+ ") else "-" + joined[2:]


class Clipped(Sym):
    """The size max(form, 0), for a number of things that may be none: m - 2 lags of an array of one entry."""

    __slots__ = ("form",)
    form: Affine

    def __init__(self, form: Affine) -> None:
        object.__setattr__(self, "form", form)
        super().__init__(sympy.Symbol(f"max({form.text(lambda s: s.name)}, 0)"))

    def at(self, values: Mapping[Any, int]) -> int:
        """The value at given sizes."""
        return max(self.form.at(values), 0)

    def text(self, name: Callable[[Sym], str]) -> str:
        """`max(m - 2, 0)`."""
        return f"max({self.form.text(name)}, 0)"


def clipped(form: Affine) -> Affine:
    """The form, or 0 where it is negative."""
    return Affine(max(form.const, 0)) if not form.terms else Affine(0, ((Clipped(form), 1),))


def _term(coefficient: int, name: str, times: str) -> str:
    size = "" if abs(coefficient) == 1 else f"{abs(coefficient)}{times}"
    return f"{'-' if coefficient < 0 else '+'} {size}{name}"


def _made(const: int, terms: tuple[tuple[Sym, int], ...]) -> Affine:
    total: dict[Sym, int] = {}
    for letter, c in terms:
        total[letter] = total.get(letter, 0) + c
    kept = ((s, c) for s, c in total.items() if c)
    return Affine(const, tuple(sorted(kept, key=lambda t: t[0].name)))


def affine(node: Node) -> Affine | None:
    """`node` as a whole-number form, or None if it is none."""
    if isinstance(node, Num):
        return Affine(int(node.value)) if node.value.denominator == 1 else None
    if isinstance(node, Sym):
        return Affine(0, ((node, 1),))
    if isinstance(node, Neg):
        inner = affine(node.arg)
        return None if inner is None else inner * -1
    if isinstance(node, Add):
        return _sum([affine(c) for c in node.children])
    if isinstance(node, Mul):
        return _scaled([affine(c) for c in node.children])
    return None


def _sum(parts: list[Affine | None]) -> Affine | None:
    total = Affine(0)
    for part in parts:
        if part is None:
            return None
        total = total + part
    return total


def _scaled(parts: list[Affine | None]) -> Affine | None:
    """A product with at most one factor that is not a number."""
    result = Affine(1)
    for part in parts:
        if part is None or (part.terms and result.terms):
            return None
        result = part * result.const if part.terms else result * part.const
    return result


@record
class Range:
    """An index runs over lower, ..., upper (both included); `bounds` are as they stand, with outer indices in them."""

    lower: Affine
    upper: Affine
    bounds: tuple[Affine, Affine] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def count(self) -> Affine:
        return self.upper - self.lower + 1


def hull(form: Affine, scope: Mapping[Sym, Range], *, top: bool) -> Affine:
    """The largest (`top`) or smallest value of `form` while the letters in `scope` run."""
    for letter, coefficient in form.terms:
        if letter in scope:
            reach = scope[letter]
            return hull(form.put(letter, reach.upper if (coefficient > 0) == top else reach.lower), scope, top=top)
    return form


def longest(lengths: Sequence[Affine], counts: Iterable[Affine]) -> list[Affine]:
    """Without those that others exceed by one of the counts, which are not negative: m and m + p are m + p, if a sum has p terms.

    A count that is a size is at least 1: m and m + p - 1 are m + p - 1.
    """
    least = [(count, -1 if count.const == 0 and [c for _, c in count.terms] == [1] else 0) for count in counts]

    def exceeds(one: Affine, other: Affine) -> bool:
        gaps = [((one - other - count).number, low) for count, low in least]
        return any(gap is not None and gap >= low for gap, low in gaps)

    return [a for a in lengths if not any(exceeds(b, a) for b in lengths if b != a)]


def solved(condition: Rel, letter: Sym) -> tuple[str, Affine] | None:
    """`k <= n - 1` or `2 + k > m` as (relation, form) with k alone on the left; None if k is not there just once."""
    left, right = (affine(c) for c in condition.children)
    if left is None or right is None or condition.op == "!=":
        return None
    difference = left - right
    step = dict(difference.terms).get(letter, 0)
    if abs(step) != 1:
        return None
    return condition.op if step > 0 else TURNED[condition.op], difference.put(letter, Affine(0)) * -step
