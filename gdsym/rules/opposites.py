"""1/(1 + e^z) beside 1/(1 + e^-z) is 1 minus it: -y/(1 + e^z) + (1 - y)/(1 + e^-z) is 1/(1 + e^-z) - y."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from gdsym.rules.logistic import opposite
from gdsym.rules.shapes import logistic_exponential
from gdsym.written.nodes import ONE, Add, Div, Fn, Neg, Node, mul, rewrite, walk


def with_one_of_opposites(node: Node) -> Iterator[Node]:
    """The formula with s for one of the two and 1 - s for the other, either way round."""
    below = {part.den: e for part in walk(node) if isinstance(part, Div) and (e := _exponential_of(part.den))}
    for den, exponential in below.items():
        turned = opposite(exponential.children[0])
        other = next((d for d, e in below.items() if e.children[0] == turned), None)
        if other is not None:
            share = Div(ONE, den)
            yield rewrite(node, partial(_times, {den: share, other: Add(ONE, Neg(share))}))


def _exponential_of(below: Node) -> Fn | None:
    """The e^u of 1 + e^u."""
    return logistic_exponential(Div(ONE, below)) if isinstance(below, Add) else None


def _times(at: Mapping[Node, Node], part: Node) -> Node:
    """A fraction over one of these as a product."""
    if not isinstance(part, Div) or part.den not in at:
        return part
    return at[part.den] if part.num == ONE else mul(part.num, at[part.den])
