"""Quotients over a sum: U (a S - b) / S^2 = U/S (a - b/S), where S is a sum over an index; and softmax by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sympy

from gdsym.rules.collect import factored_out, size
from gdsym.rules.fractions import rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.step import Reason
from gdsym.written.match import occurrence
from gdsym.written.nodes import ONE, Add, Base, Div, Indexed, Mul, Neg, Node, Sum, Sym, mul, replace, walk

LETTERS = ("p", "q", "s", "r")  # for a share
SUMS = frozenset((Sum,))


def over_sums(node: Node) -> Node:
    """One power of a sum below the bar goes below the terms of the bracket above it, if it cancels in one of them."""
    if not isinstance(node, (Mul, Div)) or not node.has(SUMS):
        return node
    ups, downs = split(node)
    for above in ups:
        if isinstance(above, Add):
            for total in downs:
                found = _below_terms(node, above, total, ups, downs)
                if found is not None:
                    return found
    return node


def _below_terms(node: Node, above: Add, total: Node, ups: list[Node], downs: list[Node]) -> Node | None:
    base, exponent = base_exponent(total)
    taken = factored_out(_spelled(above))
    bracket = next((f for f in (taken.children if isinstance(taken, Mul) else (taken,)) if isinstance(f, Add)), None)
    if not isinstance(base, Sum) or exponent < 1 or bracket is None:
        return None
    terms = [_singly(*split(term.arg if isinstance(term, Neg) else term)) for term in bracket.children]
    if not any(base in term_ups for term_ups, _ in terms):
        return None
    new = [_less(term_ups, term_downs, base) for term_ups, term_downs in terms]
    inside = Add(*(Neg(t) if isinstance(term, Neg) else t for t, term in zip(new, bracket.children, strict=True)))
    outside = [f for f in (taken.children if isinstance(taken, Mul) else ()) if f is not bracket]
    outside += [f for f in ups if f is not above]
    left = [raised(base, exponent - 1)] if exponent > 1 else []
    below = [*(f for f in downs if f is not total), *left]
    found = mul(*_ahead(outside, below, base), inside)
    return found if size(found) <= size(node) else None


def _ahead(above: list[Node], below: list[Node], total: Sum) -> Iterator[Node]:
    """The factors as one fraction, a share of the total as a fraction of its own."""
    key, meaning = _share(LETTERS[0], total)
    part = next((f for f in above if total in below and occurrence(key, meaning, Div(f, total)) is not None), None)
    if part is not None:
        yield Div(part, total)
        above, below = ([f for f in side if f is not out] for side, out in ((above, part), (below, total)))
    rest = rebuilt(above, below)
    yield from rest.children if isinstance(rest, Mul) else () if rest == ONE else (rest,)


def _spelled(above: Add) -> Add:
    """e^2 as e e, so that e is found in every term."""
    return Add(*(Neg(_in_factors(t.arg)) if isinstance(t, Neg) else _in_factors(t) for t in above.children))


def _in_factors(term: Node) -> Node:
    ups, downs = split(term)
    return term if downs else mul(*_singly(ups, [])[0])


def _singly(ups: list[Node], downs: list[Node]) -> tuple[list[Node], list[Node]]:
    """The factors above the bar, squares and cubes as several."""
    powers = [(f, base_exponent(f)) for f in ups]
    return [b for f, (b, e) in powers for _ in range(int(e) if e in (2, 3) else 1)] if all(
        e in (2, 3) or b is f for f, (b, e) in powers
    ) else ups, downs


def _less(ups: list[Node], downs: list[Node], base: Node) -> Node:
    """The term over the sum."""
    if base in ups:
        at = ups.index(base)
        return rebuilt([*ups[:at], *ups[at + 1 :]], downs)
    return rebuilt(ups, [*downs, base])


def share_said(parts: Iterable[Node], taken: Iterable[Node]) -> Reason:
    """`p_k (delta_kl - p_l) with p_k = e^(z_k) / sum_j e^(z_j)`, if there are such shares."""
    names = {getattr(name, "name", "") for name in taken}
    letter = next((letter for letter in LETTERS if letter not in names), "p_0")
    for part in parts:
        for total in (p.den for p in walk(part) if isinstance(p, Div) and isinstance(p.den, Sum)):
            key, meaning = _share(letter, total)
            shares = {p: name for p in walk(part) if (name := occurrence(key, meaning, p)) is not None}
            if shares:
                first = next(iter(shares))
                return (replace(part, shares), " with ", shares[first], " = ", first)
    return ()


def _share(letter: str, total: Sum) -> tuple[Node, Node]:
    """p_c, and what it stands for: u_c / sum_j u_j. Outer indices come first: p_ic."""
    c = Sym(sympy.Dummy("c", integer=True))
    outer = dict.fromkeys(s for p in walk(total) if isinstance(p, Indexed) for i in p.indices for s in i.free)
    indices = (*(s for s in outer if s in total.free), c)
    return Indexed(Base(sympy.IndexedBase(letter)), *indices), Div(replace(total.body, {total.index: c}), total)
