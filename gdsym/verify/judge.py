"""Do two written formulas agree? Both are evaluated, as they stand, at points where they could differ.

Names get exact rational numbers; what stays rational is compared exactly, everything else in balls that contain the
true value. Two balls that do not meet refute a claim for certain. Agreement is evidence, not proof, and is labelled so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from gdsym.verify.evidence import IDENTICAL, Evidence, Unknown
from gdsym.verify.formulas import BITS, NOTHING
from gdsym.verify.numbers import precision
from gdsym.verify.trial import Trial
from gdsym.written.nodes import D, Node


def agree(
    lhs: Node,
    rhs: Node,
    *,
    given: Any = sympy.true,
    where: Mapping[Node, Node] = NOTHING,
    seed: int = 0,
    room: bool = True,
    beside: Iterable[Node] = (),
    slope: D | None = None,
    settled: bool = False,
) -> Evidence:
    """Is lhs = rhs, as real numbers, wherever lhs is defined and `given` holds?

    `given` is a SymPy Boolean or a written condition; `where` defines named parts, `{e_i: w x_i + b - y_i}`; `seed`
    chooses other points. Sizes are 1 and more. With `room`, free indices are within the ranges of all sums; without, they may be outside.
    Names play the part that they play in the formulas `beside`, too. Both sides are taken for the derivative `slope`, if
    it is given: where that does not exist they may differ, and where it does, it is what rhs is compared with. `settled`
    says that all steps from lhs to rhs are judged: points that are looked for one by one are theirs, and are not looked for again.

    Verdicts: "holds where": under `given`, or rhs is defined at more points than lhs, or where there is a derivative. "one side undefined": lhs has
    values where rhs has none. "unknown": a part cannot be evaluated, or no point was found.
    """
    if lhs == rhs:
        return IDENTICAL
    try:
        with precision(BITS):
            return Trial((lhs, rhs), given, where, seed, room, beside, slope, settled).verdict()
    except Unknown as reason:
        return Evidence("unknown", "not evaluated", note=str(reason))


def proof(
    lhs: Node, rhs: Node, given: Any = sympy.true, where: Mapping[Node, Node] = NOTHING, seed: int = 0
) -> Evidence | None:
    """The evidence for what the laws of arithmetic prove, or against it; None for what takes more than these."""
    try:
        with precision(BITS):
            trial = Trial((lhs, rhs), given, where, seed, room=False)
            return trial.verdict() if trial.sides[0] == trial.sides[1] or trial.proved else None
    except Unknown:
        return None
