"""How wide LaTeX will be, in points, at 10 pt: close enough to break rows before TeX has to complain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gdsym.export.metrics import BIG, COMMANDS, FUNCTIONS, ITALIC, RELATIONS, ROMAN, SIGNS, SPACE

SIZE = 10.0
SCRIPT = (1.0, 1.0, 0.74, 0.62)  # display, text, script, scriptscript; small type is set a little wider
FRACTION = (1, 2, 3, 3)  # the style of what is above and below a bar
TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|.", re.S)
HAS_TALL = re.compile(r"\\(frac|tfrac|binom|sum|prod|int|begin)(?![A-Za-z])")
FENCES = (r"\left", r"\right", r"\bigl", r"\bigr", r"\biggl", r"\biggr")


def width(tex: str, style: int = 0) -> float:
    """The width of `tex` in points; `style` 0 display, 1 text, 2 script, 3 scriptscript."""
    return _group(tex, style) * SIZE / 1000


def text_width(words: str) -> float:
    """The width of `words` in the roman text face, in points."""
    return sum(ROMAN.get(c, 500 if c.isdigit() else 400) for c in words) * SIZE / 1000


@lru_cache(maxsize=2048)  # a formula is tried in several layouts, and what it is made of stands in the next line, too
def _group(tex: str, style: int) -> float:
    """In thousandths of the type size."""
    fence = 820 if HAS_TALL.search(tex) else 500
    tokens = iter(TOKEN.findall(tex))
    total = scripts = 0.0
    for token in tokens:
        name = token.rstrip() if len(token) > 2 else token
        if name in ("_", "^"):  # one below the other: the wider one counts
            new = _group(_argument(tokens), min(style + 2, 3))
            total += max(new - scripts, 0.0)
            scripts = max(scripts, new)
        else:
            scripts = 0.0
            total += fence * SCRIPT[style] if name in FENCES else _one(name, tokens, style)
            if name in FENCES:
                next(tokens, "")
    return total


def _one(name: str, tokens: Iterator[str], style: int) -> float:
    """A group, a command with what it takes, or one character."""
    if name == "{":
        return _group(_until_close(tokens), style)
    if name in (r"\frac", r"\tfrac", r"\binom"):
        inner = 2 if name == r"\tfrac" else FRACTION[style]
        return max(_group(_argument(tokens), inner), _group(_argument(tokens), inner)) + 240
    if name in (r"\text", r"\mathrm", r"\operatorname"):
        words = _argument(tokens).replace("\\ ", " ")
        return sum(ROMAN.get(c, 500) for c in words) * SCRIPT[style] + (167 if name == r"\operatorname" else 0)
    if name == r"\sqrt":
        return 833 + _group(_argument(tokens), style)
    if name in BIG:
        return _big(BIG[name], tokens, style)
    return _environment(tokens) if name == r"\begin" else _single(name, style)


def _single(name: str, style: int) -> float:
    """One character or one command without arguments."""
    small = SCRIPT[style]
    if name in RELATIONS:
        return (RELATIONS[name] - (SPACE if style > 1 and name != "," else 0)) * small
    if name[:1] == "\\" and name[1:] in FUNCTIONS:
        return (sum(ROMAN[c] for c in name[1:]) + 167) * small
    table = COMMANDS if name[0] == "\\" else SIGNS if name in SIGNS else ITALIC
    return table.get(name, 700 if name[0] == "\\" else 500) * small


def _big(sign: float, tokens: Iterator[str], style: int) -> float:
    """A sum sign with its limits: `_{..}^{..}` always follow."""
    limits = []
    for _ in range(2):
        next(tokens, "")
        limits.append(_group(_argument(tokens), 2))
    return max(sign, *limits) + 167 if style == 0 else 1056 + max(limits) + 167


def _environment(tokens: Iterator[str]) -> float:
    """`cases`: the brace, two columns, the gap between them."""
    _argument(tokens)
    body: list[str] = []
    depth = 1
    for token in tokens:
        depth += {r"\begin": 1, r"\end": -1}.get(token.strip(), 0)
        if depth == 0:
            break
        body.append(token)
    _argument(tokens)
    rows = [row.split("&") for row in "".join(body).split(r"\\")]
    columns = [max(_group(row[c], 1) for row in rows if len(row) > c) for c in range(max(map(len, rows)))]
    return sum(columns) + 1000 * (len(columns) - 1) + 900


def _argument(tokens: Iterator[str]) -> str:
    """The next group or token."""
    for token in tokens:
        if token.isspace():
            continue
        if token == "[":
            while next(tokens, "]") != "]":
                pass
            continue
        return _until_close(tokens) if token == "{" else token
    return ""


def _until_close(tokens: Iterator[str]) -> str:
    out: list[str] = []
    depth = 1
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth == 0:
            break
        out.append(token)
    return "".join(out)
