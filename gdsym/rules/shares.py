"""Quotients over a sum: U (a S - b) / S^2 = U/S (a - b/S), where S is a sum over an index; and softmax by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import sympy

from gdsym.rules.brackets import factored_out
from gdsym.rules.dropping import drop
from gdsym.rules.fractions import cancel, rebuilt, split
from gdsym.rules.powers import base_exponent, raised
from gdsym.rules.regions import size
from gdsym.step import Reason
from gdsym.written.match import occurrence
from gdsym.written.nodes import (
    ONE,
    Add,
    Base,
    Div,
    Indexed,
    Mul,
    Neg,
    Node,
    Sum,
    Sym,
    kinds_of,
    mul,
    replace,
    rewrite,
    walk,
)

LETTERS = ("p", "q", "s", "r")  # for a share
SUMS = kinds_of(Sum)


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


def left_over(node: Node) -> Node:
    """What the fraction that was taken apart leaves to cancel, then `into_shares`; other fractions stay as they stand."""
    if isinstance(node, (Mul, Div)):
        ups, downs = ({base_exponent(f)[0] for f in side} for side in split(node))
        return into_shares(total_goes_in(drop(cancel(node) if ups & downs else node)))
    return cancel(node)


def total_goes_in(node: Node) -> Node:
    """S sum_i (u/S - v/(S T)) = sum_i (u - v/T), where S does not depend on i."""
    for held in node.children if isinstance(node, Mul) else ():
        if isinstance(held, Sum) and isinstance(held.body, Add):
            for total in node.children:
                if isinstance(total, Sum) and total is not held and held.index not in total.free:
                    terms = [_over(total, term) for term in held.body.children]
                    if all(term is not None for term in terms):
                        inside = held.with_children((Add(*(t for t in terms if t is not None)), *held.children[1:]))
                        return mul(*(inside if f is held else f for f in node.children if f is not total))
    return node


def _over(total: Sum, term: Node) -> Node | None:
    """The term times the sum, if the sum stands below its bar."""
    if isinstance(term, Neg):
        found = _over(total, term.arg)
        return None if found is None else Neg(found)
    ups, downs = split(term)
    at = next((j for j, f in enumerate(downs) if base_exponent(f)[0] == total and base_exponent(f)[1] >= 1), None)
    if at is None:
        return None
    exponent = base_exponent(downs[at])[1] - 1
    return rebuilt(ups, [*downs[:at], *([raised(total, exponent)] if exponent else []), *downs[at + 1 :]])


def into_shares(node: Node) -> Node:
    """A factor goes in, u (1/S - v/T) = u/S - u v/T, where both are shares of the sums S and T; also with the bracket in a sum."""
    if not isinstance(node, Mul) or not node.has(SUMS):
        return node
    for at, held in enumerate(node.children):
        bracket = held.body if isinstance(held, Sum) else held
        if not isinstance(bracket, Add):
            continue
        for j, u in enumerate(node.children):
            if j != at and not u.has(SUMS) and not (isinstance(held, Sum) and held.index in u.free):
                terms = [_as_share(u, term) for term in bracket.children]
                shares = Add(*(t for t in terms if t is not None))
                if len(shares.children) == len(terms):
                    whole = held.with_children((shares, *held.children[1:])) if isinstance(held, Sum) else shares
                    return mul(*(whole if f is held else f for k, f in enumerate(node.children) if k != j))
    return node


def _as_share(u: Node, term: Node) -> Node | None:
    """The term times u, where that is an entry of a sum over the sum."""
    if isinstance(term, Neg):
        found = _as_share(u, term.arg)
        return None if found is None else Neg(found)
    ups, downs = split(term)
    if len(downs) != 1 or not isinstance(downs[0], Sum):
        return None
    total = downs[0]
    for letter in sorted((s for s in u.free if isinstance(s, Sym)), key=lambda s: s.name):
        entry = replace(total.body, {total.index: letter})
        if Counter(split(entry)[0]) == Counter(f for f in (u, *ups) if f != ONE):
            return Div(entry, total)
    return None


def _below_terms(node: Node, above: Add, total: Node, ups: list[Node], downs: list[Node]) -> Node | None:
    base, exponent = base_exponent(total)
    taken = factored_out(_spelled(above))
    bracket = next((f for f in (taken.children if isinstance(taken, Mul) else (taken,)) if isinstance(f, Add)), None)
    if not isinstance(base, Sum) or exponent < 1 or bracket is None:
        return None
    terms = [_singly(*split(term.arg if isinstance(term, Neg) else term)) for term in bracket.children]
    if not any(base in term_ups for term_ups, _ in terms):
        return None
    new = [_over_base(term_ups, term_downs, base) for term_ups, term_downs in terms]
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


def _over_base(ups: list[Node], downs: list[Node], base: Node) -> Node:
    """The term over the sum."""
    if base in ups:
        at = ups.index(base)
        return rebuilt([*ups[:at], *ups[at + 1 :]], downs)
    return rebuilt(ups, [*downs, base])


def share_said(parts: Iterable[Node], taken: Iterable[Node]) -> Reason:
    """`p_k (delta_kl - p_l) with p_k = e^(z_k) / sum_j e^(z_j)`, if there are such shares."""
    names = {getattr(name, "name", "") for name in taken}
    letters = [letter for letter in LETTERS if letter not in names] or ["p_0"]
    for part in parts:
        shares: dict[Node, Node] = {}
        first: list[Node] = []
        totals = dict.fromkeys(p.den for p in walk(part) if isinstance(p, Div) and isinstance(p.den, Sum))
        for total in totals:
            if len(first) < len(letters):
                key, meaning = _share(letters[len(first)], total)
                found = {p: name for p in walk(part) if (name := occurrence(key, meaning, p)) is not None}
                shares.update(found)
                first += list(found)[:1]
        if shares:
            words: list[str | Node] = [_with_names(part, shares)]
            for at, share in enumerate(first):
                words += [" and " if at else " with ", shares[share], " = ", share]
            return tuple(words)
    return ()


def _with_names(part: Node, names: Mapping[Node, Node]) -> Node:
    """Bound indices are not kept apart: a share in a sum has its index."""
    return rewrite(part, lambda p: names.get(p, p))


def _share(letter: str, total: Sum) -> tuple[Node, Node]:
    """p_c, and what it stands for: u_c / sum_j u_j. Outer indices come first: p_ic."""
    c = Sym(sympy.Dummy("c", integer=True))
    outer = dict.fromkeys(s for p in walk(total) if isinstance(p, Indexed) for i in p.indices for s in i.free)
    indices = (*(s for s in outer if s in total.free), c)
    return Indexed(Base(sympy.IndexedBase(letter)), *indices), Div(replace(total.body, {total.index: c}), total)
