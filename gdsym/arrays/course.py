"""Sums over a moving part of an index range, all at once: running sums, and sums of neighbours.

sum_(j <= k) a_j for all k is one pass over a, sum_(j >= k) a_j the same from the end. Of a window k - 2 <= j <= k the
neighbours are added; a difference of two running sums would lose what they have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gdsym.arrays.affine import Affine, Range, clipped
from gdsym.arrays.align import transposed
from gdsym.arrays.graph import DATA, Graph, Op, Value
from gdsym.arrays.reach import Reach, surely
from gdsym.record import record
from gdsym.written.nodes import Sym

NONE = Affine(0)
RUNNING = ("cumprod", "cumsum", "cummax", "scan", "decay", "fade", "rise")  # each entry from the one before
MOVING = ("moving", "moving_max", "moving_exp")  # each entry from its neighbours
WHOLE = ("part", NONE, None, False)
Lengths = Mapping[Sym, Affine]


@record
class Course:
    """How a moving sum over `index` becomes an array over `letter`.

    The summands are made for `steps`, with zeros before and behind them; `behind`: sums run from the end; a `width`
    instead: sums of so many neighbours. Of these the first `skip` and the last `drop` are not wanted, and as many as
    `empty` says are empty sums: (before the first, behind the last).
    """

    index: Sym
    letter: Sym
    steps: Range
    before: Affine = NONE
    after: Affine = NONE
    behind: bool = False
    width: Affine | None = None
    skip: Affine = NONE
    drop: Affine = NONE
    empty: tuple[Affine, Affine] = (NONE, NONE)
    turned: bool = False

    def has_room(self, checked: Iterable[Range]) -> bool:
        """Is the number of summands never negative (m - 2 for m = 1), given that the checked ranges are not?"""
        count = self.steps.count
        at_ones = count.const + sum(c for _, c in count.terms)
        grows = all(c >= 0 for _, c in count.terms)
        return (grows and at_ones >= 0) or any(surely(count - reach.count) for reach in checked)

    def clipped(self) -> Course | None:
        """The same with no summands where their number would be negative: there are as many zeros less around them."""
        count = clipped(self.steps.count)
        less = count - self.steps.count
        steps = Range(self.steps.lower, self.steps.lower + count - 1)
        if self.width is not None:
            if NONE not in (self.before, self.after):
                return None
            before, after = (self.before - less, NONE) if self.before != NONE else (NONE, self.after - less)
            return replace(self, steps=steps, before=before, after=after)
        first, last = self.empty
        if (self.before, self.after) != (NONE, NONE) or (first, last) == (NONE, NONE):
            return None
        return replace(self, steps=steps, empty=(first - less, last) if first != NONE else (first, last - less))

    @property
    def is_exact(self) -> bool:
        """Are there no zeros among the summands, and is it a running sum?"""
        return self.before == self.after == NONE and self.width is None

    def summed(self, g: Graph, value: Value, counts: Lengths) -> Value:
        """The sums of a value, an array over the index and other letters, of these lengths."""
        array = transposed(g, value, (self.index, *(a for a in value.axes if a != self.index)))
        op = self.padded(g, array, counts, 0)
        if self.width is not None:
            made = g.make("moving", op, attr=self.width)
        else:
            made = run(g, "cumsum", op, behind=self.behind)
        return self.placed(g, Value(made, array.axes), counts)

    def padded(self, g: Graph, value: Value, counts: Lengths, fill: float) -> Op:
        """The summands with what is before and behind them."""
        ends = (filled(g, count, _others(value, counts), g.number(fill)) for count in (self.before, self.after))
        before, after = ends
        return joined(g, before, value.op, after)

    def counted(self, g: Graph) -> Value:
        """How many summands there are."""
        count = self.steps.count
        if self.is_exact:
            steps = g.make("arange", attr=(Affine(1), count), ndim=1, needs=DATA)
            return self.placed(g, Value(flipped(g, steps) if self.behind else steps, (self.index,)), {})
        ones = g.make("full", g.number(1), attr=(count,), ndim=1, needs=DATA)
        return self.summed(g, Value(ones, (self.index,)), {})

    def lengthened(self, g: Graph, value: Value, counts: Lengths) -> Value:
        """What was made of the summands alone, at the letter: where there are no more, it stays as it is."""
        ends: list[Op | None] = []
        for count, start in ((self.before, NONE), (self.after, self.steps.count - 1)):
            cut = (("at", start), *(WHOLE for _ in value.axes[1:]))
            last = g.make("slice", value.op, attr=cut, ndim=value.op.ndim - 1) if count != NONE else value.op
            ends.append(filled(g, count, _others(value, counts), last))
        return self.placed(g, Value(joined(g, ends[0], value.op, ends[1]), value.axes), counts)

    def placed(self, g: Graph, value: Value, counts: Lengths) -> Value:
        """What was made for each value of the index, at the letter."""
        op = value.op
        if self.skip != NONE or self.drop != NONE:
            stop = None if self.drop == NONE else self.drop * -1
            if stop is not None and stop.number is None:
                stop = self.steps.count + self.before + self.after - self.drop
            cut = (("part", self.skip, stop, False), *(WHOLE for _ in value.axes[1:]))
            op = g.make("slice", op, attr=cut, ndim=op.ndim)
        first, last = (zeros(g, count, _others(value, counts)) for count in self.empty)
        op = joined(g, first, op, last)
        return Value(flipped(g, op) if self.turned else op, (self.letter, *value.axes[1:]))


def _others(value: Value, counts: Lengths) -> tuple[Affine, ...]:
    return tuple(counts[a] for a in value.axes[1:])


def filled(g: Graph, count: Affine, lengths: tuple[Affine, ...], fill: Op) -> Op | None:
    """So many times the same along the first axis."""
    shape = (count, *lengths)
    return None if count == NONE else g.make("full", fill, attr=shape, ndim=len(shape))


def run(g: Graph, kind: str, *ops: Op, behind: bool) -> Op:
    """A running operation along the first axis, from its start or from its end."""
    made = g.make(kind, *(flipped(g, op) if behind else op for op in ops), ndim=max(op.ndim for op in ops))
    return flipped(g, made) if behind else made


def flipped(g: Graph, op: Op) -> Op:
    """The array from its end to its start, along the first axis."""
    return flipped_of(op) or g.make("slice", op, attr=_turned(op), ndim=op.ndim)


def flipped_of(op: Op) -> Op | None:
    """The array that this is from its end to its start; None if it is no such view."""
    return op.args[0] if op.kind == "slice" and op.attr == _turned(op) else None


def _turned(op: Op) -> tuple[object, ...]:
    return tuple(("part", NONE, None, axis == 0) for axis in range(op.ndim))


def zeros(g: Graph, count: Affine, lengths: tuple[Affine, ...]) -> Op | None:
    return filled(g, count, lengths, g.number(0))


def joined(g: Graph, *parts: Op | None) -> Op:
    there = [p for p in parts if p is not None]
    return there[0] if len(there) == 1 else g.make("concatenate", *there, ndim=there[0].ndim)


def course_of(index: Sym, reach: Reach, span: Range) -> Course | None:
    """The way to make such sums while the letter runs over `span`; None if it depends on the sizes."""
    if reach.turned:
        span = Range(span.upper * -1, span.lower * -1)
    if reach.first is not None and reach.last is not None:
        return _window(index, reach, span)
    if reach.last is not None and reach.low is not None:
        return _from_start(index, reach, span, reach.last, reach.low)
    if reach.first is not None and reach.high is not None:
        return _to_end(index, reach, span, reach.first, reach.high)
    return None


def _split(form: Affine) -> tuple[Affine, Affine] | None:
    """(the form, 0) if it is positive, (0, its negative) if it is negative; None if that depends on the sizes."""
    if surely(form):
        return form, NONE
    return (NONE, form * -1) if surely(form * -1) else None


def _from_start(index: Sym, reach: Reach, span: Range, last: Affine, low: Affine) -> Course | None:
    """sum_(j = low .. k + last)."""
    end = span.upper + last
    over = NONE, NONE
    if reach.high is not None:
        cut = _split(end - reach.high)
        if cut is None:
            return None
        over, end = cut, end - cut[0]
    start = _split(span.lower + last - low)
    if start is None:
        return None
    skip, empty = start
    return Course(
        index, reach.letter, Range(low, end), after=over[0], skip=skip, empty=(empty, NONE), turned=reach.turned
    )


def _to_end(index: Sym, reach: Reach, span: Range, first: Affine, high: Affine) -> Course | None:
    """sum_(j = k + first .. high)."""
    start = span.lower + first
    over = NONE, NONE
    if reach.low is not None:
        cut = _split(reach.low - start)
        if cut is None:
            return None
        over, start = cut, start + cut[0]
    end = _split(high - (span.upper + first))
    if end is None:
        return None
    drop, empty = end
    return Course(
        index, reach.letter, Range(start, high), before=over[0], behind=True, drop=drop, empty=(NONE, empty),
        turned=reach.turned,
    )  # fmt: skip


def _window(index: Sym, reach: Reach, span: Range) -> Course | None:
    """sum_(j = k + first .. k + last), zeros where j is out of its own bounds."""
    assert reach.first is not None and reach.last is not None
    start, end = span.lower + reach.first, span.upper + reach.last
    before = NONE if reach.low is None else reach.low - start
    after = NONE if reach.high is None else end - reach.high
    left, right = _split(before), _split(after)
    width = reach.last - reach.first + 1
    if left is None or right is None or not surely(width, 1):
        return None
    return Course(
        index, reach.letter, Range(start + left[0], end - right[0]), left[0], right[0], width=width, turned=reach.turned
    )
