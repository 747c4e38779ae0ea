"""Terms i = j of a double sum that have no value, or no slope, whatever the data are: sum_ij 1/|x_i - x_j|, sum_ij |x_i - x_j| as a root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sympy

from gdsym.errors import Unsupported
from gdsym.rules.dropping import drop
from gdsym.rules.indexed import SUM_OVER_INDEX
from gdsym.rules.powers import number_of
from gdsym.solve import Solver, Work
from gdsym.step import Move, Reason
from gdsym.verify import agree
from gdsym.writing.text import text
from gdsym.written.nodes import (
    TRUE,
    ZERO,
    Add,
    Bound,
    Cases,
    D,
    Div,
    Fn,
    Node,
    Pow,
    Rel,
    Root,
    Sum,
    head_of,
    kinds_of,
    replace,
    rewrite,
    walk,
)

ROOTS = kinds_of(Root, Pow)
MOST = 4  # double sums


def apart(formula: Node, where: Mapping[Node, Node], wrt: Sequence[Node]) -> tuple[Node, Reason]:
    """sum_i sum_j f_ij = sum_i sum_j {f_ij if j != i; 0} + sum_i f_ii, where f has a root that moves, and is 0 if j = i: the chain rule divides by it.

    The formula with the terms i = j of all such sums apart, and the reason; without one the formula as it is.
    """
    moved, found = _moved(where, wrt), formula
    said: Reason = ()
    for _ in range(MOST):
        pair = next((pair for pair in _pairs(found) if _is_apart(*pair, moved)), None)
        if pair is None:
            break
        outer, inner = pair
        found = _with(found, outer, _parted(outer, inner))
        same = Rel("==", inner.index, outer.index)
        said = said or ("sum over an index: the terms ", same, " apart, in which a root of 0 stays 0")
    return found, said


def begun(formula: Node, parted: tuple[Node, Reason], solver: Solver) -> Work:
    """The first derivative, with the step that takes terms apart if there is one."""
    node, said = parted
    work = solver.solve(D(node, solver.var))
    if not said:
        return work
    return Work(
        D(formula, solver.var), Move(SUM_OVER_INDEX, (work.lhs,), lambda slope: slope, said), (work,), (), work.value
    )


def _parted(outer: Bound, inner: Bound) -> Node:
    """The outer sum without the terms with equal indices, and these; f_ii is left out where it is 0."""
    apart = Cases(inner.body, Rel("!=", inner.index, outer.index), ZERO, TRUE)
    own, rest = _at_equal(outer, inner), inner.with_children((apart, *inner.children[1:]))
    alone = outer.body == inner or own == ZERO
    body = _with(outer.body, inner, rest if alone else Add(rest, own))
    sums = (outer.with_children((part, *outer.children[1:])) for part in (body, own))
    return Add(*sums) if outer.body == inner and own != ZERO else next(sums)


def _with(node: Node, old: Node, new: Node) -> Node:
    """The new part stands where the old one did, within the same sums."""
    return rewrite(node, lambda part: new if part == old else part)


def _is_apart(outer: Bound, inner: Bound, moved: frozenset[Node]) -> bool:
    """Is there a root of what moves, and is 0 in the terms with equal indices, which have a value then?"""
    if not (isinstance(outer, Sum) and isinstance(inner, Sum) and inner.kinds & ROOTS):
        return False
    zeros = [part for part, inside in _singular(inner.body) if _is_zero(inside, outer, inner)]
    return any(part.free & moved for part in zeros) and all(map(_is_root, zeros))


def _is_zero(inside: Node, outer: Bound, inner: Bound) -> bool:
    same = {outer.index, inner.index} <= inside.free
    return same and bool(agree(replace(inside, {inner.index: outer.index}), ZERO))


def _at_equal(outer: Bound, inner: Bound) -> Node:
    """The term with equal indices, its roots of 0 left out."""
    zeros = {part for part, inside in _singular(inner.body) if _is_zero(inside, outer, inner)}
    term = rewrite(inner.body, lambda part: ZERO if part in zeros else part)
    return rewrite(replace(term, {inner.index: outer.index}), drop)


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
            if _is_zero(inside, outer, inner):
                i, j = (text(n, ascii=True) for n in (outer.index, inner.index))
                said = (
                    f"In the terms {i} = {j} of the double sum {text(inside, ascii=True)[:120]} is 0, whatever the data are, and "
                    f"{text(part, ascii=True)[:120]} has no {'slope' if _is_root(part) else 'value'}. "
                    f"Leave them out: ({j}, {_without(outer, inner)}) for the range of {j}, "
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
    """A sum or product, and one within it over the same range, or over the part of it up to the outer index, or from there on."""
    for outer in walk(formula):
        if isinstance(outer, Bound):
            for inner in walk(outer.body):
                if isinstance(inner, Bound) and _takes_in(outer, inner):
                    yield outer, inner


def _takes_in(outer: Bound, inner: Bound) -> bool:
    """Does the inner index take the value of the outer one, whatever that is?"""
    ends = (inner.lower, inner.upper)
    return ends in ((outer.lower, outer.upper), (outer.lower, outer.index), (outer.index, outer.upper))


def _without(outer: Bound, inner: Bound) -> str:
    """The range of the inner index without the outer one, or what is beyond it."""
    i, low, high = (text(n, ascii=True) for n in (outer.index, inner.lower, inner.upper))
    return f"{low}, {i} - 1" if inner.upper == outer.index else f"{i} + 1, {high}"


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
