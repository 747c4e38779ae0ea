"""The forms of sums and products over an index: term by term, each index with a name that depends on what it is summed over only.

sum_l delta(l, c) u_l is u_c where c is surely one of the values of l.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gdsym.verify.form import NOTHING, Form, Need, Needs
from gdsym.verify.forms import Forms
from gdsym.verify.indicators import ALWAYS, beyond
from gdsym.verify.needed import INNER, heights_of, in_order, slots_of
from gdsym.verify.numbers import ONE
from gdsym.verify.polynomials import Monomial, Terms, TooMuch, constant, negative, total
from gdsym.verify.positive import is_filled, is_whole
from gdsym.verify.raised import power


def repeated(forms: Forms, op: str, slot: int, lower: Form, upper: Form, body: Form) -> Form:
    """The form of a sum or product over the index that the slot keeps."""
    index = forms.slot(slot)
    limits = forms.number(lower.terms), forms.number(upper.terms)
    needs = lower.needs | upper.needs | _needs(forms, body.needs, index, limits)
    always = not body.needs
    if op == "prod":
        return Form(_bound(forms, op, index, limits, body.terms), needs)
    terms = (_term(forms, index, limits, always, m, c) for m, c in forms.expanded(body.terms).items())
    return Form(total(terms), needs)


def _term(forms: Forms, index: int, limits: tuple[int, int], always: bool, m: Monomial, c: Any) -> Terms:
    """The sum of c m over the index; has m `always` a value?"""
    (slot,) = forms.slots[index]
    inside = tuple(part for part in m if slot in forms.slots[part[0]])
    outside: Terms = {tuple(part for part in m if part not in inside): c}
    for at, e in inside:
        place = _solved(forms, at, index) if e == 1 else None
        within = None if place is None else _within(forms, place, *map(forms.terms, limits))
        if place is not None and within is not None and (always or within == ALWAYS):
            left = {tuple(part for part in inside if part[0] != at): ONE}
            return forms.times(forms.times(outside, within), put_in(forms, left, index, place))
    if not inside and is_filled(forms, *map(forms.terms, limits)):
        lower, upper = map(forms.terms, limits)
        return forms.times(outside, total((upper, negative(lower), constant(ONE))))
    return forms.times(outside, _bound(forms, "sum", index, limits, {inside: ONE}))


def _bound(forms: Forms, op: str, index: int, limits: tuple[int, int], body: Terms) -> Terms:
    """The sum or product as an atom; its index is named after how many sums stand in it, which no index in it has in common."""
    height = _height(forms, body)
    name = ("bound", height, *limits)
    own = forms.atom(name, slots=(name,))
    renamed = put_in(forms, body, index, {((own, 1),): ONE})
    if _height(forms, renamed) != height:
        raise TooMuch
    return _atom(forms, op, name, limits, renamed)


def _height(forms: Forms, body: Terms) -> int:
    return max((forms.heights[at] for m in body for at, _ in m), default=0)


def _atom(forms: Forms, op: str, name: Any, limits: tuple[int, int], body: Terms) -> Terms:
    numbers = (*limits, forms.number(body))
    return {((forms.atom((op, name, numbers, ()), numbers, bound=name), 1),): ONE}


def _solved(forms: Forms, at: int, index: int) -> Terms | None:
    """What the index is equal to where this Kronecker delta is not 0."""
    if forms.keys[at][0] != "delta":
        return None
    difference = forms.terms(forms.keys[at][2][0])
    alone: Monomial = ((index, 1),)
    (slot,) = forms.slots[index]
    rest = {m: c for m, c in difference.items() if m != alone}
    factor = difference.get(alone, 0)
    if abs(factor) != 1 or any(slot in forms.slots[a] for m in rest for a, _ in m):
        return None
    return negative(rest) if factor == 1 else rest


def _within(forms: Forms, place: Terms, lower: Terms, upper: Terms) -> Terms | None:
    """1 where this is between the limits, 0 elsewhere; None where it may be no whole number."""
    distances = [total((place, negative(lower))), total((upper, negative(place)))]
    if not all(is_whole(forms, distance) for distance in distances):
        return None
    first, last = (beyond(forms, distance, -ONE) for distance in distances)
    return forms.times(first, last)


# What stands for an index


def put_in(forms: Forms, terms: Terms, index: int, value: Terms) -> Terms:
    """The polynomial with `value` for the index."""
    (slot,) = forms.slots[index]
    found = []
    for m, c in terms.items():
        moved = [part for part in m if slot in forms.slots[part[0]]]
        product: Terms = {tuple(part for part in m if part not in moved): c}
        for at, e in moved:
            moved_power = power(forms, [_anew(forms, at, index, value), Form(constant(ONE * e))])
            product = forms.times(product, moved_power.terms)
        found.append(product)
    return total(found)


def _anew(forms: Forms, at: int, index: int, value: Terms) -> Form:
    """The atom with `value` for the index that it depends on; found once."""
    if at == index:
        return Form(value)
    key = at, index, forms.number(value)
    if key not in forms.moved:
        forms.moved[key] = _made_anew(forms, at, index, value)
    return forms.moved[key]


def _made_anew(forms: Forms, at: int, index: int, value: Terms) -> Form:
    op, data, *rest = forms.keys[at]
    if op == "+":
        return Form(put_in(forms, forms.opened(at), index, value))
    if not rest:
        raise TooMuch  # known only as what it is
    numbers, needs = rest
    new = [put_in(forms, forms.terms(number), index, value) for number in numbers]
    if op in ("sum", "prod"):
        return Form(_again(forms, op, data, new))
    moved = [_moved(forms, part, index, value) for part in needs] or [NOTHING] * len(new)
    return forms.apply(op, data, [Form(terms, part) for terms, part in zip(new, moved, strict=True)])


def _again(forms: Forms, op: str, name: Any, parts: list[Terms]) -> Terms:
    """A sum over an index that has its name already."""
    lower, upper, body = parts
    limits = forms.number(lower), forms.number(upper)
    new = ("bound", _height(forms, body), *limits)
    if new != name:
        own = forms.atom(new, slots=(new,))
        body = put_in(forms, body, forms.atom(name, slots=(name,)), {((own, 1),): ONE})
    if op == "prod":
        return _atom(forms, op, new, limits, body)
    found = []
    for m, c in body.items():
        inside = tuple(part for part in m if new in forms.slots[part[0]])
        if not inside:
            raise TooMuch
        outside: Terms = {tuple(part for part in m if part not in inside): c}
        found.append(forms.times(outside, _atom(forms, op, new, limits, {inside: ONE})))
    return total(found)


def _needs(forms: Forms, needs: Needs, index: int, limits: tuple[int, int]) -> Needs:
    """What the sum needs: at least one term has what does not depend on the index."""
    (slot,) = forms.slots[index]
    lifted = {need for need in needs if slot not in slots_of(forms, need)}
    if not is_filled(forms, *map(forms.terms, limits)):
        lifted = set()
    return frozenset(lifted).union(*(_in_each(forms, need, index, limits) for need in needs - lifted))


def _in_each(forms: Forms, need: Need, index: int, limits: tuple[int, int]) -> Needs:
    """The need for every value of the index."""
    name = ("bound", max(heights_of(forms, (need,))), *limits)
    own = forms.atom(name, slots=(name,))
    moved = _moved(forms, frozenset({need}), index, {((own, 1),): ONE})
    return frozenset((INNER, name, *limits, frozenset({part})) for part in moved)


def _moved(forms: Forms, needs: Needs, index: int, value: Terms) -> Needs:
    """What is needed with `value` for the index."""
    (slot,) = forms.slots[index]
    found: set[Need] = set()
    for need in in_order(needs):
        if slot not in slots_of(forms, need):
            found.add(need)
        elif need[0] == INNER:
            _, name, lower, upper, inner = need
            ends = [forms.number(put_in(forms, forms.terms(end), index, value)) for end in (lower, upper)]
            if ends != [lower, upper]:
                raise TooMuch
            moved = _moved(forms, inner, index, value)
            found.update((INNER, name, *ends, frozenset({part})) for part in moved)
        else:
            form = _anew(forms, need[1], index, value)
            found |= form.needs if need[0] == "has a value" else forms.inverse(form).needs
    return frozenset(found)


def instances(forms: Forms, needs: Needs, letters: Iterable[int]) -> Needs:
    """What is needed in each term, needed of the terms at these letters, if they are surely within the limits."""
    found: set[Need] = set()
    places: list[Terms] = [{((letter, 1),): ONE} for letter in letters]
    for need in in_order(needs):
        if need[0] == INNER:
            _, name, lower, upper, inner = need
            index = forms.atom(name, slots=(name,))
            for place in places:
                if _within(forms, place, forms.terms(lower), forms.terms(upper)) == ALWAYS:
                    found |= _moved(forms, inner, index, place)
    return needs | found
