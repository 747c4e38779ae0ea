"""Two columns in a terminal: formulas, and the reasons beside them or beneath them, whichever takes fewer lines."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

from gdsym.record import record

GAP = 3
NARROWEST = 30  # a column of reasons
BENEATH = 6  # how far a reason in a line of its own is moved in
TRIED = 10  # widths of the column of formulas
GLUE = "\x00"  # a blank within a formula: no line ends there while it can be helped
SIGNS = ("Σ", "Π", "∫")
BREAKS = ("; ", " = ", " + ", " - ", " · ", "*", " ")
RANKS = {sign: rank for rank, sign in enumerate(BREAKS)}
BREAK = re.compile("|".join(map(re.escape, BREAKS)))

T = TypeVar("T")
Rows = Sequence[tuple[str, str]]  # a formula, the reason beside it


@record
class Layout:
    """Lines of every row, and how good that looks (less is better)."""

    blocks: tuple[tuple[str, ...], ...]
    cost: float


def laid_out(rows: Rows, room: int) -> Layout:
    """The rows in at most `room` places, in as few lines as can be had."""
    widths = sorted({columns(formula) for formula, _ in rows})
    fitting = [width for width in widths if width + GAP + NARROWEST <= room]
    layouts = [_beside(rows, room, column) for column in some(fitting, TRIED)]
    return min([*layouts, _beneath(rows, room)], key=lambda layout: layout.cost)


def some(sizes: Sequence[T], count: int) -> list[T]:
    """At most `count` of the sizes, evenly spread, the last among them."""
    step = max(1, -(-len(sizes) // count))
    return list(sizes[::-step])


def _beside(rows: Rows, room: int, column: int) -> Layout:
    """Reasons at the right of a column of formulas; below a formula that is wider."""
    wide = [reason for formula, reason in rows if not _fits(formula, reason, column, room)]
    longest = max(map(columns, wide), default=0)
    indent = max(min(column + GAP, room - longest), BENEATH)
    blocks = tuple(tuple(_row(formula, reason, room, column, indent)) for formula, reason in rows)
    ragged = sum(columns(formula) > column and bool(reason) for formula, reason in rows) - len(wide)
    return Layout(blocks, sum(map(len, blocks)) + 0.3 * len(wide) + 0.6 * ragged)


def _beneath(rows: Rows, room: int) -> Layout:
    """Every reason in a line of its own."""
    blocks = tuple((*wrapped(formula, room), *_lines(reason, room, BENEATH)) for formula, reason in rows)
    return Layout(blocks, sum(map(len, blocks)) + 1.0)


def _fits(formula: str, reason: str, column: int, room: int) -> bool:
    """Can the reason stand at the right of the formula?"""
    return not reason or columns(formula) <= column or columns(formula) + GAP + columns(reason) <= room


def _row(formula: str, reason: str, room: int, column: int, indent: int) -> Iterator[str]:
    if not reason or not _fits(formula, reason, column, room):
        yield from wrapped(formula, room)
        yield from _lines(reason, room, indent)
        return
    start = max(column, columns(formula)) + GAP
    first, *rest = words(reason, room - start)
    yield formula + " " * (start - columns(formula)) + first
    yield from (" " * start + line for line in rest)


def _lines(reason: str, room: int, indent: int) -> list[str]:
    return [" " * indent + line for line in words(reason, room - indent)]


def words(reason: str, room: int) -> list[str]:
    """A reason in lines of at most `room` places, broken between its words and formulas."""
    lines = textwrap.wrap(reason, room, break_long_words=False, break_on_hyphens=False)
    return [part for line in lines for part in wrapped(line.replace(GLUE, " "), room)]


def wrapped(formula: str, room: int) -> list[str]:
    """`formula` in lines of at most `room` places, broken before a sign that lies outside most brackets."""
    return list(_wrapped(formula, room))


@lru_cache(maxsize=1024)  # every layout that is tried asks anew
def _wrapped(formula: str, room: int) -> tuple[str, ...]:
    lines: list[str] = []
    while _wider(formula, room - (4 if lines else 0)):
        at = _best_break(formula, room - (4 if lines else 0))
        if at is None:
            break
        lines.append(formula[:at].rstrip())
        formula = formula[at:].lstrip()
    return tuple(f"{'    ' if j else ''}{line}" for j, line in enumerate([*lines, formula]))


def _wider(formula: str, room: int) -> bool:
    """Does it take more places than that? (of a long formula the beginning tells)"""
    return columns(formula[: max(room, 0) + 8]) > room or columns(formula) > room


def _best_break(formula: str, room: int) -> int | None:
    """The shallowest sign in the last two thirds of the line and in no denominator; any sign before `room` else."""
    found, bars = [], 0
    open_brackets: list[bool] = []  # is it that of a denominator?
    for at, char in enumerate(formula[: max(room, 8)]):
        if char in "([{":
            open_brackets.append(formula[at - 1 : at] == "/")
        elif char in ")]}" and open_brackets:
            open_brackets.pop()
        depth, good = len(open_brackets), at > room / 3 and not any(open_brackets)
        bars ^= char == "|"
        sign = BREAK.match(formula, at)
        if sign is None or at < 2:
            continue
        rank = RANKS[sign[0]]
        if rank > 0 and _together(formula, at):
            continue
        nested = depth + bars - (rank == 0)  # a case ends: that is as good as a sign around them
        equal = rank == 1 and depth > 0  # a condition is no chain of equations
        weak = len(BREAKS) if equal or (sign[0] == " " and formula[at + 1] not in SIGNS) else max(rank, 3)
        found.append((good, -nested, -weak, at + (rank == 0)))
    if not found:
        return None
    best = max(found)
    return best[-1] if best[1] == 0 else _before_the_rest(formula, room, [at for *_, at in found]) or best[-1]


def _before_the_rest(formula: str, room: int, places: Sequence[int]) -> int | None:
    """The last place outside all brackets from which on the rest fits into the next line, however short this line is."""
    outside = (at for at in places if _is_outside(formula[:at]) and not _wider(formula[at:], room - 4))
    return max(outside, default=None)


def _is_outside(before: str) -> bool:
    return (
        all(before.count(one) == before.count(other) for one, other in ("()", "[]", "{}"))
        and before.count("|") % 2 == 0
    )


def _together(formula: str, at: int) -> bool:
    """Would the line end behind the sign of a sum, a d/dx, or an `if`?"""
    before = formula[:at].rsplit(" ", 1)[-1]
    return (
        before.lstrip("([{-")[:1] in SIGNS
        or before.lstrip("([{") in ("if", "and", "or", "+", "-", "·", "=")
        or (formula.startswith(" [", at) and "/" in before)
    )


def columns(line: str) -> int:
    """How many places `line` takes in a terminal."""
    return len(line) if line.isascii() else sum(map(_places, line))


@lru_cache(maxsize=4096)
def _places(c: str) -> int:
    return 0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
