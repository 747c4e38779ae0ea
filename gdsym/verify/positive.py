"""What is surely above 0, or not below it, what is a whole number, and what always has a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.verify.numbers import ONE
from gdsym.verify.polynomials import UNIT, Monomial, Terms, TooMuch, negative, total, turned, value_of
from gdsym.written.nodes import Base, Sym

if TYPE_CHECKING:
    from gdsym.verify.form import Form
    from gdsym.verify.forms import Forms

TOTAL = ("sym", "delta", "abs", "sign", "floor", "const", "undefined")  # have a value wherever their operands have
ABOVE_0 = ((sympy.exp, (0,)), (sympy.cosh, (0,)))
TOTAL_FUNCTIONS = (sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh)
NOT_NEGATIVE = ("abs", "delta", "above", "below", "beyond")
NAMES = ("sym", "entry")
UNSURE, SQUARE, POSITIVE = range(3)  # what is known of the sign of a factor


def is_positive(forms: Forms, terms: Terms) -> bool:
    """Is the polynomial surely above 0: no term is negative, and one is positive?"""
    if forms.above and forms.number(terms) in forms.above:
        return True
    kinds = [_sign(forms, m) for m, c in terms.items() if c > 0]
    if len(kinds) == len(terms) and UNSURE not in kinds:
        return POSITIVE in kinds or (bool(forms.apart) and forms.number(turned(terms)) in forms.apart)
    return _is_positive_fraction(forms, terms)


def _is_positive_fraction(forms: Forms, terms: Terms) -> bool:
    """Is it so once it is multiplied by denominators that are positive: 1 - 1/(1 + e^u)?"""
    below: dict[int, int] = {}
    for m in terms:
        below.update((at, e) for at, e in m if e < below.get(at, 0))
    if not below or not all(is_positive_atom(forms, at) for at in below):
        return False
    factor = tuple(sorted((at, -e) for at, e in below.items()))
    try:
        return is_positive(forms, forms.expanded(forms.times(terms, {factor: ONE})))
    except TooMuch:
        return False


def _sign(forms: Forms, m: Monomial) -> int:
    return min((_sign_of_atom(forms, at, e) for at, e in m), default=POSITIVE)


def _sign_of_atom(forms: Forms, at: int, e: int) -> int:
    if is_positive_atom(forms, at):
        return POSITIVE
    return SQUARE if e % 2 == 0 or forms.keys[at][0] in NOT_NEGATIVE else UNSURE


def is_positive_atom(forms: Forms, at: int) -> bool:
    """Is it an exponential, a power of what is positive, a sum of positive terms, or said to be positive?"""
    if at not in forms.positive:
        op, data = forms.keys[at][:2]
        if op in ("pow", "+", "sum"):
            *limits, body = map(forms.terms, forms.keys[at][2][: 1 if op == "pow" else None])
            found = (
                (op != "pow" or data == 0) and is_positive(forms, body) and (op != "sum" or is_filled(forms, *limits))
            )
        else:
            found = (
                op == "const"
                or data in forms.known.sizes
                or (op == "fn" and data in ABOVE_0)
                or (op in NAMES and _is_declared(data))
            )
        forms.positive[at] = found or forms.number({((at, 1),): ONE}) in forms.above
    return forms.positive[at]


def is_nonzero_atom(forms: Forms, at: int) -> bool:
    """Is it positive, or said not to be 0?"""
    return is_positive_atom(forms, at) or forms.number({((at, 1),): ONE}) in forms.apart


def _is_declared(name: Sym | Base) -> bool:
    return bool((name.symbol if isinstance(name, Sym) else name.base).is_positive)


def is_total(forms: Forms, op: str, data: Any, parts: Sequence[Form]) -> bool:
    """Has the operation a value wherever its operands have? So have all powers of what is positive."""
    if op in TOTAL or (op == "fn" and data[0] in TOTAL_FUNCTIONS):
        return True
    if op == "entry":
        return all(is_whole(forms, part.terms) for part in parts)
    return (op == "pow" or (op == "fn" and data[0] is sympy.log)) and is_positive(forms, parts[0].terms)


def is_filled(forms: Forms, lower: Terms, upper: Terms) -> bool:
    """Has an index between these limits surely a value?"""
    return is_not_negative(forms, total((upper, negative(lower))))


def is_not_negative(forms: Forms, terms: Terms) -> bool:
    """A number, a size less 1, or a difference that a condition says is not negative."""
    value = value_of(terms)
    if value is not None:
        return bool(value >= 0)
    if forms.number(terms) in forms.facts:
        return True
    bounded = next((u for m in terms if (u := _at_its_least(forms, terms, m)) is not None), None)
    if bounded is not None:
        return is_not_negative(forms, bounded)
    others = [m for m in terms if m != UNIT]
    return terms.get(UNIT, 0) >= -1 and len(others) == 1 and terms[others[0]] == 1 and _is_size(forms, others[0])


def _at_its_least(forms: Forms, terms: Terms, m: Monomial) -> Terms | None:
    """The polynomial with the limit of an index in its place, if m is one: where it is least."""
    if len(m) != 1 or m[0][1] != 1 or abs(terms[m]) != 1:
        return None
    limits = limits_of(forms, m[0][0])
    rest = {other: c for other, c in terms.items() if other != m}
    if limits is None or any(m[0][0] == at for other in rest for at, _ in other):
        return None
    return total((rest, limits[0] if terms[m] > 0 else negative(limits[1])))


def limits_of(forms: Forms, at: int) -> tuple[Terms, Terms] | None:
    """Those of an index."""
    key = forms.keys[at]
    if key[0] == "bound":
        return forms.terms(key[2]), forms.terms(key[3])
    if key[0] != "slot" or key[1] in forms.moved_limits:
        return None
    lower, upper = map(forms.of, forms.g.limits(key[1]))
    return lower.terms, upper.terms


def _is_size(forms: Forms, m: Monomial) -> bool:
    key = forms.keys[m[0][0]]
    return len(m) == 1 and m[0][1] == 1 and key[0] == "sym" and key[1] in forms.known.sizes


def is_whole(forms: Forms, terms: Terms) -> bool:
    """Is this surely a whole number?"""
    return all(c.q == 1 and all(e > 0 and _is_whole_atom(forms, at) for at, e in m) for m, c in terms.items())


def _is_whole_atom(forms: Forms, at: int) -> bool:
    key = forms.keys[at]
    return key[0] in ("slot", "bound") or (key[0] in ("sym", "entry") and key[1] in forms.known.whole)
