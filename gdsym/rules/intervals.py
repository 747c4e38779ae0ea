"""Cases that one formula u tells apart, by intervals of u: {1 if max(-1, u) < 1; ...} {1 if u > -1; ...} is {1 if |u| < 1; 0 if |u| > 1; 1/2 otherwise}."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import NamedTuple

import sympy

from gdsym.rules.domain import certain
from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.real_line import FUNCTIONS, Line, is_extremum, line_of
from gdsym.rules.regions import letters_of, size
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import (
    ONE,
    TRUE,
    ZERO,
    Add,
    Bound,
    Cases,
    Div,
    Fn,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Rel,
    Sym,
    add,
    both,
    kinds_of,
    mul,
    replace,
    rewrite,
    walk,
)

CASES = kinds_of(Cases)
NOWHERE = Logic("false")
FEW = 4  # case distinctions in a sum that are looked at together
Cell = tuple[Fraction | float, Fraction | float]  # the ends of an open interval; both are the same number: a point


def intervals(node: Node) -> Node:
    """The case distinction, or the product of some, with one condition for each value, if that is shorter."""
    if isinstance(node, Cases):
        return _shorter(node, (node,), [], [])
    if isinstance(node, Add):
        return _level(node) if node.has(CASES) else node
    if not isinstance(node, (Mul, Div)) or not node.has(CASES):
        return node
    ups, downs = split(node)
    several = [factor for factor in ups if isinstance(factor, Cases)]
    return _shorter(node, several, [f for f in ups if f not in several], downs) if len(several) > 1 else node


def _level(node: Add) -> Node:
    """sign(x) - 2 {0 if x < 0; 1 if x > 0; 1/2 otherwise} = -1: terms that are one value together, whatever u is."""
    switching = [term for term in node.children if term.has(CASES)]
    if len(switching) > FEW or len({c.free for term in switching for c in _conditions(term)}) != 1:
        return node
    moved = [_by_conditions(term) for term in node.children]
    several = [term for term in moved if term.has(CASES)]
    parts = [part for term in several for part in walk(term) if isinstance(part, Cases)]
    if len(several) < 2 or len(parts) > FEW or any(isinstance(part, Bound) for term in several for part in walk(term)):
        return node
    line = line_of([condition for cases in parts for _, condition in cases.pairs if condition != TRUE])
    found = line and _by_cells(line, (Add(*several),))
    if not found or found.has(CASES):
        return node
    at = next(at for at, term in enumerate(moved) if term in several)
    left = [found if j == at else term for j, term in enumerate(node.children) if j == at or moved[j] not in several]
    return drop(add(*left))


def _conditions(term: Node) -> Iterator[Node]:
    parts = (part for part in walk(term) if isinstance(part, Cases))
    return (condition for cases in parts for _, condition in cases.pairs if condition != TRUE)


def _by_conditions(term: Node) -> Node:
    """With sign(u) as a case distinction."""
    if not isinstance(term, (Mul, Div, Neg, Fn)):
        return term
    if isinstance(term, Fn):
        u = term.children[0]
        return (
            Cases(ONE, Rel(">", u, ZERO), Neg(ONE), Rel("<", u, ZERO), ZERO, TRUE) if term.func is sympy.sign else term
        )
    return term.with_children(tuple(map(_by_conditions, term.children)))


def _shorter(node: Node, several: Sequence[Cases], ups: list[Node], downs: list[Node]) -> Node:
    own = [condition for cases in several for _, condition in cases.pairs]
    inner = [condition for cases in several for value, _ in cases.pairs for condition in _inner(value)]
    by_maxima = any(condition.has(FUNCTIONS) and any(map(is_extremum, walk(condition))) for condition in own)
    if len(several) == 1 and not by_maxima and not inner and len(own) < 4:
        return node
    for conditions in ([*own, *inner], own) if inner else (own,):
        line = line_of(conditions)
        found = line and _by_cells(line, several)
        if found and (len(several) > 1 or by_maxima or len(found.children) < len(node.children)):
            whole = found if not ups and not downs else rebuilt([*ups, found], downs)
            if size(whole) < size(node):
                return whole
    return node


def kinks(extremum: Fn) -> Node | None:
    """Where a maximum or minimum is not differentiable, as a condition on the one formula that tells; `NOWHERE` if it is everywhere.

    Arguments that tie and have the same slope there, x^2 and x^3 at 0, make no kink. None if the equation u = v says as much.
    """
    args = extremum.children
    line = line_of([Rel("==", one, other) for one, other in combinations(args, 2)])
    if line is None:
        return None
    cells: list[Cell] = []
    for place in line.places:
        if place <= 0 and certain(">=" if place else ">", line.u):
            continue  # |x| is -1 nowhere
        greatest = line.number(extremum, place)
        slopes = [line.slope(arg, place) for arg in args if line.number(arg, place) == greatest]
        if len(slopes) > 1 and (None in slopes or len(set(slopes)) > 1):
            cells.append((place, place))
    if len(args) == 2 and len(cells) == len(line.places) and all(arg in line.known for arg in args):
        return None
    return _condition(line.u, cells) if cells else NOWHERE


def _inner(value: Node) -> Iterator[Node]:
    """The conditions within a value; those within a sum over an index have other letters."""
    if isinstance(value, Cases):
        yield from value.children[1::2]
    if isinstance(value, (Add, Mul, Neg, Div, Cases)) and value.has(CASES):
        for child in value.children:
            yield from _inner(child)


def _by_cells(line: Line, several: Sequence[Node]) -> Node | None:
    """The value on each of the intervals and at each of the points between them."""
    ends: list[Fraction | float] = [-math.inf, *line.places, math.inf]
    cells: list[Cell] = [(ends[0], ends[1])]
    for at in range(1, len(ends) - 1):
        cells += [(ends[at], ends[at]), (ends[at], ends[at + 1])]
    values = [value for cell in cells if (value := _value(line, several, _inside(cell))) is not None]
    if len(values) < len(cells):
        return None
    for at, place in enumerate(line.places):
        values[2 * at + 1] = _at_point(line.u, place, values[2 * at : 2 * at + 3])
    where: dict[Node, list[Cell]] = {}
    for value, cell in zip(values, cells, strict=True):
        where.setdefault(value, []).append(cell)
    return _written(line.u, where)


def _at_point(u: Node, place: Fraction, around: Sequence[Node]) -> Node:
    """The number that the value is where u is one; a value beside it that is the same there goes on to the point."""
    before, there, after = around
    if not isinstance(u, Sym) or any(letters_of(value) not in ([], [u]) for value in around):
        return there
    put_in: dict[Node, Node] = {u: _num(place)}
    numbers = [_shortest(replace(value, put_in)) for value in around]
    beside = [value for value, number in zip((before, after), numbers[::2], strict=True) if number == numbers[1]]
    return beside[0] if beside else numbers[1]


def _inside(cell: Cell) -> Fraction:
    low, high = cell
    if low == high:
        return Fraction(low)
    if low == -math.inf:
        return Fraction(0) if high == math.inf else Fraction(high) - 1
    return Fraction(low) + 1 if high == math.inf else (Fraction(low) + Fraction(high)) / 2


def _value(line: Line, several: Sequence[Node], at: Fraction) -> Node | None:
    taken = [_taken(line, cases, at) for cases in several]
    return None if None in taken else _shortest(mul(*(value for value in taken if value is not None)))


def _taken(line: Line, node: Node, at: Fraction) -> Node | None:
    """The branch that holds, and so in case distinctions within it that u tells apart, too."""
    if isinstance(node, Cases) and all(line.knows(condition) for _, condition in node.pairs):
        held = next((value for value, when in node.pairs if line.holds(when, at)), None)
        return None if held is None else _taken(line, held, at)
    if not isinstance(node, (Add, Mul, Neg, Div)) or not node.has(CASES):
        return node
    parts = [_taken(line, child, at) for child in node.children]
    return None if None in parts else node.with_children(tuple(part for part in parts if part is not None))


def _shortest(value: Node) -> Node:
    value = cancel(rewrite(value, lambda part: calculate(drop(part))))
    ups, downs = split(value)
    number = prod((factor.value for factor in ups if isinstance(factor, Num)), start=Fraction(1))
    if number.denominator == 1 or len(ups) == 1:
        return value
    others = [factor for factor in ups if not isinstance(factor, Num)]
    above = others if number.numerator == 1 else [Num(number.numerator), *others]
    return rebuilt(above, [*downs, Num(number.denominator)])


def _written(u: Node, where: dict[Node, list[Cell]]) -> Node:
    """What holds at points only is what is left, else the last of the values."""
    if len(where) == 1:
        return next(iter(where))
    at_points = [value for value, cells in where.items() if all(low == high for low, high in cells)]
    last = at_points[-1] if at_points else list(where)[-1]
    shown = sorted(where.items(), key=lambda item: (item[0] in at_points, -math.inf in item[1][0]))
    children = [part for value, cells in shown if value != last for part in (value, _condition(u, cells))]
    return Cases(*children, last, TRUE)


class _Run(NamedTuple):
    """Cells side by side: from where to where, and whether the ends belong to them."""

    low: Fraction | float
    high: Fraction | float
    with_low: bool
    with_high: bool


def _condition(u: Node, cells: Sequence[Cell]) -> Node:
    runs: list[_Run] = []
    for low, high in cells:
        point = low == high
        if runs and runs[-1].high == low and runs[-1].with_high is not point:
            runs[-1] = _Run(runs[-1].low, high, runs[-1].with_low, point)
        else:
            runs.append(_Run(low, high, point, point))
    first, last = runs[0], runs[-1]
    if len(runs) == 2 and first[:2] == (-last.low, -last.low) and last.low == last.high:
        return Rel("==", Fn(sympy.Abs, u), _num(last.low))
    outside = _Run(-math.inf, -last.low, with_low=False, with_high=last.with_low)
    if len(runs) == 2 and first == outside and last.high == math.inf:
        return Rel(">=" if last.with_low else ">", Fn(sympy.Abs, u), _num(last.low))
    parts = [_of_run(u, run) for run in runs]
    return parts[0] if len(parts) == 1 else Logic("or", *parts)


def _of_run(u: Node, run: _Run) -> Node:
    low, high, with_low, with_high = run
    if low == high:
        return Rel("==", u, _num(low))
    if low == -high and low > -math.inf and with_low == with_high:
        return Rel("<=" if with_low else "<", Fn(sympy.Abs, u), _num(high))
    if low == -math.inf:
        return Rel("<=" if with_high else "<", u, _num(high))
    if high == math.inf:
        return Rel(">=" if with_low else ">", u, _num(low))
    return both(Rel("<=" if with_low else "<", _num(low), u), Rel("<=" if with_high else "<", u, _num(high)))


def _num(number: Fraction | float) -> Num:
    return Num(Fraction(number))
