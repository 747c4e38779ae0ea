"""Random derivatives in six grammars, each with an opinion that gdsym has no part in.

`smooth` and `switching` are compared with automatic differentiation (autograd; at ties too: the mean of the tied slopes,
sign(0) = 0), `indexed` and `nested` with the sum written out, `tied` (sums of kinks over small whole numbers) with autograd
on the sum written out, `numeric` with exact dual numbers. A chunk is made from its seed alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import autograd
import autograd.numpy as np
import mpmath
import sympy as sp
from by_autograd import ENTRIES, by_autograd, traced
from fuzz_grammars import Tree, a, dual, indexed, nested, numeric, smooth, switching, tied, typed, w, x, y
from oracle import NoValue, World, close, slope, value

import gdsym as gd


@dataclass
class Report:
    """What a chunk has shown; `wrong` must be empty."""

    derived: int = 0
    points: int = 0
    unsupported: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.derived += other.derived
        self.points += other.points
        self.unsupported += other.unsupported
        self.wrong += other.wrong


def tree_of(steps: tuple[gd.Step, ...]) -> Iterator[gd.Step]:
    for step in steps:
        yield step
        yield from tree_of(step.substeps)


def moved_out(expr: Any) -> bool:
    """Has SymPy taken a case distinction out of a sum that binds a letter of its condition? Then it is not what was written."""
    free = expr.free_symbols
    for cases in expr.atoms(sp.Piecewise):
        bound = {letter for part in cases.atoms(sp.Sum, sp.Product) for letter in part.variables}
        if any(free & bound & condition.free_symbols for _, condition in cases.args):
            return True
    return False


def derived(
    report: Report, expr: Any, by: Any, defined: bool = True, where: dict[Any, Any] | None = None
) -> gd.Derivation | None:
    """The derivation, with evidence everywhere; what is refused is counted, anything else is wrong."""
    if not isinstance(expr, str) and moved_out(expr):
        return None
    try:
        d = gd.derive(expr, by, where=where or None, detail="full")
    except gd.Unsupported as error:
        report.unsupported[str(error)[:50]] += 1
        return None
    except Exception as error:
        report.wrong.append(f"{type(error).__name__} for d/d{by} {expr}: {error}")
        return None
    bad = [step for step in tree_of(d.steps) if not step.check]
    nowhere = any(said in d.check.note for said in ("no point was found", "has no real value at any"))
    if d.check.verdict == "unknown" and nowhere and not defined:
        report.unsupported["nowhere defined"] += 1
        return None
    report.derived += 1
    if bad or not d.check:
        report.wrong.append(f"no evidence for d/d{by} {expr}: {[(s.rule.name, s.check) for s in bad[:2]] or d.check}")
    return d


def same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * (1 + abs(a) + abs(b))


def scalar(report: Report, e: Any, points: list[tuple[Any, ...]]) -> None:
    places = [(place, by_autograd(e, dict(zip((x, y, a), map(float, place), strict=True)))) for place in points]
    d = derived(report, e, x, any(truth is not None for _, truth in places))
    for place, truth in places if d else ():
        if d is not None and truth is not None:
            report.points += 1
            world = World(fixed={"x": sp_number(place[0]), "y": sp_number(place[1]), "a": sp_number(place[2])})
            try:
                ours = float(value(d.result, world))
            except NoValue as error:
                if _given_holds(d, world):
                    report.wrong.append(f"undefined at {place}: d/dx {e} = {d.result} ({error}), autograd {truth[1]}")
                return
            if not same(truth[1], ours) and not _settled(e, d, world, truth[1]):
                report.wrong.append(f"at {place}: d/dx {e} = {d.result}: {ours}, autograd {truth[1]}")
                return


def sp_number(u: Any) -> Any:
    return mpmath.mpf(u.numerator) / u.denominator if isinstance(u, Fraction) else mpmath.mpf(u)


def _settled(e: Any, d: gd.Derivation, world: World, rough: float) -> bool:
    """Rounding or a real difference? Sixty digits know; but only where there is no kink."""
    if e.has(sp.Max, sp.Min, sp.Abs, sp.Piecewise, sp.sign, sp.floor, sp.ceiling, sp.frac, sp.Heaviside):
        return abs(float(value(d.result, world)) - rough) <= 1e-5 * (1 + abs(rough))
    return close(slope(e, (x,), world), value(d.result, world))


def _given_holds(d: gd.Derivation, world: World) -> bool:
    """Do the conditions hold under which the steps were compared? One about an index that is bound where it stands is taken to hold."""
    known = {"m", "n", *world.whole, *world.fixed}
    for step in tree_of(d.steps):
        if step.compared is not sp.true and {s.name for s in unbound(step.compared) if s.is_integer} <= known:
            try:
                if not value_of(step.compared, world):
                    return False
            except NoValue:
                return False
    return True


def value_of(condition: Any, world: World) -> bool:
    with mpmath.workdps(60):
        return bool(world.value(condition))


SIZES = ({"m": 3, "n": 3}, {"m": 2, "n": 4}, {"m": 4, "n": 3})


def free_letters(e: Any, d: gd.Derivation) -> list[str]:
    """Index letters that need a number."""
    free = set().union(*(unbound(f) for f in (e, d.expr, d.wrt, d.expanded)))
    return sorted({s.name for s in free if s.is_integer} - {"m", "n"})


def unbound(e: Any, bound: frozenset[Any] = frozenset()) -> set[Any]:
    """The letters that are free in `e`; SymPy's own `free_symbols` builds every sum anew."""
    if isinstance(e, sp.Symbol):
        return {e} - bound
    found: set[Any] = set()
    for letter, *range_ in reversed(getattr(e, "limits", ())):
        found = found.union(*(unbound(end, bound) for end in range_))
        bound |= {letter}
    parts = (e.function,) if hasattr(e, "limits") else e.args
    return found.union(*(unbound(part, bound) for part in parts))


def by_hand(report: Report, e: Any, by: Any) -> None:
    """Whole numbers as data, so that arguments tie: the mean of the tied slopes, as autograd has it."""
    d = derived(report, e, by)
    if d is None:
        return
    names, free = free_letters(e, d), unbound(e)
    for point in range(6):
        letters = {name: 1 + (point + at) % 3 for at, name in enumerate(names)}
        world = World(point, "tied", {**SIZES[point % 3], **letters})
        place, truth = _slope_by_autograd(e, free, d.wrt, world)
        if truth is None or not _given_holds(d, world):
            continue
        report.points += 1
        try:
            ours = float(value(d.result, world))
        except NoValue as error:
            report.wrong.append(f"undefined at {letters}: d/d{d.wrt} {e} = {d.result} ({error})")
            return
        if not same(truth, ours):
            report.wrong.append(
                f"at {letters}, {place}, {point}: d/d{d.wrt} {e} = {d.result}: {ours}, autograd {truth}"
            )
            return


def _slope_by_autograd(e: Any, free: set[Any], by: Any, world: World) -> tuple[Any, float | None]:
    letters = {s: float(world.whole[s.name]) for s in free if getattr(s, "name", "") in world.whole}
    place: Any = w if by == w else (str(by.base), tuple(int(world.value(index)) for index in by.indices))
    here = float(world.letter(w) if by == w else world.entry(*place))

    def cost(t: Any) -> Any:
        def entry(*asked: Any) -> Any:
            return t if asked == place else float(world.entry(*asked))

        return traced(e, {**letters, w: t if by == w else float(world.letter(w)), ENTRIES: entry}) + 0.0 * t

    try:
        slope_here = autograd.grad(cost)(here)
    except OverflowError:
        return place, None
    return place, float(slope_here) if np.isfinite(slope_here) and abs(slope_here) < 1e12 else None


def written_out(report: Report, e: Any, by: Any, where: dict[Any, Any] | None = None) -> None:
    """Compared at small sizes."""
    d = derived(report, e, by, where=where)
    if d is None:
        return
    names = free_letters(e, d)
    for point in range(6):
        # the first two have all letters equal
        letters = {
            name: (1 + point if point < 2 else 1 + (point * 5 + 2 * at * point) % 3) for at, name in enumerate(names)
        }
        world = World(point, "wide", {**SIZES[point % 3], **letters}, where=where or {})
        try:
            if not _given_holds(d, world):
                continue
            truth = slope(e, (d.wrt,), world)
            drowned = abs(truth) > 1e15 or abs(value(e, world)) > 1e30
        except NoValue:
            continue
        if drowned:  # the difference itself is too rough where exponentials of exponentials stand
            continue
        report.points += 1
        try:
            ours = value(d.expanded, world)
        except NoValue as error:
            report.wrong.append(f"undefined at {letters}: d/d{d.wrt} {e}{_with(where)} = {d.expanded} ({error})")
            return
        if not close(truth, ours):
            report.wrong.append(
                f"at {letters} {SIZES[point % 3]}: d/d{d.wrt} {e}{_with(where)} = {d.expanded}: {mpmath.nstr(ours)}, written out {mpmath.nstr(truth)}"
            )
            return


def _with(where: dict[Any, Any] | None) -> str:
    return f" where {where}" if where else ""


def exact(report: Report, tree: Tree) -> None:
    text = typed(tree)
    found = 0
    d = None
    for at in (Fraction(2, 3), Fraction(-5, 7), Fraction(11, 4), Fraction(1), Fraction(0), Fraction(-2)):
        try:
            truth = dual(tree, at)[1]
        except ZeroDivisionError:
            continue
        if d is None:
            d = derived(report, text, "x")
            if d is None:
                return
        found += 1
        ours = (
            Fraction(
                str(
                    d.result.subs(next(iter(d.result.free_symbols)), sp.Rational(str(at)))
                    if d.result.free_symbols
                    else d.result
                )
            )
            if _finite(d, at)
            else None
        )
        if ours != truth:
            report.wrong.append(f"at x = {at}: d/dx {text} = {d.result}: {ours}, exactly {truth}")
            return
    report.points += found


def _finite(d: gd.Derivation, at: Fraction) -> bool:
    known = d.result.subs({s: sp.Rational(str(at)) for s in d.result.free_symbols})
    return bool(known.is_Rational)


RANDOM_POINTS = [(0.37, 1.21, 0.83), (-1.13, 0.71, 1.9), (2.31, 2.17, 0.41), (0.05, 0.3, 2.6)]
TIES = [
    (Fraction(p, 2), Fraction(q, 2), 1) for p, q in ((-2, -2), (-1, 0), (0, 0), (0, 2), (1, 2), (2, 0), (2, 2), (4, -1))
]


def chunk(grammar: str, seed: int, count: int) -> Report:
    """`count` derivatives of a grammar that really were derived, from the seed alone; what is refused comes on top."""
    rng = random.Random(f"{grammar}/{seed}")
    report = Report()
    while report.derived < count and len(report.wrong) + sum(report.unsupported.values()) < count:
        if grammar == "smooth":
            scalar(report, _made(lambda: smooth(rng)), RANDOM_POINTS)
        elif grammar == "switching":
            scalar(report, _made(lambda: switching(rng)), TIES)
        elif grammar == "indexed":
            written_out(report, *indexed(rng))
        elif grammar == "nested":
            written_out(report, *nested(rng))
        elif grammar == "tied":
            by_hand(report, *tied(rng))
        else:
            exact(report, numeric(rng))
    return report


def _made(make: Callable[[], Any]) -> Any:
    """An expression that SymPy did not find complex or infinite while it was made."""
    while True:
        try:
            e = make()
        except (
            RecursionError,
            AttributeError,
        ):  # SymPy rewrites some case distinctions for ever, and cannot make some maxima
            continue
        if e.has(x) and not e.has(sp.I, sp.zoo, sp.nan, sp.oo, sp.re, sp.im, sp.arg, sp.AccumBounds):
            return e


GRAMMARS = ("smooth", "switching", "indexed", "nested", "tied", "numeric")
