"""Choices by a sign, as NumPy makes them soonest: 1 + sign(u), the slope of a rectified layer, in bytes, and sigmoids without `where`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gdsym.arrays.graph import DATA, Op
from gdsym.arrays.strength import ATOM, MUL, Write

BOUNDED: Final = {"maximum": "at_least", "minimum": "at_most"}  # of an array and a number
TURNS: Final = ((">", "<"), ("<", ">"))
GATE: Final = (
    "def gate(u, way=1):  # 1 + sign(u), or 1 - sign(u) the other way, in bytes where no u is 0: a factor only\n"
    "    above, below = u > 0, u < 0\n"
    "    if np.count_nonzero(above) + np.count_nonzero(below) < u.size:\n"
    "        return 1 + way*np.sign(u)\n"
    "    return 2*(above if way > 0 else below).view(np.int8)"
)

CHOSEN: Final = (
    "def one_of(above, below, high, low, level):  # a number for each entry: where it is above, where below, and else\n"
    "    step = high - low\n"
    "    if low + step != high or np.count_nonzero(above) + np.count_nonzero(below) < above.size:\n"
    "        return np.array((level, high, low), dtype=float).take(above.view(np.int8) - below.view(np.int8))\n"
    "    return np.add(above, low) if step == 1 else above*step + low"
)

ROWS: Final = (
    "def one_of_rows(above, below, high, low, level):  # the same of numbers for each column: asked once where no entry is level\n"
    "    whole = np.count_nonzero(above) + np.count_nonzero(below) == above.size\n"
    "    return np.where(above, high, low if whole else np.where(below, low, level))"
)


def gated(op: Op, write: Write) -> str | None:
    """The code of a product of tables with one such factor that has no name; None if there is none, or several."""
    gates = [a for a in op.args if _is_gate(a, op.ndim)]
    if op.ndim < 2 or len(gates) != 1 or len(op.args) < 2 or write(gates[0], ATOM).isidentifier():
        return None
    way = "" if gates[0].attr == (1, 1) else ", -1"
    text = f"gate({write(gates[0].args[1].args[0], 0)}{way})"
    factors = [text if a is gates[0] else write(a, MUL + (at > 0)) for at, a in enumerate(op.args)]
    return "*".join(factors)


def _is_gate(op: Op, rank: int) -> bool:
    if op.kind != "add" or op.ndim != rank or op.attr not in ((1, 1), (1, -1)):
        return False
    one, sign = op.args
    return one.kind == "number" and one.attr == 1 and sign.kind == "sign"


def is_choice(op: Op) -> bool:
    """Is it 0 for some signs, or where some test does not hold?"""
    if op.kind == "where":
        return any((a.kind == "number" and not a.attr) or is_choice(a) for a in op.args[1:])
    return op.ndim > 0 and _is_gate(op, op.ndim)


def one_of_three(op: Op, write: Write) -> str | None:
    """One of three numbers by u > v, u < v or neither, by arithmetic where that is exact: to choose by a sign that varies is slow."""
    test, above, other = op.args
    if other.kind != "where" or write(other, ATOM).isidentifier():
        return None
    less, below, between = other.args
    if any(t.kind != "compare" for t in (test, less)) or test.args != less.args or (test.attr, less.attr) not in TURNS:
        return None
    if above.ndim or below.ndim or between.ndim:
        rows = f"one_of_rows({', '.join(write(a, 0) for a in (test, less, above, below, between))})"
        return rows if all(a.needs == DATA for a in (above, below, between)) and test.ndim == op.ndim else None
    return f"one_of({', '.join(write(a, 0) for a in (test, less, above, below, between))})"


def is_decay(op: Op) -> bool:
    """Is it exp(-|u|)?"""
    return op.kind == "exp" and op.args[0].kind == "neg" and op.args[0].args[0].kind == "abs"


def larger(op: Op) -> tuple[Op, Callable[[Write], str]] | None:
    """1 where a test holds, else exp(-|u|), is the larger of the two: to choose by a sign that varies is slow."""
    test, one, decay = op.args
    if _is_one_and_decay(one, decay):
        return decay, lambda write: write(test, 0)
    return (one, lambda write: f"~{write(test, ATOM)}") if _is_one_and_decay(decay, one) else None


def _is_one_and_decay(one: Op, decay: Op) -> bool:
    return is_decay(decay) and one.kind == "number" and bool(one.attr == 1)
