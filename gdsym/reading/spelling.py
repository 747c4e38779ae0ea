r"""Names as people type them -> plain names: `\theta` and the letter are `theta`, `\hat y` is `yhat`."""

from __future__ import annotations

import re
import unicodedata

from gdsym.errors import ReadError

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi "
    "psi omega"
).split()
VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma",
            "varkappa": "kappa", "varpi": "pi"}  # fmt: skip
COMMANDS = {name: name for name in (*GREEK, *(g.capitalize() for g in GREEK), *VARIANTS)} | {"ell": "ell"}
SIGNS = {"cdot": "*", "times": "*", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=",
         "infty": "oo"}  # fmt: skip
ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "dot": "dot",
    "vec": "vec",
}
MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot", "\u20d7": "vec"}

LETTERS = {
    **{chr(code): name for code, name in zip((*range(0x3B1, 0x3C2), *range(0x3C3, 0x3CA)), GREEK, strict=True)},
    **{chr(code - 0x20): name.capitalize()
       for code, name in zip((*range(0x3B1, 0x3C2), *range(0x3C3, 0x3CA)), GREEK, strict=True)},
    "\u03c2": "sigma", "\u03d1": "theta", "\u03d5": "phi", "\u03f5": "epsilon", "\u03f1": "rho", "\u03f0": "kappa",
    "\u00b5": "mu", "\u2113": "ell",
}  # fmt: skip
OPERATORS = {
    "\u2212": "-", "\u2013": "-", "\u00b7": "*", "\u22c5": "*", "\u00d7": "*", "\u2217": "*", "\u00f7": "/",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u221e": "oo",
    "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ",
}  # fmt: skip
SUBSCRIPTS = {chr(0x2080 + d): str(d) for d in range(10)}
SUPERSCRIPTS = dict(zip("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789", strict=True))

PRIME = "write Derivative(f(x), x), or a name such as yprime"
HINTS = {
    "\u2211": "write Sum(body, (i, 1, m))", "\u220f": "write Product(body, (i, 1, m))", "\u221a": "write sqrt(u)",
    "\u222b": "write Integral(body, (t, a, b))", "\u2202": "write Derivative(u, x)", "\u2207": "write the cost itself",
    "\u2016": "write sqrt(Sum(x[j]**2, (j, 1, n)))", "\u2223": "write Abs(u)", "\u207b": "write x**(-1)", "\u2032": PRIME, "\u2019": PRIME,
    **dict.fromkeys("\u230a\u230b", "write floor(u)"), **dict.fromkeys("\u2308\u2309", "write ceiling(u)"),
}  # fmt: skip

ACCENTED = r"\\([A-Za-z]+)\s*(?:\{\s*(\\?[A-Za-z]+)\s*\}|\s(\\?[A-Za-z]+))|\\([A-Za-z]+)(\\[A-Za-z]+)"
COMMAND = r"\\([A-Za-z]+)"
BRACED_INDEX = r"(?<=[A-Za-z0-9])_\{\s*([A-Za-z0-9]+)\s*\}"


def plain_names(text: str) -> str:
    """`text` in ASCII: every name a Python identifier, every sign a Python operator, each line break a space."""
    if not text.isascii() or not text.isprintable():
        text = _ascii("".join(c if c in OPERATORS else unicodedata.normalize("NFD", c) for c in text))
    if "\\" in text:
        text = re.sub(COMMAND, _command, re.sub(ACCENTED, _accented, re.sub(COMMAND, _sign, text)))
    return re.sub(BRACED_INDEX, r"_\1", text) if "_{" in text else text


def spelled(name: str) -> str:
    r"""The plain name that a typed one stands for: `\lambda` and the letter are `lambda`; no name stays as it is."""
    try:
        return plain_names(name).strip()
    except ReadError:
        return name


def _ascii(text: str) -> str:
    out: list[str] = []
    for k, c in enumerate(text):
        if c in MARKS:
            out.append(_marked(out, MARKS[c]))
            _refuse_glued(text, k - 1, k + 1, f"{text[k - 1]}{MARKS[c]}")
        elif c in LETTERS:
            _refuse_glued(text, k, k + 1, LETTERS[c])
            out.append(LETTERS[c])
        elif c in SUPERSCRIPTS:
            out.append(SUPERSCRIPTS[c] if k and text[k - 1] in SUPERSCRIPTS else f"**{SUPERSCRIPTS[c]}")
        elif c in SUBSCRIPTS:
            out.append(SUBSCRIPTS[c] if k and text[k - 1] in SUBSCRIPTS else f"_{SUBSCRIPTS[c]}")
        else:
            out.append(_character(c))
    return "".join(out)


def _marked(before: list[str], accent: str) -> str:
    """A hat over a letter becomes part of the name."""
    if not before or not before[-1].isalpha():
        raise ReadError(f"A {accent} stands over nothing; put it on a letter, or write the name as y{accent}.")
    return accent


def _character(c: str) -> str:
    if " " <= c <= "~":
        return c
    if c in OPERATORS:
        return OPERATORS[c]
    name = unicodedata.name(c, "a control character").lower()
    hint = f" Here, {_instead(c)}." if _instead(c) else " Use letters, digits, Greek letters and + - * / ** ( ) [ ] ,"
    raise ReadError(f"The character U+{ord(c):04X} ({name}) cannot be read.{hint}")


def _instead(c: str) -> str:
    """What to write for a character: small raised and lowered letters and printed fractions say what they mean."""
    kind = unicodedata.decomposition(c).partition(" ")[0]
    plain = unicodedata.normalize("NFKC", c).replace("\u2044", "/")
    forms = {"<super>": f"write **{plain}", "<sub>": f"write x[{plain}]", "<fraction>": f"write ({plain})"}
    return HINTS.get(c) or forms.get(kind, "")


def _refuse_glued(text: str, start: int, end: int, name: str) -> None:
    """Two letters that touch could be a product or one name: never guess."""
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    for other in (before, after):
        if (other.isalpha() and other.isascii()) or other in LETTERS or (other == "\\" and other == after):
            raise ReadError(
                f"`{name}` touches another letter in `{text[max(0, start - 15) : end + 15]}`: "
                f"write a product as {name}*x, and one name as {name}_x."
            )


def _accented(match: re.Match[str]) -> str:
    command, braced, spaced, glued, letter = match.groups()
    accent = ACCENTS.get(command or glued)
    if accent is None:
        return match.group()
    name = (braced or spaced or letter).removeprefix("\\")
    _refuse_glued(match.string, match.start(), match.end(), f"{name}{accent}")
    return f"{name}{accent}"


def _sign(match: re.Match[str]) -> str:
    sign = SIGNS.get(match.group(1))
    return match.group() if sign is None else f" {sign} "


def _command(match: re.Match[str]) -> str:
    name = match.group(1)
    if name not in COMMANDS:
        raise ReadError(
            f"The LaTeX command `\\{name[:40]}` is not read: formulas are typed as in Python, (a)/(b), sqrt(u), "
            "Sum(body, (i, 1, m)); only Greek letters and \\hat, \\bar, \\tilde, \\dot, \\vec may be typed as in LaTeX."
        )
    _refuse_glued(match.string, match.start(), match.end(), name)
    return COMMANDS[name]
