"""What is printed beside a step: words and formulas in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from operator import itemgetter

import sympy

from gdsym.export.breaking import broken
from gdsym.export.page import Page
from gdsym.export.width import text_width, width
from gdsym.step import Reason, Step
from gdsym.writing.latex import latex
from gdsym.writing.letters import GREEK_NAME, spelled
from gdsym.writing.names import tight
from gdsym.writing.text import text
from gdsym.written.nodes import D, Node, Sym, kinds_of, walk

SHORT = 25.0  # points: the left side of an equation with which its sign stays
PENDING = kinds_of(D)
SIGNS = {
    "<": "<", ">": ">", "=": "=", "≤": r"\leq", "≥": r"\geq", "≠": r"\neq", "→": r"\to",
    "·": r"\cdot", "∂": r"\partial", "∈": r"\in", "²": "^{2}", "³": "^{3}", "−": "-", "∞": r"\infty", "∑": r"\Sigma",
}  # fmt: skip
ASCII = {
    "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "·": "*", "∂": "d", "∈": "in", "²": "^2", "³": "^3", "−": "-",
    "∞": "oo", "∑": "sum",
}  # fmt: skip
SIZES = re.compile(r"((?:[A-Za-z], )*\b[A-Za-z])\$=\$([\d, ]*\d)")  # m, n = 1, 2, 3 in words
PLAIN = frozenset(" .,:;!?'()[]-+/")
WORDS = {"–": "-", "—": "-", "’": "'", "‘": "'", "“": "''", "”": "''", '"': "''", "…": "...", "\n": " ", "\t": " "}


def reason_of(step: Step) -> Reason:
    """The step's own words, or the name of its rule with its detail."""
    if step.reason:
        return step.reason
    return (f"{step.rule.name}: {step.detail}" if step.detail else step.rule.name,)


def definition(page: Page) -> Reason:
    """Why the first line holds."""
    return ("definition of ", Sym(sympy.Symbol(page.name))) if page.name else ()


def round_d(part: Node, page: Page) -> bool:
    """The round d for the variables of the page; the straight one for a substituted u of its own."""
    if not page.partial or not part.has(PENDING):
        return page.partial
    variables = frozenset().union(*[v.free for v in (page.expr, *page.args, *page.wrt)])
    return all(d.children[1].free <= variables for d in walk(part) if isinstance(d, D))


def as_text(reason: Reason, page: Page, plain: bool = False, limits: bool = True, glue: str = " ") -> str:
    """The reason as one line of text; `glue` for the blanks within formulas."""
    parts = (_one_piece(p, page, plain, limits, glue) for p in reason)
    line = " ".join("".join(parts).split())
    return "".join(c if c.isascii() else ASCII.get(c) or spelled(c) for c in line) if plain else line


def _one_piece(part: str | Node, page: Page, plain: bool, limits: bool, glue: str) -> str:
    if isinstance(part, str):
        return f"{glue}={glue}" if part == " = " else part
    return text(part, partial=round_d(part, page), ascii=plain, limits=limits).replace(" ", glue)


def as_latex(reason: Reason, page: Page, room: float) -> list[str]:
    r"""The reason as rows of LaTeX of at most `room` points, words in `\text{}`."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0.0
    for kind, piece in _equations(_pieces(reason, page), room):
        size = text_width(piece) if kind == "text" else width(piece)
        if kind == "math" and size > room:
            rows += [[(kind, line)] for line in broken(piece, room)]
            used = width(rows[-1][0][1])
            continue
        if used + size > room and rows[-1] and piece.strip() and not _sticks(kind, piece):
            rows.append([])
            used = 0.0
        if piece.strip() or rows[-1]:
            rows[-1].append((kind, piece))
            used += size
    return [_joined(row) for row in rows if row]


def _equations(pieces: Iterable[tuple[str, str]], room: float) -> Iterator[tuple[str, str]]:
    """Formulas and signs that follow each other as one piece; where no row holds it, a row begins with its `=`, but for `u = `."""
    for kind, run in groupby(pieces, key=itemgetter(0)):
        row = [piece for _, piece in run]
        if kind == "text":
            yield from (("text", piece) for piece in row)
        elif width(whole := tight(row)) <= room or (row[1:2] == ["="] and width(row[0]) < SHORT):
            yield "math", whole
        else:
            sides = accumulate(piece == "=" for piece in row)
            yield from (
                ("math", tight([piece for _, piece in side]))
                for _, side in groupby(zip(sides, row, strict=True), key=itemgetter(0))
            )


def _sticks(kind: str, piece: str) -> bool:
    """A comma stays with the formula before it."""
    return kind == "text" and piece in ".,:;!?)"


def as_prose(reason: Reason, page: Page) -> str:
    """The reason as a line of LaTeX text, formulas between dollars; TeX breaks it, but not within m = 1, 2, 3."""
    pieces = _equations(_pieces(reason, page), float("inf"))
    line = "".join(p if kind == "text" else f"${p}$" for kind, p in pieces).strip()
    return SIZES.sub(r"${\1=\2}$", line)


def _pieces(reason: Reason, page: Page) -> Iterator[tuple[str, str]]:
    """("text", word or blank) and ("math", LaTeX)."""
    for part in reason:
        if isinstance(part, str):
            yield from _words(part)
        else:
            tex = latex(part, partial=round_d(part, page), small=True)
            yield "math", f"{{{tex}}}" if tex.startswith("-") else tex  # a sign, not a difference from the word before


def _words(words: str) -> Iterator[tuple[str, str]]:
    """Words and blanks; signs that are no text become mathematics, others are spelled."""
    word = ""
    for char in "".join(WORDS.get(c, c) for c in words).replace(" = ", "="):
        if char in PLAIN - {" "} or (char.isascii() and char.isalnum()):
            word += char
            continue
        if char != " " and char not in SIGNS and char not in GREEK_NAME:
            word += spelled(char)
            continue
        if word:
            yield "text", word
            word = ""
        yield ("text", " ") if char == " " else ("math", SIGNS.get(char) or "\\" + GREEK_NAME[char])
    if word:
        yield "text", word


def _joined(row: Iterable[tuple[str, str]]) -> str:
    r"""Neighbouring words in one `\text{}`."""
    out: list[list[str]] = []
    for kind, piece in row:
        if out and out[-1][0] == kind == "text":
            out[-1][1] += piece
        else:
            out.append([kind, piece])
    if out[-1][0] == "text":
        out[-1][1] = out[-1][1].rstrip()
    return tight([rf"\text{{{piece}}}" if kind == "text" else piece for kind, piece in out if piece])


def heading(words: str) -> str:
    """`words` for a heading: letters and digits as they are, signs spelled."""
    return " ".join(
        "".join(c if c.isascii() and (c.isalnum() or c in PLAIN) else f" {spelled(c)} " for c in words).split()
    )
