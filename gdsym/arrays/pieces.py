"""Case distinctions: by an index they cut the range into pieces, by values they become `np.where`.

A piece is computed only where it holds: `w[k-1]` for k = 2..n is a slice. A branch of a distinction by values gets
arguments from inside its domain where it does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Range
from gdsym.arrays.align import Axes, aligned, entrywise, transposed
from gdsym.arrays.branch_ranges import compared
from gdsym.arrays.branches import (
    bounded_fraction,
    cases_without,
    exponentials,
    finite,
    halved,
    made,
    numbers_out,
    shared_factors,
)
from gdsym.arrays.directions import direction
from gdsym.arrays.factors import fraction
from gdsym.arrays.graph import Op, Value
from gdsym.arrays.product import Product, product_of, realized, shared_wide, without
from gdsym.arrays.reach import surely
from gdsym.arrays.slants import by_letters
from gdsym.arrays.special_calls import slope_of_sinc
from gdsym.arrays.steep import is_exponential
from gdsym.written.nodes import TRUE, Cases, Indexed, Logic, Node, Rel, Sym, both, conjuncts

if TYPE_CHECKING:
    from gdsym.arrays.lower import Lowering


def cases(low: Lowering, node: Cases) -> Product:
    """A case distinction, by the range of one index where every condition is about it, else by values."""
    conditions = [c for _, c in node.pairs if not (isinstance(c, Logic) and c.op == "true")]
    letters = set(low.scope) & frozenset().union(*(c.free for c in conditions)) if conditions else set()
    if len(letters) == 1:
        (letter,) = letters
        cut = intervals(low, node, letter)
        if cut is not None and len(cut) == 1:
            return _in_range(low, letter, cut[0])
        if cut is not None:
            return product_of(low.g, _joined(low, letter, cut))
    apart = _index_first(low, node, letters)
    if apart is not None:
        return low.product(apart)
    directed = direction(low, node) or slope_of_sinc(low, node)
    if directed is not None:
        return low.product(directed)
    node = numbers_out(node)
    above, below = shared_factors(low, node)
    known: list[Node] = [f for f in above if isinstance(f, Indexed) and made(low, f) is not None]
    if not known and not below:
        known, below = bounded_fraction(low, node)
        known = known if known or below else exponentials(low, node)
    if known or below:
        return low.product(fraction([*known, cases_without(node, known, below)], below))
    branches = _branches(low, node.pairs)
    weighed = _weighed(low, branches)
    if weighed is not None:
        return weighed
    shared = finite(shared_wide([p for p, _ in branches]))
    left = [(without(p, shared), test) for p, test in branches]
    chosen = halved(low, left) or by_letters(low.g, left) or product_of(low.g, _chosen(low, left))
    return Product(powers=shared).times(low.g, chosen)


def _index_first(low: Lowering, node: Cases, letters: set[Sym]) -> Cases | None:
    """`v if k >= 2 and c; else w` as `{v if c; else w} if k >= 2; else w`: what c asks for may not be there for k = 1."""
    (value, condition), *others = node.pairs
    if not others:
        return None
    parts = conjuncts(condition)
    rest = others[0][0] if others[0][1] == TRUE else Cases(*(part for pair in others for part in pair))
    for letter in sorted(letters, key=lambda letter: letter.name):
        cuts = [part for part in parts if holds_on_interval(low, part, letter)]
        left = [part for part in parts if part not in cuts]
        if cuts and left:
            return Cases(Cases(value, both(*left), rest, TRUE), both(*cuts), rest, TRUE)
        if cuts and len(others) > 1:
            return Cases(value, condition, rest, TRUE)
    return None


def holds_on_interval(low: Lowering, condition: Node, letter: Sym) -> bool:
    """Does the condition hold on an interval of the letter, the same one whatever the other letters are?"""
    reach = low.scope[letter]
    held = _where(condition, letter, (reach.lower, reach.upper))
    return held is not None and (held[0].letters | held[1].letters) <= set(low.shapes.sizes)


def _branches(low: Lowering, pairs: Sequence[tuple[Node, Node]]) -> list[tuple[Product, Value]]:
    """Each branch, guarded by its condition and by the failure of those before it."""
    outer, found = low.guard, list[tuple[Product, Value]]()
    before = outer
    for node, condition in pairs:
        low.guard = before
        test = _test(low, condition)
        if test.op.kind == "truth" and not test.op.attr:
            continue
        low.guard = before if test.op.kind == "truth" else _both(low, before, test)
        found.append((low.product(node), test))
        if test.op.kind == "truth":
            break
        before = _both(low, before, entrywise(low.g, "logic", test, attr="not"))
    low.guard = outer
    return found


def _test(low: Lowering, condition: Node) -> Value:
    """A condition; what the one before it has computed is not guarded by that."""
    if isinstance(condition, Rel) and low.guard is not None:
        sides = [made(low, side) for side in condition.children]
        known = [side for side in sides if side is not None]
        if len(known) == len(sides):
            return entrywise(low.g, "compare", *known, attr=condition.op)
    return low.value(condition)


def _chosen(low: Lowering, branches: Sequence[tuple[Product, Value]]) -> Value:
    """where(c1, v1, where(c2, v2, ...)); NaN where no condition holds."""
    result: Value | None = None
    for product, test in reversed(branches):
        value = realized(low.g, product)
        if test.op.kind == "truth":
            result = value
        else:
            other = Value(low.g.number(float("nan"))) if result is None else result
            result = entrywise(low.g, "where", test, value, other)
    return Value(low.g.number(float("nan"))) if result is None else result


def _weighed(low: Lowering, branches: Sequence[tuple[Product, Value]]) -> Product | None:
    """`{exp(u) if c; else 0}` as [c] exp(u), whose scale a logarithm or a quotient can know: u is from the domain everywhere."""
    if len(branches) != 2 or branches[1][1].op.kind != "truth":
        return None
    (first, test), (second, _) = branches
    if not first.coefficient:
        first, second, test = second, first, entrywise(low.g, "logic", test, attr="not")
    if second.coefficient or not any(n > 0 and is_exponential(low.g, v) for v, n in first.powers.items()):
        return None
    return first.times(low.g, Product(powers={Value(low.g.make("indicator", test.op), test.axes): 1}))


def _both(low: Lowering, outer: Value | None, test: Value) -> Value:
    return test if outer is None else entrywise(low.g, "logic", outer, test, attr="and")


Interval = tuple[Affine, Affine]


def intervals(low: Lowering, node: Cases, letter: Sym) -> list[tuple[Interval, Node]] | None:
    """The range of the letter cut into consecutive pieces, each with its branch; None if that cannot be done."""
    reach = low.scope[letter]
    left: list[Interval] = [(reach.lower, reach.upper)]
    found: list[tuple[Interval, Node]] = []
    for branch, condition in _alternatives(node):
        held = _where(condition, letter, (reach.lower, reach.upper))
        if held is None or not (held[0].letters | held[1].letters) <= set(low.shapes.sizes):
            return None
        still: list[Interval] = []
        for piece in left:
            inside = (  # a piece ends where the range does, or before: p + 1 and m are in no order of their own
                piece[0] if held[0] == reach.lower else _later(piece[0], held[0]),
                piece[1] if held[1] == reach.upper else _earlier(piece[1], held[1]),
            )
            found.append((inside, branch))
            still += [(piece[0], inside[0] - 1), (inside[1] + 1, piece[1])]
        left = [p for p in still if not _is_empty(low, p)]
    return None if left else _chained([f for f in found if not _is_empty(low, f[0])], reach)


def _alternatives(node: Cases) -> Iterator[tuple[Node, Node]]:
    """The branches, one for k = 1 or k = n as one for each."""
    for branch, condition in node.pairs:
        either = condition.children if isinstance(condition, Logic) and condition.op == "or" else (condition,)
        yield from ((branch, part) for part in either)


def _chained(found: Sequence[tuple[Interval, Node]], reach: Range) -> list[tuple[Interval, Node]] | None:
    """The pieces, each behind the one that ends before it; None if there is a gap or an overlap."""
    begins = {first: ((first, last), branch) for (first, last), branch in found}
    ordered, place = [], reach.lower
    while place in begins:
        ordered.append(begins.pop(place))
        place = ordered[-1][0][1] + 1
    return ordered if not begins and len(ordered) == len(found) and place == reach.upper + 1 else None


def _where(condition: Node, letter: Sym, whole: Interval) -> Interval | None:
    """The interval of the letter in which the condition holds, if it is one."""
    if isinstance(condition, Logic) and condition.op == "true":
        return whole
    if isinstance(condition, Logic) and condition.op == "and":
        lows, highs = [whole[0]], [whole[1]]
        for part in condition.children:
            held = _where(part, letter, whole)
            if held is None:
                return None
            lows.append(held[0])
            highs.append(held[1])
        lowest, highest = (
            [end for end in ends if end != own] or [own] for ends, own in zip((lows, highs), whole, strict=True)
        )
        return max(lowest, key=_place), min(highest, key=_place)
    return compared(condition, letter, whole) if isinstance(condition, Rel) else None


def _place(form: Affine) -> tuple[int, int]:
    """Order of bounds: numbers first, then those with a size, which is taken to be large."""
    return sum(c for _, c in form.terms), form.const


def _later(a: Affine, b: Affine) -> Affine:
    return max(a, b, key=_place)


def _earlier(a: Affine, b: Affine) -> Affine:
    return min(a, b, key=_place)


def _is_empty(low: Lowering, piece: Interval) -> bool:
    """Has it no entries? One as long as a sum of the cost has what that sum adds up, p + 1..m, though p may be large."""
    if _place(piece[0]) <= _place(piece[1]):
        return False
    count = piece[1] - piece[0] + 1
    return count.number is not None or not any(surely(count - reach.count) for _, reach in low.shapes.ranges)


def _in_range(low: Lowering, letter: Sym, cut: tuple[Interval, Node]) -> Product:
    """The only branch, over its range."""
    (first, last), branch = cut
    with low.within(letter, Range(first, last)):
        return low.product(branch)


def _joined(low: Lowering, letter: Sym, cut: list[tuple[Interval, Node]]) -> Value:
    """Each branch over its own part of the range, joined along the letter's axis."""
    parts = []
    for (first, last), branch in cut:
        with low.within(letter, Range(first, last)):
            parts.append((Range(first, last), low.value(branch)))
    axes = (letter, *_others(letter, [v for _, v in parts]))
    ops = []
    for reach, value in parts:
        with low.within(letter, reach):
            ops.append(spread(low, value, axes))
    return Value(low.g.make("concatenate", *ops, ndim=len(axes)), axes)


def _others(letter: Sym, values: list[Value]) -> Axes:
    seen: list[Sym] = []
    for value in values:
        seen.extend(a for a in value.axes if a != letter and a not in seen)
    return tuple(seen)


def spread(low: Lowering, value: Value, axes: Axes) -> Op:
    """`value` as an array with exactly these axes: what is constant along one is repeated."""
    if set(value.axes) == set(axes):
        return transposed(low.g, value, axes).op
    shape = tuple(low.scope[a].count for a in axes)
    op = aligned(low.g, value, axes)
    return low.g.make("full", op, attr=shape, ndim=len(axes), needs=1)
