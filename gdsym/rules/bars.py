"""Terms with a fraction bar and terms without: which are which, and all of them over one bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gdsym.rules.polynomials import Polynomials, Ratio
from gdsym.rules.regions import regions
from gdsym.written.nodes import Add, Div, Neg, Node, add

CROSSED = 1  # one bar is to be shorter by more than that


def over_one_bar(node: Add, polynomials: Polynomials) -> Sequence[Ratio]:
    """The terms without a bar and those with one, each over the common denominator; none if all are of one kind."""
    parts = parted(node)
    ratios = [ratio for part in parts if (ratio := polynomials.ratio(part)) is not None]
    if len(ratios) < 2:
        return ()
    (whole, number), (above, below) = ratios
    return (whole * below, number), (above * number, below)


def parted(node: Add) -> tuple[Node, ...]:
    """15 x^4 and (x cos x - sin x)/x^2: what has no bar and what has one; nothing if all terms are of one kind."""
    bars = [has_bar(term) for term in node.children]
    if len(set(bars)) == 1:
        return ()
    return tuple(add(*(t for t, bar in zip(node.children, bars, strict=True) if bar is side)) for side in (False, True))


def has_bar(term: Node) -> bool:
    """Is it divided by something that is no number?"""
    return any(isinstance(part, Div) and part.den.free for part in regions(term))


def crossed_in_vain(node: Node, found: Node, size: Callable[[Node], int]) -> bool:
    """Are plain fractions, G m M/r^2 + L^2/(m r^3), hardly longer than the one of them, (G m^2 M r + L^2)/(m r^3)?"""
    terms = [_without_sign(term) for term in node.children] if isinstance(node, Add) else []
    bars = {term.den for term in terms if isinstance(term, Div)}
    plain = len(bars) > 1 and not any(isinstance(part, Add) for term in terms for part in regions(term))
    core = _without_sign(found)
    joined = isinstance(core, Div) and isinstance(core.num, Add) and len(core.num.children) == len(terms)
    return plain and joined and size(found) + CROSSED >= size(node)


def _without_sign(node: Node) -> Node:
    return node.arg if isinstance(node, Neg) else node
