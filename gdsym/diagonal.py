"""Terms i = j of a double sum that have no value or no slope, whatever the data are: sum_ij 1/|x_i - x_j|, sum_ij |x_i - x_j| as a root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sympy

from gdsym.errors import Unsupported
from gdsym.rules.powers import number_of
from gdsym.verify import agree
from gdsym.writing.text import text
from gdsym.written.nodes import ZERO, Bound, Cases, Div, Fn, Node, Pow, Root, head_of, replace, walk


def on_the_diagonal(formula: Node, where: Mapping[Node, Node], wrt: Sequence[Node]) -> str:
    """The sentence that a root is taken of 0 in the terms i = j of a sum over all i and j, where the chain rule has no slope.

    The terms themselves do not move, so that there is a derivative: compiled code leaves them out. A root that the
    variables do not move needs no slope: sum_ij e^(-w sqrt((x_i - x_j)^2)) by w. Raises `Unsupported` where something is
    divided by 0 there, and says how to leave these terms out.
    """
    moved = _moved(where, wrt)
    for outer, inner in _pairs(formula):
        for part, inside in _singular(inner.body):
            if _is_root(part) and not inside.free & moved:
                continue
            if {outer.index, inner.index} <= inside.free and agree(replace(inside, {inner.index: outer.index}), ZERO):
                i, j, upper = (text(n, ascii=True) for n in (outer.index, inner.index, inner.upper))
                said = (
                    f"In the terms {i} = {j} of the double sum {text(inside, ascii=True)[:120]} is 0, whatever the data are, and "
                    f"{text(part, ascii=True)[:120]} has no {'slope' if _is_root(part) else 'value'}. "
                    f"Leave them out: ({j}, {i} + 1, {upper}) for the range of {j}, "
                    f"or Piecewise((u, Ne({i}, {j})), (0, True)) for what is summed, u."
                )
                if not _is_root(part):
                    raise Unsupported(said)
                return said
    return ""


def _moved(where: Mapping[Node, Node], wrt: Sequence[Node]) -> frozenset[Node]:
    """The variables, and the named parts in which they stand."""
    moved = {head_of(variable) for variable in wrt}
    while more := {head_of(name) for name, part in where.items() if part.free & moved} - moved:
        moved |= more
    return frozenset(moved)


def _pairs(formula: Node) -> Iterator[tuple[Bound, Bound]]:
    """A sum or product, and one within it over the same range."""
    for outer in walk(formula):
        if isinstance(outer, Bound):
            for inner in walk(outer.body):
                if isinstance(inner, Bound) and (inner.lower, inner.upper) == (outer.lower, outer.upper):
                    yield outer, inner


def _is_root(part: Node) -> bool:
    power = number_of(part.exponent) if isinstance(part, Pow) else None
    return isinstance(part, Root) or (power is not None and power > 0)


def _singular(body: Node) -> Iterator[tuple[Node, Node]]:
    """Parts without a value or a slope where what comes with them is 0; those in case distinctions are looked after."""
    if isinstance(body, Cases):
        return
    if isinstance(body, Div):
        yield body, body.den
    elif isinstance(body, Root) or (isinstance(body, Fn) and body.func is sympy.log):
        yield body, body.children[0]
    elif isinstance(body, Pow):
        power = number_of(body.exponent)
        if power is not None and power < 1:
            yield body, body.base
    for part in body.children:
        yield from _singular(part)
