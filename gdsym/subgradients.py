"""Are several claims one subgradient? Of max(u, v) at a tie, (1, 0), (0, 1) and what is between them are, and (1, 1) is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy
from flint import fmpq

from gdsym.counterexample import named, nonzero
from gdsym.listing import listed, number_text
from gdsym.record import changed, record
from gdsym.verdict import Verdict
from gdsym.verify import Formulas, Point
from gdsym.verify.evidence import Unknown
from gdsym.verify.sides import Rays, Sides
from gdsym.written.nodes import Base, Indexed, Node, Num, Sym, replace

MOST = 6  # letters and entries that are looked at together
TIED = 12  # points of few different numbers
BOTH = ((fmpq(1), fmpq(1)), (fmpq(1), fmpq(-1)))


@record
class Claim:
    """What is claimed of the derivative by a letter or an entry, what was derived, and for which entries."""

    var: Node
    claim: Node
    truth: Node
    given: Node


def together(verdict: Verdict, cost: Node, where: Mapping[Node, Node], claims: Sequence[Claim]) -> Verdict:
    """The verdict on all claims at once: each may be right where there is a derivative, and the vector wrong where there is none."""
    parts = tuple(verdict.parts.values()) or (verdict,)
    kinks = [part.kink for part in parts if part.kink and all(u.is_Rational for u in part.kink.values())]
    strange = {s for one in claims for s in one.claim.free - one.truth.free - cost.free if isinstance(s, Sym)}
    if not verdict.ok or not kinks or strange:  # an entry in letters of its own
        return verdict
    try:
        rays = Rays(cost, where)
        found = next((one for at in _points(kinks) for one in _against(at, rays, where, claims)), None)
    except Unknown:
        return verdict
    if found is None:
        return verdict
    kind, place, direction, value, sides = found
    message = (
        f"Together they are no {kind}: at {listed(place)}, along {listed(direction)}, the slopes on the two sides are "
        f"{number_text(sides.left)} and {number_text(sides.right)}, and yours add up to {number_text(value)}."
    )
    return changed(verdict, ok=False, factor=None, counterexample=place, message=f"{verdict.message}\n   {message}")


def _points(kinks: Sequence[Mapping[Any, Any]]) -> Iterator[Point]:
    for kink in kinks:
        yield Point(values={_place(key): value for key, value in kink.items()})
    for seed in range(TIED):
        yield Point(seed=seed, box="tied")


def _place(key: Any) -> Any:
    return (Base(key.base), tuple(map(int, key.indices))) if isinstance(key, sympy.Indexed) else Sym(key)


def _against(
    point: Point, rays: Rays, where: Mapping[Node, Node], claims: Sequence[Claim]
) -> Iterator[tuple[str, dict[Any, Any], dict[Any, Any], Any, Sides]]:
    """Directions that speak against the claims, if the function is convex along all directions there, or concave along all."""
    slopes = _slopes(point, where, claims)
    tried = [
        (direction, sides)
        for pair in combinations(slopes, 2)
        for signs in BOTH
        if (sides := rays.along(point, direction := dict(zip(pair, signs, strict=True)))) is not None
    ]
    convex, concave = (all(s.smooth or s.convex is wanted for _, s in tried) for wanted in (True, False))
    if any(sides.jump for _, sides in tried) or not (convex or concave):
        return
    for direction, sides in tried:
        value = sum((slopes[place] * d for place, d in direction.items()), fmpq(0))
        if not sides.hold(value):
            yield "subgradient" if convex else "supergradient", named(point.drawn), named(direction), value, sides


def _slopes(point: Point, where: Mapping[Node, Node], claims: Sequence[Claim]) -> dict[Any, Any]:
    """The claimed slope by each place, where at least one is not the derived one."""
    places = list(_places(point, where, claims))[:MOST]
    if len(places) < 2:
        return {}
    nodes = [node for _, claim, truth in places for node in (claim, truth)]
    values = [value for value in Formulas(*nodes, where=where).at(point) if value is not None]
    if len(values) < len(nodes):
        return {}
    claimed, derived = values[::2], values[1::2]
    if not any(nonzero(a - b) for a, b in zip(claimed, derived, strict=True)):
        return {}
    return {place: value for (place, _, _), value in zip(places, claimed, strict=True)}


def _places(point: Point, where: Mapping[Node, Node], claims: Sequence[Claim]) -> Iterator[tuple[Any, Node, Node]]:
    Formulas(*(one.truth for one in claims), where=where).at(point)  # draws the entries
    for one in claims:
        if isinstance(one.var, Sym):
            yield one.var, one.claim, one.truth
        elif isinstance(one.var, Indexed):
            for place in [place for place in point.drawn if isinstance(place, tuple) and place[0] == one.var.base]:
                letters = _letters(one.var, place[1])
                if letters is not None and not _outside(one.given, letters, point):
                    yield place, replace(one.claim, letters), replace(one.truth, letters)


def _outside(given: Node, letters: Mapping[Node, Node], point: Point) -> bool:
    """Is the entry none of those that the claim is about, as W[1, -2] for a label that is none?"""
    numbers: dict[Node, Node] = {
        key: Num(Fraction(int(u.p), int(u.q))) for key, u in point.drawn.items() if isinstance(key, Sym)
    }
    return bool(replace(given, {**numbers, **letters}).to_sympy() == sympy.false)


def _letters(entry: Indexed, indices: tuple[int, ...]) -> dict[Node, Node] | None:
    """The letters of the entry as the numbers of a place; None if it is another entry."""
    found: dict[Node, Node] = {}
    for letter, number in zip(entry.indices, map(Num, indices), strict=True):
        if letter != number and not isinstance(letter, Sym):
            return None
        found[letter] = number
    return found
