r"""Case distinctions that are too wide for a row: the conditions stand right behind their values, or beneath; long values go on in the next row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gdsym.export.width import width

START, END = r"\begin{cases}", r"\end{cases}"
TOKEN = re.compile(r"\\begin\{cases\}|\\end\{cases\}|\\\\|\\text\{[^{}]*\}|\\[A-Za-z]+\s*|\\.|.", re.S)
ROW, NEXT, BESIDE = r" \\ ", r" \\ \quad{}", r"\quad{}"
INDENT = 12.0  # points: `\quad` and what spaces there are
BRACE = 9.0  # points
NARROWEST = 60.0  # a column in which nothing more can be won

Break = Callable[[str, float], list[str]]  # a formula in rows


def stacked(tex: str, room: float, in_rows: Break) -> str:
    """`tex` with its outermost case distinctions as narrow as they must be; `in_rows` breaks a formula."""
    for whole in sorted(_outermost(tex), key=width, reverse=True):
        over = width(tex) - room
        if over > 0:
            inside = max(NARROWEST, width(whole) - over - BRACE)
            tex = tex.replace(whole, START + ROW.join(_rows(whole, inside, in_rows)) + END, 1)
    return tex


def _rows(cases: str, room: float, in_rows: Break) -> Iterator[str]:
    """A value with its condition behind it, or beneath."""
    for branch in _split(cases[len(START) : -len(END)], r"\\"):
        value, condition = (part.strip() for part in _split(branch, "&"))
        if width(value) + INDENT + width(condition) <= room:
            yield value + BESIDE + condition
        else:
            yield NEXT.join([*in_rows(value, room), *_alternatives(condition, room - INDENT)])


def _alternatives(condition: str, room: float) -> list[str]:
    """`if u > v and u > w`, a row for each comparison if it is wide."""
    if width(condition) <= room:
        return [condition]
    parts: list[str] = [""]
    for token in TOKEN.findall(condition):
        if token in (r"\text{ and }", r"\text{ or }"):
            parts.append(token.replace("{ ", "{"))
        else:
            parts[-1] += token
    return parts


def _outermost(tex: str) -> Iterator[str]:
    depth, start, at = 0, 0, 0
    for token in TOKEN.findall(tex):
        if token == START:
            start = at if depth == 0 else start
            depth += 1
        at += len(token)
        if token == END:
            depth -= 1
            if depth == 0:
                yield tex[start:at]


def _split(tex: str, mark: str) -> list[str]:
    """The parts between the marks that stand in no bracket and no case distinction of their own."""
    parts, depth = [""], 0
    for token in TOKEN.findall(tex):
        depth += (token in (START, "{")) - (token in (END, "}"))
        if depth == 0 and token == mark:
            parts.append("")
        else:
            parts[-1] += token
    return parts
