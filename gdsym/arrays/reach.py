"""Over which part of its range a sum runs, seen from another index k: low <= j <= high and k + first <= j <= k + last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Clipped, affine, solved
from gdsym.arrays.factors import over_and_under
from gdsym.record import record
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering

Sym = n.Sym
Bounds = list[tuple[str, Affine]]  # (">=" or "<=", what the index is compared with)


@record
class Reach:
    """Bounds of a sum's index; `first` and `last` are added to the letter, or to its negative (`turned`)."""

    letter: Sym
    turned: bool
    low: Affine | None
    high: Affine | None
    first: Affine | None
    last: Affine | None


def reach_of(low: Lowering, node: n.Sum) -> tuple[Reach, n.Node] | None:
    """The bounds of a sum, from its limits and the case distinctions in its body, if one other index moves them; and the body."""
    lower, upper = affine(node.lower), affine(node.upper)
    if lower is None or upper is None:
        return None
    body, conditions = taken_out(node.body, node.index)
    bounds: Bounds = [(">=", lower), ("<=", upper)]
    for condition in conditions:
        found = _compared(condition, node.index)
        if found is None:
            return None
        bounds += found
    letters = {a for _, form in bounds for a in form.letters}
    moving = letters & set(low.scope)
    sizes = letters - moving  # what is no size may be any number, 0.5 or -3
    if len(moving) != 1 or not sizes <= {*low.shapes.sizes}:
        return None
    (letter,) = moving
    return _reached(letter, bounds, body)


def _reached(letter: Sym, bounds: Bounds, body: n.Node) -> tuple[Reach, n.Node] | None:
    steps = {dict(form.terms)[letter] for _, form in bounds if letter in form.letters}
    if len(steps) != 1 or not steps <= {1, -1}:
        return None
    ends: list[Affine | None] = []
    for moves in (False, True):
        for op, sign in ((">=", 1), ("<=", -1)):
            forms = [form.put(letter, Affine(0)) for o, form in bounds if o == op and (letter in form.letters) == moves]
            end = _extreme(forms, sign)
            if forms and end is None:
                return None
            ends.append(end)
    return Reach(letter, steps == {-1}, *ends), body


def _extreme(forms: Sequence[Affine], sign: int) -> Affine | None:
    """The largest of the forms (the least for sign -1), whatever the sizes are; None if that depends on them."""
    return next((a for a in forms if all(surely((a - b) * sign) for b in forms)), None)


def surely(form: Affine, least: int = 0) -> bool:
    """Is the form at least that, whatever the sizes are?"""
    for letter, c in form.terms:
        if isinstance(letter, Clipped):  # max(f, 0) is f or 0, and at least either
            ends = [surely(form.put(letter, end), least) for end in (letter.form, Affine(0))]
            return all(ends) if c < 0 else any(ends)
    return form.const >= least and all(c >= 0 for _, c in form.terms)


def taken_out(body: n.Node, index: Sym) -> tuple[n.Node, list[n.Rel]]:
    """The body without the cases `f if ... else 0`, and their conditions on the index."""
    up, down = over_and_under(body)
    for place, factor in enumerate(up):
        if isinstance(factor, n.Cases) and (parts := either_or_zero(factor)):
            inner, conditions = parts
            about = [c for c in conditions if index in c.free]
            if not about:
                continue
            others = [c for c in conditions if c not in about]
            if others:
                inner = n.Cases(inner, n.both(*others), n.ZERO, n.TRUE)
            above = n.mul(*up[:place], inner, *up[place + 1 :])
            rest, more = taken_out(n.Div(above, n.mul(*down)) if down else above, index)
            return rest, [*about, *more]
    return body, []


def either_or_zero(node: n.Cases) -> tuple[n.Node, list[n.Rel]] | None:
    """Value and conditions of `f if all of these, else 0`."""
    if len(node.pairs) != 2:
        return None
    (value, condition), (other, always) = node.pairs
    parts = n.conjuncts(condition)
    if other != n.ZERO or not (isinstance(always, n.Logic) and always.op == "true"):
        return None
    rels = [p for p in parts if isinstance(p, n.Rel)]
    return (value, rels) if len(rels) == len(parts) else None


def _compared(condition: n.Rel, index: Sym) -> Bounds | None:
    """`index >= form`, `index <= form`, or both."""
    found = solved(condition, index)
    if found is None:
        return None
    op, form = found
    shift = {"<": -1, ">": 1}.get(op, 0)
    return [(sign, form + shift) for sign in (">=", "<=") if op == "==" or op[0] == sign[0]]
