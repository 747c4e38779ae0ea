"""Where a formula of one variable is 0, if all such places can be told: tanh(2 x - 1) where 2 x - 1 is, x - sin x at 0 alone, since it rises."""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from gdsym.compound import roots
from gdsym.errors import GdsymError
from gdsym.rules.bounds import holds
from gdsym.rules.moduli import ODD
from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import ZERO, Add, Const, Div, Fn, Mul, Neg, Node, Num, Pow, Root, Sym, replace, walk

SAME_ZEROS = (*ODD, sympy.asin, sympy.atanh, sympy.Abs)  # of f(u) and u
WHOLE_LINE = frozenset((*ODD, sympy.exp, sympy.sin, sympy.cos, sympy.cosh))  # power series around every real number
Places = list[Node] | None  # None: they cannot all be told


def zeros(formula: Node, var: Sym) -> Places:
    """The values of the variable at which the formula may be 0, all of them; in no other place is it."""
    if var not in formula.free:
        return []
    if isinstance(formula, (Neg, Div)):
        return zeros(formula.children[0], var)
    if isinstance(formula, Mul):
        return together(zeros(factor, var) for factor in formula.children)
    if isinstance(formula, Fn):
        return zeros(formula.children[0], var) if formula.func in SAME_ZEROS else _of_one_sign(formula)
    if isinstance(formula, Root) or (isinstance(formula, Pow) and isinstance(formula.exponent, Num)):
        return zeros(formula.children[0], var)
    expression = formula.to_sympy()
    if expression.is_polynomial(var.symbol):
        return list(roots(formula, var)) or _rational_roots(sympy.Poly(expression, var.symbol))
    return _at_zero_alone(formula, var) if _of_one_sign(formula) is None else []


def together(found: Iterable[Places]) -> Places:
    """The places of several formulas; None if one has some that cannot be told."""
    several = list(found)
    told = [places for places in several if places is not None]
    return list(dict.fromkeys(place for places in told for place in places)) if len(told) == len(several) else None


def keeps_its_sign(formula: Node) -> bool:
    """Is it smooth and never below 0, or never above, as cos x - 1? Its absolute value is smooth then."""
    return _is_entire(formula) and any(holds(">=", side, _is_positive) for side in (formula, Neg(formula)))


def _rational_roots(polynomial: sympy.Poly) -> Places:
    """The real roots of a polynomial in numbers, if there are none but fractions."""
    if not polynomial.domain.is_QQ and not polynomial.domain.is_ZZ:
        return None
    found = sympy.roots(polynomial, filter="Q")
    return [*map(from_sympy, sorted(found))] if len(found) == polynomial.sqf_part().count_roots() else None


def _of_one_sign(formula: Node) -> Places:
    """No place, where it is never 0."""
    return [] if any(holds(">", side, _is_positive) for side in (formula, Neg(formula))) else None


def _at_zero_alone(formula: Node, var: Sym) -> Places:
    """0, if the formula is 0 there and rises or falls everywhere, or if its slope does and is 0 there, too."""
    if formula.free != {var} or not _is_entire(formula) or not agree(replace(formula, {var: ZERO}), ZERO):
        return None
    try:
        slope, bend = (from_sympy(formula.to_sympy().diff(var.symbol, order)) for order in (1, 2))
    except GdsymError:
        return None
    turns = not agree(replace(slope, {var: ZERO}), ZERO)
    monotone = _rises_or_falls(slope) or (not turns and _rises_or_falls(bend))
    return [ZERO] if monotone else None


def _rises_or_falls(slope: Node) -> bool:
    return slope != ZERO and keeps_its_sign(slope)


def _is_entire(formula: Node) -> bool:
    """Has it a value and all derivatives at every real number?"""
    return all(map(_is_smooth, walk(formula)))


def _is_smooth(part: Node) -> bool:
    if isinstance(part, Pow):
        exponent = part.exponent
        return isinstance(exponent, Num) and exponent.value.denominator == 1 and exponent.value > 0
    if isinstance(part, Div):
        return holds(">", part.den, _is_positive)
    if isinstance(part, Fn):
        return part.func in WHOLE_LINE
    return isinstance(part, (Add, Mul, Neg, Num, Sym, Const))


def _is_positive(letter: Node) -> bool:
    return isinstance(letter, Sym) and bool(letter.symbol.is_positive)
