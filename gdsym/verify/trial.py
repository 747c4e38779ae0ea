"""One claim under examination: what is looked at, in which order, until something speaks against it or nothing is left to try."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, islice
from typing import Any, TypeAlias

from flint import fmpq

from gdsym.verify import counts, large
from gdsym.verify.build import Builder
from gdsym.verify.conditions import Condition
from gdsym.verify.evidence import NO_POINT, REORDERED, Evidence, TooLong, Undecided
from gdsym.verify.exponents import whole_exponents
from gdsym.verify.far import turns
from gdsym.verify.formulas import BITS, MORE_BITS
from gdsym.verify.graph import are_reordered
from gdsym.verify.identities import Identity, identity
from gdsym.verify.indices import alike_points, index_points, told_apart
from gdsym.verify.narrow import narrow
from gdsym.verify.nearby import nearby
from gdsym.verify.numbers import SNAP_BITS, Number, is_undefined, precision
from gdsym.verify.outcome import Outcome, compared
from gdsym.verify.points import BOXES, IN_BOXES, TIED, Point
from gdsym.verify.program import Program
from gdsym.verify.rounded import Rounded
from gdsym.verify.sides import Kinks
from gdsym.verify.sought import sought
from gdsym.verify.special import SPECIAL
from gdsym.verify.switches import SWITCHING, Ends, at_switches, bases, switching, with_quieter
from gdsym.verify.tally import Tally, said
from gdsym.verify.thinned import all_thinned, compare_alike
from gdsym.written.nodes import D, Node

Bits: TypeAlias = tuple[int, ...]


class Trial:
    """One claim under examination."""

    def __init__(
        self,
        claim: tuple[Node, Node],
        given: Any,
        where: Mapping[Node, Node],
        seed: int,
        room: bool,
        beside: Iterable[Node] = (),
        slope: D | None = None,
        settled: bool = False,
    ) -> None:
        self.claim, self.settled, (lhs, rhs) = claim, settled, claim
        builder = Builder(where)
        self.graph = builder.graph
        self.sides = builder.build(lhs), builder.build(rhs)
        self.condition = Condition(given, builder, lhs.free | rhs.free)
        if self.sides[0] != self.sides[1]:
            self._prepare(builder, seed, room, beside, slope)

    def _prepare(self, builder: Builder, seed: int, room: bool, beside: Iterable[Node], slope: D | None) -> None:
        """Everything that is needed to look at points."""
        builder.beside(beside)
        noted = builder.noted
        self.numbers, self.rounded = frozenset(noted.numbers), builder.rounded and Rounded(*self.claim, builder.where)
        self.seed, self.room, self.anywhere = seed * 1000, room, noted.anywhere
        self.condition.compile()
        cone = self.graph.cone(*self.sides)
        ops = {self.graph.ops[n] for n in cone}
        self.switched = bool(ops & SWITCHING) or ("fn" in ops and any(switching(self.graph, n) for n in cone))
        self.constant, self.entries, self.slow = not ops & {"sym", "entry"}, "delta" in ops, "integral" in ops
        self.lengthy = any(self.graph.ops[n] == "fn" and self.graph.data[n][0] in SPECIAL for n in cone)
        self.undecided, self.long = False, 0  # values too large for every ball? points with too much to add up
        self.program, self.tally = Program(self.graph, self.sides), Tally()
        self.kinks = None if slope is None or self.slow else Kinks(builder, slope)

    def verdict(self) -> Evidence:
        if self.sides[0] == self.sides[1]:
            return Evidence("proved", "identical computation")
        if self.switched and self.reordered:
            return REORDERED
        for look in (
            self._at_random,
            self._in_all_boxes,
            self._at_indices,
            self._at_large_sizes,
            self._at_bumps,
            self._at_switches,
            self._at_more_bits,
        ):
            if (against := look()) is not None:
                return against
        return self.tally.supported(self.condition, self.constant)

    def _at_random(self) -> Evidence | None:
        wanted, boxes = self._wanted(), BOXES[::-1] if self.slow else BOXES
        rare, spent = 0 if self.slow or self.lengthy else counts.RARE * wanted, 0
        for point in self.condition.rounds(boxes, self.seed, 3 * wanted, rare):
            against = self._note(point)
            if against is not None:
                return against
            if self.tally.strength >= min(counts.SMOOTH, wanted) and self.proved:
                return self.tally.supported(self.condition, self.constant, self.proved)
            if self.tally.strength >= wanted:
                return None
            if self.long >= counts.TOO_LONG and (self.slow or not self.condition.roles.sizes):
                return self._nothing_found()
            if (spent := spent + point.terms) > counts.TERMS_TRIED and not self.tally.good:
                break
        against = None if self.tally.good else self._noted(self._near_numbers())
        return self._nothing_found() if against is None else against

    @cached_property
    def proved(self) -> Identity:
        """Is the claim one of arithmetic alone? At kinks the two sides may be equal, and the derivative another one."""
        if self.kinks or self.constant:
            return ""
        return "everywhere" if self.reordered else identity(self.graph, self.sides, self.condition)

    @cached_property
    def reordered(self) -> bool:
        """Are both sides one computation, but for the order of terms and factors?"""
        return are_reordered(self.graph, *self.sides)

    def _wanted(self) -> int:
        if self.slow and not self.constant:
            return counts.SLOWER if large.depth(self.graph, *self.sides, kinds=("integral",)) > 1 else counts.SLOW
        return 1 if self.constant else counts.MANY if self.switched or self.condition.roles.chosen else counts.SMOOTH

    def _near_numbers(self, beyond: int = -1) -> Iterable[Point]:
        """Close to the numbers that stand there: where no usual point has values of both sides, or all are on one side."""
        return filter(self.condition.holds, nearby(*self.claim, roles=self.condition.roles, beyond=beyond))

    def _nothing_found(self) -> Evidence | None:
        if self.tally.good:
            return None
        if self.undecided and self.reordered:  # e^(e^(e^...))
            return REORDERED
        note = "the integrals need too many values" if self.long else NO_POINT
        return Evidence("unknown", "ball arithmetic", note=note)

    def _in_all_boxes(self) -> Evidence | None:
        """Where cases are distinguished, also points that are all positive, all below 1, all small."""
        if self.switched and not self.slow:
            boxes = (islice(self.condition.points(box, self.seed), count) for box, count in IN_BOXES)
            return self._noted(chain(chain.from_iterable(boxes), self._near_numbers(counts.LARGE)))
        return None

    def _at_indices(self) -> Evidence | None:
        """Where entries are told apart: every way in which the free indices can be equal or not."""
        found = index_points(self.condition, self.graph, self.sides, self.seed, self.room)
        rare = sought(self.graph, self.sides, self.condition, self.tally.good, self.anywhere)
        if self.entries:
            return self._noted(found if self.switched else chain(found, rare))
        return self._noted(found) if told_apart(self.graph, self.sides, self.condition.roles) else None

    def _at_large_sizes(self) -> Evidence | None:
        """A claim can be right at sizes 1 to 5 and wrong from seven on; what is too long to add up says nothing."""
        boxes = counts.EVERYWHERE if self.condition.repeated else counts.EVERYWHERE[:1]
        roles = self.condition.roles
        look = large.Large(self.graph, self.sides, roles, self.seed, self.room, boxes)
        turn = self.switched and (roles.sizes or roles.integers)
        found = look.points(self.numbers, turns(self.graph, self.sides, roles) if turn else ())
        return self._noted(filter(self.condition.holds, islice(found, 0 if self.slow else None)))

    def _at_bumps(self) -> Evidence | None:
        """Where exponentials count that are 0, or infinite, at all usual points, and powers of what is negative."""
        at = self.graph, self.sides, self.condition, () if self.slow else self.tally.good
        return self._noted(chain(narrow(*at, self.anywhere), whole_exponents(*at)))

    def _at_switches(self) -> Evidence | None:
        if not self.switched:
            return None
        bits = (MORE_BITS,) if self.kinks else (BITS, MORE_BITS)  # a claim may be wrong by little, beyond a switch
        found = all_thinned(self._special_points(), compare_alike(self.graph, self.sides))
        for point in islice(found, counts.SPECIAL_SLOW if self.slow else None):
            outcome, values, _ = self._compared(point, (SNAP_BITS,) if point.snapped else bits)
            self.tally.special += outcome == "equal"
            self.tally.gaps |= outcome == "left only"
            if self._wrong(outcome, point, values):
                return self.tally.refuted(point, values)
        return None

    def _special_points(self) -> Iterator[Iterable[Point]]:
        condition, roles = self.condition, self.condition.roles
        starts = bases(self.tally.telling, roles.free, self.entries or len(roles.free) > 1)
        ends: Ends = {}
        yield filter(condition.holds, at_switches(self.graph, self.sides, roles, starts, ends))
        if not self.slow and not self.settled:
            from gdsym.verify.ties import at_ties

            found = sought(self.graph, self.sides, condition, self.tally.good, self.anywhere)
            yield filter(condition.holds, with_quieter(found))
            yield at_ties(self.graph, self.sides, condition, self.tally.good, ends)
            yield alike_points(condition, self.graph, self.sides, self.seed, self.room)
            yield chain.from_iterable(islice(condition.points(box, self.seed), count) for box, count in TIED)

    def _at_more_bits(self) -> Evidence | None:
        if self.tally.exact or self.slow:
            return None
        fresh = self.condition.points(self.tally.good[-1].box, self.seed + 100)
        return self._noted(islice(fresh, counts.AT_MORE_BITS), (counts.SOME_MORE if self.lengthy else MORE_BITS,))

    def _noted(self, points: Iterable[Point], bits: Bits = (BITS, MORE_BITS)) -> Evidence | None:
        """Take points down until one speaks against the claim."""
        return next((against for point in points if (against := self._note(point, bits)) is not None), None)

    def _note(self, point: Point, bits: Bits = (BITS, MORE_BITS)) -> Evidence | None:
        """Take one point down; evidence if it speaks against the claim."""
        outcome, values, exact = self._compared(point, bits)
        tally = self.tally
        if self._wrong(outcome, point, values):
            return tally.refuted(point, values)
        if outcome == "left only" and not self._excused(point, values):
            return Evidence("one side undefined", "ball arithmetic", len(tally.good) + 1, note=said(point, values))
        if outcome == "equal":
            tally.take(point, values, exact)
        tally.wider |= outcome == "right only"
        return None

    def _wrong(self, outcome: Outcome, point: Point, values: tuple[Number, ...]) -> bool:
        """Does the point speak against the claim?"""
        if outcome == "differ":
            return not self._excused(point, values)
        return outcome == "right only" and self._misses(point, values[1])

    def _excused(self, point: Point, values: tuple[Number, ...]) -> bool:
        """Does the condition fail at an entry that was met, or is there no derivative, so that any value is a convention?

        Or is the derivative the one on the right alone?
        """
        if not self.condition.covers(point):
            return True
        sides = self.kinks.at(point) if self.kinks else None
        if sides is None and self.kinks and self.kinks.beyond(point):
            self.tally.beyond = True
            return True
        if sides is None or (sides.smooth and (sides.hold(values[0]) or not sides.hold(values[1]))):
            return False
        if is_undefined(values[1]):
            self.tally.gaps = True
        elif not sides.smooth:
            self.tally.kinks.append((point, sides.hold(values[1])))
        return True

    def _misses(self, point: Point, value: Number) -> bool:
        """Is there a derivative that the value is not, although its formula has none, as sqrt(max(0, w)) for w < 0?"""
        sides = self.kinks.at(point) if self.kinks else None
        return sides is not None and sides.smooth and not sides.hold(value)

    def _compared(self, point: Point, precisions: Bits) -> tuple[Outcome, tuple[Number, ...], bool]:
        """Both sides at the point; in the next precision if one does not decide."""
        outcome: Outcome = "undecided"
        values: tuple[Number, ...] = ()
        for bits in (point.bits,) if point.bits else precisions[:1] if self.slow else precisions:
            with precision(bits):
                try:
                    values = tuple(self.program.run(point))
                except Undecided:
                    self.undecided = True
                    continue
                except TooLong:
                    self.long += 1
                    break
                outcome = compared(values[0], values[1], bits, point.rough, self.slow)
                if outcome in ("differ", "left only") and self.rounded:
                    outcome = self.rounded.compared(point, bits, self.slow)
            if outcome in ("equal", "differ", "neither"):
                break
        return outcome, values, all(type(v) is fmpq for v in values)
