r"""Break a long formula into rows, before + and - or at a factor; brackets left open by a break get a fixed size."""

from __future__ import annotations

import re

from gdsym.export.stacking import stacked
from gdsym.export.width import HAS_TALL, width
from gdsym.record import record

INDENT = 20.0  # points: `\qquad` in front of a row that goes on
TOKEN = re.compile(r"\\(?:left|right|bigl|bigr)\s*(?:\\[A-Za-z]+|.)|\\[A-Za-z]+\s*|\\.|.", re.S)
OPENERS = ("(", "[", r"\left")
SIGNS = ("+", "-", r"\cdot", r"\,")
SUMS = (r"\sum", r"\prod")
FACTORS = (*SUMS, r"\exp", r"\log")
BESIDE = "{}"  # a sum or a function behind another factor
CASES = r"\begin{cases}"
DEEP = 2  # the cost of a break within brackets
CLOSERS = (")", "]", r"\right")


@record
class _Piece:
    """A stretch that is not broken; `depth` is that of the place before it, `mark` the sign there."""

    tex: str
    depth: int
    mark: str  # "+", "-", "\\cdot", "{}" where a sum or function stands behind a factor, or "" for the first
    width: float

    @property
    def cost(self) -> int:
        """Of a row that starts here: brackets left open, and a product torn apart."""
        return 2 * self.depth + (self.mark not in ("+", "-"))


def broken(tex: str, room: float) -> list[str]:
    """`tex` in rows of at most `room` points if its structure allows; the sign stands in front of the next row."""
    if width(tex) <= room:
        return [tex]
    rows = _filled([_narrowed(piece, room - INDENT) for piece in _split(tex, room)], room)
    return _sized(rows)


def _narrowed(piece: _Piece, room: float) -> _Piece:
    """A stretch with a case distinction that no row could hold has its conditions beneath the values."""
    if piece.width <= room or CASES not in piece.tex:
        return piece
    tex = stacked(piece.tex, room - width(piece.mark), broken)
    return _Piece(tex, piece.depth, piece.mark, width(piece.mark + tex))


def _split(tex: str, room: float) -> list[_Piece]:
    """The stretches between places where a row may end."""
    pieces: list[_Piece] = []
    out: list[str] = []
    depth = braces = opened_at = 0
    mark, before, big = "", "", False
    tokens = TOKEN.findall(tex)
    whole = _short_brackets(tokens, room / 4)
    for at, token in enumerate(tokens):
        name = token.strip()
        ends = name == r"\," and tokens[at + 1 : at + 2] == ["d"]  # the dx of an integral stays with it
        sign = name if name in SIGNS and not ends else BESIDE if name in FACTORS and not big else ""
        binary = sign and before and not before.startswith(OPENERS) and before not in (*SIGNS, "=", ",")
        if binary and braces == 0 and at not in whole:
            pieces.append(_piece(out, opened_at, mark))
            out, mark, opened_at = [token] if sign == BESIDE else [], sign, depth
            before, big = name, name in SUMS
            continue
        depth += token.startswith(OPENERS) - token.startswith(CLOSERS) if braces == 0 else 0
        braces += (token == "{") - (token == "}") + token.startswith(r"\begin") - token.startswith(r"\end")
        if braces == 0:  # a sum of which nothing but the limits has been read
            big = name in SUMS or (big and name in ("_", "^", "}"))
        out.append(token)
        before = name or before
    return [*pieces, _piece(out, opened_at, mark)]


def _short_brackets(tokens: list[str], longest: float) -> set[int]:
    """Where no row ends: inside brackets that are shorter than that."""
    whole: set[int] = set()
    stack: list[int] = []
    for at, token in enumerate(tokens):
        if token.startswith(OPENERS):
            stack.append(at)
        elif token.startswith(CLOSERS) and stack:
            start = stack.pop()
            if at - start < 80 and width("".join(tokens[start : at + 1])) < longest:
                whole.update(range(start, at))
    return whole


def _piece(tokens: list[str], depth: int, mark: str) -> _Piece:
    tex = "".join(tokens)
    return _Piece(tex, depth, mark, width(mark + tex))


def _filled(pieces: list[_Piece], room: float) -> list[list[_Piece]]:
    """Rows that are full, broken at as shallow a place as can be had in their last two thirds (outside brackets three quarters), or where one more row takes the rest."""
    rows: list[list[_Piece]] = []
    rest = pieces
    while rest:
        free = room - (INDENT if rows else 0.0)
        count = _how_many(rest, free, room - INDENT)
        rows.append(rest[:count])
        rest = rest[count:]
    return rows


def _how_many(pieces: list[_Piece], free: float, next_row: float) -> int:
    """How many pieces the next row takes."""
    used, fits, ends = 0.0, 1, []
    whole = sum(piece.width for piece in pieces)
    for count, piece in enumerate(pieces, 1):
        used += piece.width
        if used > free and count > 1:
            break
        fits = count
        if count < len(pieces):
            ends.append((count, used, pieces[count].cost))
    if fits == len(pieces):
        return fits
    good = [
        (cost, -count)
        for count, filled, cost in ends
        if filled > free / (4 if cost < DEEP else 3) or whole - filled <= next_row
    ]
    if not good:
        return fits
    return -min(good)[1]


def _sized(rows: list[list[_Piece]]) -> list[str]:
    r"""The rows as LaTeX; a `\left` whose `\right` is in another row becomes `\bigl` or `\biggl`."""
    tokens = [[t for p in row for t in (_mark(p, p is row[0]), *TOKEN.findall(p.tex))] for row in rows]
    stack: list[tuple[int, int]] = []
    for r, row in enumerate(tokens):
        for t, token in enumerate(row):
            if token.startswith(r"\left"):
                stack.append((r, t))
            elif token.startswith(r"\right") and stack:
                _fix(tokens, stack.pop(), (r, t))
    return ["".join(row) for row in tokens]


def _mark(piece: _Piece, leads: bool) -> str:
    r"""The sign in front of a piece; a product that goes on in a new row needs its dot."""
    if piece.mark in (r"\,", BESIDE):
        return r"\cdot " if leads else "" if piece.mark == BESIDE else r"\,"
    return piece.mark + " " if piece.mark.startswith("\\") else piece.mark


def _fix(tokens: list[list[str]], start: tuple[int, int], end: tuple[int, int]) -> None:
    if start[0] == end[0]:
        return
    (first, left), (last, right) = start, end
    rows = [tokens[first][left + 1 :], *tokens[first + 1 : last], tokens[last][:right]]
    inside = "".join("".join(row) for row in rows)
    size = "bigg" if HAS_TALL.search(inside) else "big"
    for (r, t), side in ((start, "l"), (end, "r")):
        tokens[r][t] = rf"\{size}{side}" + re.sub(r"^\\(left|right)\s*", "", tokens[r][t])
