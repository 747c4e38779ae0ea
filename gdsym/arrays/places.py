"""Arrays with zeros around them, as slopes of differences of neighbours have them, added where they belong: g[1:] += p for g + (0, p)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from gdsym.arrays.adding import ENTRYWISE
from gdsym.arrays.graph import Graph, Op, number_and_rest, operands_first
from gdsym.arrays.strength import ATOM, Name, Write
from gdsym.record import record

FRESH = (*ENTRYWISE, "matmul", "concatenate")  # never a view, nor what somebody else has
Cut = tuple[int, int]  # how many zeros stand before and behind


@record
class Part:
    """The array with this sign, times these numbers, zeros around it along some axes."""

    sign: int
    numbers: tuple[Op, ...]
    array: Op
    cuts: tuple[Cut, ...]
    turned: bool = False  # is it the transpose of the array?


def by_places(g: Graph, outputs: Sequence[Op]) -> dict[Op, Op]:
    """What becomes of each operation where there are such sums; nothing if there are none."""
    every = operands_first(outputs)
    uses = Counter(a for op in every for a in op.args) + Counter(outputs)
    done: dict[Op, Op] = {}
    for op in every:
        args = tuple(done[a] for a in op.args)
        done[op] = (_placed(g, op, done, uses) if op.kind == "add" and op.ndim else None) or g.remade(op, args)
    return done if any(op.kind == "placed" for op in done.values()) else {}


def _placed(g: Graph, op: Op, done: dict[Op, Op], uses: Counter[Op]) -> Op | None:
    """The sum with its parts added in place to the rest of it, or to the first of them."""
    signed = list(zip(op.attr, op.args, strict=True))
    found = {a: parts for _, a in signed if is_whole(a, op.ndim) and (parts := _parts(a, uses)) is not None}
    found = {a: parts for a, parts in found.items() if all(p.array.ndim == op.ndim for p in parts)}
    rest = [(sign, a) for sign, a in signed if a not in found]
    if found and not any(is_whole(a, op.ndim) for _, a in rest):
        first = next(term for term in signed if term[1] in found)
        rest, _ = [*rest, first], found.pop(first[1])
    parts = [_times(sign, (), p) for sign, a in signed for p in found.get(a, ())]
    if not parts:
        return None
    arrays = [_array(g, p, done) for p in parts]
    attr = tuple((p.sign, p.cuts) for p in parts)
    return g.make("placed", g.add(tuple((sign, done[a]) for sign, a in rest)), *arrays, attr=attr, ndim=op.ndim)


def _array(g: Graph, part: Part, done: dict[Op, Op]) -> Op:
    array = done[part.array]
    if part.turned:
        array = array.args[0] if array.kind == "transpose" else g.make("transpose", array, attr=(1, 0))
    numbers = tuple(done[c] for c in part.numbers)
    if not numbers:
        return array
    front, inner = number_and_rest(array)
    whole = all(c.kind == "number" and isinstance(c.attr, int) for c in numbers)
    if whole and front.denominator == 1:
        return g.make("mul", g.number(front * math.prod(c.attr for c in numbers)), inner)  # 20 v for 10 (2 v)
    if not whole and front != 1:
        return g.make("mul", _once(g, front, numbers), inner)
    return g.make("mul", *numbers, array)


def _once(g: Graph, front: Fraction, numbers: Sequence[Op]) -> Op:
    """The numbers as one, so that the array is gone through once."""
    signed = (
        g.make("mul", g.number(abs(front)), *numbers, ndim=0)
        if abs(front) != 1
        else g.make("mul", *numbers, ndim=0)
        if numbers[1:]
        else numbers[0]
    )
    return g.neg(signed) if front < 0 else signed


def is_whole(op: Op, rank: int) -> bool:
    """Is the array surely as long along each axis as what it is added to, none of them an axis of one entry for all?"""
    if op.ndim < rank or op.kind == "leaf":
        return op.ndim == rank
    if op.kind == "slice":
        return op.args[0].ndim == rank and is_whole(op.args[0], rank)
    if op.kind in ("transpose", "concatenate", "neg"):
        return all(is_whole(a, rank) for a in op.args if a.kind != "full")
    if op.kind == "matmul":
        return all(is_whole(a, rank) for a in op.args)
    return op.kind in ENTRYWISE and any(is_whole(a, rank) for a in op.args)


def _parts(op: Op, uses: Counter[Op]) -> list[Part] | None:
    """An operation that nobody else needs as arrays with zeros around them."""
    if uses[op] > 1 or not op.args:
        return None
    if op.kind == "concatenate":
        return _among_zeros(op, uses)
    if op.kind == "add":
        found = [_parts(a, uses) for a in op.args]
        signed = zip(op.attr, found, strict=True)
        return None if None in found else [_times(s, (), p) for s, f in signed for p in f or ()]
    array = op.args[-1]
    inner = _parts(array, uses) if op.kind in ("neg", "mul", "transpose") else None
    if inner is None or any(a.ndim for a in op.args[:-1]):
        return None
    if op.kind == "transpose":
        return [_transposed(p, op) for p in inner] if op.attr == (1, 0) else None
    sign = -1 if op.kind == "neg" else 1
    return [_times(sign, op.args[:-1], p) for p in inner]


def _times(sign: int, numbers: tuple[Op, ...], part: Part) -> Part:
    return Part(sign * part.sign, (*numbers, *part.numbers), part.array, part.cuts, part.turned)


def _transposed(part: Part, op: Op) -> Part:
    return Part(part.sign, part.numbers, part.array, part.cuts[::-1], not part.turned)


def _among_zeros(op: Op, uses: Counter[Op]) -> list[Part] | None:
    """One array with zeros before and behind it, along the first axis, and perhaps within these along the other."""
    inside = [a for a in op.args if not _is_zero(a)]
    lengths = [a.attr[0].number if _is_zero(a) else 0 for a in op.args]
    if len(inside) != 1 or None in lengths or op.ndim > 2:
        return None
    at = op.args.index(inside[0])
    before, behind = sum(lengths[:at]), sum(lengths[at + 1 :])
    parts = _parts(inside[0], uses) or [Part(1, (), inside[0], ((0, 0),) * op.ndim)]
    return [_within(p, before, behind) for p in parts]


def _within(part: Part, before: int, behind: int) -> Part:
    """With more zeros along the first axis."""
    (first, last), *others = part.cuts
    return Part(part.sign, part.numbers, part.array, ((before + first, behind + last), *others), part.turned)


def _is_zero(op: Op) -> bool:
    return op.kind == "full" and op.args[0].kind == "number" and not op.args[0].attr


def placed_text(op: Op, write: Write, name: Name) -> tuple[str, int]:
    """The call; what has a name, or is a view of something, is copied before it is added to."""
    total = op.args[0]
    code = write(total, 0)
    if total.kind not in FRESH or code.isidentifier():
        code = f"{write(total, ATOM)}.copy()"
    ways = {1: "np.add", -1: "np.subtract"}
    ends = zip(op.attr, op.args[1:], strict=True)
    parts = [f"({ways[sign]}, np.s_[{_place(cuts)}], {write(a, 0)})" for (sign, cuts), a in ends]
    return f"added_at({', '.join((code, *parts))})", ATOM


def _place(cuts: Sequence[Cut]) -> str:
    words = [f"{before or ''}:{-behind if behind else ''}" for before, behind in cuts]
    while len(words) > 1 and words[-1] == ":":
        words.pop()
    return ", ".join(words)
