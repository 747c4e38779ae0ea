"""A formula on paper, sign by sign: names, small letters below and above, roots, bars, sum signs with their limits."""

from __future__ import annotations

import re
import unicodedata

from gdsym.errors import ReadError
from gdsym.reading.spelling import LETTERS, MARKS, OPERATORS
from gdsym.record import record
from gdsym.writing.letters import LOWERED, RAISED

BIG = {"Σ": "Sum", "∑": "Sum", "Π": "Product", "∏": "Product", "∫": "Integral"}
ROOTS = {"√": "sqrt({})", "∛": "cbrt({})", "∜": "root({}, 4)"}
CLOSERS = {"(": ")", "[": "]", "{": "}", "|": "|", "⌊": "⌋", "⌈": "⌉"}
OPENERS = ("(", "{", "|", "⌊", "⌈")
RELATIONS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "==": "==", "=": "==", "!=": "!="}
WORDS = ("if", "otherwise", "and", "or", "not")
EQUALS_BELOW = "₌"

_letter = "A-Za-z" + "".join(LETTERS)
_below, _above = "".join(map(re.escape, LOWERED)), "".join(map(re.escape, RAISED))
GLYPH = re.compile(
    rf"(?P<big>[ΣΠ](?=[{_below}]*{EQUALS_BELOW})|[ΣΠ](?=\[\s*[{_letter}]\w*\s*=)|[∑∏∫])"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[¼-¾⅐-⅞])"
    rf"|(?P<name>[{_letter}][{_letter}0-9_{''.join(MARKS)}]*)"
    rf"|(?P<lowered>[{_below}]+)|(?P<raised>[{_above}]+)|(?P<root>[√∛∜])|(?P<prime>′)"
    r"|(?P<op>\*\*|[=!<>]=|[-+*/·()\[\],|⌊⌋⌈⌉{};!^<>=])"
)
LIMITS_SMALL = re.compile(rf"(?:([{_below}]*){EQUALS_BELOW})?([{_below}]*)([{_above}]*)")
LIMITS = re.compile(r"\[\s*([^\s=\]]+)\s*=(.*?)\.\.(.*)", re.DOTALL)
DOTS = "·⋅×"


@record
class Glyph:
    """One sign or name; `apart` says that a blank stands in front of it."""

    text: str
    kind: str
    start: int
    end: int
    apart: bool = False
    limits: tuple[str, str, str] = ("", "", "")  # of a sum: its index, from, to

    @property
    def is_mark(self) -> bool:
        """Does it stand on paper only?"""
        return self.kind in ("big", "lowered", "raised", "root") or self.text in ("·", "|", "⌊", "⌈", "otherwise", "′") or self.plain != self.text  # fmt: skip

    @property
    def plain(self) -> str:
        """A printed half is (1/2)."""
        if self.kind != "number" or self.text.isascii():
            return self.text
        return f"({unicodedata.normalize('NFKC', self.text)})".replace("\u2044", "/")


def normal(text: str) -> str:
    """`text` with accents behind their letters, and one sign for each meaning."""
    return "".join("·" if c in DOTS else OPERATORS.get(c) or unicodedata.normalize("NFD", c) for c in text.strip())


def glyphs(shown: str) -> list[Glyph] | None:
    """The glyphs of a normal text, from left to right; None if it holds a sign that is none."""
    out: list[Glyph] = []
    at = 0
    while at < len(shown):
        if shown[at] == " ":
            at += 1
            continue
        match = GLYPH.match(shown, at)
        if match is None:
            return None
        apart = at == 0 or shown[at - 1] == " "
        kind, word = str(match.lastgroup), match.group()
        kind = "op" if kind == "name" and word in WORDS else kind
        limits, end = _limits(shown, match.end()) if kind == "big" else (("", "", ""), match.end())
        out.append(Glyph(word, kind, at, end, apart, limits))
        at = end
    return out


def _limits(text: str, start: int) -> tuple[tuple[str, str, str], int]:
    """Index, lower and upper limit behind a sum sign, and where they end."""
    if text[start : start + 1] == "[":
        end = _closed(text, start)
        if (found := LIMITS.fullmatch(text[start : end - 1])) is None:
            raise ReadError("The limits of a sum are written Σ[i=1..m], or Sum(body, (i, 1, m)).")
        return (found[1], found[2].strip(), found[3].strip()), end
    small = LIMITS_SMALL.match(text, start)
    assert small is not None
    return (unlowered(small[1] or ""), unlowered(small[2]), unraised(small[3])), small.end()


def _closed(text: str, start: int) -> int:
    depth = 0
    for at in range(start, len(text)):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            return at + 1
    raise ReadError("This bracket is never closed: write Σ[i=1..m].")


def unlowered(small: str) -> str:
    """`ᵢ₊₁` in letters of normal size."""
    return "".join(LOWERED[c] for c in small)


def unraised(small: str) -> str:
    """`ⁿ⁻¹` in letters of normal size."""
    return "".join(RAISED[c] for c in small)
