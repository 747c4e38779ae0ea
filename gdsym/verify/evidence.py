"""What supports a step, or speaks against it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from gdsym.record import record

ARITHMETIC = "laws of arithmetic"
NO_POINT = "no point was found where both sides are defined"
SUPPORTING = ("proved", "agreed", "holds where")


@record
class Evidence:
    """What supports (or refutes) a claim lhs = rhs. Truthy only if the claim is supported.

    `verdict` is one of proved, agreed, holds where, unknown, refuted, one side undefined; `kind` says how it was found
    (rational arithmetic, ball arithmetic, ...), at how many `points` and with how many `bits`.

    Example:
        >>> import gdsym as gd
        >>> gd.derive("x**2", "x").steps[0].check
        proved: laws of arithmetic, 8 points
    """

    verdict: str  # "proved" | "agreed" | "holds where" | "unknown" | "refuted" | "one side undefined"
    kind: str  # how: "ball arithmetic", "rational arithmetic", "identical", "exact arithmetic", "by definition" ...
    points: int = 0
    bits: int = 0
    note: str = ""
    at: tuple[
        tuple[Any, Fraction], ...
    ] = ()  # letters, or (array, indices), with their numbers: a counterexample, or, of
    # a claim that is supported, a place without a derivative where the sides differ

    def __bool__(self) -> bool:
        return self.verdict in SUPPORTING

    def __repr__(self) -> str:
        """`agreed: ball arithmetic, 10 points, 128 bits`."""
        counted = ((self.points, "points"), (self.bits, "bits"))
        said = [
            self.kind,
            *(f"{number} {what}" for number, what in counted if number),
            *([self.note] if self.note else []),
        ]
        return f"{self.verdict}: {', '.join(said)}"


class Unknown(Exception):
    """The judge cannot evaluate this formula; the text says which part."""


class TooLong(Unknown):
    """At this point the sums have too many terms to be added up; smaller sizes say more."""


class Undecided(Exception):
    """At this precision a comparison has no answer; more bits or another point may have one."""


IDENTICAL = Evidence("proved", "identical")
REORDERED = Evidence("proved", ARITHMETIC)  # but for order, 0 + u, 1 u and how the slope of u^n is written
