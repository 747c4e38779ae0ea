"""A sum of products with the windows of an array as one correlation, where every window is summed whole or kept whole.

NumPy makes it without a copy of the windows, which together are many times as large as the array. Where the array is data and
the windows are few, they are copied once, before a loop: then it is a matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence

from gdsym.arrays.affine import Affine
from gdsym.arrays.course import WHOLE
from gdsym.arrays.graph import DATA, Graph, Op, operands_first

BACKWARDS = ("part", Affine(0), None, True)
ONE = ("at", Affine(0))


def by_correlation(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such sums; nothing if there are none."""
    done: dict[Op, Op] = {}

    def visit(op: Op) -> Op:
        if op not in done:
            args = tuple(map(visit, op.args))
            done[op] = _correlation(g, g.remade(op, args)) or g.remade(op, args)
        return done[op]

    for op in outputs:
        visit(op)
    return done if any(op.kind == "correlated" for op in done.values()) else {}


def by_unfolding(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each output with the windows of data in the plane, or of more axes, as the rows of a table."""
    done: dict[Op, Op] = {}
    for op in operands_first(outputs):
        args = tuple(done[a] for a in op.args)
        if op.kind == "correlated" and op.ndim > 1 and op.attr and args[0].needs == DATA and args[1].needs != DATA:
            counts, of_places = op.attr
            rows = g.make("unfolded", args[0], attr=counts, ndim=2)
            done[op] = g.make("covered", rows, *args, attr=of_places, ndim=op.ndim)
        else:
            done[op] = g.remade(op, args)
    return {op: done[op] for op in outputs}


def _windows(op: Op) -> tuple[Op, tuple[bool, ...]] | None:
    """The windows, and which of their axes run backwards."""
    if op.kind == "windows":
        return op, (False,) * op.ndim
    if op.kind == "slice" and op.args[0].kind == "windows" and set(op.attr) <= {WHOLE, BACKWARDS}:
        return op.args[0], tuple(take == BACKWARDS for take in op.attr)
    return None


def _correlation(g: Graph, op: Op) -> Op | None:
    words = _words(op)
    for at in (0, 1) if words is not None else ():
        found = _windows(op.args[at])
        if found is not None and words is not None:
            made = _made(g, found, op.args[1 - at], (words[at], words[1 - at], words[2]))
            if made is not None:
                return made
    return None


def _words(op: Op) -> tuple[str, str, str] | None:
    if op.kind == "einsum" and len(op.args) == 2:
        pair, out = str(op.attr).split("->")
        first, second = pair.split(",")
        return first, second, out
    if op.kind == "matmul" and max(a.ndim for a in op.args) < 3:
        first, second = ("i", "ai")[op.args[0].ndim - 1], ("i", "ib")[op.args[1].ndim - 1]
        return first, second, first[:-1] + second[1:]
    if op.kind == "vdot":
        word = "abcdefgh"[: op.args[0].ndim]
        return word, word, ""
    return None


def _made(g: Graph, found: tuple[Op, tuple[bool, ...]], other: Op, words: tuple[str, str, str]) -> Op | None:
    """The correlation of the array with what it is multiplied by, an axis of one entry where that has none."""
    (windows, backwards), (word, below, out) = found, words
    count, base = len(windows.attr), windows.args[0]
    if len({axis for axis, _ in windows.attr}) < count:
        return None
    places = {axis: word[p] for p, (axis, _) in enumerate(windows.attr)}
    summed, kept = list[str | None](), list[str | None]()
    for axis, letter in enumerate(word[count:]):
        letters = [letter, places[axis]] if axis in places else [letter]
        gone, left = [x for x in letters if x in below], [x for x in letters if x in out]
        if len(gone) > 1 or len(left) > 1 or {*gone} & {*left} or len(gone) + len(left) < len(letters):
            return None
        summed.append(gone[0] if gone else None)
        kept.append(left[0] if left else None)
    if {*below} != {x for x in summed if x} or {*out} != {x for x in kept if x} or not below:
        return None
    turned = {x for x, back in zip(word, backwards, strict=True) if back}
    counts = tuple(dict(windows.attr)[axis] for axis in range(base.ndim)) if len(places) == base.ndim else ()
    of_places = [x is not None and x in places.values() for x in summed]  # or of where the windows begin
    attr = (counts, of_places[0]) if counts and len({*of_places}) == 1 and None not in summed else None
    made = g.make("correlated", base, _laid(g, other, below, summed, turned), attr=attr, ndim=base.ndim)
    takes = tuple(ONE if x is None else BACKWARDS if x in turned else WHOLE for x in kept)
    if set(takes) != {WHOLE}:
        made = g.make("slice", made, attr=takes, ndim=len(out))
    order = tuple([x for x in kept if x].index(x) for x in out)
    return made if order == tuple(range(len(out))) else g.make("transpose", made, attr=order)


def _laid(g: Graph, other: Op, below: str, summed: Sequence[str | None], turned: set[str]) -> Op:
    """The other factor, its axes in the array's order."""
    order = tuple(below.index(x) for x in summed if x)
    if order != tuple(range(len(order))):
        other = g.make("transpose", other, attr=order)
    takes = tuple(BACKWARDS if x in turned else WHOLE for x in summed if x)
    if BACKWARDS in takes:
        other = g.make("slice", other, attr=takes, ndim=other.ndim)
    shown = tuple(x is not None for x in summed)
    return other if all(shown) else g.make("expand", other, attr=shown, ndim=len(shown))
