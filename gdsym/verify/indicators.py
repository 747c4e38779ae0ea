"""Case distinctions as polynomials: a comparison is 1 where it holds and 0 elsewhere.

[u > 0] and [u < 0] are atoms of which one is 0, [u = 0] is what both lack of 1; of whole numbers, [d > t] for numbers t is enough, and
[d = 0] is a Kronecker delta. {a if c; b otherwise} is a c + b (1 - c) where a, b and c always have a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gdsym.verify.form import Form
from gdsym.verify.numbers import ONE, Number, sign_of
from gdsym.verify.operations import SIGNS
from gdsym.verify.polynomials import UNIT, Monomial, Terms, constant, negative, total, value_of
from gdsym.verify.positive import is_not_negative, is_positive, is_whole

if TYPE_CHECKING:
    from gdsym.verify.forms import Forms

ALWAYS: Terms = {UNIT: ONE}
OTHER = {"above": "below", "below": "above"}
MARKS = ("above", "below", "beyond")


def rel(forms: Forms, op: str, parts: list[Form]) -> Form:
    """Is u op w?"""
    left, right = parts
    difference = total((left.terms, negative(right.terms)))
    return Form(_compared(forms, op, difference), left.needs | right.needs)


def logic(forms: Forms, op: str, parts: list[Form]) -> Form | None:
    """And, or, not; None where a part need not have a value."""
    if any(part.needs for part in parts):
        return None
    if op in ("true", "false"):
        return Form(constant(ONE * (op == "true")))
    if op == "not":
        return Form(_not(parts[0].terms))
    terms = ALWAYS
    for part in parts:
        terms = forms.times(terms, part.terms if op == "and" else _not(part.terms))
    return Form(terms if op == "and" else _not(terms))


def cases(forms: Forms, parts: list[Form]) -> Form | None:
    """The first value whose condition holds; None where some value or condition need not have one, or none may hold."""
    values, conditions = parts[::2], parts[1::2]
    if any(part.needs for part in parts) or conditions[-1].terms != ALWAYS:
        return None
    found: list[Terms] = []
    left = ALWAYS
    for value, condition in zip(values, conditions, strict=True):
        found.append(forms.times(forms.times(left, condition.terms), value.terms))
        left = forms.times(left, _not(condition.terms))
    return Form(total(found))


def sign(forms: Forms, parts: list[Form]) -> Form:
    """[u > 0] - [u < 0]."""
    (part,) = parts
    above, below = (_compared(forms, op, part.terms) for op in "><")
    return Form(total((above, negative(below))), part.needs)


def heaviside(forms: Forms, parts: list[Form]) -> Form | None:
    """1 above 0, 0 below, and the second part at 0."""
    part, at_zero = parts
    if at_zero.needs:
        return None
    above, zero = (_compared(forms, op, part.terms) for op in (">", "=="))
    return Form(total((above, forms.times(zero, at_zero.terms))), part.needs)


def tied(forms: Forms, which: str, parts: list[Form]) -> Form | None:
    """The slope of the greater of two, or of the less, and the mean of both where they are equal."""
    if len(parts) != 4 or parts[2].needs or parts[3].needs:
        return None
    u, v, du, dv = parts
    difference = total((u.terms, negative(v.terms)))
    if which == "min":
        difference = negative(difference)
    mean = {m: c / 2 for m, c in total((du.terms, dv.terms)).items()}
    chosen = ((">", du.terms), ("<", dv.terms), ("==", mean))
    return Form(total(forms.times(_compared(forms, op, difference), slope) for op, slope in chosen), u.needs | v.needs)


def marked(forms: Forms, kind: str, at: Any, parts: list[Form]) -> Form:
    """The same comparison of something else."""
    (part,) = parts
    terms = beyond(forms, part.terms, at) if kind == "beyond" else _mark(forms, kind, part.terms)
    return Form(terms, part.needs)


def beyond(forms: Forms, whole: Terms, at: Number) -> Terms:
    """[d > t] for a whole number d and a number t; [-d > t] is what [d > -t - 1] lacks of 1."""
    place = at - whole.get(UNIT, 0)
    rest = {m: c for m, c in whole.items() if m != UNIT}
    if not rest:
        return constant(ONE * (place < 0))
    if rest[min(rest)] < 0:
        return _not(beyond(forms, negative(rest), -place - 1))
    if is_not_negative(forms, total((rest, constant(-place - 1)))):
        return ALWAYS
    if is_not_negative(forms, total((negative(rest), constant(place)))):
        return {}
    return _atom(forms, "beyond", place, rest)


def consistent(forms: Forms, m: Monomial) -> Monomial | None:
    """The product of comparisons with one another's: of thresholds the highest; None where two exclude each other."""
    marks = [at for at, e in m if e > 0 and forms.keys[at][0] in MARKS]
    if len(marks) < 2:
        return m
    highest: dict[tuple[bool, int], int] = {}
    for at in marks:
        op, place, (number,), _ = forms.keys[at]
        alike = op == "beyond", number  # k/2 > 0 is no comparison of whole numbers, and k > 1 is one of the same k
        known = highest.get(alike)
        if known is None:
            highest[alike] = at
        elif op != "beyond":
            return None
        elif forms.keys[known][1] < place:
            highest[alike] = at
    kept = set(highest.values())
    return tuple((at, e) for at, e in m if at in kept or at not in marks)


def _compared(forms: Forms, op: str, difference: Terms) -> Terms:
    value = value_of(difference)
    if value is not None:
        return constant(ONE * (sign_of(value) in SIGNS[op]))
    if is_whole(forms, difference):
        if op in ("==", "!="):
            equal = forms.delta([Form(difference)]).terms
            return equal if op == "==" else _not(equal)
        above = beyond(forms, difference, ONE * (-1 if op in (">=", "<") else 0))
        return above if op[0] == ">" else _not(above)
    above, below = (_mark(forms, kind, difference) for kind in ("above", "below"))
    parts = {1: above, -1: below, 0: _not(total((above, below)))}
    return total(parts[sign] for sign in SIGNS[op])


def _mark(forms: Forms, kind: str, terms: Terms) -> Terms:
    """[u > 0] or [u < 0], of u with 1 or a positive number as its first coefficient."""
    value = value_of(terms)
    if value is not None:
        return constant(ONE * (sign_of(value) == (1 if kind == "above" else -1)))
    lead = terms[min(terms)]
    unit = {m: c / lead for m, c in terms.items()}
    kind = kind if lead > 0 else OTHER[kind]
    for sign, one in (("above", unit), ("below", negative(unit))):
        if is_positive(forms, one):
            return ALWAYS if kind == sign else {}
        if forms.number(one) in forms.facts and kind != sign:
            return {}
    return _atom(forms, kind, None, unit)


def _atom(forms: Forms, kind: str, place: Any, terms: Terms) -> Terms:
    numbers = (forms.number(terms),)
    return {((forms.atom((kind, place, numbers, ()), numbers), 1),): ONE}


def _not(terms: Terms) -> Terms:
    return total((ALWAYS, negative(terms)))
