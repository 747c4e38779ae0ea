"""Are polynomials equal once denominators are multiplied out, and sums over the same range are one sum?

sum_i y_i/(1 + u_i) + sum_i y_i u_i/(1 + u_i) = sum_i y_i: what each index adds is 0, although no two of these sums are equal.
"""

from __future__ import annotations

from gdsym.verify.forms import Forms
from gdsym.verify.numbers import ONE
from gdsym.verify.polynomials import Monomial, Terms, negative, total
from gdsym.verify.repeated import put_in


def are_equal(forms: Forms, first: Terms, second: Terms) -> bool:
    """Are these equal polynomials, as far as denominators and sums term by term tell?"""
    return _is_zero(forms, total((first, negative(second))), 0)


def _is_zero(forms: Forms, terms: Terms, depth: int) -> bool:
    left = _multiplied_out(forms, terms)
    if not left:
        return True
    sums, rest = _by_range(forms, left, depth)
    return bool(sums) and _is_zero(forms, rest, depth) and all(_is_zero(forms, body, depth + 1) for body in sums)


def _multiplied_out(forms: Forms, left: Terms) -> Terms:
    """The polynomial times all its denominators, sums and roots."""
    while True:
        powers = [(at, e) for m in left for at, e in m if e < 0 and forms.degree(at)]
        if not powers:
            return forms.expanded(left)
        at = powers[0][0]
        least = min(e for other, e in powers if other == at)
        left = forms.expanded(forms.times(left, {((at, -least),): ONE}))


def _by_range(forms: Forms, terms: Terms, depth: int) -> tuple[list[Terms], Terms]:
    """What one index adds, for every range that is summed over, and the terms without a sum."""
    bodies: dict[tuple[int, int], list[Terms]] = {}
    rest: Terms = {}
    for m, c in terms.items():
        at = next((at for at, e in m if e == 1 and forms.keys[at][0] == "sum"), None)
        if at is None:
            rest[m] = c
            continue
        _, name, (lower, upper, body), _ = forms.keys[at]
        new = ("bound", -1 - depth, lower, upper)  # no index of a sum within has this name
        value: Terms = {((forms.atom(new, slots=(new,)), 1),): ONE}
        renamed = put_in(forms, forms.terms(body), forms.atom(name, slots=(name,)), value)
        factor: Monomial = tuple(part for part in m if part[0] != at)
        bodies.setdefault((lower, upper), []).append(forms.times(renamed, {factor: c}))
    return [total(several) for several in bodies.values()], rest
