"""A derivation in a terminal: formulas in one column, reasons in the next, in Unicode or ASCII."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from gdsym.export.evidence import checked
from gdsym.export.heads import text_head, text_step_head
from gdsym.export.page import Page
from gdsym.export.reasons import as_text, reason_of
from gdsym.writing import text
from gdsym.writing.names import ascii_name, text_name
from gdsym.written.nodes import Node, Prod, Sum, walk

WIDTH = 100
INDENT = "  "
GAP = 3
NARROWEST = 24  # a column of reasons
BREAKS = ("; ", " + ", " - ", " · ", "*", " ")


def formula(node: Node, partial: bool | None = None) -> str:
    """One formula in Unicode; the round d if it has several variables, unless `partial` says."""
    return text(node, partial=len(node.free) > 1 if partial is None else partial)


def body(page: Page, *, ascii: bool = False, width: int = WIDTH) -> str:  # noqa: A002
    """The derivation, aligned, at most `width` columns wide where the formulas allow it."""
    parts = [_title(page, ascii, width), _lines(page, ascii, width), _notes(page, ascii, width)]
    return "\n\n".join(part for part in parts if part)


def document(page: Page) -> str:
    return body(page) + "\n"


def _title(page: Page, plain: bool, width: int) -> str:
    """`∂J/∂w for J(w, b) = ...`"""
    if page.name is None:
        return ""
    name = (ascii_name if plain else text_name)(page.name)
    args = ", ".join(text(a, ascii=plain) for a in page.args)
    left = f"{text_head(page, plain)} for {name}{f'({args})' if args else ''} = "
    lines = _wrapped(text(page.expr, partial=page.partial, ascii=plain), width - len(left))
    return left + f"\n{' ' * len(left)}".join(lines)


def _lines(page: Page, plain: bool, width: int) -> str:
    """Head, relation signs under each other, reasons in their column."""
    limits = not _limits_known(page)
    head = text_head(page, plain)
    heads = [*([""] if page.name is not None else []), *(text_step_head(step, page, plain) for step in page.steps)]
    widest = max(map(columns, [head, *heads]))
    beside = widest <= width // 4
    margin = INDENT + " " * (widest if beside else 2)
    rows = [
        (text(n, partial=page.partial, ascii=plain, limits=limits), reason) for n, reason in _pairs(page, plain, limits)
    ]
    if not rows:
        return INDENT + head
    room = width - len(margin) - len(" = ")
    column = max([columns(f) for f, _ in rows if columns(f) <= room * 0.6], default=int(room * 0.5))
    blocks = [list(_row(f, reason, room, column, margin)) for f, reason in rows]
    heads[0] = head
    if beside:
        return "\n".join(line for own, block in zip(heads, blocks, strict=True) for line in _led(own, block, margin))
    first = [INDENT + line for line in _wrapped(head, width - len(INDENT))]
    above = [[f"{INDENT}{own}"] if own else [] for own in heads[1:]]
    return "\n".join(line for lines in zip([first, *above], blocks, strict=True) for block in lines for line in block)


def _led(head: str, block: list[str], margin: str) -> list[str]:
    """The lines of a step with what they are equal to on their left."""
    if not head:
        return block
    return [" " * (len(margin) - columns(head)) + head + block[0][len(margin) :], *block[1:]]


def _pairs(page: Page, plain: bool, limits: bool) -> Iterator[tuple[Node, str]]:
    if page.name is not None:
        yield page.start, ""
    for step in page.steps:
        yield step.line, as_text(reason_of(step), page, plain, limits)


def _row(formula: str, reason: str, room: int, column: int, margin: str) -> Iterator[str]:
    """One step: its formula, broken if need be, with the reason beside or beneath it."""
    first, *rest = _wrapped(formula, room)
    reasons = textwrap.wrap(reason, max(room - column - GAP, NARROWEST)) if reason else []
    start = max(column, columns(first)) + GAP
    fits = reasons and not rest and (columns(first) <= column or start + columns(reason) <= room)
    if fits and columns(first) > column:
        reasons = [reason]
    beside = " " * (start - columns(first)) + reasons[0] if fits else ""
    yield f"{margin} = {first}{beside}"
    yield from (f"{margin}     {line}" for line in rest)
    if fits:
        yield from (f"{margin}   {' ' * (column + GAP)}{line}" for line in reasons[1:])
    else:
        yield from _beneath(reason, room, column + GAP, margin)


def _beneath(reason: str, room: int, column: int, margin: str) -> Iterator[str]:
    """A reason in lines of its own: in the column of reasons if it fits there, further left if not."""
    if reason:
        indent = max(min(column, room - columns(reason)), min(NARROWEST, column))
        yield from (f"{margin}   {' ' * indent}{line}" for line in textwrap.wrap(reason, room - indent))


def _notes(page: Page, plain: bool, width: int) -> str:
    notes = [as_text(note, page, plain, True) for note in page.notes]
    wrapped = (textwrap.wrap(note, width - len(INDENT)) for note in [*notes, checked(page)])
    return "\n".join(INDENT + line for lines in wrapped for line in lines)


def _limits_known(page: Page) -> bool:
    """Can Σᵢ stand for Σᵢ₌₁ᵐ, since every sum over i has the limits that the title shows?"""
    if page.name is None:
        return False
    shown = {(p.index, p.lower, p.upper) for p in walk(page.expr) if isinstance(p, (Sum, Prod))}
    used = {(p.index, p.lower, p.upper) for s in page.steps for p in walk(s.line) if isinstance(p, (Sum, Prod))}
    return used <= shown and len({index for index, _, _ in shown}) == len(shown)


def columns(line: str) -> int:
    """How many places `line` takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _wrapped(formula: str, room: int) -> list[str]:
    """`formula` in lines of at most `room` places, broken before a sign that lies outside most brackets."""
    lines = []
    while columns(formula) > room:
        at = _best_break(formula, room)
        if at is None:
            break
        lines.append(formula[:at].rstrip())
        formula = formula[at:].lstrip()
        room -= 2 if len(lines) == 1 else 0
    return [*lines, formula]


def _best_break(formula: str, room: int) -> int | None:
    """The shallowest sign in the last two thirds of the line; any sign before `room` else."""
    depth, found, bars = 0, [], 0
    for at, char in enumerate(formula[: max(room, 8)]):
        depth += (char in "([{") - (char in ")]}")
        bars ^= char == "|"
        rank = next((r for r, sign in enumerate(BREAKS) if formula.startswith(sign, at)), None)
        if rank is not None and at > 1:
            found.append((at > room / 3, -depth - bars, -max(rank, 2), at + (rank == 0)))
    return max(found)[-1] if found else None
