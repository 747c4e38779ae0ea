"""What the values of two sides at one point say of a claim."""

from __future__ import annotations

from typing import Literal, TypeAlias

from flint import fmpq

from gdsym.verify.formulas import MORE_BITS
from gdsym.verify.numbers import Number, close, faint, is_decided, is_undefined

Outcome: TypeAlias = Literal["equal", "differ", "left only", "right only", "neither", "undecided"]

ENOUGH, ENOUGH_ROUGH = 40, 24  # bits of a value that count; of one that was added up


def compared(left: Number, right: Number, bits: int, rough: bool, slow: bool) -> Outcome:
    """The two sides at one point: `rough` if integrals were added up.

    A side that may be 0 is looked at with more bits once more, unless that is `slow`.
    """
    if type(left) is type(right) is fmpq:
        return "equal" if left == right else "differ"
    missing = is_undefined(left), is_undefined(right)
    if any(missing):
        return "neither" if all(missing) else "right only" if missing[0] else "left only"
    if not (left - right).contains(0):
        return "undecided" if rough and close(left, right) else "differ"
    enough = ENOUGH_ROUGH if rough else ENOUGH
    if not (is_decided(left, bits, enough) and is_decided(right, bits, enough)):
        return "undecided"
    return "equal" if bits >= MORE_BITS or slow or not (faint(left) or faint(right)) else "undecided"
