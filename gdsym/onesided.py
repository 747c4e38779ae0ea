"""A formula on one side of a place: |x| is x to the right of 0 and -x to its left, the one branch of a case distinction and the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any, NamedTuple

import sympy

from gdsym.errors import GdsymError
from gdsym.rules.reached import JUMPS, SWITCHES, is_switch
from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import (
    ONE,
    TRUE,
    TWO,
    ZERO,
    Add,
    Cases,
    Div,
    Fn,
    Logic,
    Neg,
    Node,
    Num,
    Rel,
    Sym,
    replace,
    rewrite,
    walk,
)

FALSE = Logic("false")
ORDERS = 4  # derivatives that are looked at for the first that is not 0
EXTREMA = {sympy.Max: 1, sympy.Min: -1}
HOLDS = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0), "==": (0,), "!=": (-1, 1)}  # signs of left - right


class Untold(Exception):
    """What a formula is on one side of the place cannot be told."""


class _Leading(NamedTuple):
    """A difference is c (var - place)^order to begin with."""

    order: int
    c: Any


class Place:
    """Where `turning` is 0: at one value of the variable, or wherever that is (`at` is None) and only its multiples are."""

    def __init__(self, turning: Node, var: Sym, at: Node | None, where: Mapping[Node, Node]) -> None:
        self._turning, self._var, self._where = turning, var, where
        self.here: dict[Node, Node] = {} if at is None else {var: at}
        self._known: dict[Node, _Leading | None] = {}

    @property
    def units(self) -> tuple[int, ...]:
        """The signs that the slope of `turning` may have: both if it depends on other letters."""
        found = self._leading(self._turning)
        return (1, -1) if found and found.c.is_positive is None else (1,)

    def side(self, formula: Node, direction: int, unit: int = 1) -> Node:
        """The formula to the right of the place (1), to its left (-1) or there (0), its variable still in it."""
        return rewrite(formula, lambda part: self._turned(part, direction, unit))

    def equal(self, one: Node, other: Node) -> bool:
        """Are both the same at the place? Certainly, that is."""
        return bool(agree(replace(Add(one, Neg(other)), self.here), ZERO, where=self._where))

    def _turned(self, part: Node, direction: int, unit: int) -> Node:
        if isinstance(part, Rel):
            return self._compared(part, direction, unit)
        if isinstance(part, (Logic, Cases)):
            return _settled(part)
        if not isinstance(part, Fn):
            return part
        if part.func in EXTREMA:
            return self._taken(part, direction, unit)
        if part.func is sympy.Abs or part.func in JUMPS:
            return self._by_sign(part, direction, unit)
        return part

    def _compared(self, part: Rel, direction: int, unit: int) -> Node:
        left, right = part.children
        if isinstance(left, Num) and isinstance(right, Num):
            sign: int | None = (left.value > right.value) - (left.value < right.value)
        else:
            sign = self._sign(Add(left, Neg(right)), direction, unit)
        return part if sign is None else TRUE if sign in HOLDS[part.op] else FALSE

    def _by_sign(self, part: Fn, direction: int, unit: int) -> Node:
        u = part.children[0]
        if part.func not in (sympy.Abs, sympy.sign, sympy.Heaviside):
            if self._var in part.free:
                raise Untold
            return part
        sign = self._sign(u, direction, unit)
        if sign is None:
            return part
        if part.func is sympy.Abs:
            return (ZERO, u, Neg(u))[sign]
        if part.func is sympy.sign:
            return Num(sign)
        return (part.children[1] if len(part.children) > 1 else Div(ONE, TWO), ONE, ZERO)[sign]

    def _taken(self, part: Fn, direction: int, unit: int) -> Node:
        """A maximum without the arguments that are less."""
        left = list(dict.fromkeys(part.children))
        for one, other in permutations(part.children, 2):
            if one in left and other in left and one != other:
                sign = self._sign(Add(one, Neg(other)), direction, unit)
                if sign is not None and sign * EXTREMA[part.func] >= 0:
                    left.remove(other)
        return left[0] if len(left) == 1 else part.with_children(tuple(left))

    def _sign(self, difference: Node, direction: int, unit: int) -> int | None:
        """Of a difference that is 0 at the place; None if it is not, so that it keeps its sign all around."""
        if self._var in difference.free and difference.to_sympy() == 0:
            return 0
        found = self._leading(difference)
        if found is None:
            return None
        order, c = found
        if c.is_positive is None:
            own = self._leading(self._turning)
            if own is None or own.c.is_positive is not None:
                raise Untold
            c = unit * sympy.cancel(c / own.c)
        if c.is_positive is None or c.is_zero:
            raise Untold
        return (1 if c.is_positive else -1) * direction**order

    def _leading(self, difference: Node) -> _Leading | None:
        if difference not in self._known:
            self._known[difference] = self._found(difference) if self._var in difference.free else None
        return self._known[difference]

    def _found(self, difference: Node) -> _Leading | None:
        if not self.here:
            ratio = sympy.cancel(difference.to_sympy() / self._turning.to_sympy())
            if not ratio.is_number:
                raise Untold
            return _Leading(1, ratio)
        if self._zero(difference):
            return self._first(difference.to_sympy())
        return None

    def _first(self, formula: Any) -> _Leading:
        letters = formula.free_symbols | self.here[self._var].to_sympy().free_symbols
        real = {
            s: sympy.Dummy(s.name, real=True) for s in letters if s.is_real is None
        }  # d|u| = sign(u) du for them only
        back = {dummy: s for s, dummy in real.items()}
        var, at = (part.to_sympy().xreplace(real) for part in (self._var, self.here[self._var]))
        formula = formula.xreplace(real)
        for order in range(1, ORDERS + 1):
            formula = formula.diff(var)
            c = formula.subs(var, at).xreplace(back)
            try:
                if not self._zero(from_sympy(c)):
                    return _Leading(order, c)
            except GdsymError:  # no number there
                raise Untold from None
        raise Untold

    def _zero(self, formula: Node) -> bool:
        there = replace(formula, self.here)
        found = agree(there, ZERO, where=self._where)
        if not found and (found.verdict != "refuted" or (there.free and _turns(there))):
            raise Untold  # |y| - y is 0 for y > 0
        return bool(found)


def _turns(formula: Node) -> bool:
    return any(isinstance(part, Cases) or is_switch(part, (*SWITCHES, *JUMPS)) for part in walk(formula))


def _settled(part: Logic | Cases) -> Node:
    """Without the conditions that are true or false by now."""
    if isinstance(part, Cases):
        return _branches(part)
    end, other = (FALSE, TRUE) if part.op == "and" else (TRUE, FALSE)
    if part.op not in ("and", "or"):
        return part
    left = [child for child in part.children if child != other]
    if end in left or not left:
        return end if end in left else other
    return left[0] if len(left) == 1 else Logic(part.op, *left)


def _branches(cases: Cases) -> Node:
    kept: list[Node] = []
    for value, condition in cases.pairs:
        if condition != FALSE:
            kept += [value, condition]
        if condition == TRUE:
            break
    return kept[0] if kept[1:2] == [TRUE] else Cases(*kept) if kept else cases
