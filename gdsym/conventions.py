"""A claim that is right wherever there is a derivative: what is said of a place where there is none and the values differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gdsym.counterexample import Difference, at_kink
from gdsym.derivation import Derivation
from gdsym.factors import slope_of
from gdsym.listing import listed, number_text
from gdsym.record import changed
from gdsym.verdict import Verdict
from gdsym.verify import Evidence
from gdsym.verify.sides import Sides
from gdsym.whole_arrays import completed
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Mul, Node


def beside_kinks(verdict: Verdict, evidence: Evidence, claim: Node, d: Derivation) -> Verdict:
    """The verdict with a point at which another convention is used, if the judge met one."""
    if not evidence.at:
        return verdict
    truth = d.written if verdict.factor == 1 else Mul(from_sympy(verdict.factor), d.written)
    slope = slope_of(d, verdict.factor)
    found = at_kink(truth, claim, d.where, dict(evidence.at), beside=(d.node,), slope=slope)
    if found is None or found.sides is None:
        return verdict
    first, stop, more = verdict.message.partition(".")
    point = completed(found, d, claim)
    message = f"{first} wherever there is a derivative{stop}{more}\n   {_words(found, point, found.sides, verdict)}"
    if found.sides.hold(found.theirs):
        return changed(verdict, message=message, kink=point)
    return Verdict(False, None, point, message, kink=point)


def _words(found: Difference, point: Mapping[Any, Any], sides: Sides, verdict: Verdict) -> str:
    ours = "gdsym uses" if verdict.factor == 1 else "the factor times gdsym's value is"
    values = f"yours gives {number_text(found.theirs)}, {ours} {number_text(found.mine)}"
    place = f"At {listed(point)} there is none"
    if sides.jump:
        return f"{place}: the function jumps. There {values}; which value is used is a convention."
    slopes = f"{number_text(sides.left)} and {number_text(sides.right)}"
    return f"{place}: the slopes on its two sides are {slopes}, {values}. {_between(found, sides)}"


def _between(found: Difference, sides: Sides) -> str:
    one, both = ("a subgradient", "subgradients") if sides.convex else ("between the two",) * 2
    if not sides.hold(found.theirs):
        return f"Yours is {'no subgradient' if sides.convex else 'not between the two'}."
    kind = f"Both are {both}" if sides.hold(found.mine) else f"Yours is {one}"
    return f"{kind}; which one is used is a convention."
