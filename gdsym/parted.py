"""J = Q + R: what of a cost is quadratic in the parameters, and a rest that reads no more numbers than there are parameters.

Q = 1/(2m) sum_i (x_i w - y_i)^2 and R = lambda |w|: the data stand in Q alone, so a descent may take Q's steps by its
constant Hessian and compute R as it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from gdsym.closing import tidy
from gdsym.problem import degree
from gdsym.written.nodes import Add, Bound, Div, Mul, Neg, Node, Sum, add, walk


def parted(node: Node, params: Sequence[Node], own: Collection[Node]) -> tuple[Node, Node] | None:
    """(Q, R), Q + R = the formula; None if its data stand elsewhere too, or in neither.

    `own` are the sizes that count entries of parameters: sums up to these are as short as the parameters are.
    """
    heads = frozenset(params)
    terms = list(_terms(node, heads))
    quadratic = [term for term in terms if degree(term, heads) <= 2]
    others = [term for term in terms if degree(term, heads) > 2]
    if not others or all(_is_short(term, heads, own) for term in quadratic):
        return None
    rest = []
    for term in others:  # one that is long ends it: tidying takes longest
        rest.append(tidy(term, params))
        if not _is_short(rest[-1], heads, own):
            return None
    return add(*quadratic), add(*rest)


def _terms(node: Node, heads: frozenset[Node]) -> Iterator[Node]:
    """Terms that add up to the formula, taken apart no further than to find those of degree 2."""
    inner = _varying(node, heads)
    if degree(node, heads) <= 2 or inner is None:
        yield node
    elif isinstance(node, Add):
        for child in node.children:
            yield from _terms(child, heads)
    else:
        before, after = node.children[:inner], node.children[inner + 1 :]
        for part in _terms(node.children[inner], heads):
            yield node.with_children((*before, part, *after))


def _varying(node: Node, heads: frozenset[Node]) -> int | None:
    """Where the part stands in which the formula is linear: the only factor, the numerator, what is summed."""
    if isinstance(node, Add):
        return 0
    moving = [at for at, child in enumerate(node.children) if not child.free.isdisjoint(heads)]
    if isinstance(node, Neg | Mul) and len(moving) == 1:
        return moving[0]
    return 0 if isinstance(node, Div | Sum) and moving == [0] else None


def _is_short(node: Node, heads: frozenset[Node], own: Collection[Node]) -> bool:
    """Does its value at other parameters ask for short sums only? A sum over data alone is computed once."""
    sums = [part for part in walk(node) if isinstance(part, Bound) and not part.free.isdisjoint(heads)]
    return all((s.lower.free | s.upper.free) <= set(own) for s in sums)
