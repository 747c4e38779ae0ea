"""Conditions as a reader says them: s != 1 for s - 1 != 0, x > a for x - a > 0."""

from __future__ import annotations

import sympy

from gdsym.rules.polynomials import Polynomials, factors
from gdsym.rules.regions import letters_of
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import ZERO, Add, Div, Fn, Indexed, Neg, Node, Num, Rel, Sym, add, larger

MOST_LETTERS, LARGEST = 6, 60  # of formulas that are compared; their nodes
TURNED = {"!=": "!=", ">": "<", ">=": "<="}


def solved(op: str, part: Node) -> Node:
    """S - 1 != 0 as s != 1, 1 - 2 s > 0 as s < 1/2."""
    letters = [name for name in part.free if isinstance(name, Sym)]
    if len(part.free) == len(letters) == 1:
        value, letter = part.to_sympy(), letters[0].symbol
        slope = sympy.expand(value).diff(letter)
        if slope.is_number and slope.is_rational and slope != 0:
            place = sympy.expand(letter - value / slope)
            return Rel(op if slope.is_positive else TURNED[op], letters[0], from_sympy(place))
    return _two_sided(op, part) or Rel(op, part, ZERO)


def _two_sided(op: str, part: Node) -> Rel | None:
    """X - a > 0 as x > a, 1 - x - y > 0 as x + y < 1, 1 - |u| > 0 as |u| < 1; of letters and entries alone."""
    if not isinstance(part, Add) or not part.free or not all(map(_is_letter, part.children)):
        return None
    plus = [term for term in part.children if not isinstance(term, Neg)]
    minus = [term.arg for term in part.children if isinstance(term, Neg)]
    if not plus or not minus:
        return None
    return Rel(op, add(*plus), add(*minus)) if add(*plus).free else Rel(TURNED[op], add(*minus), add(*plus))


def _is_letter(term: Node) -> bool:
    """Is it a letter, an entry, a number or an absolute value, perhaps with a minus?"""
    core = term.arg if isinstance(term, Neg) else term
    return isinstance(core, (Sym, Indexed, Num)) or (isinstance(core, Fn) and core.func is sympy.Abs)


def same_sign(one: Node, other: Node) -> bool:
    """Is the first formula a positive number, or a square, times the other, or over a square? 1 - 1/x^2 >= 0 where x^2 - 1 >= 0."""
    if larger(one, LARGEST) or larger(other, LARGEST):
        return False
    atoms = letters_of(quotient := Div(one, other), MOST_LETTERS)
    ratio = Polynomials(atoms).ratio(quotient) if len(atoms) <= MOST_LETTERS else None
    if ratio is None or ratio[0].is_zero():
        return False
    (above, ups), (below, downs) = map(factors, ratio)
    return bool(above / below > 0) and all(power % 2 == 0 for _, power in (*ups, *downs))
