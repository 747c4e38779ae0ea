"""How wide LaTeX will be, in points, at 10 pt Computer Modern: close enough to break rows before TeX has to complain.

Widths are those of cmmi10 and cmr10 in thousandths of the type size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

SIZE = 10.0
SCRIPT = (1.0, 1.0, 0.74, 0.62)  # display, text, script, scriptscript; small type is set a little wider

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_ITALIC = [
    *(
        529,
        429,
        433,
        520,
        466,
        597,
        513,
        576,
        345,
        469,
        552,
        318,
        878,
        600,
        485,
        503,
        482,
        479,
        469,
        361,
        572,
        521,
        743,
    ),
    *(
        572,
        526,
        509,
        750,
        809,
        786,
        856,
        796,
        782,
        786,
        912,
        518,
        651,
        921,
        681,
        1079,
        912,
        791,
        781,
        791,
        767,
        671,
        723,
    ),
    *(792, 806, 1083, 907, 803, 754),
]
_ROMAN = [
    *(
        500,
        556,
        444,
        556,
        444,
        383,
        514,
        556,
        278,
        306,
        528,
        278,
        833,
        556,
        500,
        556,
        528,
        392,
        394,
        389,
        556,
        542,
        736,
    ),
    *(
        528,
        542,
        444,
        750,
        708,
        722,
        764,
        681,
        653,
        785,
        750,
        361,
        514,
        778,
        625,
        917,
        750,
        778,
        681,
        778,
        736,
        556,
        722,
    ),
    *(750, 763, 1042, 750, 775, 611),
]
ITALIC = dict(zip(_LOWER + _LOWER.upper(), _ITALIC, strict=True))
ROMAN = dict(zip(_LOWER + _LOWER.upper(), _ROMAN, strict=True)) | {
    " ": 333,
    "-": 333,
    "?": 472,
    "=": 778,
    "+": 778,
    "(": 389,
    ")": 389,
}
SIGNS = {
    "+": 1222,
    "-": 1222,
    "=": 1334,
    "<": 1334,
    ">": 1334,
    "(": 389,
    ")": 389,
    "[": 278,
    "]": 278,
    "|": 278,
    ",": 445,
    " ": 0,
}
COMMANDS = {
    r"\,": 167, r"\ ": 333, r"\quad": 1000, r"\qquad": 2000, r"\cdot": 723, r"\leq": 1334, r"\geq": 1334, r"\neq": 1334,
    r"\infty": 1000, r"\partial": 586, r"\ast": 500, r"\delta": 482, r"\lfloor": 444, r"\rfloor": 444, r"\to": 1556, r"\in": 1223,
    r"\lceil": 444, r"\rceil": 444,
}  # fmt: skip
BIG = {r"\sum": 1445, r"\prod": 1278, r"\int": 1000}
TOKEN = re.compile(r"\\[A-Za-z]+\s*|\\.|.", re.S)
HAS_TALL = re.compile(r"\\(frac|tfrac|sum|prod|int|begin)(?![A-Za-z])")


def width(tex: str, style: int = 0) -> float:
    """The width of `tex` in points; `style` 0 display, 1 text, 2 script, 3 scriptscript."""
    return sum(_pieces(tex, style)) * SIZE / 1000


def text_width(words: str) -> float:
    """The width of `words` in the roman text face, in points."""
    return sum(ROMAN.get(c, 500 if c.isdigit() else 400) for c in words) * SIZE / 1000


def _pieces(tex: str, style: int) -> Iterator[float]:
    """Widths of the parts of `tex`, in thousandths of the type size."""
    tokens = iter(TOKEN.findall(tex))
    wide = partial(_group, style=style)
    scripts = 0.0
    for token in tokens:
        name = token.rstrip() if token[0] == "\\" and len(token) > 2 else token
        if name in "_^":
            new = _group(_argument(tokens), min(style + 2 if style < 2 else 3, 3))
            yield max(new - scripts, 0.0)
            scripts = max(scripts, new)
            continue
        scripts = 0.0
        if name == "{":
            yield wide(_until_close(tokens))
        elif name in (r"\frac", r"\tfrac"):
            inner = 2 if name == r"\tfrac" or style == 1 else 1 if style == 0 else 3
            yield max(_group(_argument(tokens), inner), _group(_argument(tokens), inner)) + 240
        elif name in (r"\text", r"\mathrm", r"\operatorname"):
            words = _argument(tokens).replace("\\ ", " ")
            yield sum(ROMAN.get(c, 500) for c in words) * SCRIPT[style] + (167 if name == r"\operatorname" else 0)
        elif name == r"\sqrt":
            yield 833 + wide(_argument(tokens))
        elif name in (r"\left", r"\right", r"\bigl", r"\bigr", r"\biggl", r"\biggr"):
            next(tokens, "")
            yield (820 if HAS_TALL.search(tex) else 500) * SCRIPT[style]
        elif name in BIG:
            yield _big(BIG[name], tokens, style)
        elif name == r"\begin":
            yield _environment(tokens, style)
        else:
            yield _single(name, style)


def _single(name: str, style: int) -> float:
    """One character or one command without arguments."""
    small = SCRIPT[style]
    if name in SIGNS:
        return (SIGNS[name] if style < 2 or name not in "+-=<>," else SIGNS[name] - 445 if name != "," else 278) * small
    if name in COMMANDS:
        return COMMANDS[name] * small
    if name[0] == "\\":
        plain = name[1:]
        return (sum(ROMAN.get(c, 500) for c in plain) + 167 if plain in FUNCTION_WORDS else 700) * small
    return ITALIC.get(name, 500) * small


FUNCTION_WORDS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan log exp max min".split()
)  # fmt: skip


def _big(sign: float, tokens: Iterator[str], style: int) -> float:
    """A sum sign with its limits: `_{..}^{..}` always follow."""
    limits = []
    for _ in range(2):
        next(tokens, "")
        limits.append(_group(_argument(tokens), 2))
    return max(sign, *limits) + 167 if style == 0 else 1056 + max(limits) + 167


def _environment(tokens: Iterator[str], style: int) -> float:
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


def _group(tex: str, style: int) -> float:
    return sum(_pieces(tex, style))


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
